package io.github.ocspstapler.internal.der;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** The text of a GeneralizedTime in UTC. */
final class TimeText {
  private static final int WITHOUT_FRACTION = "YYYYMMDDHHMMSSZ".length();
  private static final int MAX_FRACTION_DIGITS = 9;

  private TimeText() {}

  /** Returns the instant that these bytes name, or null if they are anything else. */
  static @Nullable Instant parse(byte[] text, int start, int end) {
    if (end - start < WITHOUT_FRACTION || text[end - 1] != 'Z') {
      return null;
    }
    int nanos = nanos(text, start + WITHOUT_FRACTION - 1, end - 1);
    int century = two(text, start);
    int year = two(text, start + 2);
    int month = two(text, start + 4);
    int day = two(text, start + 6);
    int hour = two(text, start + 8);
    int minute = two(text, start + 10);
    int second = two(text, start + 12);
    if ((nanos | century | year | month | day | hour | minute | second) < 0) {
      return null;
    }
    try {
      return LocalDateTime.of(century * 100 + year, month, day, hour, minute, second, nanos)
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      return null; // the 30th of February, a 25th hour
    }
  }

  /** Two decimal digits, or -1 if they are not. */
  private static int two(byte[] text, int at) {
    int tens = text[at] - '0';
    int ones = text[at + 1] - '0';
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
  }

  /** The fraction between seconds and Z in nanoseconds, 0 if there is none, -1 if it is not one. */
  private static int nanos(byte[] text, int start, int end) {
    if (start == end) {
      return 0;
    }
    int digits = end - start - 1;
    if (text[start] != '.' || digits < 1 || digits > MAX_FRACTION_DIGITS) {
      return -1;
    }
    int nanos = 0;
    for (int i = 0; i < MAX_FRACTION_DIGITS; i++) {
      int digit = i < digits ? text[start + 1 + i] - '0' : 0;
      if (digit < 0 || digit > 9) {
        return -1;
      }
      nanos = nanos * 10 + digit;
    }
    return nanos;
  }
}
