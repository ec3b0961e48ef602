package io.github.ocspstapler;

import io.github.ocspstapler.Look.Finding;
import io.github.ocspstapler.Look.Result;
import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.Outcome.NoAnswer;
import io.github.ocspstapler.ocsp.HttpValidator;
import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.store.StoredStaple;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks into the store for answers and verifies what it finds, on all processors, away from
 * everybody who must not wait for a disk. Thread-safe.
 */
final class StoreReader {
  /** A store that has returned nothing for so long is not waited for. */
  static final long PATIENCE = 5_000;

  /**
   * A handshake waits for the first look at its certificate, but no longer than this: a disk
   * answers in microseconds, but the first look of a JVM, on a machine that is busy with a restart,
   * loads the classes that verify.
   */
  static final long HANDSHAKE_PATIENCE = 1_000;

  /** After two waits in a row of more than this, no handshake waits for {@link #PATIENCE}. */
  static final long NOTICEABLE = 100;

  /** A store that failed, or was slow, is left alone for so long. */
  static final long PAUSE = 5_000;

  /** A store that takes longer, twice in a row, is as good as none. */
  static final long SLOW = 1_000;

  /** A start with fewer looks than this is not worth a line. */
  private static final int WORTH_A_LINE = 1_000;

  private static final long LINE_EVERY = 10_000;

  private final StapleStore store;
  private final ResponseSource source;
  private final Clock clock;
  private final Announcer announcer;
  private final BiConsumer<Look, Finding> taker;
  private final Executor workers;
  private final Executor urgently;
  private final @Nullable ExecutorService toClose;

  private volatile long lastReturn; // any thread's is as good as another's
  private volatile long noHandshakeWaitsUntil;
  private volatile boolean waitedLong; // any handshake's is as good as another's
  private volatile long lastWaitInVain = Long.MIN_VALUE; // when it began; any handshake's
  private volatile long slowUntil = Long.MAX_VALUE; // when the first of slow ones ended; as above
  private volatile long leftAloneUntil; // any thread's is as good as another's
  private @Nullable News news; // set before it is used

  // Of the looks since the reader was last idle; guarded by this.
  private int pending;
  private int done;
  private int taken;
  private long busySince;
  private long nextLine;
  private boolean failing;

  /**
   * Creates a reader without threads.
   *
   * @param taker is called with what was found, on the reader's threads
   */
  StoreReader(Settings settings, Announcer announcer, BiConsumer<Look, Finding> taker) {
    this.store = settings.requireStore();
    this.source = settings.requireSource();
    this.clock = settings.clock;
    this.announcer = announcer;
    this.taker = taker;
    this.lastReturn = clock.millis();
    Executor given = settings.storeExecutor;
    if (given != null) {
      this.workers = given;
      this.urgently = given;
      this.toClose = null;
    } else {
      BlockingDeque<Runnable> waiting = new LinkedBlockingDeque<>();
      int processors = Runtime.getRuntime().availableProcessors();
      ThreadPoolExecutor pool =
          new ThreadPoolExecutor(
              processors, processors, 5, TimeUnit.SECONDS, waiting, Ending.threads("store-reader"));
      pool.allowCoreThreadTimeOut(true);
      this.workers = pool;
      this.urgently =
          work -> {
            waiting.addFirst(work);
            var unused = pool.prestartCoreThread(); // none may be left to take it
          };
      this.toClose = pool;
    }
  }

  /** Has what certificates are called noted for those who hear of them. */
  void tell(News news) {
    this.news = news;
  }

  /** Has something done in the store before all that waits. */
  void urgently(Runnable work) {
    urgently.execute(work);
  }

  /** Returns whether the store failed a moment ago, so that nobody should wait for it. */
  boolean isLeftAlone(long now) {
    return now < leftAloneUntil;
  }

  private void noteSpeed(long start, long end) {
    boolean slow = end - start > SLOW;
    if (!slow) {
      slowUntil = Long.MAX_VALUE;
    } else if (slowUntil == Long.MAX_VALUE) {
      slowUntil = end; // once, in however many threads, may have been this machine
    } else if (start >= slowUntil) {
      leaveAlone(end);
    }
  }

  /** Notes that the store has returned something, were it a failure. */
  void returned() {
    lastReturn = clock.millis();
  }

  /** Notes that the store takes too long. */
  void leaveAlone(long now) {
    leftAloneUntil = now + PAUSE;
  }

  /** Has a look done. Does not block. */
  void submit(Look look) {
    begin();
    try {
      workers.execute(() -> work(look));
    } catch (RejectedExecutionException e) {
      look.done.complete(null); // closed
    }
  }

