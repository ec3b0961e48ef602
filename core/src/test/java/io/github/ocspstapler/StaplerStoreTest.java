package io.github.ocspstapler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.ocsp.RevocationReason;
import io.github.ocspstapler.store.StoredStaple;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A stapler with a store, on virtual time: restarts, other processes, and a store that fails. */
class StaplerStoreTest {
  private final FaultyStore store = new FaultyStore();

  private World world() {
    return new World(builder -> builder.store(store).storeExecutor(Runnable::run));
  }

  /** The same world after a restart: same CA and clock, same responders, another stapler. */
  private Stapler restart(World world) {
    world.stapler.close();
    return world.another(builder -> builder.store(store).storeExecutor(Runnable::run));
  }

  private static StoredStaple junk() {
    return new StoredStaple(
        "junk".getBytes(UTF_8), Instant.MAX, Optional.empty(), Optional.empty(), Map.of());
  }

  // S1
  @Test
  void restart_responderDown_staplesFromTheStoreWithoutARequest() {
    try (World world = world()) {
      TestCertificate leaf = world.stapled("example.com");
      Staple before = staple(world.stapler, leaf);
      world.responders.everywhere(InMemoryResponders.down());
      world.responders.clearRequests();

      try (Stapler stapler = restart(world)) {
        var status = stapler.preload(World.chain(leaf));
        world.scheduler.runDue();

        assertThat(status.join().state()).isEqualTo(State.STAPLED);
        assertThat(staple(stapler, leaf).encoded()).isEqualTo(before.encoded());
        assertThat(staple(stapler, leaf).responder()).isEqualTo(before.responder());
        assertThat(world.responders.requestCount()).isZero();
      }
    }
  }

  // S1: not even the very first handshake is without, though nobody has listed the certificate.
  @Test
  void restart_chainFirstSeenInAHandshake_staplesThatHandshake() {
    try (World world = world()) {
      TestCertificate leaf = world.stapled("example.com");

      try (Stapler stapler = restart(world)) {
        World.handshake(stapler, World.array(leaf), false);

        assertThat(world.counts.resolved).containsExactly(true);
      }
    }
  }

  @Test
  void handshake_nothingInTheStore_looksOnceOnly() {
    try (World world = world()) {
      world.responders.everywhere(InMemoryResponders.down());
      TestCertificate leaf = world.leaf("example.com");
      World.handshake(world.stapler, World.array(leaf), false);
      int looks = store.loads;

      World.handshake(world.stapler, World.array(leaf), false);

      assertThat(looks).isEqualTo(1);
      assertThat(store.loads).isEqualTo(1);
      assertThat(world.counts.resolved).containsExactly(false, false);
    }
  }

  // S3: what was due while nobody was there is asked for at once.
  @Test
  void restart_afterHalfOfTheValidity_staplesAndRenewsAtOnce() {
    try (World world = world()) {
      TestCertificate leaf = world.stapled("example.com");
      world.stapler.close();
      world.advance(Duration.ofDays(5));
      world.responders.clearRequests();

      try (Stapler stapler = restart(world)) {
        var unused = stapler.preload(World.chain(leaf));
        world.scheduler.runDue();

        assertThat(world.responders.requestCount()).isEqualTo(1);
        assertThat(staple(stapler, leaf).thisUpdate()).isEqualTo(world.now());
      }
    }
  }

  @Test
  void restart_stapleHasEnded_isFetchedQuietly() {
    try (World world = world()) {
      TestCertificate leaf = world.stapled("example.com");
      world.stapler.close();
      world.advance(Duration.ofDays(8));

      try (LogLines log = new LogLines();
          Stapler stapler = restart(world)) {
        var unused = stapler.preload(World.chain(leaf));
        world.scheduler.runDue();

        assertThat(staple(stapler, leaf).thisUpdate()).isEqualTo(world.now());
        assertThat(log.all()).noneMatch(line -> line.contains("refused"));
      }
    }
  }

