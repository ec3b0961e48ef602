package io.github.ocspstapler.jsse;

import io.github.ocspstapler.internal.der.Der;
import io.github.ocspstapler.internal.der.DerWriter;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;

/**
 * A certificate that lives for one probe: a chain of two, one key for both, and an OCSP response
 * for the first.
 *
 * <p>Immutable. Valid at any time, so that no clock is asked; nobody trusts it but the probe's own
 * client, which compares bytes.
 */
final class ProbeIdentity {
  private static final String SUBJECT = "ocsp-stapler probe";
  private static final String ISSUER = "ocsp-stapler probe CA";

  private static final byte[] COMMON_NAME = {0x55, 0x04, 0x03};
  private static final byte[] ECDSA_WITH_SHA256 = {
    0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02
  };
  private static final byte[] ALGORITHM = DerWriter.sequence(DerWriter.oid(ECDSA_WITH_SHA256));
  private static final byte[] OCSP_BASIC = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01};
  private static final int UTF8_STRING = 0x0c;

  private static final byte[] START = time("20000101000000Z");
  // RFC 5280 section 4.1.2.5: no well-defined expiration.
  private static final byte[] END = time("99991231235959Z");

  private final PrivateKey key;
  private final X509Certificate[] chain;
  private final ByteBuffer certId;
  private final byte[] response;

  private ProbeIdentity(
      PrivateKey key, X509Certificate[] chain, ByteBuffer certId, byte[] response) {
    this.key = key;
    this.chain = chain;
    this.certId = certId;
    this.response = response;
  }

  static ProbeIdentity create() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair keys = generator.generateKeyPair();
    BigInteger serialNumber = new BigInteger(63, new SecureRandom()).setBit(62);
    X509Certificate issuer = certificate(ISSUER, BigInteger.ONE, keys);
    X509Certificate leaf = certificate(SUBJECT, serialNumber, keys);
    ByteBuffer certId = CertIds.key(leaf, issuer);
    return new ProbeIdentity(
        keys.getPrivate(), new X509Certificate[] {leaf, issuer}, certId, response(certId, keys));
  }

  PrivateKey key() {
    return key;
  }

  X509Certificate[] chain() {
    return chain.clone();
  }

  /** Under what the JDK will ask for the first certificate. */
  ByteBuffer certId() {
    return certId;
  }

  byte[] response() {
    return response.clone();
  }

  private static X509Certificate certificate(String subject, BigInteger serialNumber, KeyPair keys)
      throws GeneralSecurityException {
    byte[] tbs =
        DerWriter.sequence(
            DerWriter.value(Der.constructed(0), DerWriter.integer(BigInteger.TWO)), // v3
            DerWriter.integer(serialNumber),
            ALGORITHM,
            name(ISSUER),
            DerWriter.sequence(START, END),
            name(subject),
            keys.getPublic().getEncoded());
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(signed(tbs, keys)));
  }

  private static byte[] response(ByteBuffer certId, KeyPair keys) throws GeneralSecurityException {
    byte[] id = new byte[certId.remaining()];
    certId.duplicate().get(id);
    byte[] single = DerWriter.sequence(id, DerWriter.value(Der.primitive(0)), START); // good
    byte[] tbs =
        DerWriter.sequence(
            DerWriter.value(Der.constructed(1), name(ISSUER)), START, DerWriter.sequence(single));
    byte[] responseBytes =
        DerWriter.sequence(DerWriter.oid(OCSP_BASIC), DerWriter.octetString(signed(tbs, keys)));
    return DerWriter.sequence(
        DerWriter.value(Der.ENUMERATED, new byte[] {0}), // successful
        DerWriter.value(Der.constructed(0), responseBytes));
  }

  /** The frame that certificates and basic OCSP responses share. */
  private static byte[] signed(byte[] tbs, KeyPair keys) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate());
    signature.update(tbs);
    byte[] noUnusedBits = {0};
    return DerWriter.sequence(
        tbs, ALGORITHM, DerWriter.value(Der.BIT_STRING, noUnusedBits, signature.sign()));
  }

  private static byte[] name(String commonName) {
    byte[] text = DerWriter.value(UTF8_STRING, commonName.getBytes(StandardCharsets.UTF_8));
    int setOf = 0x31;
    return DerWriter.sequence(
        DerWriter.value(setOf, DerWriter.sequence(DerWriter.oid(COMMON_NAME), text)));
  }

  private static byte[] time(String text) {
    return DerWriter.value(Der.GENERALIZED_TIME, text.getBytes(StandardCharsets.US_ASCII));
  }
}
