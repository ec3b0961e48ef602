package io.github.ocspstapler;

import io.github.ocspstapler.jsse.StapleSource;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;

/**
 * A CA as a CertID names it: the hashes of its name and key. There is one instance a CA in one
 * {@link Roster}, so that it can be compared by identity.
 */
final class IssuerId {
  /**
   * SHA-1's AlgorithmIdentifier with NULL parameters (11 bytes), and two OCTET STRINGs of 20 bytes:
   * what stands between the head of a CertID and its serial number.
   */
  static final int LENGTH = 11 + 22 + 22;

  final ByteBuffer bytes;

  /** How many kept certificates it issued; guarded by the engine's lock. */
  int certificates;

  private IssuerId(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** Returns the CA's part of the certificate's CertID. */
  static IssuerId of(X509Certificate certificate, X509Certificate issuer) {
    byte[] bytes = new byte[LENGTH];
    StapleSource.key(certificate, issuer).get(2, bytes);
    return new IssuerId(ByteBuffer.wrap(bytes).asReadOnlyBuffer());
  }

  /** Returns whether this is the CA behind the issuer's certificate. */
  boolean isOf(X509Certificate certificate, X509Certificate issuer) {
    return bytes.equals(of(certificate, issuer).bytes);
  }
}
