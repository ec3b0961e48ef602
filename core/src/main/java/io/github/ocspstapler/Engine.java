package io.github.ocspstapler;

import io.github.ocspstapler.Ailments.Finding;
import io.github.ocspstapler.Outcome.Kind;
import io.github.ocspstapler.Outcome.NoAnswer;
import io.github.ocspstapler.StaplerHealth.Status;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps certificates stapled: the {@link Ledger}, one lock around it, one wake-up on the scheduler,
 * and the requests.
 *
 * <p>Handshakes never come here: they read the {@link Roster}. No request is made and no user is
 * called under the lock. See {@code docs/design/concurrency.md}.
 */
final class Engine {
  /** It wakes up at least so often, to notice a clock that was set. */
  static final long LONGEST_SLEEP = 30_000;

  /** The clock was set back if it shows this much less than at the last wake-up. */
  private static final long CLOCK_TOLERANCE = 5_000;

  /** So many certificates are worked off before others get the lock. */
  private static final int BATCH = 1_000;

  private static final Outcome LOST =
      new NoAnswer(Kind.UNREACHABLE, "timeout", "the request never came back", false, true, null);

  private final Clock clock;
  private final ScheduledExecutorService scheduler;
  private final ResponseSource source;
  private final Announcer announcer;
  private final BooleanSupplier abandoned;
  private final Runnable close;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition nothingBare = lock.newCondition();
  private final Ledger ledger; // guarded by lock
  private final @Nullable StoreAccess store;
  private @Nullable ScheduledFuture<?> wakeUp; // guarded by lock
  private long wakeUpAt = RefreshPlan.NEVER; // guarded by lock
  private long lastWakeUp; // guarded by lock
  private int listings; // first ones under way; guarded by lock
  private volatile boolean closed; // written under lock, read anywhere

  /** Futures to complete without the lock: apart from the announcer, so no listener delays them. */
  private final Mailbox completions;

  private final Requests requests;

  /**
   * Creates an engine at rest.
   *
   * @param abandoned whether nobody can use it any more
   * @param close what to do then
   */
  Engine(Settings settings, Roster roster, BooleanSupplier abandoned, Runnable close) {
    this.clock = settings.clock;
    this.scheduler = settings.requireScheduler();
    this.source = settings.requireSource();
    this.announcer = new Announcer(settings.listener, settings.metrics, scheduler);
    this.completions = new Mailbox(scheduler);
    this.abandoned = abandoned;
    this.close = close;
    this.store =
        settings.store == null
            ? null
            : new StoreAccess(settings, announcer, this::looked, this::heard);
    this.ledger = new Ledger(settings, roster, announcer, completions::add, store);
    this.requests = new Requests(source, store, clock, this::next, this::finished, this::isClosed);
    this.lastWakeUp = clock.millis();
  }

  void start() {
    lock.lock();
    try {
      arm(clock.millis());
    } finally {
      lock.unlock();
    }
  }

  // ---- What others ask for ----

  /**
   * Keeps a certificate from now on, or notes that it was found again.
   *
   * @return its entry, or null if the engine is closed
   */
  @Nullable KeptCertificate keep(Found found) {
    KeptCertificate kept;
    lock.lock();
    try {
      if (closed) {
        return null;
      }
      long now = clock.millis();
      kept = ledger.keep(found, now);
      settled(now);
    } finally {
      lock.unlock();
    }
    deliver();
    return kept;
  }

  /** Returns a future that completes after the first attempt: at once if that is over. */
  CompletableFuture<StapleStatus> firstAttempt(KeptCertificate kept) {
    return attempt(kept, false);
  }

  /** Nobody waits for this future any more. */
  void giveUp(KeptCertificate kept, CompletableFuture<StapleStatus> future) {
    lock.lock();
    try {
      kept.removeWaiter(future);
    } finally {
      lock.unlock();
    }
  }

