package io.github.ocspstapler.internal.der;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over a part of an array that holds DER values one after the other (ITU-T X.690).
 *
 * <p>Strict: definite, minimal lengths; tag numbers from 1 to 30; minimal integers; nothing may
 * stick out of what encloses it. Every departure is a {@link DerException}, and no bytes whatever
 * make it throw anything else. Reading a constructed value gives a reader over its contents in the
 * same array: nothing is copied and nothing recurses, so depth and memory are the caller's to
 * choose, never the sender's.
 *
 * <p>Not thread-safe, and the array must not change while it is read.
 */
public final class DerReader {
  /** The longest INTEGER that is read as a number, in bytes. */
  public static final int MAX_INTEGER_BYTES = 64;

  private final byte[] array;
  private final int end;
  private int position;

  // The value that header() read last. Confined to the reader's thread, like the position.
  private int contentStart;
  private int contentEnd;

  private DerReader(byte[] array, int start, int end) {
    this.array = array;
    this.position = start;
    this.end = end;
  }

  /**
   * Returns a reader over a whole array.
   *
   * @param der the bytes, not copied
   * @return a reader at the first of them
   */
  public static DerReader of(byte[] der) {
    return new DerReader(der, 0, der.length);
  }

  /**
   * Returns whether there is another value.
   *
   * @return whether anything is left
   */
  public boolean hasMore() {
    return position < end;
  }

  /**
   * Returns the tag of the next value without reading it.
   *
   * @return the identifier octet, or -1 at the end
   */
  public int peek() {
    return position < end ? array[position] & 0xff : -1;
  }

  /**
   * Checks that nothing follows.
   *
   * @param what what was read, for the message
   * @throws DerException if there is another byte
   */
  public void finish(String what) throws DerException {
    if (position != end) {
      throw new DerException(
          (end - position) + " bytes too many at offset " + position + ", after " + what);
    }
  }

  /**
   * Reads a value with this tag.
   *
   * @param tag the identifier octet
   * @param what what is expected, for the message
   * @return a reader over its contents
   * @throws DerException if the next value is another, or is not DER
   */
  public DerReader read(int tag, String what) throws DerException {
    header(tag, what);
    return content();
  }

  /**
   * Reads a SEQUENCE.
   *
   * @param what what is expected, for the message
   * @return a reader over its contents
   * @throws DerException if the next value is another, or is not DER
   */
  public DerReader sequence(String what) throws DerException {
    return read(Der.SEQUENCE, what);
  }

  /**
   * Reads a value with this tag, if it comes next.
   *
   * @param tag the identifier octet
   * @param what what may be there, for the message
   * @return a reader over its contents, or null if another value or none comes next
   * @throws DerException if it is not DER
   */
  public @Nullable DerReader readIf(int tag, String what) throws DerException {
    return peek() == tag ? read(tag, what) : null;
  }

  /**
   * Reads the next value with its tag and length, whatever its tag.
   *
   * @param what what is expected, for the message
   * @return a reader over the whole value, its header included
   * @throws DerException if there is none, or it is not DER
   */
  public DerReader element(String what) throws DerException {
    int start = position;
    header(-1, what);
    return new DerReader(array, start, contentEnd);
  }

  /**
   * Reads a BOOLEAN.
   *
   * @param what what is expected, for the message
   * @return its value
   * @throws DerException if it is anything but 00 or FF
   */
  public boolean bool(String what) throws DerException {
    header(Der.BOOLEAN, what);
    if (contentEnd - contentStart != 1
        || (array[contentStart] != 0 && array[contentStart] != (byte) 0xff)) {
      throw bad(what, "a BOOLEAN is one byte, 00 or FF");
    }
    return array[contentStart] != 0;
  }

  /**
   * Reads an INTEGER, as the bytes of its two's complement.
   *
   * @param what what is expected, for the message
   * @return a reader over these bytes, at least one
   * @throws DerException if it is not one, or not minimal
   */
  public DerReader integerBytes(String what) throws DerException {
    header(Der.INTEGER, what);
    requireMinimalInteger(what);
    return content();
  }

  /**
   * Reads an INTEGER of at most {@value #MAX_INTEGER_BYTES} bytes.
   *
   * @param what what is expected, for the message
   * @return its value
   * @throws DerException if it is not one, or larger
   */
  public BigInteger integer(String what) throws DerException {
    DerReader bytes = integerBytes(what);
    if (bytes.length() > MAX_INTEGER_BYTES) {
      throw bad(what, "larger than " + MAX_INTEGER_BYTES + " bytes");
    }
    return new BigInteger(bytes.array, bytes.position, bytes.length());
  }

  /**
   * Reads an INTEGER or ENUMERATED that is small and not negative.
   *
   * @param tag which of the two
   * @param what what is expected, for the message
   * @return its value, 0 to 65535
   * @throws DerException if it is not one, or out of this range
   */
  public int small(int tag, String what) throws DerException {
    header(tag, what);
    requireMinimalInteger(what);
    int value = 0;
    for (int i = contentStart; i < contentEnd && value <= 0xffff; i++) {
      value = (value << 8) | (array[i] & 0xff);
    }
    if (array[contentStart] < 0 || value > 0xffff) {
      throw bad(what, "out of the range 0 to 65535");
    }
    return value;
  }

  /**
   * Reads a NULL.
   *
   * @param what what is expected, for the message
   * @throws DerException if it is not one, or not empty
   */
  public void nothing(String what) throws DerException {
    read(Der.NULL, what).finish(what);
  }

