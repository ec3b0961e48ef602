package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.jsse.StapleSource;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Beginning, waiting and ending. */
@Timeout(120)
class StaplerLifecycleTest {

  // C17
  @Test
  void awaitStapled_everythingStapled_isTrue() throws InterruptedException {
    try (World world = new World()) {
      world.stapled("example.com");

      assertThat(world.stapler.awaitStapled(Duration.ZERO)).isTrue();
    }
  }

  @Test
  void awaitStapled_oneWithout_isFalseWhenTimeIsUp() throws InterruptedException {
    try (World world = new World()) {
      world.responders.everywhere(InMemoryResponders.down());
      world.stapled("example.com");

      assertThat(world.stapler.awaitStapled(Duration.ofMillis(10))).isFalse();
    }
  }

  @Test
  void awaitStapled_unstapleableOnly_isTrue() throws InterruptedException {
    try (World world = new World()) {
      var unused = world.stapler.preload(World.chain(world.ca.leaf("quiet.test")));

      assertThat(world.stapler.awaitStapled(Duration.ZERO)).isTrue();
    }
  }

  @Test
  void awaitStapled_unstapleableMustStaple_isFalseAndAWarning() throws InterruptedException {
    try (LogLines log = new LogLines();
        World world = new World()) {
      TestCertificate leaf = world.ca.leafBuilder("must.test").mustStaple().build();
      var unused = world.stapler.preload(World.chain(leaf));
      world.scheduler.runDue();

      assertThat(world.stapler.awaitStapled(Duration.ZERO)).isFalse();
      assertThat(log.all()).anyMatch(line -> line.startsWith("WARNING must.test: is not stapled"));
    }
  }

  @Test
  void awaitStapled_revoked_isFalse() throws InterruptedException {
    try (World world = new World()) {
      world.responders.everywhere(InMemoryResponders.revoked(Duration.ofDays(7), null));
      world.stapled("example.com");

      assertThat(world.stapler.awaitStapled(Duration.ofMillis(10))).isFalse();
    }
  }

