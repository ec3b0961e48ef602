package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.store.StoredStaple;
import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that share a store, on virtual time. */
class FleetTest {
  private static final Duration LATENCY = Duration.ofMillis(200);

  private final ManualScheduler scheduler = ManualScheduler.create();
  private final SharedStore store = new SharedStore(scheduler);
  private final World world = new World(scheduler, builder -> builder);
  private final List<Stapler> nodes = new ArrayList<>();
  private long seed;

  @AfterEach
  void close() {
    nodes.forEach(Stapler::close);
    world.close();
  }

  private Stapler node() {
    return node(Runnable::run);
  }

  private Stapler node(Executor storeExecutor) {
    seed++;
    Stapler node =
        world.another(builder ->
            builder.store(store).storeExecutor(storeExecutor).random(new SplittableRandom(seed)));
    nodes.add(node);
    return node;
  }

  private void keep(TestCertificate leaf) {
    for (Stapler node : nodes) {
      var unused = node.preload(World.chain(leaf));
    }
    scheduler.runDue();
  }

  private static boolean isStapled(Stapler node, TestCertificate leaf) {
    return node.staple(leaf.certificate()).isPresent();
  }

  // S6
  @Test
  void start_threeNodesAtOnce_oneAsks() {
    world.responders.latency(LATENCY);
    Stapler one = node();
    Stapler two = node();
    Stapler three = node();
    TestCertificate leaf = world.leaf("example.com");

    keep(leaf);
    world.advance(LATENCY.plusMillis(1));

    assertThat(world.responders.requestCount()).isEqualTo(1);
    assertThat(nodes).containsExactly(one, two, three).allMatch(node -> isStapled(node, leaf));
    assertThat(store.leases).isEmpty();
    assertThat(store.releases).isEqualTo(1);
  }

  // S6
  @Test
  void refresh_threeNodesForAMonth_askOnceARound() {
    world.responders.latency(LATENCY);
    node();
    node();
    node();
    TestCertificate leaf = world.leaf("example.com");
    keep(leaf);

    world.advance(Duration.ofDays(30));

    long rounds = world.responders.requestCount();
    assertThat(rounds).isBetween(7L, 9L); // of 7 days, renewed after 3.5 to 4.2
    assertThat(nodes).allMatch(node -> isStapled(node, leaf));
  }

  // S6: what is published may get lost.
  @Test
  void start_newsIsLost_takesTheAnswerAllTheSame() {
    world.responders.latency(LATENCY);
    store.telling = false;
    node();
    Stapler two = node();
    TestCertificate leaf = world.leaf("example.com");

    keep(leaf);
    world.advance(LATENCY.plusSeconds(1));

    assertThat(isStapled(two, leaf)).isTrue();
    assertThat(world.responders.requestCount()).isEqualTo(1);
  }

  @Test
  void news_renewedElsewhere_isTakenAtOnce() {
    node();
    Stapler two = node();
    TestCertificate leaf = world.leaf("example.com");
    keep(leaf);
    world.advance(Duration.ofSeconds(2));
    Staple before = two.staple(leaf.certificate()).orElseThrow();
    world.advance(Duration.ofHours(1));

    var unused = nodes.get(0).refresh(World.chain(leaf));
    world.advance(Duration.ofMillis(1));

    assertThat(two.staple(leaf.certificate()).orElseThrow().thisUpdate())
        .isAfter(before.thisUpdate());
    assertThat(world.responders.requestCount()).isEqualTo(2);
  }

  @Test
  void news_revokedElsewhere_dropsTheStapleAtOnce() {
    node();
    Stapler two = node();
    TestCertificate leaf = world.leaf("example.com");
    keep(leaf);
    world.advance(Duration.ofHours(1));
    world.responders.everywhere(InMemoryResponders.revoked(Duration.ofDays(7), null));

    var unused = nodes.get(0).refresh(World.chain(leaf));
    world.advance(Duration.ofMillis(1));

    assertThat(two.status(World.chain(leaf)).orElseThrow().state()).isEqualTo(State.REVOKED);
  }

  @Test
  void news_nonsense_isIgnored() {
    Stapler one = node();
    TestCertificate leaf = world.leaf("example.com");
    keep(leaf);

    for (String nonsense : List.of("", "zz", "-1", "f".repeat(64), "g".repeat(64))) {
      store.tell(nonsense);
    }
    world.advance(Duration.ofSeconds(1));

    assertThat(isStapled(one, leaf)).isTrue();
  }

