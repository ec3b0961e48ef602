package io.github.ocspstapler.internal.der;

/** The identifier octets of the DER types that OCSP and certificates use. */
public final class Der {
  /** BOOLEAN. */
  public static final int BOOLEAN = 0x01;

  /** INTEGER. */
  public static final int INTEGER = 0x02;

  /** BIT STRING. */
  public static final int BIT_STRING = 0x03;

  /** OCTET STRING. */
  public static final int OCTET_STRING = 0x04;

  /** NULL. */
  public static final int NULL = 0x05;

  /** OBJECT IDENTIFIER. */
  public static final int OID = 0x06;

  /** ENUMERATED. */
  public static final int ENUMERATED = 0x0a;

  /** GeneralizedTime. */
  public static final int GENERALIZED_TIME = 0x18;

  /** SEQUENCE and SEQUENCE OF. */
  public static final int SEQUENCE = 0x30;

  private Der() {}

  /**
   * Returns the identifier octet of a primitive value with a context-specific tag.
   *
   * @param number the tag number, 0 to 30
   * @return for example 0x80 for [0]
   */
  public static int primitive(int number) {
    return 0x80 | number;
  }

  /**
   * Returns the identifier octet of a constructed value with a context-specific tag.
   *
   * @param number the tag number, 0 to 30
   * @return for example 0xa0 for [0]
   */
  public static int constructed(int number) {
    return 0xa0 | number;
  }
}
