package io.github.ocspstapler;

import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.Outcome.Kind;
import io.github.ocspstapler.Outcome.NoAnswer;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.CertificateStatus.Revoked;
import io.github.ocspstapler.ocsp.HttpValidator;
import io.github.ocspstapler.ocsp.RevocationReason;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What an answer, a failure and the passing of time do to one certificate: which staple it has and
 * when it is asked about next.
 *
 * <p>Guarded by the engine's lock.
 */
final class Intake {
  private static final CertificateStatus GOOD = new CertificateStatus.Good();

  /** A renewal that fails is worth a line when it fails so often in a row. */
  private static final int FAILURES_TO_TELL = 3;

  /** While another node asks, its answer is looked for this often. */
  private static final long OTHERS_PAUSE = 1_000;

  private final RefreshPlan plan;
  private final RandomGenerator random;
  private final Announcer announcer;
  private final boolean relayRevoked;
  private final Tally tally;
  private final BiConsumer<KeptCertificate, Answered> saver;
  private final BiConsumer<KeptCertificate, Answered> noter;

  /**
   * Creates an intake.
   *
   * @param tally is told of each change
   * @param saver takes each new answer, to be kept in a store
   * @param noter takes each that was asked about in vain, and is fresh until the next attempt
   */
  Intake(
      RefreshPlan plan,
      RandomGenerator random,
      Announcer announcer,
      boolean relayRevoked,
      Tally tally,
      BiConsumer<KeptCertificate, Answered> saver,
      BiConsumer<KeptCertificate, Answered> noter) {
    this.plan = plan;
    this.random = random;
    this.announcer = announcer;
    this.relayRevoked = relayRevoked;
    this.tally = tally;
    this.saver = saver;
    this.noter = noter;
  }

  /** Makes what the fields say visible to readers, at once and as a whole. */
  void publish(KeptCertificate kept, @Nullable Staple staple) {
    Snapshot before = kept.snapshot;
    kept.snapshot =
        new Snapshot(staple, kept.verdict, kept.nextAttempt, kept.lastError, kept.failures);
    tally.changed(kept, before);
  }

  /** Takes in what came of an attempt. */
  void takeIn(KeptCertificate kept, Outcome outcome, long now) {
    kept.asked = true;
    if (outcome instanceof Answered answer) {
      if (answer.status instanceof Revoked revoked) {
        revoked(kept, answer, revoked, now);
      } else if (answer.status instanceof CertificateStatus.Good) {
        good(kept, answer, now);
      } else {
        notKnown(kept, "unknown", "the responder does not know the certificate", now);
      }
    } else if (outcome instanceof NoAnswer failure) {
      if (failure.kind() == Kind.NOBODY_TO_ASK) {
        unstapleable(kept, failure.message(), now);
      } else if (failure.notKnown()) {
        notKnown(kept, failure.reason(), failure.message(), now);
      } else {
        failed(kept, failure, State.UNAVAILABLE, now);
      }
    }
  }

  private void good(KeptCertificate kept, Answered answer, long now) {
    Staple held = kept.snapshot.served(now);
    Staple staple = staple(kept, answer, GOOD);
    if (staple.servedUntil <= now) {
      String end = Announcer.time(staple.servedUntil);
      fail(kept, "stale", "the answer could be served until " + end + " only", now);
      return;
    }
    boolean revoked = kept.verdict == State.REVOKED;
    boolean longer = held == null || staple.servedUntil > held.servedUntil;
    boolean newer =
        staple.thisUpdate > kept.newestUpdate
            || (staple.thisUpdate == kept.newestUpdate && !revoked && longer);
    long freshUntil = RefreshPlan.after(now, answer.freshFor);
    if (!newer) {
      // RFC 6960 section 5 warns of replays: an older answer never replaces a newer one.
      boolean same = held != null && staple.thisUpdate == held.thisUpdate;
      if (same) {
        kept.validator = shared(kept, answer.validator);
      }
      unchanged(kept, held, answer, same ? freshUntil : now, now);
      return;
    }
    int failures = kept.failures;
    boolean recovered = kept.failureTold;
    long failingSince = kept.failingSince;
    boolean first = held == null || revoked;
    succeeded(kept, State.STAPLED, staple.thisUpdate);
    kept.validator = shared(kept, answer.validator);
    boolean due = now >= RefreshPlan.half(staple.thisUpdate, staple.validUntil);
    boolean missed = due && answer.stored; // this node was not there to ask
    kept.nextAttempt =
        missed
            ? now
            : plan.refreshAt(
                now, staple.thisUpdate, staple.validUntil, freshUntil, place(kept), random);
    publish(kept, staple);
    if (missed) {
      leaveToOthers(kept, answer.freshFor, now);
    }
    long latest = RefreshPlan.latestRefresh(staple.thisUpdate, staple.validUntil);
    save(kept, answer, due ? kept.nextAttempt : Math.min(freshUntil, latest), now);
    if (first) {
      announcer.stapled(kept, staple, now, failures);
    } else {
      announcer.renewed(kept, staple, now, recovered, failingSince);
    }
  }

