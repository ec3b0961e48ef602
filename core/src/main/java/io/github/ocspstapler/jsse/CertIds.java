package io.github.ocspstapler.jsse;

import io.github.ocspstapler.internal.der.Der;
import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.der.DerWriter;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;

/** CertIDs with SHA-1 in their one canonical encoding, which serves as the key of a look-up. */
final class CertIds {
  private static final int SHA1_BYTES = 20;

  /** A serial number of a CA has at most 20 bytes (RFC 5280 section 4.1.2.2); private ones err. */
  private static final int MAX_SERIAL_BYTES = 64;

  private static final byte[] SHA1_OID = {0x2b, 0x0e, 0x03, 0x02, 0x1a}; // 1.3.14.3.2.26
  private static final byte[] SHA1 =
      DerWriter.sequence(DerWriter.oid(SHA1_OID), DerWriter.nothing());

  private CertIds() {}

  /** Returns the key of a certificate. */
  static ByteBuffer key(X509Certificate certificate, X509Certificate issuer) {
    return key(
        issuer.getSubjectX500Principal().getEncoded(),
        issuer.getPublicKey().getEncoded(),
        certificate.getSerialNumber());
  }

  /** Returns the key of the certificate that an issuer gave this serial number. */
  static ByteBuffer key(byte[] issuerName, byte[] issuerKeyInfo, BigInteger serialNumber) {
    try {
      DerReader keyInfo = DerReader.of(issuerKeyInfo).sequence("SubjectPublicKeyInfo");
      keyInfo.sequence("algorithm");
      DerReader keyBits = keyInfo.bitString("subjectPublicKey");
      return key(sha1(issuerName), sha1(keyBits.bytes()), DerWriter.integer(serialNumber));
    } catch (DerException e) {
      throw new IllegalArgumentException("issuer's public key is not X.509: " + e.getMessage(), e);
    }
  }

  /**
   * Reads the one CertID of an OCSP request (RFC 6960 section 4.1.1). A nonce and other extensions
   * are passed over: the answer was made before anybody asked (RFC 9919 section 3).
   *
   * @throws DerException if it is no request, asks for more than one certificate, or by another
   *     hash than SHA-1
   */
  static ByteBuffer ofRequest(byte[] request) throws DerException {
    DerReader outer = DerReader.of(request);
    DerReader ocspRequest = outer.sequence("OCSPRequest");
    outer.finish("OCSPRequest");
    DerReader tbs = ocspRequest.sequence("tbsRequest");
    tbs.readIf(Der.constructed(0), "version");
    tbs.readIf(Der.constructed(1), "requestorName");
    DerReader requests = tbs.sequence("requestList");
    DerReader certId = requests.sequence("Request").sequence("reqCert");
    requests.finish("the first Request");
    return read(certId);
  }

  private static ByteBuffer read(DerReader certId) throws DerException {
    DerReader algorithm = certId.sequence("hashAlgorithm");
    if (!algorithm.oid("hash").is(SHA1_OID)) {
      throw new DerException("a CertID by another hash than SHA-1");
    }
    if (algorithm.hasMore()) {
      algorithm.nothing("hash parameters");
    }
    algorithm.finish("hash parameters");
    byte[] nameHash = hash(certId, "issuerNameHash");
    byte[] keyHash = hash(certId, "issuerKeyHash");
    byte[] serialNumber = certId.integerBytes("serialNumber").bytes();
    certId.finish("serialNumber");
    if (serialNumber.length > MAX_SERIAL_BYTES) {
      throw new DerException("a serial number longer than " + MAX_SERIAL_BYTES + " bytes");
    }
    return key(nameHash, keyHash, DerWriter.value(Der.INTEGER, serialNumber));
  }

  private static byte[] hash(DerReader certId, String what) throws DerException {
    byte[] hash = certId.octetString(what).bytes();
    if (hash.length != SHA1_BYTES) {
      throw new DerException(what + " has " + hash.length + " bytes (expected: 20)");
    }
    return hash;
  }

  private static ByteBuffer key(byte[] nameHash, byte[] keyHash, byte[] serialNumber) {
    return ByteBuffer.wrap(
            DerWriter.sequence(
                SHA1,
                DerWriter.octetString(nameHash),
                DerWriter.octetString(keyHash),
                serialNumber))
        .asReadOnlyBuffer();
  }

  private static byte[] sha1(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
