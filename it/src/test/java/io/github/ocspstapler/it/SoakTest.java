package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** S2, S7, X2: twenty seconds of it in every build, and as many as {@code soak.seconds} says. */
class SoakTest {
  private static final long SECONDS = Long.getLong("soak.seconds", 20);

  /** The JDK's own fetch in the handshake would hold it up for five. */
  private static final long LONGEST_MICROS = TimeUnit.SECONDS.toMicros(4);

  private static final long HEAP_NOISE = 16L << 20;
  private static final int THREAD_NOISE = 24; // pools that had not been filled yet

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void handshakes_responderChangesItsFaultEverySecond_neverShowAWrongStaple() throws Exception {
    try (Soak soak = new Soak()) {
      Soak.Report report = soak.run(Duration.ofSeconds(SECONDS));

      System.out.println("Soak of " + SECONDS + " s: " + report);
      assertThat(report.wrong()).isEmpty();
      assertThat(report.stapled()).as("mostly stapled").isGreaterThan(report.bare());
      assertThat(report.longestMicros()).isLessThan(LONGEST_MICROS);
      assertThat(report.grown()).isEmpty();
      assertThat(report.heapGrowthBytes()).isLessThan(HEAP_NOISE);
      assertThat(report.threadGrowth()).isLessThanOrEqualTo(THREAD_NOISE);
    }
  }
}