  // Its owner was killed: who has a staple waits until the lease has ended, and a second more.
  @Test
  void refresh_leaseOfADeadNode_isAskedWhenItEnds() {
    Stapler one = node();
    TestCertificate leaf = world.leaf("example.com");
    keep(leaf);
    Instant due = one.status(World.chain(leaf)).orElseThrow().nextAttempt().orElseThrow();
    world.advance(Duration.between(world.now(), due).minusSeconds(1));
    store.leaseToTheDead(fingerprint(leaf));
    Instant ends = world.now().plus(Leases.TERM);

    world.advance(Leases.TERM.plusSeconds(1));

    assertThat(world.responders.requestCount()).isEqualTo(2);
    assertThat(world.responders.requests().get(1).at()).isBetween(ends, ends.plusSeconds(1));
  }

  // Who has none waits a moment only.
  @Test
  void start_leaseOfADeadNode_bareNodeWaitsAMoment() {
    Stapler one = node();
    TestCertificate leaf = world.leaf("example.com");
    store.leaseToTheDead(fingerprint(leaf));

    keep(leaf);
    assertThat(world.responders.requestCount()).isZero();
    world.advance(Duration.ofMillis(Leases.BARE_WAITS + 1_000));

    assertThat(isStapled(one, leaf)).isTrue();
    assertThat(world.responders.requestCount()).isEqualTo(1);
  }

  // X13
  @Test
  void start_storeFails_eachAsksForItself() {
    try (LogLines log = new LogLines()) {
      store.failure = new IOException("OOM command not allowed");
      node();
      node();
      TestCertificate leaf = world.leaf("example.com");

      keep(leaf);
      world.advance(Duration.ofMinutes(1));

      assertThat(nodes).allMatch(node -> isStapled(node, leaf));
      assertThat(world.responders.requestCount()).isEqualTo(2);
      assertThat(log.all().stream().filter(line -> line.contains("cannot be read"))).hasSize(2);
    }
  }

  // X13
  @Test
  void start_storeHangs_asksAfterThePatienceForIt() {
    Stapler one = node(work -> {}); // never done
    TestCertificate leaf = world.leaf("example.com");

    keep(leaf);
    world.advance(Duration.ofMillis(StoreReader.PATIENCE + Leases.PATIENCE));

    assertThat(isStapled(one, leaf)).isTrue();
  }

  @Test
  void refresh_wished_doesNotWaitForOthers() {
    Stapler one = node();
    TestCertificate leaf = world.leaf("example.com");
    keep(leaf);
    store.leaseToTheDead(fingerprint(leaf));

    var refreshed = one.refresh(World.chain(leaf));
    scheduler.runDue();

    assertThat(refreshed).isCompleted();
    assertThat(world.responders.requestCount()).isEqualTo(2);
  }

  // A responder that fails one node is not kept from the others.
  @Test
  void start_responderDown_givesTheLeaseBack() {
    world.responders.everywhere(InMemoryResponders.down());
    node();
    TestCertificate leaf = world.leaf("example.com");

    keep(leaf);

    assertThat(store.leases).isEmpty();
    assertThat(store.releases).isEqualTo(1);
  }

  // ---- A CA that signs late ----

  // S6
  @Test
  void lateCa_fiveNodes_askAsOne() {
    assertThat(requestsOfALateCa(5)).isBetween(10, 41); // alone: 20 to 40, each half an hour to one
  }

  // S6: who is not told looks before it asks.
  @Test
  void lateCa_newsIsLost_fiveNodesAskAsOne() {
    store.telling = false;

    assertThat(requestsOfALateCa(5)).isBetween(10, 41);
  }

  /** In twenty hours in which there is no newer answer, though one is due. */
  private int requestsOfALateCa(int count) {
    world.responders.latency(LATENCY);
    for (int i = 0; i < count; i++) {
      node();
    }
    TestCertificate leaf = world.leaf("example.com");
    sameAnswerFromNowOn();
    keep(leaf);
    world.advance(Duration.ofHours(105));
    world.responders.clearRequests();
    world.advance(Duration.ofHours(20));
    int requests = world.responders.requestCount();

    Instant before = world.now();
    world.responders.everywhere(InMemoryResponders.good(Duration.ofDays(7)));
    world.advance(Duration.ofHours(3));

    assertThat(nodes).allMatch(node -> !thisUpdate(node, leaf).isBefore(before));
    assertThat(world.events.all()).noneMatch(event -> event.endsWith("late"));
    return requests;
  }