  @Test
  void awaitStapled_answerComesMeanwhile_isTrue() throws Exception {
    try (World world = new World()) {
      TestCertificate leaf = world.leaf("example.com");
      var unused = world.stapler.preload(World.chain(leaf));
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Boolean> waited =
          CompletableFuture.supplyAsync(() -> {
            begun.countDown();
            return await(world.stapler);
          });
      assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();

      world.scheduler.runDue();

      assertThat(waited.get(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  // C14, X6
  @Test
  void close_requestHanging_isPromptAndCompletesWhatIsPending() throws Exception {
    TestCa ca = TestCa.root();
    TestResponder responder = TestResponder.start(ca);
    TestCertificate leaf = ca.leaf("example.com", responder.url());
    responder.fault(Fault.hang());
    OcspClient patient = OcspClient.builder().timeout(Duration.ofSeconds(100)).build();
    Stapler stapler = Stapler.builder().client(patient).delivery(JsseDelivery.Mode.OFF).build();
    CompletableFuture<StapleStatus> pending = stapler.preload(leaf.chain());
    assertThat(responder.awaitRequests(1, Duration.ofSeconds(60))).isTrue();

    long before = System.nanoTime();
    stapler.close();
    Duration took = Duration.ofNanos(System.nanoTime() - before);

    assertThat(took).as("it does not wait for the request").isLessThan(Duration.ofSeconds(30));
    assertThat(pending).isCompleted();
    assertThat(pending.join().state()).isEqualTo(State.PENDING);
    assertThat(eventually(() -> threadsNamed("ocsp-stapler") == 0)).isTrue();
    patient.close();
    responder.close();
  }

  @Test
  void close_always_nothingAnswersAnyMore() {
    World world = new World();
    TestCertificate leaf = world.stapled("example.com");

    world.close();

    assertThat(world.staple(leaf)).isNull();
    assertThat(world.stapler.statuses()).isEmpty();
    assertThat(
            world.stapler.response(StapleSource.key(leaf.certificate(), leaf.issuerCertificate())))
        .isEmpty();
    assertThat(world.scheduler.pending()).isZero();
    world.advance(Duration.ofDays(5));
    assertThat(world.responders.requestCount()).isEqualTo(1);
  }

  @Test
  void close_twiceAndUseAfterwards_isHarmless() throws InterruptedException {
    World world = new World();
    TestCertificate leaf = world.leaf("example.com");
    var wrapped = world.stapler.wrap(KeyManagers.of(leaf));
    world.close();
    world.close();

    StapleStatus status = world.stapler.preload(World.chain(leaf)).join();

    assertThat(status.lastError()).hasValue("the stapler is closed");
    assertThat(world.stapler.refresh(World.chain(leaf))).isCompleted();
    assertThat(world.stapler.awaitStapled(Duration.ofDays(1))).isFalse();
    assertThat(wrapped.chooseEngineServerAlias("EC", null, null)).isNotNull();
    assertThatThrownBy(() -> world.stapler.wrap(KeyManagers.of(leaf)))
        .isInstanceOf(IllegalStateException.class);
  }

  // Closing at any moment of anything.
  @Test
  void close_atAnyStep_leavesNoFutureAndNoTask() {
    for (int step = 0; step < 32; step += 2) {
      World world = new World();
      world.responders.latency(Duration.ofMillis(15));
      if (step % 3 == 0) {
        world.responders.everywhere(InMemoryResponders.down());
      }
      TestCertificate leaf = world.leaf("example.com");
      var first = world.stapler.preload(World.chain(leaf));
      var again = world.stapler.refresh(World.chain(leaf));
      world.advance(Duration.ofMillis(step));

      world.close();

      assertThat(first).isCompleted();
      assertThat(again).isCompleted();
      world.advance(Duration.ofDays(1));
      assertThat(world.scheduler.pending()).isZero();
      assertThat(world.responders.requestCount()).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void close_fromAListener_doesNotDeadlock() {
    AtomicReference<Stapler> itself = new AtomicReference<>();
    CountDownLatch closed = new CountDownLatch(1);
    StaplerListener closing =
        new StaplerListener() {
          @Override
          public void failed(StapleStatus status, String reason) {
            itself.get().close();
            closed.countDown();
          }
        };
    TestCa ca = TestCa.root();
    Stapler stapler = Stapler.builder().listener(closing).delivery(JsseDelivery.Mode.OFF).build();
    itself.set(stapler);

    var pending = stapler.preload(ca.leaf("example.com", "http://127.0.0.1:1/").chain());

    assertThat(await(closed)).isTrue();
    assertThat(eventually(pending::isDone)).isTrue();
  }

  @Test
  void listener_throws_doesNotStopAnything() {
    StaplerListener broken =
        new StaplerListener() {
          @Override
          public void stapled(StapleStatus status, Staple staple) {
            throw new IllegalStateException("broken");
          }
        };
    try (World world = new World(builder -> builder.listener(broken))) {
      TestCertificate leaf = world.stapled("example.com");

      world.advance(Duration.ofDays(5));

      assertThat(world.staple(leaf)).isNotNull();
      assertThat(world.responders.requestCount()).isEqualTo(2);
    }
  }

  // X8
  @Test
  void dropped_withoutClose_endsByItself() {
    ManualScheduler scheduler = ManualScheduler.create();
    InMemoryResponders responders = new InMemoryResponders(scheduler.clock(), scheduler);
    WeakReference<Stapler> dropped = dropped(scheduler, responders);

    assertThat(eventually(() -> collected(dropped))).isTrue();
    scheduler.advance(Duration.ofMillis(Engine.LONGEST_SLEEP));

    assertThat(scheduler.pending()).isZero();
    scheduler.advance(Duration.ofDays(30));
    assertThat(responders.requestCount()).isZero();
  }

  private static WeakReference<Stapler> dropped(
      ManualScheduler scheduler, InMemoryResponders responders) {
    TestCertificate leaf = TestCa.root().leaf("example.com", "http://ocsp.ca.test");
    Stapler stapler =
        Stapler.builder()
            .clock(scheduler.clock())
            .scheduler(scheduler)
            .source(responders)
            .delivery(JsseDelivery.Mode.OFF)
            .build();
    var wrapped = stapler.wrap(KeyManagers.of(leaf));
    assertThat(wrapped).isNotNull();
    return new WeakReference<>(stapler);
  }

  // X8: at rest, a wake-up every half minute and no more.
  @Test
  void idle_withoutCertificates_wakesUpTwiceAMinute() {
    try (World world = new World()) {
      int before = world.scheduler.log().size();

      world.advance(Duration.ofHours(1));

      // Each wake-up is run and scheduled again.
      assertThat(world.scheduler.log().size() - before).isBetween(200, 260);
    }
  }

  @Test
  void scheduler_shutDownUnderneath_isSurvived() {
    World world = new World();
    TestCertificate leaf = world.leaf("example.com");
    var wrapped = world.stapler.wrap(KeyManagers.of(leaf).hidden());
    world.scheduler.shutdownNow();

    String alias = wrapped.chooseEngineServerAlias("EC", null, null);
    var pending = world.stapler.preload(World.chain(leaf));
    world.close();

    assertThat(alias).isNotNull();
    assertThat(pending).isCompleted();
  }

  @Test
  void builder_senselessSettings_areRefused() {
    Stapler.Builder builder = Stapler.builder();

    for (Runnable setting :
        List.<Runnable>of(
            () -> builder.maxConcurrency(0, 1),
            () -> builder.maxConcurrency(1, 0),
            () -> builder.maxCertificates(0),
            () -> builder.forgetUnseenAfter(Duration.ZERO),
            () -> builder.retry(Duration.ZERO, Duration.ofHours(1)),
            () -> builder.retry(Duration.ofHours(2), Duration.ofHours(1)),
            () -> builder.stopServingBefore(Duration.ofSeconds(-1)))) {
      assertThatThrownBy(setting::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("(expected: ");
    }
  }

  private static boolean await(Stapler stapler) {
    try {
      return stapler.awaitStapled(Duration.ofSeconds(60));
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static boolean collected(WeakReference<?> reference) {
    System.gc();
    return reference.get() == null;
  }

  private static long threadsNamed(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(prefix))
        .count();
  }

  private static boolean eventually(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    return true;
  }
}
