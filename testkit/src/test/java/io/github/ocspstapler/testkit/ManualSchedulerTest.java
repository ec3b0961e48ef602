package io.github.ocspstapler.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.ocspstapler.testkit.ManualScheduler.LogEntry;
import io.github.ocspstapler.testkit.ManualScheduler.LogEntry.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ManualSchedulerTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final ManualScheduler scheduler = ManualScheduler.create();
  private final List<String> ran = new ArrayList<>();

  @Test
  void advance_pastTasks_runsThemInOrderAtTheirTimes() {
    schedule("late", 3);
    schedule("early", 1);
    schedule("later still", 5);

    scheduler.advance(Duration.ofHours(4));

    assertThat(ran)
        .containsExactly("early at 2026-01-01T01:00:00Z", "late at 2026-01-01T03:00:00Z");
    assertThat(scheduler.now()).isEqualTo(START.plus(Duration.ofHours(4)));
    assertThat(scheduler.pending()).isEqualTo(1);
    assertThat(scheduler.nextDue()).hasValue(Duration.ofHours(1));
  }

  @Test
  void advance_equalDueTimes_runsInOrderOfSubmission() {
    for (int i = 0; i < 20; i++) {
      schedule("task " + i, 1);
    }

    scheduler.advance(Duration.ofHours(1));

    assertThat(ran).hasSize(20);
    assertThat(ran.get(0)).startsWith("task 0 ");
    assertThat(ran.get(19)).startsWith("task 19 ");
  }

  @Test
  void advance_taskSchedulesAnother_runsItWithinTheSameAdvance() {
    Future<?> unused = scheduler.schedule(() -> schedule("second", 1), 1, TimeUnit.HOURS);

    scheduler.advance(Duration.ofHours(2));

    assertThat(ran).containsExactly("second at 2026-01-01T02:00:00Z");
  }

  @Test
  void advance_oneNanosecondShort_doesNotRun() {
    schedule("task", 1);

    scheduler.advance(Duration.ofHours(1).minusNanos(1));
    assertThat(ran).isEmpty();
    scheduler.advance(Duration.ofNanos(1));

    assertThat(ran).hasSize(1);
  }

  @Test
  void advance_negative_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scheduler.advance(Duration.ofSeconds(-1)))
        .withMessage("duration: PT-1S (expected: zero or more)");
  }

  @Test
  void advance_withinATask_isRefused() {
    Future<?> task =
        scheduler.schedule(() -> scheduler.advance(Duration.ZERO), 0, TimeUnit.SECONDS);

    scheduler.runDue();

    assertThat(task)
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void execute_command_runsAtTheNextRunDue() {
    scheduler.execute(() -> ran.add("command"));
    assertThat(ran).isEmpty();

    scheduler.runDue();

    assertThat(ran).containsExactly("command");
    assertThat(scheduler.now()).isEqualTo(START);
  }

  @Test
  void execute_throwing_reachesTheCaller() {
    scheduler.execute(() -> {
      throw new IllegalStateException("broken");
    });

    assertThatIllegalStateException().isThrownBy(scheduler::runDue).withMessage("broken");
  }

  @Test
  void submit_throwing_isCaughtByItsFuture() {
    Future<?> future =
        scheduler.submit(() -> {
          throw new IllegalStateException("broken");
        });

    scheduler.runDue();

    assertThat(future)
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void schedule_callable_hasItsResult() throws Exception {
    ScheduledFuture<String> future = scheduler.schedule(() -> "result", 1, TimeUnit.MINUTES);
    assertThat(future.isDone()).isFalse();
    assertThat(future.getDelay(TimeUnit.SECONDS)).isEqualTo(60);

    scheduler.advance(Duration.ofMinutes(1));

    assertThat(future.get()).isEqualTo("result");
  }

  @Test
  void schedule_endlessDelay_staysQueued() {
    scheduler.advance(Duration.ofDays(1));
    Future<?> future = scheduler.schedule(() -> ran.add("x"), Long.MAX_VALUE, TimeUnit.DAYS);

    scheduler.advance(Duration.ofDays(10_000));

    assertThat(ran).isEmpty();
    assertThat(future.isDone()).isFalse();
  }

  @Test
  void scheduleAtFixedRate_runsAtEachMultiple() {
    Future<?> future = scheduler.scheduleAtFixedRate(() -> ran.add(time()), 1, 2, TimeUnit.HOURS);

    scheduler.advance(Duration.ofHours(6));
    assertThat(future.cancel(false)).isTrue();
    scheduler.advance(Duration.ofHours(6));

    assertThat(ran)
        .containsExactly("2026-01-01T01:00:00Z", "2026-01-01T03:00:00Z", "2026-01-01T05:00:00Z");
    assertThat(scheduler.pending()).isZero();
  }

  @Test
  void scheduleWithFixedDelay_throwing_stops() {
    Future<?> future =
        scheduler.scheduleWithFixedDelay(
            () -> {
              ran.add("run");
              throw new IllegalStateException("broken");
            },
            1,
            1,
            TimeUnit.HOURS);

    scheduler.advance(Duration.ofHours(6));

    assertThat(ran).containsExactly("run");
    assertThat(future.isDone()).isTrue();
  }

  @Test
  void scheduleAtFixedRate_withoutPeriod_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scheduler.scheduleAtFixedRate(() -> {}, 0, 0, TimeUnit.HOURS))
        .withMessage("period: 0 (expected: more than zero)");
  }

  @Test
  void cancel_queued_leavesTheQueueAndNeverRuns() {
    Future<?> future = scheduler.schedule(() -> ran.add("x"), 1, TimeUnit.HOURS);

    assertThat(future.cancel(true)).isTrue();
    scheduler.advance(Duration.ofHours(2));

    assertThat(ran).isEmpty();
    assertThat(scheduler.pending()).isZero();
    assertThat(scheduler.log()).extracting(LogEntry::action).contains(Action.CANCELLED);
  }

  @Test
  void jumpClock_eitherWay_movesTheClockAndRunsNothing() {
    schedule("task", 1);

    scheduler.jumpClock(Duration.ofDays(1));
    assertThat(scheduler.clock().instant()).isEqualTo(START.plus(Duration.ofDays(1)));
    scheduler.jumpClock(Duration.ofDays(-2));
    assertThat(scheduler.clock().instant()).isEqualTo(START.minus(Duration.ofDays(1)));
    assertThat(ran).isEmpty();
    assertThat(scheduler.nextDue()).hasValue(Duration.ofHours(1));
    scheduler.advance(Duration.ofHours(1));

    assertThat(ran).containsExactly("task at 2025-12-31T01:00:00Z");
  }

  @Test
  void clock_otherZone_showsTheSameInstant() {
    ZoneId zone = ZoneId.of("Europe/Berlin");

    scheduler.advance(Duration.ofHours(1));

    assertThat(scheduler.clock().withZone(zone).getZone()).isEqualTo(zone);
    assertThat(scheduler.clock().withZone(zone).instant())
        .isEqualTo(START.plus(Duration.ofHours(1)));
  }

  @Test
  void startingAt_instant_showsIt() {
    assertThat(ManualScheduler.startingAt(Instant.EPOCH).now()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void log_tellsWhatWasScheduledAndRun() {
    Future<?> unused = scheduler.schedule(named("refresh"), 5, TimeUnit.MINUTES);

    scheduler.advance(Duration.ofMinutes(5));

    assertThat(scheduler.log())
        .containsExactly(
            new LogEntry(START, Action.SCHEDULED, "refresh", Duration.ofMinutes(5)),
            new LogEntry(START.plus(Duration.ofMinutes(5)), Action.RUN, "refresh", Duration.ZERO));
  }

  @Test
  void shutdown_queuedTasks_runWhenDueAndNewOnesAreRefused() throws Exception {
    schedule("queued", 1);
    Future<?> periodic = scheduler.scheduleAtFixedRate(() -> ran.add("x"), 1, 1, TimeUnit.HOURS);

    scheduler.shutdown();

    assertThatExceptionOfType(RejectedExecutionException.class)
        .isThrownBy(() -> scheduler.execute(() -> {}));
    assertThat(periodic.isCancelled()).isTrue();
    assertThat(scheduler.isTerminated()).isFalse();
    assertThat(scheduler.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
    scheduler.advance(Duration.ofHours(1));
    assertThat(ran).containsExactly("queued at 2026-01-01T01:00:00Z");
    assertThat(scheduler.isTerminated()).isTrue();
    assertThat(scheduler.awaitTermination(0, TimeUnit.MILLISECONDS)).isTrue();
  }

  @Test
  void shutdownNow_queuedTasks_areHandedBack() {
    schedule("queued", 1);

    assertThat(scheduler.shutdownNow()).hasSize(1);

    scheduler.advance(Duration.ofHours(1));
    assertThat(ran).isEmpty();
    assertThat(scheduler.isTerminated()).isTrue();
    assertThat(scheduler.log()).extracting(LogEntry::action).contains(Action.DROPPED);
  }

  @Test
  void runUntil_otherThreadHandsOver_runsItHere() {
    Thread here = Thread.currentThread();
    CompletableFuture<Thread> runner = new CompletableFuture<>();
    CountDownLatch waiting = new CountDownLatch(1);
    Thread other =
        new Thread(() -> {
          await(waiting);
          scheduler.execute(() -> runner.complete(Thread.currentThread()));
        });
    other.start();

    boolean done =
        scheduler.runUntil(
            () -> {
              waiting.countDown();
              return runner.isDone();
            },
            Duration.ofSeconds(20));

    assertThat(done).isTrue();
    assertThat(runner).isCompletedWithValue(here);
    assertThat(scheduler.now()).isEqualTo(START);
  }

  @Test
  void runUntil_never_endsAtItsLimit() {
    assertThat(scheduler.runUntil(() -> false, Duration.ofMillis(20))).isFalse();
  }

  @Test
  void settleWith_workElsewhere_takesNoVirtualTime() {
    AtomicInteger underWay = new AtomicInteger();
    scheduler.settleWith(() -> underWay.get() == 0);
    Future<?> unused =
        scheduler.schedule(
            () -> {
              underWay.incrementAndGet();
              new Thread(
                      () -> {
                        schedule("after the exchange", 1);
                        underWay.decrementAndGet();
                      })
                  .start();
            },
            1,
            TimeUnit.HOURS);

    scheduler.advance(Duration.ofHours(12));

    assertThat(ran).containsExactly("after the exchange at 2026-01-01T02:00:00Z");
  }

  @Test
  void execute_fromManyThreads_losesNothing() throws Exception {
    AtomicInteger count = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread =
          new Thread(() -> {
            for (int j = 0; j < 500; j++) {
              scheduler.execute(count::incrementAndGet);
            }
          });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }

    scheduler.runDue();

    assertThat(count).hasValue(4000);
  }

  private void schedule(String name, int hours) {
    Future<?> unused =
        scheduler.schedule(() -> ran.add(name + " at " + time()), hours, TimeUnit.HOURS);
  }

  private String time() {
    return scheduler.clock().instant().toString();
  }

  private static Runnable named(String name) {
    return new Runnable() {
      @Override
      public void run() {}

      @Override
      public String toString() {
        return name;
      }
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
