package io.github.ocspstapler.benchmarks;

import java.util.Arrays;

/** Counts what happens in each second of a simulation. Confined to its thread. */
final class PerSecond {
  private final int[] counts;
  private long total;

  PerSecond(int seconds) {
    counts = new int[seconds];
  }

  /** Counts one more; what comes after the last second counts in that. */
  void count(long elapsedMillis) {
    counts[(int) Math.min(counts.length - 1L, elapsedMillis / 1000)]++;
    total++;
  }

  long total() {
    return total;
  }

  /** How many came from one second on until before another. */
  long between(int from, int to) {
    long sum = 0;
    for (int second = from; second < Math.min(to, counts.length); second++) {
      sum += counts[second];
    }
    return sum;
  }

  /** The most in any window of so many seconds that lies within two instants. */
  long peak(int from, int to, int window) {
    int end = Math.min(to, counts.length);
    long sum = 0;
    long most = 0;
    for (int second = from; second < end; second++) {
      sum += counts[second] - (second - window >= from ? counts[second - window] : 0);
      most = Math.max(most, sum);
    }
    return most;
  }

  /** Sums of so many seconds each, of the seconds from one on until before another. */
  double[] sums(int from, int to, int width) {
    double[] sums = new double[Math.max(0, (to - from + width - 1) / width)];
    Arrays.setAll(
        sums, index -> between(from + index * width, Math.min(to, from + (index + 1) * width)));
    return sums;
  }
}
