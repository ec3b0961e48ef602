package io.github.ocspstapler;

import io.github.ocspstapler.Look.Finding;
import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.Outcome.Kind;
import io.github.ocspstapler.Outcome.NoAnswer;
import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.store.FleetStore;
import io.github.ocspstapler.store.FleetStore.Lease;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Has one node of a fleet at a time ask about a certificate, and the others take its answer. A
 * store that fails, or takes its time, is passed by. Thread-safe.
 */
final class Leases {
  /** One responder is given up after six seconds, and then there is an answer to be saved. */
  static final Duration TERM = Duration.ofSeconds(10);

  /** So often it is looked whether the store still says anything. */
  static final long PATIENCE = 2_000;

  /** Whoever has no staple waits for another node's so long, and then asks, too. */
  static final long BARE_WAITS = 5_000;

  /** Whoever has one waits so long: longer than a node needs that takes over from a dead one. */
  static final long OTHERS_WAIT = 2 * TERM.toMillis();

  private static final Outcome ELSEWHERE =
      new NoAnswer(Kind.ELSEWHERE, "elsewhere", "another node is asking", false, false, null);

  private final FleetStore store;
  private final StoreReader reader;
  private final Clock clock;
  private final RefreshPlan plan;
  private final ScheduledExecutorService scheduler;

  Leases(FleetStore store, StoreReader reader, Settings settings) {
    this.store = store;
    this.reader = reader;
    this.clock = settings.clock;
    this.plan = settings.plan();
    this.scheduler = settings.requireScheduler();
  }

  /**
   * Has an attempt made, unless another node is at it or has been.
   *
   * @param asking makes the attempt
   * @return what came of it, {@link Kind#ELSEWHERE} if another node is at it
   */
  CompletableFuture<Outcome> ask(
      Attempt attempt, Function<Attempt, CompletableFuture<Outcome>> asking) {
    if (attempt.wished || reader.isLeftAlone(clock.millis())) {
      return asking.apply(attempt);
    }
    CompletableFuture<Outcome> result = new CompletableFuture<>();
    AtomicBoolean decided = new AtomicBoolean();
    reader.urgently(() -> {
      Outcome instead = null;
      try {
        instead = instead(attempt);
      } finally {
        reader.returned();
        decide(attempt, asking, decided, instead, result);
      }
    });
    watch(attempt, asking, decided, result);
    return result;
  }

  /** Passes by a store that hangs; one that is busy with others is waited for. */
  private void watch(
      Attempt attempt,
      Function<Attempt, CompletableFuture<Outcome>> asking,
      AtomicBoolean decided,
      CompletableFuture<Outcome> result) {
    if (decided.get()) {
      return;
    }
    Runnable look =
        () -> {
          long now = clock.millis();
          if (reader.isResponsive(now)) {
            watch(attempt, asking, decided, result);
          } else if (!decided.get()) {
            reader.leaveAlone(now);
            decide(attempt, asking, decided, null, result);
          }
        };
    try {
      var unused = scheduler.schedule(look, PATIENCE, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // Shut down: then it is waited for as long as it takes.
    }
  }

  /** Goes on with an attempt, once: with what there is instead of asking, or asking. */
  private static void decide(
      Attempt attempt,
      Function<Attempt, CompletableFuture<Outcome>> asking,
      AtomicBoolean decided,
      @Nullable Outcome instead,
      CompletableFuture<Outcome> result) {
    if (!decided.compareAndSet(false, true) || result.isDone()) {
      return; // too late, or cancelled
    }
    if (instead != null) {
      result.complete(instead);
      return;
    }
    CompletableFuture<Outcome> asked;
    try {
      asked = asking.apply(attempt);
    } catch (Throwable e) {
      result.completeExceptionally(e);
      return;
    }
    var unused =
        asked.whenComplete((outcome, failure) -> {
          if (failure == null) {
            result.complete(outcome);
          } else {
            result.completeExceptionally(failure);
          }
        });
    var unusedEither =
        result.whenComplete((outcome, failure) -> {
          if (result.isCancelled()) {
            asked.cancel(true);
          }
        });
  }

  /** Returns what there is instead of asking; null if it is for this node to ask. */
  private @Nullable Outcome instead(Attempt attempt) {
    Optional<Lease> lease;
    try {
      lease = store.lease(Fingerprint.of(attempt.kept.certificate), TERM);
    } catch (Exception e) { // a store is somebody else's code
      reader.failed(e);
      return null;
    }
    attempt.lease = lease.orElse(null);
    if (lease.isEmpty() && attempt.mayWait) {
      return ELSEWHERE;
    }
    // Whoever had it before may have saved an answer since this node looked.
    Look look = new Look(attempt.kept, attempt.issuer, clock.millis());
    Finding finding = reader.find(look);
    Answered answer = finding.answer();
    if (answer != null && isOfUse(answer, attempt)) {
      return answer;
    }
    return attempt.mayWait && isJustAsked(finding, attempt) ? ELSEWHERE : null;
  }

  /** The next look into the store, in a second, leaves it to who has asked. */
  private boolean isJustAsked(Finding finding, Attempt attempt) {
    Staple held = attempt.kept.snapshot.staple;
    long now = clock.millis();
    return held != null && plan.mayBeLeft(now, RefreshPlan.after(now, finding.freshFor()), held);
  }

  private boolean isOfUse(Answered answer, Attempt attempt) {
    if (answer.status instanceof CertificateStatus.Unknown) {
      return false; // nobody saves that, so somebody means harm
    }
    long thisUpdate = answer.thisUpdate.toEpochMilli();
    long half = RefreshPlan.half(thisUpdate, answer.validUntil.toEpochMilli());
    return thisUpdate > attempt.newestUpdate && clock.millis() < half;
  }
}