  /** What tells certificates apart, and is the same on all nodes and after a restart. */
  private static long place(KeptCertificate kept) {
    return (long) kept.certificate.hashCode() << 32;
  }

  /** Returns the same validator, with the one URL that all certificates share. */
  private static @Nullable HttpValidator shared(
      KeptCertificate kept, @Nullable HttpValidator validator) {
    URI responder = kept.responder;
    if (validator == null || responder == null || !validator.responder().equals(responder)) {
      return validator;
    }
    return new HttpValidator(responder, validator.etag(), validator.lastModified());
  }

  private void revoked(KeptCertificate kept, Answered answer, Revoked revoked, long now) {
    long thisUpdate = answer.thisUpdate.toEpochMilli();
    if (thisUpdate < kept.newestUpdate) {
      unchanged(kept, kept.snapshot.served(now), answer, now, now);
      return;
    }
    boolean first = kept.verdict != State.REVOKED;
    succeeded(kept, State.REVOKED, thisUpdate);
    kept.validator = null;
    kept.hold = revoked.reason().filter(RevocationReason.CERTIFICATE_HOLD::equals).isPresent();
    kept.lastError =
        "revoked by its CA at "
            + Announcer.time(revoked.at().toEpochMilli())
            + revoked.reason().map(reason -> " (" + reason + ")").orElse("");
    long validUntil = answer.validUntil.toEpochMilli();
    kept.nextAttempt =
        plan.revokedAskAt(now, thisUpdate, validUntil, kept.hold, place(kept), random);
    Staple relayed = relayRevoked ? staple(kept, answer, revoked) : null;
    publish(kept, relayed);
    save(kept, answer, now, now);
    if (first) {
      announcer.revoked(kept, revoked, relayed != null, now);
    }
  }

  private void save(KeptCertificate kept, Answered answer, long freshUntil, long now) {
    kept.entryRefused = false;
    if (!answer.stored) {
      saver.accept(kept, freshUntil(answer, freshUntil, now));
    }
  }

  private static Answered freshUntil(Answered answer, long until, long now) {
    return answer.fresh(Duration.ofMillis(Math.max(0, until - now)));
  }

  /** Has the staple at hand saved once more, because the store has lost it. */
  void saveAgain(KeptCertificate kept, long now) {
    Staple held = kept.snapshot.served(now);
    if (held != null) {
      saver.accept(kept, answered(held).with(kept.validator, null));
    }
  }

  private static Answered answered(Staple staple) {
    return new Answered(
        staple.status(),
        staple.thisUpdate(),
        staple.nextUpdate().orElse(null),
        Instant.ofEpochMilli(staple.validUntil),
        staple.shared(),
        staple.responder().orElse(null),
        Duration.ZERO);
  }

  /**
   * Takes in an answer that a store had, unless it is no newer than what is known. Of two answers
   * of one second, that of a revocation counts as the newer.
   *
   * @return whether it was taken in
   */
  boolean restore(KeptCertificate kept, Answered answer, long now) {
    long thisUpdate = answer.thisUpdate.toEpochMilli();
    boolean revokes = answer.status instanceof Revoked && kept.verdict != State.REVOKED;
    boolean newer = revokes ? thisUpdate >= kept.newestUpdate : thisUpdate > kept.newestUpdate;
    if (!newer || answer.status instanceof CertificateStatus.Unknown) {
      return false;
    }
    Staple staple = staple(kept, answer, answer.status);
    if (staple.servedUntil <= now) {
      return false;
    }
    takeIn(kept, answer, now);
    return true;
  }

