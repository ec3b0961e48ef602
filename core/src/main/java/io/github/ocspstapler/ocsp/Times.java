package io.github.ocspstapler.ocsp;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/** Sums of instants and durations, neither negative, that stop at the ends of time. */
final class Times {
  private Times() {}

  static Instant plus(Instant instant, Duration duration) {
    try {
      return instant.plus(duration);
    } catch (DateTimeException | ArithmeticException e) {
      return Instant.MAX;
    }
  }

  static Instant minus(Instant instant, Duration duration) {
    try {
      return instant.minus(duration);
    } catch (DateTimeException | ArithmeticException e) {
      return Instant.MIN;
    }
  }

  static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
