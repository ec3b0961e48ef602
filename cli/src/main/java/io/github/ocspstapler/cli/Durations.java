package io.github.ocspstapler.cli;

import java.time.Duration;
import java.util.Locale;

/** Durations for people to read. */
final class Durations {
  private Durations() {}

  /** Returns the two largest units, such as {@code 6 d 23 h}; nothing is rounded up. */
  static String words(Duration duration) {
    Duration d = duration.abs();
    if (d.toDays() > 0) {
      return d.toDays() + " d" + (d.toHoursPart() > 0 ? " " + d.toHoursPart() + " h" : "");
    }
    if (d.toHours() > 0) {
      return d.toHours() + " h" + (d.toMinutesPart() > 0 ? " " + d.toMinutesPart() + " min" : "");
    }
    return d.toMinutes() > 0 ? d.toMinutes() + " min" : d.toSeconds() + " s";
  }

  /** Returns milliseconds with one decimal, such as {@code 4.1 ms}. */
  static String millis(Duration duration) {
    return String.format(Locale.ROOT, "%.1f ms", inMillis(duration));
  }

  /** Milliseconds, to a tenth. */
  static double inMillis(Duration duration) {
    return Math.round(duration.toNanos() / 100_000.0) / 10.0;
  }
}
