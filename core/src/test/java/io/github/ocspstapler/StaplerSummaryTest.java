package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.testkit.TestCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** All certificates in a few numbers, and some of them as rows. */
class StaplerSummaryTest {
  private final World world = new World(builder -> builder.maxCertificates(40));
  private final SplittableRandom random = new SplittableRandom(7);

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void summary_afterAnyChange_isWhatALookAtAllFinds() {
    List<TestCertificate> leaves = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      leaves.add(world.leaf("site" + i + ".test", "ocsp" + i % 7 + ".test"));
    }

    for (int i = 0; i < 400; i++) {
      doSomething(leaves.get(random.nextInt(leaves.size())));

      StaplerSummary summary = world.stapler.summary();
      assertThat(summary.certificates()).isEqualTo(counted());
      assertThat(summary.untilEarliestExpiry()).isEqualTo(untilFirstEnd());
    }
  }

  private void doSomething(TestCertificate leaf) {
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> {
        var unused = world.stapler.preload(World.chain(leaf));
        world.scheduler.runDue();
      }
      case 3 -> world.stapler.forget(leaf.certificate());
      case 4 -> world.responders.everywhere(InMemoryResponders.good(Duration.ofDays(4)));
      case 5 -> world.responders.everywhere(InMemoryResponders.down());
      case 6 -> world.responders.everywhere(InMemoryResponders.revoked(Duration.ofDays(2), null));
      default -> world.advance(Duration.ofHours(random.nextInt(40)));
    }
  }

  private Map<State, Integer> counted() {
    Map<State, Integer> counts = new EnumMap<>(State.class);
    for (State state : State.values()) {
      counts.put(state, 0);
    }
    world.stapler.statuses().forEach(row -> counts.merge(row.state(), 1, Integer::sum));
    return counts;
  }

  private Optional<Duration> untilFirstEnd() {
    return world.stapler.statuses().stream()
        .flatMap(row -> row.servedUntil().stream())
        .min(Comparator.naturalOrder())
        .map(end -> Duration.between(world.now(), end));
  }

  @Test
  void summary_stapleHasEndedAndNothingWasDoneYet_countsItAsUnavailable() {
    world.stapled("one.test");
    world.advance(Duration.ofHours(1));
    TestCertificate later = world.stapled("two.test");

    Duration untilOneHasEnded =
        world.stapler.summary().untilEarliestExpiry().orElseThrow().plusMillis(1);
    world.scheduler.jumpClock(untilOneHasEnded);

    StaplerSummary summary = world.stapler.summary();
    assertThat(summary.count(State.UNAVAILABLE)).isEqualTo(1);
    assertThat(summary.untilEarliestExpiry())
        .hasValue(Duration.between(world.now(), world.status(later).servedUntil().orElseThrow()));
  }

  @Test
  void summary_closed_isOfNothing() {
    world.stapled("example.com");

    world.stapler.close();

    assertThat(world.stapler.summary().certificates().values()).containsOnly(0);
    assertThat(world.stapler.summary().untilEarliestExpiry()).isEmpty();
  }

  @Test
  void statuses_ofSomeStates_listsThoseOnly() {
    world.stapled("good.test");
    world.responders.everywhere(InMemoryResponders.down());
    world.stapled("bare.test");

    Set<State> bare = EnumSet.of(State.UNAVAILABLE, State.PENDING);

    assertThat(world.stapler.statuses(bare))
        .extracting(StapleStatus::name)
        .containsOnly("bare.test");
    assertThat(world.stapler.statuses(EnumSet.allOf(State.class)).limit(1)).hasSize(1);
    assertThat(world.stapler.statuses(Set.of())).isEmpty();
  }

  @Test
  void worstFirst_anyPopulation_isInOrderAndLosesNobody() {
    for (int i = 0; i < 30; i++) {
      doSomething(world.leaf("site" + i + ".test", "ocsp" + i % 7 + ".test"));
      var unused = world.stapler.preload(World.chain(world.ca.leaf("quiet" + i + ".test")));
    }
    Comparator<StapleStatus> order =
        Comparator.comparing(StapleStatus::severity)
            .thenComparing(row -> row.servedUntil().orElse(Instant.MIN))
            .thenComparing(StapleStatus::name)
            .thenComparing(StapleStatus::serialNumber);

    List<StapleStatus> all = world.stapler.worstFirst(EnumSet.allOf(State.class)).toList();
    List<StapleStatus> quiet = world.stapler.worstFirst(EnumSet.of(State.UNSTAPLEABLE)).toList();

    assertThat(all).isSortedAccordingTo(order);
    assertThat(all).containsExactlyInAnyOrderElementsOf(world.stapler.statuses());
    assertThat(quiet).isNotEmpty().allMatch(row -> row.state() == State.UNSTAPLEABLE);
    for (int offset = 0; offset <= all.size() + 1; offset++) {
      int from = Math.min(offset, all.size());
      int to = Math.min(offset + 3, all.size());
      assertThat(world.stapler.worstFirst(EnumSet.allOf(State.class), offset, 3))
          .isEqualTo(all.subList(from, to));
    }
    assertThat(world.stapler.worstFirst(EnumSet.allOf(State.class), 0, 0)).isEmpty();
  }

  @Test
  void mentions_partOfWhatIdentifiesIt_isFoundInAnyCase() {
    StapleStatus row = world.status(world.stapled("www.example.com"));

    assertThat(row.mentions("EXAMPLE")).isTrue();
    assertThat(row.mentions(row.serialNumber().toString(16))).isTrue();
    assertThat(row.mentions("ocsp.ca.test")).as("its responder").isTrue();
    assertThat(row.mentions(row.issuer())).isTrue();
    assertThat(row.mentions("example.org")).isFalse();
  }
}
