package io.github.ocspstapler.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LastHourTest {
  private final LastHour hour = new LastHour();

  @Test
  void counts_ofThisAndEarlierMinutes_standInTheirPlaces() {
    hour.add(1_000);
    hour.add(1_000);
    hour.add(1_059);

    long[] counts = hour.counts(1_059);

    assertThat(counts).hasSize(60).startsWith(2).endsWith(1);
    assertThat(LongStream.of(counts).sum()).isEqualTo(3);
  }

  @Test
  void counts_anHourLater_areGone() {
    hour.add(1_000);

    assertThat(hour.counts(1_060)).containsOnly(0);
  }

  @Test
  void add_inAMinuteThatReusesASlot_startsAtOne() {
    hour.add(1_000);
    hour.add(1_060);

    assertThat(hour.counts(1_060)).endsWith(1);
    assertThat(LongStream.of(hour.counts(1_060)).sum()).isEqualTo(1);
  }

  @Test
  void add_fromManyThreads_losesNothing() {
    IntStream.range(0, 40_000).parallel().forEach(i -> hour.add(2_000 + i % 2));

    assertThat(LongStream.of(hour.counts(2_001)).sum()).isEqualTo(40_000);
  }

  @Test
  void counts_beforeTheEpoch_areCountedToo() {
    hour.add(-1);

    assertThat(hour.counts(0)[58]).isEqualTo(1);
  }
}