  /** Asks now; joins a request in flight. */
  CompletableFuture<StapleStatus> refresh(KeptCertificate kept) {
    return attempt(kept, true);
  }

  /** Keeps it no more; returns whether it was kept. */
  boolean forget(KeptCertificate kept) {
    boolean known;
    lock.lock();
    try {
      long now = clock.millis();
      known = !closed && ledger.forget(kept, now);
      settled(now);
    } finally {
      lock.unlock();
    }
    deliver();
    return known;
  }

  private CompletableFuture<StapleStatus> attempt(KeptCertificate kept, boolean always) {
    CompletableFuture<StapleStatus> future = new CompletableFuture<>();
    boolean coming;
    lock.lock();
    try {
      long now = clock.millis();
      coming = !closed && ledger.await(kept, future, always, now);
      arm(now);
    } finally {
      lock.unlock();
    }
    if (!coming) {
      future.complete(kept.status(kept.snapshot, clock.millis()));
    }
    return future;
  }

  /** A key manager is about to be listed for the first time: there may be certificates to come. */
  void listingBegan() {
    lock.lock();
    try {
      listings++;
    } finally {
      lock.unlock();
    }
  }

  /** All that it lists is kept. */
  void listingEnded() {
    lock.lock();
    try {
      listings--;
      settled(clock.millis());
    } finally {
      lock.unlock();
    }
  }

