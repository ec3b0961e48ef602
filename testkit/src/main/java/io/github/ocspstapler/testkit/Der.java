package io.github.ocspstapler.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;

/**
 * Writes DER by hand, so that an answer can be wrong in exactly one place: an ASN.1 library would
 * refuse to write most of what a test needs.
 */
final class Der {
  static final byte[] NULL = {0x05, 0x00};
  static final int SEQUENCE = 0x30;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private Der() {}

  static byte[] tlv(int tag, byte[]... parts) {
    byte[] content = concat(parts);
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
    out.write(tag);
    int length = content.length;
    if (length < 0x80) {
      out.write(length);
    } else {
      byte[] digits = BigInteger.valueOf(length).toByteArray();
      int skip = digits[0] == 0 ? 1 : 0;
      out.write(0x80 | (digits.length - skip));
      out.write(digits, skip, digits.length - skip);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  static byte[] sequence(byte[]... parts) {
    return tlv(SEQUENCE, parts);
  }

  /** Returns {@code [n] EXPLICIT}, or {@code [n] IMPLICIT} of something constructed. */
  static byte[] tagged(int number, byte[]... parts) {
    return tlv(0xA0 | number, parts);
  }

  static byte[] integer(BigInteger value) {
    return tlv(0x02, value.toByteArray());
  }

  static byte[] enumerated(int value) {
    return tlv(0x0A, BigInteger.valueOf(value).toByteArray());
  }

  static byte[] octetString(byte[] value) {
    return tlv(0x04, value);
  }

  static byte[] bitString(byte[] value) {
    return tlv(0x03, new byte[] {0}, value);
  }

  static byte[] oid(String dotted) {
    try {
      return new ASN1ObjectIdentifier(dotted).getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String timeText(Instant instant) {
    return TIME.format(instant);
  }

  static byte[] generalizedTime(String text) {
    return tlv(0x18, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static byte[] extension(String oid, boolean critical, byte[] value) {
    byte[] flag = critical ? new byte[] {0x01, 0x01, (byte) 0xFF} : new byte[0];
    return sequence(oid(oid), flag, octetString(value));
  }

  /** Returns what is in the outermost of something that was written here. */
  static byte[] content(byte[] tlv) {
    int header = (tlv[1] & 0x80) == 0 ? 2 : 2 + (tlv[1] & 0x7F);
    return Arrays.copyOfRange(tlv, header, tlv.length);
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
