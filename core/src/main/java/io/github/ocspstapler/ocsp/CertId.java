package io.github.ocspstapler.ocsp;

import java.math.BigInteger;
import java.security.cert.X509Certificate;

/**
 * The name OCSP gives a certificate: its issuer's name and key, hashed, and its serial number (the
 * {@code CertID} of RFC 6960 section 4.1.1).
 *
 * <p>Immutable and thread-safe. Two are equal when all four fields are; the hash algorithm's NULL
 * and absent parameters are the same.
 */
public final class CertId {
  private CertId() {}

  /**
   * Returns the CertID of a certificate.
   *
   * @param hash the hash function
   * @param certificate the certificate
   * @param issuer the certificate of the CA that issued it
   * @return its CertID
   */
  public static CertId of(CertIdHash hash, X509Certificate certificate, X509Certificate issuer) {
    return of(hash, certificate.getSerialNumber(), issuer);
  }

  /**
   * Returns the CertID of the certificate with this serial number.
   *
   * @param hash the hash function
   * @param serialNumber the certificate's serial number
   * @param issuer the certificate of the CA that issued it
   * @return its CertID
   */
  public static CertId of(CertIdHash hash, BigInteger serialNumber, X509Certificate issuer) {
    throw new UnsupportedOperationException();
  }
}
