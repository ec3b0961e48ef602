package io.github.ocspstapler.internal.der;

import java.math.BigInteger;

/** Writes OBJECT IDENTIFIERs for people to read. */
public final class ObjectIdentifiers {
  private static final int MAX_BYTES = 32;

  private ObjectIdentifiers() {}

  /**
   * Returns an OBJECT IDENTIFIER in dots and numbers.
   *
   * @param oid what {@link DerReader#oid} gave
   * @return for example {@code 1.3.6.1.5.5.7.48.1.2}; an unreasonably long one is cut off
   */
  public static String dotted(DerReader oid) {
    byte[] bytes = oid.bytes();
    StringBuilder text = new StringBuilder();
    BigInteger arc = BigInteger.ZERO;
    for (int i = 0; i < bytes.length; i++) {
      if (i == MAX_BYTES) {
        return text + "…";
      }
      arc = arc.shiftLeft(7).or(BigInteger.valueOf(bytes[i] & 0x7f));
      if (bytes[i] >= 0) {
        if (text.length() == 0) {
          int first = arc.bitLength() > 7 ? 2 : Math.min(arc.intValue() / 40, 2);
          text.append(first);
          arc = arc.subtract(BigInteger.valueOf(40L * first));
        }
        text.append('.').append(arc);
        arc = BigInteger.ZERO;
      }
    }
    return text.toString();
  }
}
