package io.github.ocspstapler.internal.http;

import java.time.Duration;

/** Says in words how far two clocks are apart. */
public final class ClockSkew {
  private ClockSkew() {}

  /**
   * Returns how this clock is set, for people.
   *
   * @param ahead how far the other clock is ahead of this one, negative if it is behind
   * @return for example {@code 7 minutes behind}, to the unit that is worth a word
   */
  public static String ofThisClock(Duration ahead) {
    return amount(ahead.abs().toSeconds()) + (ahead.isNegative() ? " ahead of" : " behind");
  }

  private static String amount(long seconds) {
    if (seconds < 120) {
      return seconds + " seconds";
    }
    if (seconds < 2 * 3600) {
      return in(60, seconds) + " minutes";
    }
    return seconds < 2 * 86400 ? in(3600, seconds) + " hours" : in(86400, seconds) + " days";
  }

  private static long in(long unit, long seconds) {
    return (seconds + unit / 2) / unit;
  }
}
