package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.der.DerReader;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An OCSPResponse taken apart and not yet believed: views of the bytes as received. The readers are
 * never moved; copy one before reading on.
 *
 * @param status the responseStatus, 0 to 6 without 4
 * @param basic the answer, null unless the status is successful
 */
record ParsedResponse(int status, @Nullable Basic basic) {

  /**
   * The BasicOCSPResponse of RFC 6960 section 4.2.1.
   *
   * @param tbs the signed bytes, with their header
   * @param responderName the responder's encoded name, null if it goes by its key
   * @param responderKeyHash the SHA-1 hash of the responder's key, null if it goes by its name
   * @param producedAt when it was signed
   * @param singles what it says, about each certificate
   * @param extensions of the whole
   * @param signatureAlgorithm with its header
   * @param signature the signature
   * @param certificates the certificates sent along, one after the other
   */
  record Basic(
      DerReader tbs,
      @Nullable DerReader responderName,
      @Nullable DerReader responderKeyHash,
      Instant producedAt,
      List<Single> singles,
      Extensions extensions,
      DerReader signatureAlgorithm,
      DerReader signature,
      @Nullable DerReader certificates) {}

  /**
   * A SingleResponse: what the responder says about one certificate.
   *
   * @param hash the CertID's hash function, null if it is none that this client knows
   * @param issuerNameHash of the CertID
   * @param issuerKeyHash of the CertID
   * @param serialNumber of the CertID, as the bytes of its two's complement
   * @param status what it says
   * @param thisUpdate when that was known to be right
   * @param nextUpdate when there will be something newer, null if it does not say
   * @param extensions of this answer
   */
  record Single(
      @Nullable CertIdHash hash,
      DerReader issuerNameHash,
      DerReader issuerKeyHash,
      DerReader serialNumber,
      CertificateStatus status,
      Instant thisUpdate,
      @Nullable Instant nextUpdate,
      Extensions extensions) {}

  /**
   * What counts in a list of extensions.
   *
   * @param nonce the extension's value, null if it is not there
   * @param archiveCutoff from when on the responder knows of revocations (RFC 6960 section 4.4.4),
   *     null if it does not say
   * @param certHash the CertHash of Common PKI, by which the responder shows that it knows the very
   *     certificate, null if it is not there
   * @param unknownCritical the OID of a critical one that must be understood and is not, or null
   */
  record Extensions(
      @Nullable DerReader nonce,
      @Nullable Instant archiveCutoff,
      @Nullable DerReader certHash,
      @Nullable String unknownCritical) {
    static final Extensions NONE = new Extensions(null, null, null, null);
  }
}
