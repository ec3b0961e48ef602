package io.github.ocspstapler.ocsp;

import java.util.Optional;

/** Why a certificate was revoked: the {@code CRLReason} of RFC 5280 section 5.3.1. */
public enum RevocationReason {
  /** No particular reason. */
  UNSPECIFIED(0),
  /** The subject's private key is known, or feared, to be in other hands. */
  KEY_COMPROMISE(1),
  /** The issuing CA's private key is known, or feared, to be in other hands. */
  CA_COMPROMISE(2),
  /** The subject's name or other information in the certificate changed. */
  AFFILIATION_CHANGED(3),
  /** The certificate has been replaced. */
  SUPERSEDED(4),
  /** The certificate is no longer needed. */
  CESSATION_OF_OPERATION(5),
  /** Suspended; the only reason from which a certificate can become good again. */
  CERTIFICATE_HOLD(6),
  /** Taken off a delta CRL; an OCSP responder has no use for it. */
  REMOVE_FROM_CRL(8),
  /** A privilege that the certificate attests has been withdrawn. */
  PRIVILEGE_WITHDRAWN(9),
  /** The attribute authority's private key is known, or feared, to be in other hands. */
  AA_COMPROMISE(10);

  private final int code;

  RevocationReason(int code) {
    this.code = code;
  }

  /**
   * Returns the number that stands for this reason in a CRL or an OCSP response.
   *
   * @return the code of RFC 5280
   */
  public int code() {
    return code;
  }

  /**
   * Returns the reason with this number, or empty if RFC 5280 assigns none to it.
   *
   * @param code a number, from a response perhaps
   * @return the reason
   */
  public static Optional<RevocationReason> ofCode(int code) {
    for (RevocationReason reason : values()) {
      if (reason.code == code) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
  }
}
