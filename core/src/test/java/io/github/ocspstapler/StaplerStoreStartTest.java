package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.store.StoredStaple;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A start with many staples in the store, on the store's own threads: S1. */
@Timeout(120)
class StaplerStoreStartTest {
  private static final int CERTIFICATES = 1_500;

  private final StapleStore memory = StapleStore.memory();

  @Test
  void start_manyInASlowStore_firstHandshakeGoesBeforeAll() throws Exception {
    try (World world = new World(builder -> builder.store(memory).storeExecutor(Runnable::run))) {
      List<TestCertificate> leaves = new ArrayList<>();
      for (int i = 0; i < CERTIFICATES; i++) {
        leaves.add(world.stapled("site" + i + ".test"));
      }
      world.stapler.close();
      world.responders.everywhere(InMemoryResponders.down());
      world.responders.clearRequests();
      world.counts.resolved.clear();
      List<TestCertificate> others = leaves.subList(0, CERTIFICATES - 1);
      TestCertificate last = leaves.get(CERTIFICATES - 1);

      try (Stapler stapler = world.another(builder -> builder.store(new Slow()))) {
        for (TestCertificate leaf : others) {
          var unused = stapler.preload(World.chain(leaf));
        }
        world.scheduler.runDue();
        World.handshake(stapler, World.array(last), false);

        assertThat(world.counts.resolved).containsExactly(true);
        assertThat(stapler.summary().count(State.PENDING)).isGreaterThan(CERTIFICATES / 2);

        assertThat(stapler.awaitStapled(Duration.ofSeconds(60))).isTrue();
        assertThat(stapler.summary().count(State.STAPLED)).isEqualTo(CERTIFICATES);
        assertThat(world.responders.requestCount()).isZero();
      }
    }
  }

  // X13: a disk that hangs holds up one handshake for a moment, and no other.
  @Test
  void handshake_storeHangs_goesOnBareAndTheNextDoesNotWait() throws Exception {
    Hanging hanging = new Hanging();
    try (World world = new World(builder -> builder.store(hanging))) {
      TestCertificate first = world.leaf("first.test");
      World.handshake(world.stapler, World.array(first), false);
      long before = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        World.handshake(world.stapler, World.array(world.leaf("next" + i + ".test")), false);
      }
      long took = System.nanoTime() - before;

      assertThat(world.counts.resolved).hasSize(101).containsOnly(false);
      assertThat(took)
          .as("a hundred waits would take so long")
          .isLessThan(TimeUnit.MILLISECONDS.toNanos(100 * StoreReader.HANDSHAKE_PATIENCE));

      world.advance(Duration.ofMillis(2 * StoreReader.PATIENCE));
      assertThat(world.status(first).state()).isEqualTo(State.STAPLED);
    } finally {
      hanging.goOn.countDown();
    }
  }

  /** Takes a millisecond to find something. */
  private final class Slow implements StapleStore {
    @Override
    public Optional<StoredStaple> load(String fingerprint) throws IOException {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      return memory.load(fingerprint);
    }

    @Override
    public void save(String fingerprint, StoredStaple staple) throws IOException {
      memory.save(fingerprint, staple);
    }

    @Override
    public void remove(String fingerprint) throws IOException {
      memory.remove(fingerprint);
    }
  }

  /** Finds nothing, and takes for ever to do so. */
  private static final class Hanging implements StapleStore {
    final CountDownLatch goOn = new CountDownLatch(1);

    @Override
    public Optional<StoredStaple> load(String fingerprint) {
      try {
        goOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return Optional.empty();
    }

    @Override
    public void save(String fingerprint, StoredStaple staple) {}

    @Override
    public void remove(String fingerprint) {}
  }
}
