package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.store.StoredStaple;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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

      try (Stapler stapler = world.another(builder -> builder.store(slow(1)))) {
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

  // X13
  @Test
  void handshake_storeStillHangs_nobodyWaitsAgainUntilItReturns() {
    List<Runnable> handedOver = new ArrayList<>(); // and not done
    try (World world = new World(builder -> builder.store(memory).storeExecutor(handedOver::add))) {
      World.handshake(world.stapler, World.array(world.leaf("first.test")), false);
      assertThat(handedOver).as("a look, and the same before all others").hasSize(2);

      world.advance(Duration.ofMillis(2 * StoreReader.PATIENCE));
      handedOver.clear();
      World.handshake(world.stapler, World.array(world.leaf("second.test")), false);
      assertThat(handedOver).as("a look that nobody waits for").hasSize(1);

      List.copyOf(handedOver).forEach(Runnable::run);
      handedOver.clear();
      World.handshake(world.stapler, World.array(world.leaf("third.test")), false);
      assertThat(handedOver).hasSize(2);
    }
  }

  // X7, X13
  @Test
  void handshake_storeHungAndClockSetBack_waitsOnceItReturns() {
    List<Runnable> handedOver = new ArrayList<>(); // and not done
    try (World world = new World(builder -> builder.store(memory).storeExecutor(handedOver::add))) {
      World.handshake(world.stapler, World.array(world.leaf("first.test")), false);
      world.scheduler.jumpClock(Duration.ofHours(-1));

      List.copyOf(handedOver).forEach(Runnable::run);
      handedOver.clear();
      World.handshake(world.stapler, World.array(world.leaf("second.test")), false);

      assertThat(handedOver).as("a look, and the same before all others").hasSize(2);
    }
  }

  // X13: a store that is slow, but answers, holds up two handshakes, not one after the other.
  @Test
  void handshake_storeSlowTwice_theNextDoesNotWait() {
    AtomicInteger handedOver = new AtomicInteger();
    // Of a look in the background and the same for a handshake, only the latter is done.
    Executor urgentOnly =
        task -> {
          if (handedOver.incrementAndGet() % 2 == 0) {
            task.run();
          }
        };
    try (World world = new World(builder -> builder.store(memory).storeExecutor(Runnable::run))) {
      Duration noticeable = Duration.ofMillis(2 * StoreReader.NOTICEABLE);
      StapleStore slow = new During(() -> world.scheduler.jumpClock(noticeable));
      try (Stapler stapler =
          world.another(builder -> builder.store(slow).storeExecutor(urgentOnly))) {
        World.handshake(stapler, World.array(world.leaf("first.test")), false);
        assertThat(handedOver).hasValue(2);
        World.handshake(stapler, World.array(world.leaf("second.test")), false);
        assertThat(handedOver).as("the first may have been a cold start").hasValue(4);

        World.handshake(stapler, World.array(world.leaf("third.test")), false);
        assertThat(handedOver).as("a look that nobody waits for").hasValue(5);
      }
    }
  }

  // S1: the first look of a JVM takes its time on a machine that is busy with a restart.
  @Test
  void handshake_storeAnswersLate_isStapled() {
    try (World world = new World(builder -> builder.store(memory).storeExecutor(Runnable::run))) {
      TestCertificate leaf = world.stapled("example.com");
      world.responders.everywhere(InMemoryResponders.down());
      world.counts.resolved.clear();

      try (Stapler stapler = world.another(builder -> builder.store(slow(150)))) {
        World.handshake(stapler, World.array(leaf), false);

        assertThat(world.counts.resolved).containsExactly(true);
      }
    }
  }

  // S1: one handshake enters the certificate, and another finds it before that is done.
  @Test
  void handshake_certificateIsJustBeingEntered_isStapled() throws Exception {
    try (World world = new World(builder -> builder.store(memory).storeExecutor(Runnable::run))) {
      TestCertificate leaf = world.stapled("example.com");
      world.responders.everywhere(InMemoryResponders.down());
      world.counts.resolved.clear();
      AtomicReference<Stapler> restarted = new AtomicReference<>();
      Thread other = new Thread(() -> World.handshake(restarted.get(), World.array(leaf), false));
      ResponseSource source = new Entering(world.responders, () -> startAndWait(other));

      try (Stapler stapler = world.another(builder -> builder.store(memory).source(source))) {
        restarted.set(stapler);
        World.handshake(stapler, World.array(leaf), false);
        other.join();

        assertThat(world.counts.resolved).containsExactly(true, true);
      }
    }
  }

  /** Starts a thread, and waits until it has ended or waits for something itself. */
  private static void startAndWait(Thread thread) {
    if (thread.getState() != Thread.State.NEW) {
      return;
    }
    thread.start();
    while (thread.getState() == Thread.State.RUNNABLE) {
      Thread.onSpinWait();
    }
  }

  // X13: a pause of the whole machine slows every thread, which says nothing about the store.
  @Test
  void look_twoSlowAtTheSameTime_storeIsNotLeftAlone() {
    try (World world = new World(builder -> builder.store(memory).storeExecutor(Runnable::run))) {
      TestCertificate one = world.stapled("one.test");
      TestCertificate two = world.stapled("two.test");
      TestCertificate three = world.stapled("three.test");
      world.responders.everywhere(InMemoryResponders.down());
      world.counts.resolved.clear();
      Deque<Runnable> meanwhile = new ArrayDeque<>();
      StapleStore pausing = new During(() -> meanwhile.pop().run());

      try (Stapler stapler =
          world.another(builder -> builder.store(pausing).storeExecutor(Runnable::run))) {
        meanwhile.add(() -> World.handshake(stapler, World.array(two), false));
        meanwhile.add(() -> world.scheduler.jumpClock(Duration.ofMillis(2 * StoreReader.SLOW)));
        meanwhile.add(() -> {});
        World.handshake(stapler, World.array(one), false);
        World.handshake(stapler, World.array(three), false);

        assertThat(world.counts.resolved).containsExactly(true, true, true);
      }
    }
  }

  // X7, X13
  @Test
  void look_slowAgainAfterTheClockWasSetBack_storeIsLeftAlone() {
    AtomicInteger looks = new AtomicInteger();
    try (World world = new World(builder -> builder.store(memory).storeExecutor(Runnable::run))) {
      Duration slow = Duration.ofMillis(2 * StoreReader.SLOW);
      StapleStore pausing =
          new During(() -> {
            looks.incrementAndGet();
            world.scheduler.jumpClock(slow);
          });
      try (Stapler stapler =
          world.another(builder -> builder.store(pausing).storeExecutor(Runnable::run))) {
        World.handshake(stapler, World.array(world.leaf("one.test")), false);
        world.scheduler.jumpClock(Duration.ofHours(-1));
        World.handshake(stapler, World.array(world.leaf("two.test")), false);
        assertThat(looks).hasValue(2);

        World.handshake(stapler, World.array(world.leaf("three.test")), false);

        assertThat(looks).hasValue(2);
      }
    }
  }

  /** Does something while it looks. */
  private final class During implements StapleStore {
    private final Runnable meanwhile;

    During(Runnable meanwhile) {
      this.meanwhile = meanwhile;
    }

    @Override
    public Optional<StoredStaple> load(String fingerprint) throws IOException {
      meanwhile.run();
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

  /** Takes so many milliseconds to find something. */
  private StapleStore slow(int millis) {
    return new During(() -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis)));
  }

  /** Has something done when a certificate is entered into the books: when its URL is read. */
  private record Entering(ResponseSource responders, Runnable meanwhile) implements ResponseSource {
    @Override
    public List<URI> responders(X509Certificate certificate, X509Certificate issuer) {
      List<URI> all = responders.responders(certificate, issuer);
      return new AbstractList<>() {
        @Override
        public URI get(int index) {
          meanwhile.run();
          return all.get(index);
        }

        @Override
        public int size() {
          return all.size();
        }
      };
    }

    @Override
    public CompletableFuture<Outcome> ask(X509Certificate certificate, X509Certificate issuer) {
      return responders.ask(certificate, issuer);
    }

    @Override
    public Outcome check(byte[] response, X509Certificate certificate, X509Certificate issuer) {
      return responders.check(response, certificate, issuer);
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