  /**
   * The answer was a good one, but brought nothing new.
   *
   * @param freshUntil until when HTTP promises nothing newer
   */
  private void unchanged(
      KeptCertificate kept, @Nullable Staple held, Answered answer, long freshUntil, long now) {
    if (kept.verdict == State.REVOKED) {
      kept.failures = 0;
      kept.nextAttempt = plan.askAgainAt(now, RefreshPlan.NEVER, random);
      publish(kept, held);
    } else if (held == null) {
      String seen = Announcer.time(kept.newestUpdate);
      String came = Announcer.time(answer.thisUpdate.toEpochMilli());
      fail(kept, "older", "the answer of " + came + " is older than one of " + seen, now);
    } else {
      kept.failures = 0;
      kept.failureTold = false;
      kept.lastError = null;
      boolean same = answer.thisUpdate.toEpochMilli() == held.thisUpdate;
      if (same && now < RefreshPlan.half(held.thisUpdate, held.validUntil)) { // asked before due
        kept.nextAttempt =
            plan.refreshAt(now, held.thisUpdate, held.validUntil, freshUntil, place(kept), random);
        publish(kept, held);
        return;
      }
      long latest = RefreshPlan.latestRefresh(held.thisUpdate, held.validUntil);
      kept.nextAttempt =
          Math.max(plan.askAgainAt(now, held.servedUntil, random), Math.min(freshUntil, latest));
      publish(kept, held);
      if (!answer.stored && plan.mayBeLeft(now, kept.nextAttempt, held)) {
        Answered noted = answered(held).with(kept.validator, null);
        noter.accept(kept, freshUntil(noted, kept.nextAttempt, now));
      }
    }
  }

  /**
   * Leaves it to the node that has asked about the staple at hand to ask again, if that is in good
   * time.
   *
   * @param freshFor after which it does, or says so
   * @return whether it is left to it
   */
  boolean leaveToOthers(KeptCertificate kept, Duration freshFor, long now) {
    Staple held = kept.snapshot.served(now);
    long again = RefreshPlan.after(now, freshFor);
    if (held == null || kept.verdict != State.STAPLED || !plan.mayBeLeft(now, again, held)) {
      return false;
    }
    kept.nextAttempt = Math.max(kept.nextAttempt, plan.afterOther(now, again, random));
    publish(kept, held);
    return true;
  }

  /** {@code unauthorized} and {@code unknown}: of a new certificate, these are no failure. */
  private void notKnown(KeptCertificate kept, String reason, String message, long now) {
    boolean young = RefreshPlan.isYoung(now, kept.notBefore, kept.firstSeen);
    if (young && kept.snapshot.served(now) == null && kept.verdict != State.REVOKED) {
      kept.verdict = State.PENDING;
      kept.lastError = message;
      kept.nextAttempt = RefreshPlan.youngRetryAt(now, random);
      publish(kept, null);
      if (!kept.failureTold) {
        kept.failureTold = true;
        announcer.note(kept, now, "is new, and its responder does not know it yet");
      }
      return;
    }
    State state = reason.equals("unknown") ? State.UNKNOWN : State.UNAVAILABLE;
    failed(kept, new NoAnswer(Kind.REFUSED, reason, message, true, false, null), state, now);
  }

  /** An answer came that is of no use. */
  private void fail(KeptCertificate kept, String reason, String message, long now) {
    NoAnswer failure = new NoAnswer(Kind.REJECTED, reason, message, false, false, null);
    failed(kept, failure, State.UNAVAILABLE, now);
  }

  private void failed(KeptCertificate kept, NoAnswer failure, State ifBare, long now) {
    Staple held = kept.snapshot.served(now);
    if (kept.failures++ == 0) {
      kept.failingSince = now;
      kept.failureTold = false;
    }
    kept.failures = Math.max(1, kept.failures); // never wraps around
    kept.lastError = failure.message();
    kept.nextAttempt =
        plan.retryAt(
            now,
            kept.failures,
            held == null ? now : held.servedUntil,
            failure.outage() || failure.kind() == Kind.UNREACHABLE,
            failure.retryAfter(),
            random);
    if (kept.verdict != State.REVOKED) {
      kept.verdict = held == null ? ifBare : State.STAPLED;
    }
    publish(kept, held);
    boolean tell = !kept.failureTold && (held == null || kept.failures >= FAILURES_TO_TELL);
    kept.failureTold |= tell;
    announcer.failed(kept, failure.reason(), kept.failingSince, now, tell);
  }

  /** Another node is asking: its answer is looked for soon, whether there is news of it or not. */
  void waitForOthers(KeptCertificate kept, long now) {
    if (kept.waitingSince == RefreshPlan.NEVER) {
      kept.waitingSince = now;
    }
    kept.nextAttempt = now + OTHERS_PAUSE / 2 + random.nextLong(OTHERS_PAUSE / 2 + 1);
    publish(kept, kept.snapshot.served(now));
  }

  /** Notes that nobody can be asked. */
  void unstapleable(KeptCertificate kept, String why, long now) {
    Staple held = kept.snapshot.served(now);
    kept.verdict = held == null ? State.UNSTAPLEABLE : kept.verdict;
    kept.lastError = why;
    kept.failures = 0;
    kept.nextAttempt = RefreshPlan.NEVER;
    publish(kept, held);
    announcer.unstapleable(kept, now);
  }

