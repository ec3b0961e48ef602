package io.github.ocspstapler;

import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.internal.x509.Subjects;
import io.github.ocspstapler.store.FleetStore.Lease;
import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.store.StoredStaple;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Writes answers into the store, behind the back of everybody who must not wait for a disk: the
 * newest of each certificate, and again until it is written. Thread-safe.
 */
final class StoreWriter {
  /** A store that failed is left alone for so long; twice as long each time, up to the longest. */
  static final long FIRST_PAUSE = Duration.ofSeconds(10).toMillis();

  static final long LONGEST_PAUSE = Duration.ofMinutes(5).toMillis();

  /** First there is more urgent work. */
  private static final long FIRST_CLEANING = Duration.ofMinutes(10).toMillis();

  /** The store is rid of what has expired so often. */
  static final long CLEANING = Duration.ofHours(6).toMillis();

  /**
   * At the end, so long is left to write what is still to be written: a busy disk takes a second to
   * make a file durable, one that hangs must not hold up the end.
   */
  private static final long LAST_WORDS = 2_000;

  private final StapleStore store;
  private final Clock clock;
  private final Announcer announcer;
  private final Executor worker;
  private final @Nullable ExecutorService toClose;
  private final AtomicBoolean scheduled = new AtomicBoolean();

  private final ConcurrentHashMap<KeptCertificate, Unwritten> pending = new ConcurrentHashMap<>();

  /** Rights to give back once what there is to write is written. */
  private final Queue<Lease> leases = new ConcurrentLinkedQueue<>();

  // Confined to the worker.
  private int failuresInARow;

  private volatile long pausedUntil; // written by the worker
  private volatile long cleanAt; // written by the worker
  private volatile boolean closed;

  /**
   * An answer, and when it came.
   *
   * @param lasting whether it is tried until it is written, and not once
   */
  private record Unwritten(Answered answer, Instant since, boolean lasting) {}

  StoreWriter(Settings settings, Announcer announcer) {
    this.store = settings.requireStore();
    this.clock = settings.clock;
    this.announcer = announcer;
    this.cleanAt = clock.millis() + FIRST_CLEANING;
    Executor given = settings.storeExecutor;
    if (given != null) {
      this.worker = given;
      this.toClose = null;
    } else {
      BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
      ThreadPoolExecutor thread =
          new ThreadPoolExecutor(
              1, 1, 5, TimeUnit.SECONDS, waiting, Ending.threads("store-writer"));
      thread.allowCoreThreadTimeOut(true);
      this.worker = thread;
      this.toClose = thread;
    }
  }

  /** Notes that an answer is to be written. May be called under the engine's lock. */
  void add(KeptCertificate kept, Answered answer) {
    pending.put(kept, new Unwritten(answer, clock.instant(), true));
  }

  /**
   * Notes until when an answer that the store has is fresh. It saves others a request, and is tried
   * once: after an outage of the store, each node of a fleet would have one. As {@link #add}.
   */
  void note(KeptCertificate kept, Answered answer) {
    Instant now = clock.instant();
    if (now.toEpochMilli() >= pausedUntil) {
      Unwritten note = new Unwritten(answer, now, false);
      pending.merge(kept, note, (before, last) -> before.lasting() ? before : last);
    }
  }

  /** Drops what is not written yet of a certificate that is no longer kept. As {@link #add}. */
  void drop(KeptCertificate kept) {
    pending.remove(kept);
  }

  /** Notes that a right is to be given back after what was {@link #add added}. As that. */
  void release(Lease lease) {
    leases.add(lease);
  }

  /**
   * Has everything written that is not, unless the store is left alone. Called after whatever
   * happens, and twice a minute if nothing does. Does not block.
   */
  void flush() {
    long now = clock.millis();
    if (now < pausedUntil) {
      leases.clear(); // they end by themselves
    }
    boolean due = (!pending.isEmpty() || !leases.isEmpty()) && now >= pausedUntil;
    boolean wanted = due || (now >= cleanAt && now >= pausedUntil);
    if (closed || !wanted || !scheduled.compareAndSet(false, true)) {
      return;
    }
    try {
      worker.execute(this::work);
    } catch (RejectedExecutionException e) {
      // Closed meanwhile.
    }
  }

  private void work() {
    scheduled.set(false);
    try {
      long now = clock.millis();
      if (now >= cleanAt && now >= pausedUntil) {
        cleanAt = now + CLEANING;
        store.removeExpired(Instant.ofEpochMilli(now));
      }
      List<Lease> ending = new ArrayList<>(); // whose answers are pending, if they are not written
      for (Lease lease = leases.poll(); lease != null; lease = leases.poll()) {
        ending.add(lease);
      }
      Iterator<Map.Entry<KeptCertificate, Unwritten>> answers = pending.entrySet().iterator();
      while (answers.hasNext() && now >= pausedUntil) {
        Map.Entry<KeptCertificate, Unwritten> next = answers.next();
        write(next.getKey(), next.getValue());
        pending.remove(next.getKey(), next.getValue()); // a newer one stays
      }
      for (Lease lease : ending) {
        lease.release();
      }
    } catch (Exception e) { // a store is somebody else's code
      failed(e);
    }
    announcer.deliver();
  }

  private void write(KeptCertificate kept, Unwritten unwritten) throws Exception {
    store.save(Fingerprint.of(kept.certificate), stored(kept.certificate, unwritten));
    if (failuresInARow > 0) {
      failuresInARow = 0;
      announcer.log(Level.INFO, clock.millis(), "the store " + store + " can be written again");
    }
  }

  private void failed(Exception e) {
    long now = clock.millis();
    long pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(failuresInARow, 10));
    pausedUntil = now + pause;
    pending.values().removeIf(unwritten -> !unwritten.lasting());
    announcer.countFailure("store_write");
    if (failuresInARow++ == 0) {
      String line = "the store " + store + " cannot be written (" + e + "): ";
      String then = "staples are in memory only until it can, which is tried again and again";
      announcer.log(Level.WARNING, now, line + then);
    }
  }

  private static StoredStaple stored(X509Certificate certificate, Unwritten unwritten) {
    Answered answer = unwritten.answer();
    Map<String, String> description = new HashMap<>();
    description.put("subject", Subjects.of(certificate.getSubjectX500Principal()));
    description.put("issuer", Subjects.of(certificate.getIssuerX500Principal()));
    description.put("serialNumber", certificate.getSerialNumber().toString(16));
    description.put("status", answer.metricStatus());
    description.put("thisUpdate", answer.thisUpdate.toString());
    Instant nextUpdate = answer.nextUpdate;
    if (nextUpdate != null) {
      description.put("nextUpdate", nextUpdate.toString());
    }
    return new StoredStaple(
        answer.encoded,
        answer.validUntil,
        Optional.ofNullable(answer.responder),
        answer.freshFor.isZero()
            ? Optional.empty()
            : Optional.of(unwritten.since().plus(answer.freshFor)),
        Optional.ofNullable(answer.validator),
        description);
  }

  /** Writes what there is to write, if that is done quickly, and ends. */
  void close() {
    closed = true;
    if (!pending.isEmpty() || !leases.isEmpty()) {
      worker.execute(this::work);
    }
    if (toClose == null) {
      return;
    }
    toClose.shutdown();
    boolean ended = false;
    try {
      ended = toClose.awaitTermination(LAST_WORDS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!ended) {
      var unused = toClose.shutdownNow();
    }
  }
}
