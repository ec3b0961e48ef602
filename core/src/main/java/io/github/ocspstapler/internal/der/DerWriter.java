package io.github.ocspstapler.internal.der;

import java.math.BigInteger;

/** Makes DER values, from the inside out. */
public final class DerWriter {
  private DerWriter() {}

  /**
   * Returns a value with this tag around these contents, one after the other.
   *
   * @param tag the identifier octet
   * @param contents the contents, in order
   * @return its encoding
   */
  public static byte[] value(int tag, byte[]... contents) {
    int length = 0;
    for (byte[] content : contents) {
      length = Math.addExact(length, content.length);
    }
    int octets = length < 0x80 ? 0 : (32 - Integer.numberOfLeadingZeros(length) + 7) / 8;
    byte[] encoded = new byte[2 + octets + length];
    encoded[0] = (byte) tag;
    encoded[1] = (byte) (octets == 0 ? length : 0x80 | octets);
    int at = 2;
    for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8) {
      encoded[at++] = (byte) (length >>> shift);
    }
    for (byte[] content : contents) {
      System.arraycopy(content, 0, encoded, at, content.length);
      at += content.length;
    }
    return encoded;
  }

  /**
   * Returns a SEQUENCE.
   *
   * @param contents its values, in order
   * @return its encoding
   */
  public static byte[] sequence(byte[]... contents) {
    return value(Der.SEQUENCE, contents);
  }

  /**
   * Returns an OCTET STRING.
   *
   * @param content its bytes
   * @return its encoding
   */
  public static byte[] octetString(byte[] content) {
    return value(Der.OCTET_STRING, content);
  }

  /**
   * Returns an INTEGER.
   *
   * @param value its value
   * @return its encoding
   */
  public static byte[] integer(BigInteger value) {
    return value(Der.INTEGER, value.toByteArray());
  }

  /**
   * Returns an OBJECT IDENTIFIER.
   *
   * @param content its bytes without tag and length
   * @return its encoding
   */
  public static byte[] oid(byte[] content) {
    return value(Der.OID, content);
  }

  /**
   * Returns a NULL.
   *
   * @return its encoding
   */
  public static byte[] nothing() {
    return value(Der.NULL);
  }
}