  // S6: of two processes on one store only one asks.
  @Test
  void refresh_anotherProcessWasFaster_takesItsAnswer() {
    try (World world = world()) {
      TestCertificate leaf = world.stapled("example.com");
      world.advance(Duration.ofHours(80));
      store.hidden = true; // the other one has seen nothing of it
      try (Stapler other =
          world.another(builder -> builder.store(store).storeExecutor(Runnable::run))) {
        var unused = other.preload(World.chain(leaf));
        world.scheduler.runDue();
      }
      store.hidden = false;
      world.responders.clearRequests();

      world.advance(Duration.ofHours(24));

      assertThat(world.responders.requestCount()).isZero();
      assertThat(staple(world.stapler, leaf).thisUpdate())
          .isEqualTo(world.now().minus(Duration.ofHours(24)));
    }
  }

  // X12
  @Test
  void restart_forgedEntry_isRefusedOnceReportedOnceAndReplaced() {
    try (World world = world()) {
      TestCertificate leaf = world.stapled("example.com");
      String fingerprint = store.onlyName();
      store.staples.put(fingerprint, junk());

      try (LogLines log = new LogLines();
          Stapler stapler = restart(world)) {
        var unused = stapler.preload(World.chain(leaf));
        world.scheduler.runDue();

        assertThat(staple(stapler, leaf).thisUpdate()).isEqualTo(world.now());
        assertThat(log.all().stream().filter(line -> line.contains("refused and replaced")))
            .hasSize(1);
        assertThat(store.staples.get(fingerprint).response())
            .isEqualTo(staple(stapler, leaf).encoded());
      }
    }
  }

  // X12: while a good staple is at hand, it goes back into the store.
  @Test
  void refresh_entryPoisonedAndResponderDown_putsTheGoodOneBack() {
    try (World world = world()) {
      TestCertificate leaf = world.stapled("example.com");
      Staple good = staple(world.stapler, leaf);
      store.staples.replaceAll((name, staple) -> junk());
      world.responders.everywhere(InMemoryResponders.down());

      world.advance(Duration.ofDays(5));

      assertThat(staple(world.stapler, leaf)).isSameAs(good);
      assertThat(store.staples.get(store.onlyName()).response()).isEqualTo(good.encoded());
    }
  }

  @Test
  void refresh_storeWasEmptied_putsTheStapleBack() {
    try (World world = world()) {
      TestCertificate leaf = world.stapled("example.com");
      store.staples.clear();
      world.responders.everywhere(InMemoryResponders.down());

      world.advance(Duration.ofDays(5));

      assertThat(store.staples.get(store.onlyName()).response())
          .isEqualTo(staple(world.stapler, leaf).encoded());
    }
  }

  // A replay by whoever can write into the store.
  @Test
  void refresh_olderAnswerInTheStore_isNotTaken() {
    try (World world = world()) {
      TestCertificate leaf = world.stapled("example.com");
      Map<String, StoredStaple> old = Map.copyOf(store.staples);
      world.advance(Duration.ofDays(5));
      Staple newer = staple(world.stapler, leaf);
      store.staples.putAll(old);
      world.responders.everywhere(InMemoryResponders.down());

      world.advance(Duration.ofDays(4));

      assertThat(staple(world.stapler, leaf)).isSameAs(newer);
    }
  }

  @Test
  void restart_revokedBefore_isStillRevoked() {
    try (World world = world()) {
      TestCertificate leaf = world.stapled("example.com");
      world.responders.everywhere(
          InMemoryResponders.revoked(Duration.ofDays(7), RevocationReason.KEY_COMPROMISE));
      world.advance(Duration.ofDays(5));
      world.responders.everywhere(InMemoryResponders.down());

      try (Stapler stapler = restart(world)) {
        var status = stapler.preload(World.chain(leaf));
        world.scheduler.runDue();

        assertThat(status.join().state()).isEqualTo(State.REVOKED);
        assertThat(stapler.staple(leaf.certificate())).isEmpty();
      }
    }
  }

  // X13, X15
  @Test
  void save_storeFails_keepsServingReportsOnceAndRecovers() {
    try (LogLines log = new LogLines();
        World world = world()) {
      store.failure = new IOException("No space left on device");

      TestCertificate leaf = world.stapled("example.com");
      TestCertificate second = world.stapled("example.org");
      world.advance(Duration.ofHours(2));

      assertThat(staple(world.stapler, leaf)).isNotNull();
      assertThat(staple(world.stapler, second)).isNotNull();
      assertThat(log.all().stream().filter(line -> line.contains("cannot be written"))).hasSize(1);
      assertThat(world.counts.failed).contains("store_write");

      store.failure = null;
      world.advance(Duration.ofMillis(StoreWriter.LONGEST_PAUSE + Engine.LONGEST_SLEEP));

      assertThat(store.staples).hasSize(2);
      assertThat(log.all().stream().filter(line -> line.contains("can be written again")))
          .hasSize(1);
    }
  }