  /** Waits until every certificate that can have a staple has one; false if time is up. */
  boolean awaitStapled(Duration timeout) throws InterruptedException {
    long nanos = TimeUnit.NANOSECONDS.convert(timeout);
    lock.lockInterruptibly();
    try {
      while ((ledger.bare() > 0 || listings > 0) && !closed) {
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

  /** Returns all kept certificates in a few numbers. */
  StaplerSummary summary() {
    lock.lock();
    try {
      return ledger.summary(clock.millis());
    } finally {
      lock.unlock();
    }
  }

  /** Returns how the certificates do. */
  StaplerHealth health() {
    Finding worst;
    String well;
    long now = clock.millis();
    while (batch(ledger::noteEnd, now)) {
      // The lock is free between two batches.
    }
    lock.lock();
    try {
      worst = ledger.worst();
      well = ledger.well();
      settled(now);
    } finally {
      lock.unlock();
    }
    deliver();
    return worst == null ? new StaplerHealth(Status.UP, well) : worst.health(now);
  }

  boolean isClosed() {
    return closed;
  }

  /** Tells that a certificate is refused. On handshake threads: no lock. */
  void refused(KeptCertificate kept, StaplePolicy policy, long now) {
    announcer.refused(kept, policy, now);
    announcer.deliver();
  }

  // ---- Time ----

  private void wakeUp() {
    try {
      if (abandoned.getAsBoolean()) {
        close.run();
        return;
      }
      long now = clock.millis();
      noteTime(now);
      for (Attempt attempt : lost(now)) {
        finished(attempt, LOST);
        attempt.cancel();
      }
      while (batch(ledger::workOff, now)) {
        // The lock is free between two batches.
      }
    } catch (RuntimeException | Error e) {
      announcer.log(Level.ERROR, clock.millis(), "the stapler failed, and goes on: " + e);
    } finally {
      rearm();
    }
    deliver();
    requests.startAll();
  }

  private void noteTime(long now) {
    lock.lock();
    try {
      if (now < lastWakeUp - CLOCK_TOLERANCE) {
        ledger.clockWentBack(lastWakeUp, now);
      }
      lastWakeUp = now;
    } finally {
      lock.unlock();
    }
  }

  private List<Attempt> lost(long now) {
    lock.lock();
    try {
      return ledger.lost(now);
    } finally {
      lock.unlock();
    }
  }

  /** Does something for one certificate after the other; returns whether there may be more. */
  private boolean batch(LongPredicate one, long now) {
    lock.lock();
    try {
      for (int i = 0; i < BATCH; i++) {
        if (closed || !one.test(now)) {
          return false;
        }
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void rearm() {
    lock.lock();
    try {
      wakeUp = null;
      wakeUpAt = RefreshPlan.NEVER;
      settled(clock.millis());
    } finally {
      lock.unlock();
    }
  }

  /** The books are as they should be: see who waits for that. Under the lock. */
  private void settled(long now) {
    arm(now);
    if (ledger.bare() == 0 && listings == 0) {
      nothingBare.signalAll();
    }
  }

  /** Sees to it that the scheduler wakes us when something is due. Under the lock. */
  private void arm(long now) {
    long at = Math.min(ledger.earliest(), now + LONGEST_SLEEP);
    if (closed || at >= wakeUpAt) {
      return;
    }
    if (wakeUp != null) {
      wakeUp.cancel(false);
    }
    try {
      wakeUp = scheduler.schedule(this::wakeUp, Math.max(0, at - now), TimeUnit.MILLISECONDS);
      wakeUpAt = at;
    } catch (RejectedExecutionException e) {
      wakeUp = null;
      String line = "the stapler's scheduler was shut down: nothing is renewed any more";
      announcer.log(Level.ERROR, now, line);
    }
  }

  // ---- Requests ----

  private @Nullable Attempt next() {
    lock.lock();
    try {
      long now = clock.millis(); // read under the lock: time never runs backwards in the books
      Attempt attempt = closed ? null : ledger.next(now);
      arm(now);
      return attempt;
    } finally {
      lock.unlock();
    }
  }

  private void finished(Attempt attempt, Outcome outcome) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      long now = clock.millis();
      ledger.finished(attempt, outcome, now);
      settled(now);
    } finally {
      lock.unlock();
    }
    deliver();
  }

  /** Has users called with what has happened. Not under the lock. */
  private void deliver() {
    announcer.count(); // first: whoever waits for a future finds it counted
    completions.deliver();
    announcer.deliver();
    if (store != null) {
      store.proceed();
    }
  }

  // ---- The responders ----

  /** Lists the responder hosts that certificates are asked about at. */
  List<ResponderStatus> responders() {
    List<URI> urls = new ArrayList<>();
    List<ResponderStatus> rows = new ArrayList<>();
    lock.lock();
    try {
      long now = clock.millis();
      for (HostGate gate : ledger.gates()) {
        urls.add(gate.responder());
        rows.add(gate.status(now));
      }
    } finally {
      lock.unlock();
    }
    for (int i = 0; i < rows.size(); i++) { // the source is asked without the lock
      rows.set(i, rows.get(i).with(source.learned(urls.get(i))));
    }
    return List.copyOf(rows);
  }

  // ---- The store ----

  /**
   * Waits a moment for the first look into the store at a certificate.
   *
   * <p>On handshake threads, once a certificate: what a restart must not lose is waited for as long
   * as a disk takes, and not as long as a network does.
   */
  void awaitFirstLook(KeptCertificate kept) {
    if (store == null || !kept.unread) {
      return;
    }
    Look look;
    lock.lock();
    try {
      look = closed ? null : ledger.look(kept, clock.millis());
    } finally {
      lock.unlock();
    }
    if (look != null) {
      store.proceed();
      store.await(look);
    }
  }

  private void heard(KeptCertificate kept) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      long now = clock.millis();
      ledger.heard(kept, now);
      settled(now);
    } finally {
      lock.unlock();
    }
    deliver();
  }

  private void looked(Look look, Look.Finding finding) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      long now = clock.millis();
      ledger.looked(look, finding, now);
      settled(now);
    } finally {
      lock.unlock();
    }
    deliver();
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
      running = ledger.inFlight();
      ledger.clear(clock.millis());
      nothingBare.signalAll();
    } finally {
      lock.unlock();
    }
    running.forEach(Attempt::cancel);
    completions.work();
    if (store != null) {
      store.close();
    }
  }
}