  /** Puts an attempt off without a request, because its responder does not answer anybody. */
  void putOff(KeptCertificate kept, HostGate gate, long now) {
    Staple held = kept.snapshot.served(now);
    long servedUntil = held == null ? now : held.servedUntil;
    kept.asked = true;
    kept.nextAttempt =
        held == null && gate.wantsProbe()
            ? gate.openUntil()
            : plan.afterOutage(gate.openUntil(), servedUntil, place(kept), random);
    if (kept.verdict == State.PENDING) {
      kept.verdict = State.UNAVAILABLE;
      kept.lastError = "responder " + gate.host + " does not answer, and is only probed";
    }
    publish(kept, held);
  }

  /** Starts afresh: its issuer is another one than was thought. */
  void startOver(KeptCertificate kept, long now) {
    kept.newestUpdate = Long.MIN_VALUE;
    kept.validator = null;
    kept.verdict = State.PENDING;
    kept.failures = 0;
    kept.failureTold = false;
    kept.lastError = "not asked yet";
    kept.nextAttempt = now;
    publish(kept, null);
  }

  /** Does what the passing of time asks for: alerts, and clearing what has ended. */
  void timePasses(KeptCertificate kept, long now) {
    Staple staple = kept.snapshot.staple;
    if (staple == null) {
      return;
    }
    boolean good = kept.verdict == State.STAPLED;
    if (now >= staple.servedUntil) {
      if (good) {
        kept.verdict = State.UNAVAILABLE;
        if (kept.lastError == null) {
          kept.lastError = "the staple ended before a newer answer came";
        }
      }
      publish(kept, null);
      if (good) {
        announcer.expired(kept, now);
      }
      return;
    }
    if (good && !kept.lateTold && now >= RefreshPlan.lateAt(staple.thisUpdate, staple.validUntil)) {
      kept.lateTold = true;
      tally.late(kept);
      announcer.late(kept, now);
    }
    if (good && !kept.expiringTold && now >= expiringAt(kept, staple)) {
      kept.expiringTold = true;
      announcer.expiring(kept, now);
    }
  }

  /** A staple that ends with its certificate needs no successor. */
  private static long expiringAt(KeptCertificate kept, Staple staple) {
    return staple.servedUntil >= kept.notAfter
        ? RefreshPlan.NEVER
        : RefreshPlan.expiringAt(staple.thisUpdate, staple.servedUntil);
  }

  /** Returns when {@link #timePasses} has something to do. */
  long nextAlert(KeptCertificate kept) {
    Staple staple = kept.snapshot.staple;
    if (staple == null) {
      return RefreshPlan.NEVER;
    }
    long at = staple.servedUntil;
    if (kept.verdict == State.STAPLED && !kept.lateTold) {
      at = Math.min(at, RefreshPlan.lateAt(staple.thisUpdate, staple.validUntil));
    }
    if (kept.verdict == State.STAPLED && !kept.expiringTold) {
      at = Math.min(at, expiringAt(kept, staple));
    }
    return at;
  }

  /** The clock was set back: what was planned by it may be far too late. */
  void clockWentBack(KeptCertificate kept, long now) {
    if (kept.nextAttempt == RefreshPlan.NEVER) {
      return;
    }
    Staple held = kept.snapshot.served(now);
    long at;
    if (held == null) {
      at =
          plan.afterOutage(
              now, now, place(kept), random); // what failed may have failed by the clock
    } else if (kept.failures == 0) {
      at = plan.refreshAt(now, held.thisUpdate, held.validUntil, 0, place(kept), random);
    } else {
      at = plan.askAgainAt(now, RefreshPlan.NEVER, random);
    }
    if (at < kept.nextAttempt) {
      kept.nextAttempt = at;
      publish(kept, held);
    }
  }

  private static void succeeded(KeptCertificate kept, State verdict, long thisUpdate) {
    kept.verdict = verdict;
    kept.newestUpdate = thisUpdate;
    kept.failures = 0;
    kept.failureTold = false;
    kept.lateTold = false;
    kept.expiringTold = false;
    kept.lastError = null;
  }

  private Staple staple(KeptCertificate kept, Answered answer, CertificateStatus status) {
    Instant next = answer.nextUpdate;
    long thisUpdate = answer.thisUpdate.toEpochMilli();
    long nextUpdate = next == null ? RefreshPlan.NEVER : next.toEpochMilli();
    long validUntil = answer.validUntil.toEpochMilli();
    long servedUntil = plan.servedUntil(thisUpdate, nextUpdate, validUntil, kept.notAfter);
    return new Staple(
        answer.encoded, status, kept.responder, thisUpdate, nextUpdate, validUntil, servedUntil);
  }
}
