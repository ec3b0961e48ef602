package io.github.ocspstapler.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LastHourTest {
  private final LastHour hour = new LastHour();

  private static long sum(List<Long> counts) {
    return counts.stream().mapToLong(count -> count).sum();
  }

  @Test
  void counts_ofThisAndEarlierMinutes_standInTheirPlaces() {
    hour.add(1_000);
    hour.add(1_000);
    hour.add(1_059);

    List<Long> counts = hour.counts(1_059);

    assertThat(counts).hasSize(60).startsWith(2L).endsWith(1L);
    assertThat(sum(counts)).isEqualTo(3);
  }

  @Test
  void counts_anHourLater_areGone() {
    hour.add(1_000);

    assertThat(hour.counts(1_060)).containsOnly(0L);
  }

  @Test
  void add_inAMinuteThatReusesASlot_startsAtOne() {
    hour.add(1_000);
    hour.add(1_060);

    assertThat(hour.counts(1_060)).endsWith(1L);
    assertThat(sum(hour.counts(1_060))).isEqualTo(1);
  }

  @Test
  void add_fromManyThreads_losesNothing() {
    IntStream.range(0, 40_000).parallel().forEach(i -> hour.add(2_000 + i % 2));

    assertThat(sum(hour.counts(2_001))).isEqualTo(40_000);
  }

  @Test
  void counts_beforeTheEpoch_areCountedToo() {
    hour.add(-1);

    assertThat(hour.counts(0).get(58)).isEqualTo(1);
  }
}
