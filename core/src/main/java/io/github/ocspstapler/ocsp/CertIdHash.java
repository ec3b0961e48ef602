package io.github.ocspstapler.ocsp;

/** The hash function of a {@link CertId}: how it names the issuer (RFC 6960 section 4.1.1). */
public enum CertIdHash {
  /** SHA-1: what most responders index their answers by. Collisions do not matter in a CertID. */
  SHA1("SHA-1"),
  /** SHA-224. */
  SHA224("SHA-224"),
  /** SHA-256: what RFC 9919 prefers. */
  SHA256("SHA-256"),
  /** SHA-384. */
  SHA384("SHA-384"),
  /** SHA-512. */
  SHA512("SHA-512");

  private final String algorithm;

  CertIdHash(String algorithm) {
    this.algorithm = algorithm;
  }

  /**
   * Returns the function's standard JCA name.
   *
   * @return for example {@code SHA-256}
   */
  public String algorithm() {
    return algorithm;
  }
}
