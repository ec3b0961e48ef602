package io.github.ocspstapler.testkit;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;

/**
 * The signature algorithms that test certificates and OCSP answers can be signed with, weak ones
 * included.
 *
 * <p>Thread-safe.
 */
public enum SignatureAlgorithm {
  /** RSA PKCS #1 v1.5 with SHA-256. */
  SHA256_WITH_RSA("SHA256withRSA"),
  /** RSA PKCS #1 v1.5 with SHA-384. */
  SHA384_WITH_RSA("SHA384withRSA"),
  /** RSA PKCS #1 v1.5 with SHA-512. */
  SHA512_WITH_RSA("SHA512withRSA"),
  /** RSA PKCS #1 v1.5 with SHA-1: weak. */
  SHA1_WITH_RSA("SHA1withRSA"),
  /** RSA PKCS #1 v1.5 with MD5: broken. */
  MD5_WITH_RSA("MD5withRSA"),
  /** RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes. */
  RSASSA_PSS_SHA256("RSASSA-PSS"),
  /** RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 bytes. */
  RSASSA_PSS_SHA384("RSASSA-PSS"),
  /** RSASSA-PSS with SHA-512, MGF1 with SHA-512 and a salt of 64 bytes. */
  RSASSA_PSS_SHA512("RSASSA-PSS"),
  /** ECDSA with SHA-256. */
  SHA256_WITH_ECDSA("SHA256withECDSA"),
  /** ECDSA with SHA-384. */
  SHA384_WITH_ECDSA("SHA384withECDSA"),
  /** ECDSA with SHA-512. */
  SHA512_WITH_ECDSA("SHA512withECDSA"),
  /** ECDSA with SHA-1: weak. */
  SHA1_WITH_ECDSA("SHA1withECDSA"),
  /** Ed25519 (RFC 8032). */
  ED25519("Ed25519");

  private final String jcaName;

  SignatureAlgorithm(String jcaName) {
    this.jcaName = jcaName;
  }

  /**
   * Returns the algorithm that fits a key when a test asks for none: SHA-256 with RSA and P-256,
   * SHA-384 with P-384, SHA-512 with P-521.
   *
   * @param key an RSA, EC or Ed25519 private key
   * @return its default algorithm
   */
  public static SignatureAlgorithm forKey(PrivateKey key) {
    if (key instanceof RSAKey) {
      return SHA256_WITH_RSA;
    }
    if (key instanceof ECKey ec) {
      int bits = ec.getParams().getCurve().getField().getFieldSize();
      return bits > 384 ? SHA512_WITH_ECDSA : bits > 256 ? SHA384_WITH_ECDSA : SHA256_WITH_ECDSA;
    }
    return ED25519;
  }

  /**
   * Signs bytes.
   *
   * @param key a key of the algorithm's kind
   * @param data the bytes to sign
   * @return the signature
   * @throws IllegalArgumentException if the key is not of the algorithm's kind
   */
  public byte[] sign(PrivateKey key, byte[] data) {
    try {
      Signature signature = Signature.getInstance(jcaName);
      if (isPss()) {
        signature.setParameter(pssParameters());
      }
      signature.initSign(key);
      signature.update(data);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "cannot sign with " + this + " and a key of kind " + key.getAlgorithm(), e);
    }
  }

  /**
   * Returns the DER {@code AlgorithmIdentifier} that names this algorithm in a certificate or an
   * answer.
   *
   * @return a new array
   */
  public byte[] algorithmIdentifier() {
    try {
      return identifier().getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException("cannot encode the identifier of " + this, e);
    }
  }

  AlgorithmIdentifier identifier() {
    if (!isPss()) {
      return new DefaultSignatureAlgorithmIdentifierFinder().find(jcaName);
    }
    AlgorithmIdentifier hash = new AlgorithmIdentifier(hashOid(), DERNull.INSTANCE);
    AlgorithmIdentifier mgf = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, hash);
    return new AlgorithmIdentifier(
        PKCSObjectIdentifiers.id_RSASSA_PSS,
        new RSASSAPSSparams(
            hash, mgf, new ASN1Integer(saltLength()), RSASSAPSSparams.DEFAULT_TRAILER_FIELD));
  }

  private boolean isPss() {
    return "RSASSA-PSS".equals(jcaName);
  }

  private int saltLength() {
    return this == RSASSA_PSS_SHA512 ? 64 : this == RSASSA_PSS_SHA384 ? 48 : 32;
  }

  private ASN1ObjectIdentifier hashOid() {
    return switch (saltLength()) {
      case 64 -> NISTObjectIdentifiers.id_sha512;
      case 48 -> NISTObjectIdentifiers.id_sha384;
      default -> NISTObjectIdentifiers.id_sha256;
    };
  }

  private PSSParameterSpec pssParameters() {
    String hash = "SHA-" + saltLength() * 8;
    return new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), saltLength(), 1);
  }
}
