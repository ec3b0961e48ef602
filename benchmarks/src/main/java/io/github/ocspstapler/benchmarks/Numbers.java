package io.github.ocspstapler.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Statistics and their text. */
final class Numbers {
  private Numbers() {}

  static double median(List<Double> values) {
    return quantile(values, 0.5);
  }

  /** The smallest value that at least this share of the values does not exceed. */
  static double quantile(List<Double> values, double share) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(0, rank - 1)];
  }

  static String fixed(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  static String whole(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** Whether a goal was reached, in the tables' word for it. */
  static String verdict(boolean held) {
    return held ? "held" : "MISSED";
  }
}
