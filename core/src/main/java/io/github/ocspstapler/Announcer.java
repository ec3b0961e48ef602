package io.github.ocspstapler;

import io.github.ocspstapler.ResponderStatus.Breaker;
import io.github.ocspstapler.internal.http.ClockSkew;
import io.github.ocspstapler.internal.x509.Subjects;
import io.github.ocspstapler.ocsp.CertificateStatus.Revoked;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Counts, and tells listeners and the log what happens: in the order it happened, one at a time,
 * and outside every lock, listeners on the scheduler.
 *
 * <p>All but {@link #count} and {@link #deliver} may be called under the engine's lock: they only
 * note.
 */
final class Announcer {
  /** More lines than this in a minute are counted, not written. */
  static final int LINES_PER_MINUTE = 120;

  /** No line is longer than this many characters. */
  static final int LINE_LENGTH = 2_000;

  private static final Logger LOG = System.getLogger("io.github.ocspstapler");

  private final StaplerListener listener;
  private final StaplerMetrics metrics;
  private final Mailbox mailbox;

  /** What is to be counted; metrics do not block, so whoever delivers counts at once. */
  private final Queue<Runnable> counts = new ConcurrentLinkedQueue<>();

  // Confined to whichever thread makes the calls.
  private long minute = Long.MIN_VALUE;
  private int lines;

  Announcer(StaplerListener listener, StaplerMetrics metrics, Executor executor) {
    this.listener = listener;
    this.metrics = metrics;
    this.mailbox = new Mailbox(executor);
  }

  /** Counts what is pending. Does not block. */
  void count() {
    for (Runnable next = counts.poll(); next != null; next = counts.poll()) {
      run(next);
    }
  }

  /** Has the listener called with all that is pending. Does not block. */
  void deliver() {
    mailbox.deliver();
  }

  private void add(Runnable event) {
    mailbox.add(() -> run(event));
  }

  private static void run(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException | Error e) {
      try {
        LOG.log(Level.WARNING, "A listener or metric of the stapler failed; it goes on", e);
      } catch (RuntimeException | Error unwritten) {
        // The log itself fails: there is nobody left to tell.
      }
    }
  }

  void requested(Attempt attempt, Outcome outcome, long now) {
    FetchEvent recorded = attempt.recorded;
    if (recorded != null) {
      counts.add(() -> recorded.finished(attempt, outcome));
    }
    Duration took = Duration.ofMillis(Math.max(0, now - attempt.startedAt));
    counts.add(() -> metrics.requested(outcome.metricStatus(), took));
  }

  /** Counts a failure that is of no certificate in particular. */
  void countFailure(String reason) {
    counts.add(() -> metrics.failed(reason));
  }

  void stapled(KeptCertificate kept, Staple staple, long now, int failuresBefore) {
    Snapshot at = kept.snapshot;
    add(() -> {
      StapleStatus row = kept.status(at, now);
      String after = failuresBefore > 0 ? " after " + attempts(failuresBefore) : "";
      log(Level.INFO, now, row, "stapled" + by(row) + after + until(row) + next(row));
      FlightRecording.published(row, staple, true);
      listener.stapled(row, staple);
    });
  }

  void renewed(KeptCertificate kept, Staple staple, long now, boolean recovered, long failedSince) {
    Snapshot at = kept.snapshot;
    add(() -> {
      StapleStatus row = kept.status(at, now);
      if (recovered) {
        String line = "renewed" + by(row) + ", which failed since " + time(failedSince);
        log(Level.INFO, now, row, line + until(row) + next(row));
      } else {
        log(Level.DEBUG, now, row, "renewed" + by(row) + until(row) + next(row));
      }
      FlightRecording.published(row, staple, false);
      listener.renewed(row, staple);
    });
  }

  void failed(KeptCertificate kept, String reason, long since, long now, boolean tell) {
    Snapshot at = kept.snapshot;
    counts.add(() -> metrics.failed(reason));
    add(() -> {
      StapleStatus row = kept.status(at, now);
      if (tell) {
        String line = error(row) + " since " + time(since) + " (" + attempts(at.failures) + ")";
        log(Level.WARNING, now, row, line + until(row) + next(row));
      }
      listener.failed(row, reason);
    });
  }

  void revoked(KeptCertificate kept, Revoked revoked, boolean relayed, long now) {
    Snapshot at = kept.snapshot;
    add(() -> {
      StapleStatus row = kept.status(at, now);
      String then = relayed ? "; this answer is stapled" : "; nothing is stapled any more";
      log(Level.WARNING, now, row, error(row) + then + next(row));
      listener.revoked(row, revoked);
    });
  }

  void late(KeptCertificate kept, long now) {
    Snapshot at = kept.snapshot;
    add(() -> {
      StapleStatus row = kept.status(at, now);
      log(Level.WARNING, now, row, "its CA is late with a newer answer" + until(row) + next(row));
      listener.late(row);
    });
  }

  void expiring(KeptCertificate kept, long now) {
    Snapshot at = kept.snapshot;
    add(() -> {
      StapleStatus row = kept.status(at, now);
      log(Level.WARNING, now, row, "its staple ends without successor" + until(row) + next(row));
      listener.expiring(row, Duration.ofMillis(Math.max(0, at.servedUntil - now)));
    });
  }

  void expired(KeptCertificate kept, long now) {
    Snapshot at = kept.snapshot;
    add(() -> {
      StapleStatus row = kept.status(at, now);
      log(Level.WARNING, now, row, "its staple has ended" + until(row) + next(row));
      listener.expired(row);
    });
  }

  void refused(KeptCertificate kept, StaplePolicy policy, long now) {
    Snapshot at = kept.snapshot;
    add(() -> {
      StapleStatus row = kept.status(at, now);
      String why = row.lastError().orElse("its staple has ended");
      String line = "handshakes are refused, as the policy " + policy + " asks: " + why;
      log(Level.WARNING, now, row, line + next(row));
      listener.refused(row);
    });
  }

  /** What a store had for a certificate is not to be believed. */
  void entryRefused(KeptCertificate kept, String why, long now) {
    Snapshot at = kept.snapshot;
    add(() -> {
      StapleStatus row = kept.status(at, now);
      log(Level.WARNING, now, row, "its staple in the store is refused and replaced: " + why);
    });
  }

  void unstapleable(KeptCertificate kept, long now) {
    note(kept, now, "is not stapled", true);
  }

  /** Notes a state that is no failure: one line, no event. */
  void note(KeptCertificate kept, long now, String what) {
    note(kept, now, what, false);
  }

  private void note(KeptCertificate kept, long now, String what, boolean grave) {
    Snapshot at = kept.snapshot;
    add(() -> {
      StapleStatus row = kept.status(at, now);
      Level level = grave && row.mustStaple() ? Level.WARNING : Level.INFO;
      log(level, now, row, what + ": " + error(row) + next(row));
    });
  }

  void forgotten(KeptCertificate kept, String why, long now) {
    Snapshot at = kept.snapshot;
    add(() -> {
      StapleStatus row = kept.status(at, now);
      log(Level.DEBUG, now, row, "forgotten: " + why);
      listener.forgotten(row);
    });
  }

  void hostDown(HostGate gate, long now) {
    long since = gate.failingSince;
    log(
        Level.WARNING,
        now,
        "responder "
            + gate.host
            + " unreachable since "
            + time(since)
            + ": its certificates keep their staples, and it is only probed until it answers");
  }

  void hostUp(HostGate gate, long now) {
    log(Level.INFO, now, "responder " + gate.host + " answers again");
  }

  /** Counts a breaker's change, or a host that is new. */
  void breaker(HostGate gate, long now) {
    String host = gate.host;
    Breaker state = gate.breaker(now);
    counts.add(() -> metrics.breaker(host, state));
  }

  /** The clock here and that of a responder differ more than they may, or do so no longer. */
  void clock(HostGate gate, Duration skew, long now) {
    String theirs = " responder " + gate.host;
    if (skew.isZero()) {
      log(Level.INFO, now, "the clock of this machine agrees with" + theirs + " again");
      return;
    }
    String line = "the clock of this machine is " + ClockSkew.ofThisClock(skew) + " that of";
    String then = ": one of them is wrong, and right answers may be refused for their times";
    log(Level.WARNING, now, line + theirs + then);
  }

  /** Notes a line about no certificate in particular. */
  void log(Level level, long now, String line) {
    add(() -> write(level, now, line));
  }

  private void log(Level level, long now, StapleStatus row, String line) {
    if (LOG.isLoggable(level)) {
      write(level, now, row.name() + ": " + line);
    }
  }

  private void write(Level level, long now, String line) {
    long thisMinute = Math.floorDiv(now, 60_000L);
    if (thisMinute != minute) {
      if (lines > LINES_PER_MINUTE) {
        int kept = lines - LINES_PER_MINUTE;
        LOG.log(Level.WARNING, kept + " more lines of the stapler were left out");
      }
      minute = thisMinute;
      lines = 0;
    }
    if (LOG.isLoggable(level) && ++lines <= LINES_PER_MINUTE) {
      // Whatever a responder has a hand in: it must not write lines of its own.
      LOG.log(level, Subjects.plain(line, LINE_LENGTH));
    }
  }

  private static String by(StapleStatus row) {
    return row.responder().map(responder -> " by " + responder).orElse("");
  }

  private static String until(StapleStatus row) {
    return row.servedUntil().map(at -> ", staple valid until " + time(at)).orElse(", no staple");
  }

  private static String next(StapleStatus row) {
    return row.nextAttempt().map(at -> ", next attempt " + time(at)).orElse("");
  }

  private static String error(StapleStatus row) {
    return row.lastError().orElse("no error");
  }

  private static String attempts(int count) {
    return count == 1 ? "1 attempt" : count + " attempts";
  }

  static String time(long millis) {
    return time(Instant.ofEpochMilli(millis));
  }

  private static String time(@Nullable Instant at) {
    return at == null ? "never" : at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
