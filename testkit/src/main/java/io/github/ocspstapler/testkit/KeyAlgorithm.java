package io.github.ocspstapler.testkit;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;

/**
 * The kinds of key a test certificate can have.
 *
 * <p>Thread-safe.
 */
public enum KeyAlgorithm {
  /** RSA with a modulus of 2,048 bits; slow to generate (tenths of a second). */
  RSA_2048("RSA"),
  /** RSA with a modulus of 3,072 bits; slow to generate (about a second). */
  RSA_3072("RSA"),
  /** ECDSA on NIST P-256: the default, and fast to generate. */
  EC_P256("EC"),
  /** ECDSA on NIST P-384. */
  EC_P384("EC"),
  /** ECDSA on NIST P-521. */
  EC_P521("EC"),
  /** EdDSA on Curve25519 (RFC 8032). */
  ED25519("Ed25519");

  private final String jcaName;

  KeyAlgorithm(String jcaName) {
    this.jcaName = jcaName;
  }

  /**
   * Returns a new key pair, never one that was handed out before.
   *
   * <p>Blocks while the key is computed.
   *
   * @return a fresh key pair
   */
  public KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(jcaName);
      switch (this) {
        case RSA_2048 ->
            generator.initialize(new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
        case RSA_3072 ->
            generator.initialize(new RSAKeyGenParameterSpec(3072, RSAKeyGenParameterSpec.F4));
        case EC_P256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
        case EC_P384 -> generator.initialize(new ECGenParameterSpec("secp384r1"));
        case EC_P521 -> generator.initialize(new ECGenParameterSpec("secp521r1"));
        case ED25519 -> {}
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot generate a key of kind " + this, e);
    }
  }
}
