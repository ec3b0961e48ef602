package io.github.ocspstapler.cli;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the values of options and of batch keys: the same text means the same in both. */
final class Values {
  private static final Pattern HEX = Pattern.compile("([-]?)(?:0[xX])?([0-9a-fA-F:]*)");
  // RFC 5280 4.1.2.2 allows 20 octets; responders and certificates in the wild exceed that.
  private static final int MAX_SERIAL_DIGITS = 512;
  private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
  private static final Duration LONGEST = Duration.ofDays(1_000_000);

  private Values() {}

  /** Reads a serial number as {@code openssl x509 -serial} or a browser shows it. */
  static BigInteger serial(String text) {
    Matcher hex = HEX.matcher(text.strip());
    String digits = hex.matches() ? hex.group(2).replace(":", "") : "";
    if (digits.isEmpty() || digits.length() > MAX_SERIAL_DIGITS) {
      throw new IllegalArgumentException(
          "serial: " + shortened(text) + " (expected: hexadecimal digits, such as 0a1b or 0A:1B)");
    }
    BigInteger magnitude = new BigInteger(digits, 16);
    return hex.group(1).isEmpty() ? magnitude : magnitude.negate();
  }

  /** Reads a point in time, {@code 2017-03-05T00:00:00Z} or with an offset or a fraction. */
  static Instant instant(String text) {
    try {
      Instant instant = OffsetDateTime.parse(text.strip()).toInstant();
      if (!instant.isBefore(EARLIEST) && !instant.isAfter(LATEST)) {
        return instant;
      }
    } catch (DateTimeException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "at: " + shortened(text) + " (expected: an instant, such as 2017-03-05T00:00:00Z)");
  }

  /** Reads a duration of zero or more, {@code P7D} or {@code PT12H}. */
  static Duration duration(String name, String text) {
    try {
      Duration duration = Duration.parse(text.strip());
      if (!duration.isNegative() && duration.compareTo(LONGEST) <= 0) {
        return duration;
      }
    } catch (DateTimeException e) {
      // said below
    }
    throw new IllegalArgumentException(
        name + ": " + shortened(text) + " (expected: a duration, such as P7D or PT12H)");
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
