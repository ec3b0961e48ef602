package io.github.ocspstapler.ocsp;

import java.time.Duration;
import java.time.Instant;

/** Sums of instants and durations that stop at the ends of time: both may be a stranger's. */
final class Times {
  private Times() {}

  static Instant plus(Instant instant, Duration duration) {
    return duration.compareTo(Duration.between(instant, Instant.MAX)) > 0
        ? Instant.MAX
        : instant.plus(duration);
  }

  static Instant minus(Instant instant, Duration duration) {
    return duration.compareTo(Duration.between(Instant.MIN, instant)) > 0
        ? Instant.MIN
        : instant.minus(duration);
  }

  static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