  // X13
  @Test
  void load_storeFails_isFetchedAndReportedOnce() {
    try (LogLines log = new LogLines();
        World world = world()) {
      store.failure = new IOException("Input/output error");

      TestCertificate leaf = world.stapled("example.com");
      TestCertificate second = world.stapled("example.org");

      assertThat(staple(world.stapler, leaf)).isNotNull();
      assertThat(staple(world.stapler, second)).isNotNull();
      assertThat(log.all().stream().filter(line -> line.contains("cannot be read"))).hasSize(1);
      assertThat(world.counts.failed).contains("store_read");
    }
  }

  // X7, X13: a pause of seconds must not last as long as the clock was ahead.
  @Test
  void load_clockSetBackAfterAFailure_looksAgain() {
    try (World world = world()) {
      TestCertificate leaf = world.stapled("example.com");
      world.advance(Duration.ofHours(2));
      world.responders.everywhere(InMemoryResponders.down());

      try (Stapler restarted = restart(world)) {
        store.failure = new IOException("Input/output error");
        var unused = restarted.preload(World.chain(world.leaf("example.org")));
        world.scheduler.runDue();
        store.failure = null;
        world.scheduler.jumpClock(Duration.ofHours(-1));
        var unusedEither = restarted.preload(World.chain(leaf));
        world.scheduler.runDue();

        assertThat(staple(restarted, leaf)).isNotNull();
      }
    }
  }

  // X7, X13
  @Test
  void save_clockSetBackAfterAFailure_writesAgain() {
    try (World world = world()) {
      store.failure = new IOException("No space left on device");
      world.stapled("example.com");
      store.failure = null;

      world.scheduler.jumpClock(Duration.ofHours(-1));
      world.advance(Duration.ofMillis(StoreWriter.LONGEST_PAUSE + Engine.LONGEST_SLEEP));

      assertThat(store.staples).hasSize(1);
    }
  }

  // X7, X13
  @Test
  void load_storeHangsAndClockSetBack_asksTheResponderAllTheSame() {
    Deferred never = new Deferred();
    try (World world = new World(builder -> builder.store(store).storeExecutor(never))) {
      TestCertificate leaf = world.stapled("example.com");

      world.scheduler.jumpClock(Duration.ofHours(-1));
      world.advance(Duration.ofMillis(Engine.LONGEST_SLEEP + StoreReader.PATIENCE));

      assertThat(staple(world.stapler, leaf)).isNotNull();
    }
  }

  // X13: a store of somebody else's making
  @Test
  void load_storeThrowsAnything_isFetched() {
    try (World world = world()) {
      store.failure = new IllegalStateException("pool exhausted");

      assertThat(staple(world.stapler, world.stapled("example.com"))).isNotNull();
    }
  }

  // X13: a look that never comes back holds up nothing for longer than the patience for it.
  @Test
  void load_storeHangs_asksTheResponderAllTheSame() {
    Deferred later = new Deferred();
    try (World world = new World(builder -> builder.store(store).storeExecutor(later))) {
      TestCertificate leaf = world.stapled("example.com");
      assertThat(world.stapler.staple(leaf.certificate())).isEmpty();

      world.advance(Duration.ofMillis(StoreReader.PATIENCE));
      assertThat(staple(world.stapler, leaf)).isNotNull();

      later.runAll();
      assertThat(world.status(leaf).state()).isEqualTo(State.STAPLED);
      assertThat(store.staples).hasSize(1);
    }
  }

  @Test
  void close_somethingUnwritten_writesIt() {
    Deferred later = new Deferred();
    World world = new World(builder -> builder.store(store).storeExecutor(later));
    TestCertificate leaf = world.leaf("example.com");
    var unused = world.stapler.refresh(World.chain(leaf)); // what is wished for looks nowhere else
    world.scheduler.runDue();

    world.close();
    later.runAll();

    assertThat(store.staples).hasSize(1);
  }

  private static Staple staple(Stapler stapler, TestCertificate leaf) {
    return stapler.staple(leaf.certificate()).orElseThrow();
  }
}
