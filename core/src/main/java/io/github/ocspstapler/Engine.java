package io.github.ocspstapler;

import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.Outcome.Kind;
import io.github.ocspstapler.Outcome.NoAnswer;
import io.github.ocspstapler.StapleStatus.State;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps certificates stapled: one queue of due instants, one lock, one wake-up on the scheduler.
 *
 * <p>Handshakes never come here: they read the {@link Roster}. No request is made and no user is
 * called under the lock. See {@code docs/design/concurrency.md}.
 */
final class Engine {
  /** It wakes up at least so often, to notice a clock that was set. */
  static final long LONGEST_SLEEP = 30_000;

  /** A request that has not come back after this long never will. */
  static final long WATCHDOG = 120_000;

  /** The clock was set back if it shows this much less than at the last wake-up. */
  private static final long CLOCK_TOLERANCE = 5_000;

  /** A certificate that its key manager no longer lists is forgotten when unseen for so long. */
  static final long ROTATED_OUT = Duration.ofHours(1).toMillis();

  private static final int BATCH = 1_000;

  private static final Outcome LOST =
      new NoAnswer(
          Kind.UNREACHABLE, "timeout", "the request never came back", false, true, null);

  private final Clock clock;
  private final ScheduledExecutorService scheduler;
  private final ResponseSource source;
  private final Announcer announcer;
  private final Roster roster;
  private final int maxCertificates;
  private final long forgetUnseenAfter;
  private final BooleanSupplier abandoned;
  private final Runnable close;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition nothingBare = lock.newCondition();

  // All guarded by lock:
  private final RandomGenerator random;
  private final Intake intake;
  private final Dispatcher dispatcher;
  private final DueQueue queue = new DueQueue();
  private @Nullable ScheduledFuture<?> wakeUp;
  private long wakeUpAt = RefreshPlan.NEVER;
  private long lastWakeUp;

  private volatile boolean closed; // written under lock

  private final AtomicInteger pumping = new AtomicInteger();

  /** Futures to complete outside the lock: apart from the announcer, so no listener delays them. */
  private final Queue<Runnable> completions = new ConcurrentLinkedQueue<>();

  Engine(Stapler.Builder settings, Roster roster, BooleanSupplier abandoned, Runnable close) {
    this.clock = settings.clock;
    this.scheduler = settings.requireScheduler();
    this.source = settings.requireSource();
    this.announcer = new Announcer(settings.listener, settings.metrics);
    this.roster = roster;
    this.maxCertificates = settings.maxCertificates;
    this.forgetUnseenAfter = RefreshPlan.millis(settings.forgetUnseenAfter, Long.MAX_VALUE / 4);
    this.abandoned = abandoned;
    this.close = close;
    this.random = settings.random;
    this.intake =
        new Intake(settings.plan(), settings.random, announcer, settings.relayRevoked);
    this.dispatcher = new Dispatcher(settings.maxConcurrency, settings.maxConcurrencyPerHost);
    this.lastWakeUp = clock.millis();
  }

  // ---- Taking certificates in ----

  /**
   * Keeps a certificate from now on, or notes that it was found again.
   *
   * @return its entry, or null if the engine is closed
   */
  @Nullable KeptCertificate keep(Found found) {
    long now = clock.millis();
    KeptCertificate kept;
    lock.lock();
    try {
      if (closed) {
        return null;
      }
      kept = roster.find(found.certificate());
      if (kept == null) {
        kept = new KeptCertificate(found.certificate(), found.next(), now);
        intake.added(kept);
        link(kept, found, now);
        makeRoom(kept, now);
      } else if (!found.next().equals(kept.next)) {
        relink(kept, found, now);
      }
      kept.parent = found.issuer() == null ? null : roster.find(found.issuer());
      kept.preloaded |= found.preloaded();
      if (found.listing() != null) {
        kept.listing = found.listing();
        kept.listedInRound = found.round();
      }
      kept.seen(now);
      plan(kept, now);
      arm(now);
      signalIfNothingBare();
    } finally {
      lock.unlock();
    }
    deliver();
    return kept;
  }

  private void link(KeptCertificate kept, Found found, long now) {
    kept.issuer = found.issuer();
    roster.add(kept);
    if (found.obstacle() != null) {
      intake.unstapleable(kept, found.obstacle(), now);
      return;
    }
    if (now >= kept.notAfter) {
      String when = Announcer.time(kept.notAfter);
      intake.unstapleable(kept, "the certificate expired at " + when, now);
      return;
    }
    kept.responder = found.responders().get(0);
    passThrough(kept, dispatcher.gate(found.responders().get(0)));
    kept.nextAttempt = now;
    intake.publish(kept, kept.snapshot.staple);
  }

