package io.github.ocspstapler.ocsp;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * What a response is checked against: the certificate it must be about, the CA that must stand
 * behind it, and the nonce that was sent, if any.
 *
 * <p>Immutable and thread-safe.
 */
final class Question {
  private final BigInteger serialNumber;
  private final @Nullable X509Certificate certificate;
  private final X509Certificate issuer;
  private final byte @Nullable [] nonce;

  private Question(
      BigInteger serialNumber,
      @Nullable X509Certificate certificate,
      X509Certificate issuer,
      byte @Nullable [] nonce) {
    this.serialNumber = serialNumber;
    this.certificate = certificate;
    this.issuer = issuer;
    this.nonce = nonce;
  }

  /** Returns the question about a certificate that is at hand. */
  static Question about(X509Certificate certificate, X509Certificate issuer) {
    return new Question(certificate.getSerialNumber(), certificate, issuer, null);
  }

  /** Returns the question about a certificate of which only the serial number is known. */
  static Question about(BigInteger serialNumber, X509Certificate issuer) {
    return new Question(serialNumber, null, issuer, null);
  }

  /** Returns the same question, asked with this nonce (the value inside the extension). */
  Question withNonce(byte[] sent) {
    return new Question(serialNumber, certificate, issuer, sent.clone());
  }

  BigInteger serialNumber() {
    return serialNumber;
  }

  @Nullable X509Certificate certificate() {
    return certificate;
  }

  X509Certificate issuer() {
    return issuer;
  }

  /** Returns the nonce that was sent, not copied; null if none was. */
  byte @Nullable [] nonce() {
    return nonce;
  }
}
