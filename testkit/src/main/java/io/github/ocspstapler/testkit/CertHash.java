package io.github.ocspstapler.testkit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hash functions that a {@code CertID} (RFC 6960 section 4.1.1) can name its issuer with.
 *
 * <p>Thread-safe.
 */
public enum CertHash {
  /** MD5: broken, and to be refused. */
  MD5("MD5", "1.2.840.113549.2.5"),
  /** SHA-1: what most responders index by. */
  SHA1("SHA-1", "1.3.14.3.2.26"),
  /** SHA-256: what RFC 9919 prefers. */
  SHA256("SHA-256", "2.16.840.1.101.3.4.2.1"),
  /** SHA-384. */
  SHA384("SHA-384", "2.16.840.1.101.3.4.2.2"),
  /** SHA-512. */
  SHA512("SHA-512", "2.16.840.1.101.3.4.2.3");

  private final String jcaName;
  private final String oid;

  CertHash(String jcaName, String oid) {
    this.jcaName = jcaName;
    this.oid = oid;
  }

  /**
   * Returns the object identifier of the function.
   *
   * @return its dotted form
   */
  public String oid() {
    return oid;
  }

  /**
   * Returns the hash of bytes.
   *
   * @param data the bytes
   * @return their hash, a new array
   */
  public byte[] of(byte[] data) {
    try {
      return MessageDigest.getInstance(jcaName).digest(data);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks " + jcaName, e);
    }
  }
}