  /** The same certificate came with another chain: the new one counts. */
  private void relink(KeptCertificate kept, Found found, long now) {
    kept.next = found.next();
    CertIdKey before = kept.certId;
    if (found.issuer() == null) {
      return; // it was better before
    }
    if (before != null && before.issuer().isOf(kept.certificate, found.issuer())) {
      kept.issuer = found.issuer(); // the same CA by another certificate: its answers stay good
      return;
    }
    leaveGate(kept);
    roster.unlink(kept);
    kept.attempt = null;
    intake.startOver(kept, now);
    link(kept, found, now);
  }

  private void makeRoom(KeptCertificate added, long now) {
    int size = roster.size();
    if (size <= maxCertificates) {
      return;
    }
    // A few at once: finding them costs a look at all.
    int count = size - maxCertificates + maxCertificates / 32;
    String why = "more than " + maxCertificates + " certificates, and it was unseen for longest";
    roster.longestUnseen(count + 1).stream()
        .filter(unseen -> unseen != added)
        .limit(count)
        .forEach(unseen -> forget(unseen, why, now));
    announcer.log(
        Level.WARNING,
        now,
        "more than " + maxCertificates + " certificates (maxCertificates): forgot " + count
            + " that were unseen for longest; they come back when they are used");
  }

  private void passThrough(KeptCertificate kept, HostGate gate) {
    kept.gate = gate;
    gate.certificates++;
  }

  private void leaveGate(KeptCertificate kept) {
    HostGate gate = kept.gate;
    if (gate != null) {
      gate.remove(kept);
      gate.certificates--;
      kept.gate = null;
    }
  }

  private void forget(KeptCertificate kept, String why, long now) {
    queue.remove(kept);
    leaveGate(kept);
    roster.remove(kept);
    intake.removed(kept);
    kept.removed = true;
    kept.attempt = null; // if one is in flight, nobody waits for its answer
    announcer.forgotten(kept, why, now);
    completeWaiters(kept, now);
    signalIfNothingBare();
  }

  // ---- What users ask for ----

  /** Returns a future that completes after the attempt that is due, or at once if none is. */
  CompletableFuture<StapleStatus> firstAttempt(KeptCertificate kept) {
    return attempt(kept, false);
  }

  /** Asks now; joins a request in flight. */
  CompletableFuture<StapleStatus> refresh(KeptCertificate kept) {
    return attempt(kept, true);
  }

  private CompletableFuture<StapleStatus> attempt(KeptCertificate kept, boolean always) {
    CompletableFuture<StapleStatus> future = new CompletableFuture<>();
    long now = clock.millis();
    lock.lock();
    try {
      boolean never = kept.gate == null || kept.removed || closed;
      boolean idle = kept.attempt == null && !kept.ready;
      if (never || (!always && kept.asked && idle)) {
        future.complete(kept.status(kept.snapshot, now));
        return future;
      }
      if (kept.waiters == null) {
        kept.waiters = new ArrayList<>(1);
      }
      kept.waiters.add(future);
      if (always && kept.attempt == null) {
        kept.wished = true;
        kept.nextAttempt = Math.min(kept.nextAttempt, now);
        plan(kept, now);
        arm(now);
      }
    } finally {
      lock.unlock();
    }
    return future;
  }

