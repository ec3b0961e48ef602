package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.der.DerWriter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The hash function of a {@link CertId}: how it names the issuer (RFC 6960 section 4.1.1). */
public enum CertIdHash {
  /** SHA-1: what most responders index their answers by. Collisions do not matter in a CertID. */
  SHA1("SHA-1", "2b0e03021a"),
  /** SHA-224. */
  SHA224("SHA-224", "608648016503040204"),
  /** SHA-256: what RFC 9919 prefers. */
  SHA256("SHA-256", "608648016503040201"),
  /** SHA-384. */
  SHA384("SHA-384", "608648016503040202"),
  /** SHA-512. */
  SHA512("SHA-512", "608648016503040203");

  private static final CertIdHash[] ALL = values();

  private final String algorithm;

  @SuppressWarnings("ImmutableEnumChecker") // never changed, never handed out
  private final byte[] oid;

  CertIdHash(String algorithm, String oid) {
    this.algorithm = algorithm;
    this.oid = HexFormat.of().parseHex(oid);
  }

  /**
   * Returns the function's standard JCA name.
   *
   * @return for example {@code SHA-256}
   */
  public String algorithm() {
    return algorithm;
  }

  /** Returns the function with this OBJECT IDENTIFIER, or null if it is none of these. */
  static @Nullable CertIdHash ofOid(DerReader oid) {
    for (CertIdHash hash : ALL) {
      if (oid.is(hash.oid)) {
        return hash;
      }
    }
    return null;
  }

  /** Returns the AlgorithmIdentifier, with the NULL that RFC 9919's example and all others send. */
  byte[] algorithmIdentifier() {
    return DerWriter.sequence(DerWriter.oid(oid), DerWriter.nothing());
  }

  /** Returns the hash of what a reader has left. */
  byte[] digest(DerReader bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      digest.update(bytes.array(), bytes.offset(), bytes.length());
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no JCA provider offers " + algorithm, e);
    }
  }
}