  /**
   * Reads an OBJECT IDENTIFIER.
   *
   * @param what what is expected, for the message
   * @return a reader over its bytes, to be compared with {@link #is}
   * @throws DerException if it is not one, or not minimal
   */
  public DerReader oid(String what) throws DerException {
    header(Der.OID, what);
    boolean first = true;
    for (int i = contentStart; i < contentEnd; i++) {
      if (first && array[i] == (byte) 0x80) {
        throw bad(what, "an arc with leading zeros");
      }
      first = array[i] >= 0;
    }
    if (contentStart == contentEnd || !first) {
      throw bad(what, "an incomplete OBJECT IDENTIFIER");
    }
    return content();
  }

  /**
   * Reads a BIT STRING of whole bytes.
   *
   * @param what what is expected, for the message
   * @return a reader over its bytes
   * @throws DerException if it is not one, or has unused bits
   */
  public DerReader bitString(String what) throws DerException {
    header(Der.BIT_STRING, what);
    if (contentStart == contentEnd || array[contentStart] != 0) {
      throw bad(what, "a BIT STRING of whole bytes starts with 00");
    }
    return new DerReader(array, contentStart + 1, contentEnd);
  }

  /**
   * Reads an OCTET STRING.
   *
   * @param what what is expected, for the message
   * @return a reader over its bytes
   * @throws DerException if it is not one
   */
  public DerReader octetString(String what) throws DerException {
    return read(Der.OCTET_STRING, what);
  }

  /**
   * Reads a GeneralizedTime: {@code YYYYMMDDHHMMSS}, then perhaps a fraction of a second, then
   * {@code Z}.
   *
   * <p>RFC 5280 and RFC 9919 forbid the fraction, and responders of real CAs send it (Universign,
   * SK ID Solutions): it is read, up to nanoseconds and with trailing zeros, because it changes
   * nothing about what is signed. Local times, offsets, omitted seconds and leap seconds are not.
   *
   * @param what what is expected, for the message
   * @return the instant
   * @throws DerException if it is not such a time
   */
  public Instant generalizedTime(String what) throws DerException {
    header(Der.GENERALIZED_TIME, what);
    Instant time = TimeText.parse(array, contentStart, contentEnd);
    if (time == null) {
      throw bad(what, "not a GeneralizedTime YYYYMMDDHHMMSSZ");
    }
    return time;
  }

  /**
   * Returns how many bytes are left.
   *
   * @return the number of bytes from here to the end
   */
  public int length() {
    return end - position;
  }

  /**
   * Returns the array this reads, for a call that takes an array with offset and length.
   *
   * @return the array itself, not to be changed
   */
  public byte[] array() {
    return array;
  }

  /**
   * Returns where in {@link #array()} the next byte is.
   *
   * @return the offset
   */
  public int offset() {
    return position;
  }

  /**
   * Returns what is left as bytes.
   *
   * @return a new array
   */
  public byte[] bytes() {
    return Arrays.copyOfRange(array, position, end);
  }

  /**
   * Returns whether what is left is exactly these bytes.
   *
   * @param expected the bytes
   * @return whether they are equal
   */
  public boolean is(byte[] expected) {
    return Arrays.equals(array, position, end, expected, 0, expected.length);
  }

  /**
   * Returns whether what is left here and there are the same bytes.
   *
   * @param other another reader
   * @return whether they are equal
   */
  public boolean is(DerReader other) {
    return Arrays.equals(array, position, end, other.array, other.position, other.end);
  }

  /**
   * Returns another reader of what is left; each moves on its own.
   *
   * @return a reader at the same place
   */
  public DerReader copy() {
    return new DerReader(array, position, end);
  }

  private DerReader content() {
    return new DerReader(array, contentStart, contentEnd);
  }

  /** Reads tag and length, and moves behind the value. A tag of -1 stands for any. */
  private void header(int tag, String what) throws DerException {
    int at = position;
    if (at >= end) {
      throw new DerException(what + " is missing at offset " + at);
    }
    int found = array[at++] & 0xff;
    if (tag >= 0 ? found != tag : found == 0 || (found & 0x1f) == 0x1f) {
      throw new DerException(
          String.format("tag %02x at offset %d, where %s should be", found, position, what));
    }
    if (at >= end) {
      throw bad(what, "the length is missing");
    }
    int length = array[at++];
    if (length < 0) {
      int octets = length & 0x7f;
      if (octets == 0 || octets > 4 || octets > end - at) {
        throw bad(what, octets == 0 ? "an indefinite length" : "a length that does not fit");
      }
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = (length << 8) | (array[at++] & 0xff);
      }
      // Negative: a length of 2 GiB and more. It must not be shorter than it could be, either.
      if (length < 0x80 || (length >>> ((octets - 1) * 8)) == 0) {
        throw bad(what, "a length that is not minimal, or too large");
      }
    }
    if (length > end - at) {
      throw bad(what, "longer than what encloses it");
    }
    contentStart = at;
    contentEnd = at + length;
    position = contentEnd;
  }

  private void requireMinimalInteger(String what) throws DerException {
    int length = contentEnd - contentStart;
    if (length == 0) {
      throw bad(what, "an INTEGER without content");
    }
    if (length > 1 && array[contentStart] == array[contentStart + 1] >> 7) {
      throw bad(what, "an INTEGER with a superfluous leading byte");
    }
  }

  private DerException bad(String what, String why) {
    return new DerException(what + " before offset " + position + ": " + why);
  }
}