  // S6: a fleet that is restarted meanwhile.
  @Test
  void lateCa_nodeJoins_leavesItToWhoHasAsked() {
    node();
    TestCertificate leaf = world.leaf("example.com");
    sameAnswerFromNowOn();
    keep(leaf);
    world.advance(Duration.ofHours(105));
    var unused = nodes.get(0).refresh(World.chain(leaf));
    world.advance(Duration.ofSeconds(1));
    StoredStaple entry = store.staples.values().iterator().next();
    Instant again = entry.freshUntil().orElseThrow();
    world.responders.clearRequests();

    node();
    keep(leaf);

    assertThat(isStapled(nodes.get(1), leaf)).isTrue();
    assertThat(world.responders.requestCount()).isZero();
    assertThat(nextAttempt(nodes.get(1), leaf)).isBetween(again, again.plus(Duration.ofHours(1)));
  }

  // S6: who has asked is no more.
  @Test
  void lateCa_nodeThatAskedIsKilled_anotherAsksAfterAnHourOrTwo() {
    node();
    node();
    TestCertificate leaf = world.leaf("example.com");
    sameAnswerFromNowOn();
    keep(leaf);
    world.advance(Duration.ofHours(105));
    Instant again = Collections.min(nodes.stream().map(node -> nextAttempt(node, leaf)).toList());
    nodes.stream().filter(node -> nextAttempt(node, leaf).equals(again)).forEach(Stapler::close);
    world.responders.clearRequests();

    world.advance(Duration.between(world.now(), again).plusHours(1).plusSeconds(1));

    assertThat(world.responders.requestCount()).isPositive();
  }

  // S6, B3: whoever may write to the store, or takes all leases, makes nobody late.
  @ParameterizedTest
  @ValueSource(longs = {1, 30, 60, 600, 6_000, 600_000})
  void lateCa_storeAlwaysSaysLater_isAskedBeforeTheStapleIsLate(long minutes) {
    Stapler one = node();
    TestCertificate leaf = world.leaf("example.com");
    keep(leaf);
    Instant first = thisUpdate(one, leaf);
    store.freshFor = Duration.ofMinutes(minutes);

    world.advance(Duration.ofHours(160));

    assertThat(thisUpdate(one, leaf)).isAfter(first);
    assertThat(world.events.all()).noneMatch(event -> event.endsWith("late"));
  }

  // Between its look and its lease.
  @Test
  void refresh_anotherNodeHasJustAskedInVain_doesNotAsk() {
    Stapler one = node();
    TestCertificate leaf = world.leaf("example.com");
    keep(leaf);
    Instant due = nextAttempt(one, leaf);
    Instant again = due.plus(Duration.ofMinutes(40));
    store.beforeLease =
        () ->
            store.staples.computeIfPresent(
                fingerprint(leaf), (name, staple) -> SharedStore.fresh(staple, again));
    world.responders.clearRequests();

    world.advance(Duration.between(world.now(), due).plusSeconds(2));

    assertThat(world.responders.requestCount()).isZero();
    assertThat(nextAttempt(one, leaf)).isBetween(again, again.plus(Duration.ofMinutes(41)));
    assertThat(store.leases).isEmpty();
  }

  private void sameAnswerFromNowOn() {
    world.responders.everywhere(InMemoryResponders.goodOf(world.now(), Duration.ofDays(7)));
  }

  private static Instant nextAttempt(Stapler node, TestCertificate leaf) {
    return node.status(World.chain(leaf)).orElseThrow().nextAttempt().orElseThrow();
  }

  private static Instant thisUpdate(Stapler node, TestCertificate leaf) {
    return node.staple(leaf.certificate()).orElseThrow().thisUpdate();
  }

  @Test
  void close_node_hearsNoMore() {
    Stapler one = node();
    assertThat(store.hearers).hasSize(1);

    one.close();

    assertThat(store.hearers).isEmpty();
  }

  private static String fingerprint(TestCertificate leaf) {
    try {
      return Fingerprint.of(leaf.certificate());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
