package io.github.ocspstapler.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.AwaitedRequests;
import io.github.ocspstapler.Staple;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.store.FleetStore.Lease;
import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The parts of the simulation that could lie. */
class SimulationTest {
  private final VirtualTime time = new VirtualTime();

  @Test
  void perSecond_fewEvents_areSummedAndFoundInTheirWindow() {
    PerSecond counter = new PerSecond(10);
    for (long at : List.of(0L, 999L, 1_000L, 4_500L, 5_500L, 6_500L, 99_000L)) {
      counter.count(at);
    }

    assertThat(counter.total()).isEqualTo(7);
    assertThat(counter.between(0, 1)).isEqualTo(2);
    assertThat(counter.between(1, 10)).isEqualTo(5);
    assertThat(counter.peak(0, 10, 1)).isEqualTo(2);
    assertThat(counter.peak(1, 10, 3)).isEqualTo(3);
    assertThat(counter.peak(5, 10, 10)).isEqualTo(3);
    assertThat(counter.sums(0, 10, 4)).containsExactly(3, 3, 1);
  }

  @Test
  void virtualTime_tasks_runInOrderAndNotOnADeadMachine() {
    VirtualTime.Machine one = time.machine();
    VirtualTime.Machine two = time.machine();
    List<String> ran = new ArrayList<>();
    var unusedLater = one.schedule(() -> ran.add("later " + time.elapsed()), 7, TimeUnit.SECONDS);
    var unusedSooner = one.schedule(() -> ran.add("sooner " + time.elapsed()), 5, TimeUnit.SECONDS);
    var unusedEqual = two.schedule(() -> ran.add("equal " + time.elapsed()), 5, TimeUnit.SECONDS);
    var cancelled = one.schedule(() -> ran.add("cancelled"), 6, TimeUnit.SECONDS);
    var unusedDead = two.schedule(() -> ran.add("dead"), 6, TimeUnit.SECONDS);
    cancelled.cancel(false);

    time.runUntil(5_000);
    two.kill();
    time.runUntil(10_000);

    assertThat(ran).containsExactly("sooner 5000", "equal 5000", "later 7000");
    assertThat(time.elapsed()).isEqualTo(10_000);
    assertThat(time.events()).isEqualTo(3);
  }

  @Test
  void storeThreads_moreWorkThanThreads_waitsItsTurn() {
    StoreThreads threads = new StoreThreads(time.machine(), 2, () -> 10);
    List<Long> ended = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      threads.execute(() -> ended.add(time.elapsed()));
    }

    time.runUntil(1_000);

    assertThat(ended).containsExactly(10L, 10L, 20L, 20L, 30L);
  }

  @Test
  void store_leaseOfTheDead_endsAfterItsTerm() throws IOException {
    SimulatedStore store = new SimulatedStore(time, 100);
    SimulatedStore.Node dead = store.connect(time.machine());
    SimulatedStore.Node other = store.connect(time.machine());
    Duration term = Duration.ofSeconds(10);

    Optional<Lease> first = dead.lease("ab", term);
    assertThat(dead.held()).containsExactly("ab");
    assertThat(other.lease("ab", term)).isEmpty();
    time.runUntil(10_000);
    assertThat(other.lease("ab", term)).isPresent();
    first.orElseThrow().release(); // of no effect on its successor

    assertThat(other.held()).containsExactly("ab");
    assertThat(store.leasesAsked).isEqualTo(3);
    assertThat(store.leasesGiven).isEqualTo(2);
    assertThat(store.operations.total()).isEqualTo(4);
  }

  @Test
  void fleet_sameScenario_makesTheSameMoves() {
    // One after the other: what a node writes at once has no order.
    ScaleScenario scenario = ScaleScenario.steady(3, 5).days(9);

    ScaleResult one = SimulatedFleet.run(scenario);
    ScaleResult other = SimulatedFleet.run(scenario);

    assertThat(one.requests.total()).isBetween(11L, 15L); // the first, and one or two renewals
    assertThat(one.store.saves).isEqualTo(one.requests.total());
    assertThat(other.requests.sums(0, one.end(), 1)).isEqualTo(one.requests.sums(0, one.end(), 1));
    assertThat(other.events).isEqualTo(one.events);
    assertThat(one.mostBare()).isZero();
  }

  @Test
  void awaitedRequests_slowResponder_takeNoSimulatedTime() {
    ManualScheduler scheduler = ManualScheduler.create();
    TestCa ca = TestCa.builder("CA").clock(scheduler.clock()).buildCa();
    Instant begin = scheduler.now();
    try (TestResponder responder = TestResponder.builder().ca(ca).clock(scheduler.clock()).start();
        Stapler stapler =
            AwaitedRequests.stapler(scheduler).delivery(JsseDelivery.Mode.OFF).build()) {
      responder.latency(Duration.ofMillis(100));
      TestCertificate leaf = ca.leaf("site.test", responder.url());
      var unused = stapler.preload(List.of(leaf.certificate(), ca.certificate()));

      scheduler.advance(Duration.ofDays(1));

      assertThat(stapler.staple(leaf.certificate()).map(Staple::thisUpdate)).contains(begin);
      assertThat(responder.requestCount()).isOne();
    }
  }

  @Test
  void svgChart_oneLine_holdsItsPointsAndLabels() {
    String svg =
        new SvgChart("A & B", "day", "requests")
            .line("one", new double[] {0, 1}, new double[] {0, 10})
            .toString();

    assertThat(svg)
        .contains("A &amp; B")
        .contains("points='80.0,340.0 830.0,")
        .endsWith("</svg>\n");
  }
}