  /** Waits until every certificate that can have a staple has one; false if time is up. */
  boolean awaitStapled(Duration timeout) throws InterruptedException {
    long nanos = TimeUnit.NANOSECONDS.convert(timeout);
    lock.lockInterruptibly();
    try {
      while (intake.bare() > 0 && !closed) {
        if (nanos <= 0) {
          return false;
        }
        nanos = nothingBare.awaitNanos(nanos);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  List<StapleStatus> statuses() {
    long now = clock.millis();
    return roster.all().stream().map(kept -> kept.status(kept.snapshot, now)).toList();
  }

  StaplerSummary summary() {
    long now = clock.millis();
    Map<State, Integer> counts = new EnumMap<>(State.class);
    long earliest = RefreshPlan.NEVER;
    for (KeptCertificate kept : roster.all()) {
      Snapshot at = kept.snapshot;
      counts.merge(at.state(now), 1, Integer::sum);
      if (at.isServed(now)) {
        earliest = Math.min(earliest, at.servedUntil);
      }
    }
    return new StaplerSummary(
        counts,
        earliest == RefreshPlan.NEVER
            ? Optional.empty()
            : Optional.of(Duration.ofMillis(earliest - now)));
  }

  // ---- Time ----

  private void wakeUp() {
    if (abandoned.getAsBoolean()) {
      close.run();
      return;
    }
    long now = clock.millis();
    lock.lock();
    try {
      wakeUp = null;
      wakeUpAt = RefreshPlan.NEVER;
      if (now < lastWakeUp - CLOCK_TOLERANCE) {
        clockWentBack(now);
      }
      lastWakeUp = now;
    } finally {
      lock.unlock();
    }
    List<Attempt> lost = new ArrayList<>();
    while (workOff(now, lost)) {
      // The lock is free between two batches.
    }
    for (Attempt attempt : lost) {
      finished(attempt, LOST);
      attempt.cancel();
    }
    deliver();
    pump();
  }

  /** Works off a batch of what is due; returns whether there is more. */
  private boolean workOff(long now, List<Attempt> lost) {
    lock.lock();
    try {
      for (int i = 0; i < BATCH; i++) {
        KeptCertificate kept = closed ? null : queue.pollDue(now);
        if (kept == null) {
          arm(now);
          return false;
        }
        workOff(kept, now, lost);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void workOff(KeptCertificate kept, long now, List<Attempt> lost) {
    if (now >= kept.notAfter && kept.firstSeen < kept.notAfter) {
      forget(kept, "the certificate has expired", now);
      return;
    }
    if (now >= forgetAt(kept, now)) {
      forget(kept, kept.listing == null ? "unused for long" : "no key manager lists it", now);
      return;
    }
    intake.timePasses(kept, now);
    Attempt attempt = kept.attempt;
    HostGate gate = kept.gate;
    if (attempt != null) {
      if (now >= attempt.startedAt + WATCHDOG) {
        lost.add(attempt);
      }
    } else if (gate != null && !kept.ready && now >= kept.nextAttempt) {
      if (gate.isOpen(now) && !kept.wished) {
        intake.putOff(kept, gate, now);
        completeWaiters(kept, now);
      } else {
        gate.allowProbe(now);
        dispatcher.add(kept, gate, !kept.snapshot.isServed(now));
      }
    }
    plan(kept, now);
  }

  /** Puts a certificate where it belongs in the queue. */
  private void plan(KeptCertificate kept, long now) {
    if (kept.removed) {
      return;
    }
    long due = intake.nextAlert(kept);
    if (kept.attempt != null) {
      due = Math.min(due, kept.attempt.startedAt + WATCHDOG);
    } else if (!kept.ready) {
      due = Math.min(due, kept.nextAttempt);
    }
    if (kept.firstSeen < kept.notAfter) {
      due = Math.min(due, kept.notAfter);
    }
    due = Math.min(due, kept.isListed() ? now + ROTATED_OUT : forgetAt(kept, now));
    queue.put(kept, due);
  }

  private long forgetAt(KeptCertificate kept, long now) {
    if (kept.preloaded || kept.isListed()) {
      return RefreshPlan.NEVER;
    }
    // Seen in the future: the clock was set back.
    long seen = Math.min(kept.lastSeen(), now);
    return seen + (kept.listing == null ? forgetUnseenAfter : ROTATED_OUT);
  }

  private void clockWentBack(long now) {
    announcer.log(
        Level.WARNING,
        now,
        "the clock was set back from " + Announcer.time(lastWakeUp) + " to " + Announcer.time(now)
            + ": all refreshes are planned anew");
    dispatcher.clockWentBack(now);
    for (KeptCertificate kept : roster.all()) {
      intake.clockWentBack(kept, now);
      plan(kept, now);
    }
  }

  /** Sees to it that the scheduler wakes us when something is due. Under the lock. */
  private void arm(long now) {
    long at = Math.min(queue.earliest(), now + LONGEST_SLEEP);
    if (closed || at >= wakeUpAt) {
      return;
    }
    if (wakeUp != null) {
      wakeUp.cancel(false);
    }
    try {
      wakeUp = scheduler.schedule(this::wakeUpSafely, Math.max(0, at - now), TimeUnit.MILLISECONDS);
      wakeUpAt = at;
    } catch (RejectedExecutionException e) {
      announcer.log(
          Level.ERROR, now, "the stapler's scheduler was shut down: nothing is renewed any more");
    }
  }

  private void wakeUpSafely() {
    try {
      wakeUp();
    } catch (RuntimeException | Error e) {
      long now = clock.millis();
      announcer.log(Level.ERROR, now, "the stapler failed, and goes on: " + e);
      announcer.deliver();
      lock.lock();
      try {
        arm(now);
      } finally {
        lock.unlock();
      }
    }
  }

  void start() {
    lock.lock();
    try {
      arm(clock.millis());
    } finally {
      lock.unlock();
    }
  }

  // ---- Requests ----

  /**
   * Starts whatever may start. One thread at a time does it; whoever comes meanwhile leaves it the
   * work. A source that answers at once therefore makes no recursion.
   */
  private void pump() {
    if (pumping.getAndIncrement() != 0) {
      return;
    }
    int missed = 1;
    do {
      for (Attempt next = next(); next != null; next = next()) {
        start(next);
      }
      missed = pumping.addAndGet(-missed);
    } while (missed != 0);
  }

  private @Nullable Attempt next() {
    long now = clock.millis();
    lock.lock();
    try {
      Attempt attempt = closed ? null : dispatcher.next(now);
      if (attempt != null) {
        plan(attempt.kept, now);
        arm(now);
      }
      return attempt;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("NullAway") // An attempt is made only where there is an issuer.
  private void start(Attempt attempt) {
    CompletableFuture<Outcome> exchange;
    try {
      exchange = source.ask(attempt.kept.certificate, attempt.kept.issuer);
    } catch (RuntimeException e) {
      exchange = CompletableFuture.completedFuture(ClientSource.outcome(null, e, clock.instant()));
    }
    attempt.exchange = exchange;
    if (closed) {
      exchange.cancel(true);
    }
    exchange.whenComplete(
        (outcome, failure) ->
            finished(
                attempt,
                outcome != null ? outcome : ClientSource.outcome(null, failure, clock.instant())));
  }

  private void finished(Attempt attempt, Outcome outcome) {
    long now = clock.millis();
    KeptCertificate kept = attempt.kept;
    lock.lock();
    try {
      if (!dispatcher.release(attempt) || closed) {
        return;
      }
      if (!(outcome instanceof NoAnswer n && n.kind() == Kind.NOBODY_TO_ASK)) {
        announcer.requested(outcome.metricStatus(), now - attempt.startedAt);
      }
      noteHealth(attempt.gate, outcome, now);
      if (kept.attempt == attempt) {
        kept.attempt = null;
        kept.wished = false;
        noteResponder(kept, outcome);
        intake.takeIn(kept, outcome, now);
        completeWaiters(kept, now);
        plan(kept, now);
        signalIfNothingBare();
      }
      arm(now);
    } finally {
      lock.unlock();
    }
    deliver();
    pump();
  }

  private void noteHealth(HostGate gate, Outcome outcome, long now) {
    if (!(outcome instanceof NoAnswer failure)) {
      answered(gate, now);
      return;
    }
    if (!failure.outage()) {
      if (failure.kind() == Kind.REFUSED || failure.kind() == Kind.REJECTED) {
        answered(gate, now);
      }
      return; // else the host was not asked
    }
    Duration asked = failure.retryAfter();
    long pause = asked == null ? 0 : RefreshPlan.millis(asked, HostGate.LONGEST_PAUSE);
    if (gate.failed(now, pause, random)) {
      if (gate.isFirstOpening()) {
        announcer.hostDown(gate, now);
      }
      for (KeptCertificate waiting : gate.sendAway()) {
        intake.putOff(waiting, gate, now);
        completeWaiters(waiting, now);
        plan(waiting, now);
      }
    }
  }

  private void answered(HostGate gate, long now) {
    if (gate.answered()) {
      announcer.hostUp(gate, now);
    }
  }

  /** Remembers who answered; a certificate goes through the gate of the host that answers it. */
  private void noteResponder(KeptCertificate kept, Outcome outcome) {
    URI responder = outcome instanceof Answered answer ? answer.responder : null;
    if (responder == null || responder.equals(kept.responder)) {
      return;
    }
    kept.responder = responder;
    HostGate gate = dispatcher.gate(responder);
    if (gate != kept.gate) {
      leaveGate(kept);
      passThrough(kept, gate);
    }
  }

  private void completeWaiters(KeptCertificate kept, long now) {
    List<CompletableFuture<StapleStatus>> waiters = kept.waiters;
    if (waiters != null) {
      kept.waiters = null;
      kept.wished = false;
      Snapshot at = kept.snapshot;
      completions.add(
          () -> {
            StapleStatus status = kept.status(at, now);
            waiters.forEach(waiter -> waiter.complete(status));
          });
    }
  }

  /** Calls users with what has happened. Not under the lock. */
  private void deliver() {
    announcer.deliver();
    for (Runnable next = completions.poll(); next != null; next = completions.poll()) {
      next.run();
    }
  }

  private void signalIfNothingBare() {
    if (intake.bare() == 0) {
      nothingBare.signalAll();
    }
  }

  // ---- The end ----

  /** Stops everything at once, in-flight requests included; pending futures are completed. */
  void close() {
    List<Attempt> running;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      if (wakeUp != null) {
        wakeUp.cancel(false);
      }
      running = dispatcher.inFlight();
      nothingBare.signalAll();
    } finally {
      lock.unlock();
    }
    running.forEach(Attempt::cancel);
    long now = clock.millis();
    lock.lock();
    try {
      for (KeptCertificate kept : roster.all()) {
        completeWaiters(kept, now);
      }
      dispatcher.clear();
      queue.clear();
      roster.clear();
    } finally {
      lock.unlock();
    }
    deliver();
  }

  boolean isClosed() {
    return closed;
  }
}
