package io.github.ocspstapler;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When something is to be done about each certificate: it is asked about, alarm is raised, a look
 * into the store that does not end is given up, or the certificate itself is.
 *
 * <p>Guarded by the engine's lock.
 */
final class Agenda {
  /** A certificate that its key manager no longer lists is forgotten when unseen for so long. */
  static final long ROTATED_OUT = Duration.ofHours(1).toMillis();

  /** A preloaded certificate is forgotten so long after it was found to have expired. */
  static final long KEPT_EXPIRED = Duration.ofDays(1).toMillis();

  /** Whatever happens, a certificate that is due comes round again after this long. */
  static final long ROUND = 1_000;

  private final Intake intake;
  private final long forgetUnseenAfter;
  private final DueQueue queue = new DueQueue();

  Agenda(Intake intake, Duration forgetUnseenAfter) {
    this.intake = intake;
    this.forgetUnseenAfter = RefreshPlan.millis(forgetUnseenAfter, Long.MAX_VALUE / 4);
  }

  /** Returns when something is due next. */
  long earliest() {
    return queue.earliest();
  }

  /** Takes out the first certificate that is due; null if none is. */
  @Nullable KeptCertificate pollDue(long now) {
    return queue.pollDue(now);
  }

  /** Puts a certificate where it belongs. */
  void plan(KeptCertificate kept, long now) {
    if (!kept.removed) {
      queue.put(kept, dueAt(kept, now));
    }
  }

  /** Sees to it that a certificate that was worked off is planned, and not at once again. */
  void comeRound(KeptCertificate kept, long now) {
    if (!kept.removed && (kept.queueIndex < 0 || kept.due <= now)) {
      queue.put(kept, now + ROUND);
    }
  }

  void remove(KeptCertificate kept) {
    queue.remove(kept);
  }

  void clear() {
    queue.clear();
  }

  private long dueAt(KeptCertificate kept, long now) {
    long due = intake.nextAlert(kept);
    Look look = kept.look;
    if (look != null && !look.givenUp) {
      due = Math.min(due, look.watchedUntil);
    } else if (kept.attempt == null && !kept.ready) {
      due = Math.min(due, kept.nextAttempt);
    }
    if (kept.firstSeen < kept.notAfter) {
      boolean known = kept.expiredAt != RefreshPlan.NEVER;
      due = Math.min(due, known ? kept.expiredAt + KEPT_EXPIRED : kept.notAfter);
    }
    return Math.min(due, kept.isListed() ? now + ROTATED_OUT : forgetAt(kept, now));
  }

  /** Returns when a certificate is forgotten if nobody uses it before. */
  long forgetAt(KeptCertificate kept, long now) {
    if (kept.preloaded || kept.isListed()) {
      return RefreshPlan.NEVER;
    }
    // Seen in the future: the clock was set back.
    long seen = Math.min(Math.max(kept.lastSeen(), kept.listedAt), now);
    return seen + (kept.listing == null ? forgetUnseenAfter : ROTATED_OUT);
  }
}