  /**
   * Waits for a look, a moment only, and has it done before all others. For handshakes: the first
   * of a certificate whose staple is in the store should not be the one without.
   */
  void await(Look look) {
    long now = clock.millis();
    if (now < noHandshakeWaitsUntil || lastReturn <= lastWaitInVain) {
      return;
    }
    try {
      if (!look.done.isDone()) {
        urgently.execute(() -> work(look));
        look.done.get(HANDSHAKE_PATIENCE, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      // It hangs: one handshake waits, not all of them.
      noHandshakeWaitsUntil = clock.millis() + PATIENCE;
      lastWaitInVain = now;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a look never fails", e);
    }
    long end = clock.millis();
    boolean isLong = end - now > NOTICEABLE;
    if (isLong && waitedLong) { // once may have been a JVM that had yet to load what verifies
      noHandshakeWaitsUntil = end + PATIENCE;
    }
    waitedLong = isLong;
  }

  /** Returns whether the store has returned anything lately. */
  boolean isResponsive(long now) {
    return now - lastReturn < PATIENCE;
  }

  private void work(Look look) {
    if (!look.begin()) {
      return;
    }
    Finding finding = Finding.nothing(Result.FAILED);
    try {
      finding = find(look);
    } finally {
      returned();
      try {
        taker.accept(look, finding);
      } finally {
        look.done.complete(null);
        ended(finding.result() == Result.ANSWER);
      }
    }
  }

  /** Looks for an answer and verifies it. In a thread that may block. */
  Finding find(Look look) {
    long start = clock.millis();
    if (isLeftAlone(start)) {
      return Finding.nothing(Result.FAILED);
    }
    String fingerprint;
    Optional<StoredStaple> found;
    try {
      fingerprint = Fingerprint.of(look.kept.certificate);
      if (news != null) {
        news.add(look.kept, fingerprint);
      }
      found = store.load(fingerprint);
      worked();
      noteSpeed(start, clock.millis());
    } catch (Exception e) { // a store is somebody else's code
      failed(e);
      return Finding.nothing(Result.FAILED);
    }
    if (found.isEmpty()) {
      return Finding.nothing(Result.NOTHING);
    }
    StoredStaple stored = found.get();
    byte[] response = stored.response();
    if (look.isHeld(response)) {
      return Finding.same(freshFor(stored));
    }
    Outcome outcome = check(response, look);
    if (outcome instanceof Answered answer) {
      URI by = stored.responder().orElse(null);
      HttpValidator validator = stored.validator().orElse(null);
      return Finding.of(answer.stored(by, freshFor(stored), validator));
    }
    NoAnswer refusal = (NoAnswer) outcome;
    if (isOfTime(refusal.reason())) {
      return Finding.nothing(Result.OUT_OF_TIME);
    }
    remove(fingerprint);
    return Finding.refused(refusal.message());
  }

  private Duration freshFor(StoredStaple stored) {
    Instant now = clock.instant();
    return stored
        .freshUntil()
        .filter(now::isBefore)
        .map(until -> Duration.between(now, until))
        .orElse(Duration.ZERO);
  }

  private Outcome check(byte[] response, Look look) {
    X509Certificate certificate = look.kept.certificate;
    return source.check(response, certificate, look.issuer);
  }

  /** An entry that is too old was good once, and one that is too new may be to another's clock. */
  private static boolean isOfTime(String reason) {
    return switch (reason) {
      case "expired", "not_yet_valid", "signer_not_valid" -> true;
      default -> false;
    };
  }

  private void remove(String fingerprint) {
    try {
      store.remove(fingerprint);
    } catch (Exception e) {
      failed(e);
    }
  }

  // ---- What the operator is told ----

  private synchronized void begin() {
    if (pending++ == 0) {
      done = 0;
      taken = 0;
      busySince = clock.millis();
      nextLine = busySince + LINE_EVERY;
    }
  }

  private synchronized void ended(boolean answer) {
    pending--;
    done++;
    taken += answer ? 1 : 0;
    long now = clock.millis();
    if (pending == 0 && done >= WORTH_A_LINE) {
      String what = "looked up " + done + " certificates in the store " + store + ": ";
      tell(now, what + taken + " staples verified in " + (now - busySince) / 1000 + " s");
    } else if (pending > 0 && now >= nextLine) {
      nextLine = now + LINE_EVERY;
      String what = "looked up " + done + " of " + (done + pending) + " certificates in the store ";
      tell(now, what + store + ": " + taken + " staples verified so far");
    }
  }

  private void tell(long now, String line) {
    announcer.log(Level.INFO, now, line);
    announcer.deliver();
  }

  /** Notes that the store failed, and tells it once. */
  void failed(Exception e) {
    leaveAlone(clock.millis());
    announcer.countFailure("store_read");
    synchronized (this) {
      if (failing) {
        return;
      }
      failing = true;
    }
    String line = "the store " + store + " cannot be read (" + e + ")";
    announcer.log(Level.WARNING, clock.millis(), line + ": staples are fetched instead");
  }

  private void worked() {
    synchronized (this) {
      if (!failing) {
        return;
      }
      failing = false;
    }
    announcer.log(Level.INFO, clock.millis(), "the store " + store + " can be read again");
  }

  /** Ends at once; a thread that hangs in the store is left to it. */
  void close() {
    if (toClose != null) {
      toClose.shutdownNow();
    }
  }
}
