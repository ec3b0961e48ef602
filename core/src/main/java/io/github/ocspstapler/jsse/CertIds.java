package io.github.ocspstapler.jsse;

import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.der.DerWriter;
import io.github.ocspstapler.internal.der.RequestReader;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.List;

/** CertIDs with SHA-1 in their one canonical encoding, which serves as the key of a look-up. */
final class CertIds {
  private static final byte[] SHA1 =
      DerWriter.sequence(
          DerWriter.oid(new byte[] {0x2b, 0x0e, 0x03, 0x02, 0x1a}), // 1.3.14.3.2.26
          DerWriter.nothing());

  private CertIds() {}

  /** Returns the key of a certificate. */
  static ByteBuffer key(X509Certificate certificate, X509Certificate issuer) {
    try {
      DerReader keyInfo =
          DerReader.of(issuer.getPublicKey().getEncoded()).sequence("SubjectPublicKeyInfo");
      keyInfo.sequence("algorithm");
      DerReader keyBits = keyInfo.bitString("subjectPublicKey");
      return ByteBuffer.wrap(
              DerWriter.sequence(
                  SHA1,
                  DerWriter.octetString(sha1(issuer.getSubjectX500Principal().getEncoded())),
                  DerWriter.octetString(sha1(keyBits.bytes())),
                  DerWriter.integer(certificate.getSerialNumber())))
          .asReadOnlyBuffer();
    } catch (DerException e) {
      throw new IllegalArgumentException("issuer's public key is not X.509: " + e.getMessage(), e);
    }
  }

  /**
   * Reads the one CertID of an OCSP request. A nonce and other extensions are passed over: the
   * answer was made before anybody asked (RFC 9919 section 3).
   *
   * @throws DerException if it is no request, or asks about more than one certificate
   */
  static ByteBuffer ofRequest(byte[] request) throws DerException {
    List<byte[]> certIds = RequestReader.read(request).certIds();
    if (certIds.size() != 1) {
      throw new DerException("a request about " + certIds.size() + " certificates (expected: 1)");
    }
    return ByteBuffer.wrap(certIds.get(0)).asReadOnlyBuffer();
  }

  private static byte[] sha1(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
