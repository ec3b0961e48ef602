package io.github.ocspstapler;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a certificate is asked about next, and how long an answer is served: arithmetic without
 * state, in milliseconds of the epoch.
 *
 * <p>Immutable; as thread-safe as the {@link RandomGenerator} it is handed.
 *
 * @param firstRetry the upper bound of the pause after the first failure
 * @param longestRetry the upper bound of every pause
 * @param stopBefore how long before {@code nextUpdate} an answer is no longer served
 */
record RefreshPlan(Duration firstRetry, Duration longestRetry, Duration stopBefore) {
  static final RefreshPlan DEFAULT =
      new RefreshPlan(Duration.ofSeconds(10), Duration.ofHours(1), Duration.ofMinutes(5));

  /** No such instant. */
  static final long NEVER = Long.MAX_VALUE;

  /** No pause is shorter, whatever the dice say. */
  static final long SHORTEST_RETRY = 1_000;

  /** Two questions that both got an answer are at least this far apart. */
  static final long SHORTEST_REFRESH = 10_000;

  /** A responder that does not answer at all is tried this often while nothing is stapled. */
  static final long BARE_RETRY = Duration.ofMinutes(10).toMillis();

  /** Those who wait for a responder that is only probed come within this, or later. */
  static final long AFTER_OUTAGE = Duration.ofSeconds(5).toMillis();

  /** A certificate younger than this may be unknown to its responder. */
  static final long YOUNG = Duration.ofMinutes(15).toMillis();

  /** CAs date certificates back by up to this much. */
  static final long BACKDATED = Duration.ofMinutes(61).toMillis();

  /** Longest pause while a young certificate is unknown to its responder. */
  static final long YOUNG_RETRY = 60_000;

  // CA/B Forum Baseline Requirements 4.9.10: with a validity of 16 hours or more, the CA updates
  // its answer at least 8 hours before nextUpdate. Asking later leaves no time to be alarmed in.
  static final long LONG_VALIDITY = Duration.ofHours(16).toMillis();
  static final long UPDATED_BEFORE = Duration.ofHours(8).toMillis();

  private static final long EXPIRING_BEFORE = Duration.ofHours(4).toMillis();

  private static final long LONGEST = Duration.ofDays(3650).toMillis();

  /**
   * Returns when to stop serving an answer.
   *
   * <p>The margin before {@code nextUpdate} covers clients whose clocks are ahead. It never takes
   * more than an eighth of the validity: a staple valid for six minutes is served for five and a
   * quarter, not for one.
   *
   * @param nextUpdate the answer's, or {@link #NEVER} if it has none
   * @param validUntil the end of its use by the verifier's rules, the signer's expiry included
   * @param notAfter the certificate's own expiry
   */
  long servedUntil(long thisUpdate, long nextUpdate, long validUntil, long notAfter) {
    long end = Math.min(validUntil, notAfter);
    if (nextUpdate == NEVER) {
      return end;
    }
    long margin = Math.min(stopBefore.toMillis(), (nextUpdate - thisUpdate) / 8);
    return Math.min(end, nextUpdate - margin);
  }

  /**
   * Returns when to ask for a successor of an answer: after half of its validity and up to a tenth
   * more, or later if the HTTP head says that nothing new comes before; never past {@link
   * #latestRefresh}.
   *
   * @param freshUntil until when HTTP promises nothing new; any past instant if it does not
   * @param place the certificate's, as of {@link #spread}
   */
  long refreshAt(
      long now,
      long thisUpdate,
      long validUntil,
      long freshUntil,
      long place,
      RandomGenerator random) {
    long life = Math.max(0, validUntil - thisUpdate);
    long half = half(thisUpdate, validUntil);
    long latest = latestRefresh(thisUpdate, validUntil);
    long jitter = spread(Math.min(life / 10, latest - half), place + thisUpdate, random);
    long at = half + jitter;
    if (freshUntil > at) {
      at = Math.min(latest, freshUntil + jitter);
    }
    // An answer that is old when it comes: asking at once would bring the same one again.
    return at > now ? Math.max(at, now + SHORTEST_REFRESH) : askAgainAt(now, validUntil, random);
  }

  /**
   * Returns a delay that spreads certificates evenly, on one node as on a thousand.
   *
   * <p>Nine tenths of it are the certificate's, the same on all nodes of a fleet: the first of them
   * asks for all, and if each threw dice of its own, the first of a thousand would always come at
   * once. The last tenth is the node's own, so that one is ahead of the others.
   *
   * @param most the longest delay
   * @param place any number that tells certificates apart
   */
  static long spread(long most, long place, RandomGenerator random) {
    long own = Math.max(0, most) / 10;
    long shared = Math.max(0, most) - own;
    return new SplittableRandom(place).nextLong(shared + 1) + random.nextLong(own + 1);
  }

  /**
   * Returns when to come again to a responder that is only probed: the sooner the less is left of
   * the staple at hand, so that a CA that has just come back is not asked about everything at once.
   *
   * <p>It is the same time of day on all nodes, give or take a tenth: each begins its pauses when
   * it likes, and if the delay counted from there, one of a thousand would always come at once.
   *
   * @param from not before this
   * @param servedUntil end of the staple at hand; not after {@code from} if there is none
   * @param place the certificate's, as of {@link #spread}
   */
  long afterOutage(long from, long servedUntil, long place, RandomGenerator random) {
    long most = between(AFTER_OUTAGE, (servedUntil - from) / 8, longestRetry.toMillis());
    long period = AFTER_OUTAGE;
    while (2 * period <= most) {
      period *= 2; // the same on all nodes, though they look at different times
    }
    long own = random.nextLong(period / 10 + 1);
    return from + Math.floorMod(new SplittableRandom(place).nextLong() - from, period) + own;
  }

  /** Returns the middle of an answer's life: from then on a successor is wanted. */
  static long half(long thisUpdate, long validUntil) {
    return thisUpdate + Math.max(0, validUntil - thisUpdate) / 2;
  }

  /** Returns the last moment at which a first attempt at a successor is in good time. */
  static long latestRefresh(long thisUpdate, long validUntil) {
    long life = Math.max(0, validUntil - thisUpdate);
    long threeQuarters = thisUpdate + life / 4 * 3;
    return life >= LONG_VALIDITY
        ? Math.min(threeQuarters, validUntil - UPDATED_BEFORE)
        : threeQuarters;
  }

  /** Returns when to ask again after an answer that was no newer than the one at hand. */
  long askAgainAt(long now, long until, RandomGenerator random) {
    long most = between(SHORTEST_REFRESH, (until - now) / 8, longestRetry.toMillis());
    return now + most / 2 + random.nextLong(most / 2 + 1) + SHORTEST_REFRESH / 2;
  }

  /**
   * Returns whether it may be left to another node to ask, at an instant that the store says: this
   * one still asks before its staple is {@link #lateAt late}, should the other be no more.
   */
  boolean mayBeLeft(long now, long again, Staple held) {
    long end = overdueAt(held.thisUpdate, held.validUntil);
    return again > now && again + lag(now, again) <= end;
  }

  /** Returns when to ask should the other node not have done so, at the instant it was left to. */
  long afterOther(long now, long again, RandomGenerator random) {
    return again + random.nextLong(lag(now, again) + 1);
  }

  /** As long a pause again: a thousand nodes that nobody goes ahead of are spread over it. */
  private long lag(long now, long again) {
    return Math.min(again - now, longestRetry.toMillis());
  }

  /** Returns until when the CA should have renewed an answer. */
  private static long overdueAt(long thisUpdate, long validUntil) {
    return validUntil - thisUpdate >= LONG_VALIDITY
        ? validUntil - UPDATED_BEFORE
        : latestRefresh(thisUpdate, validUntil);
  }

  /** Returns when an unrenewed answer is overdue: the CA should have renewed it by then. */
  static long lateAt(long thisUpdate, long validUntil) {
    long life = Math.max(0, validUntil - thisUpdate);
    // The attempt at the very last moment needs time to be answered.
    return overdueAt(thisUpdate, validUntil) + Math.min(60_000, life / 32);
  }

  /** Returns when to warn that an answer is about to be served no more. */
  static long expiringAt(long thisUpdate, long servedUntil) {
    return servedUntil - Math.min(EXPIRING_BEFORE, Math.max(0, servedUntil - thisUpdate) / 8);
  }

  /**
   * Returns when to ask after a failure: exponential with full jitter.
   *
   * @param failures how many in a row, this one included: at least 1
   * @param servedUntil end of the staple at hand; not after {@code now} if there is none
   * @param outage whether the responder does not answer, as against answering badly
   * @param retryAfter the pause that the responder asks for
   */
  long retryAt(
      long now,
      int failures,
      long servedUntil,
      boolean outage,
      @Nullable Duration retryAfter,
      RandomGenerator random) {
    long first = firstRetry.toMillis();
    long longest = longestRetry.toMillis();
    long remaining = servedUntil - now;
    long cap = longest;
    if (remaining > 0) {
      cap = Math.min(longest, remaining / 8);
    } else if (outage) {
      cap = Math.min(longest, BARE_RETRY);
    }
    cap = Math.max(cap, first);
    long ceiling = Math.min(cap, first << Math.min(Math.max(failures, 1) - 1, 20));
    long delay = Math.max(SHORTEST_RETRY, random.nextLong(ceiling) + 1);
    if (retryAfter != null) {
      long most = remaining > 0 ? Math.max(cap, remaining / 2) : longest;
      delay = Math.max(delay, millis(retryAfter, most));
    }
    return now + delay;
  }

  /** Returns when to ask about a young certificate that its responder does not know yet. */
  static long youngRetryAt(long now, RandomGenerator random) {
    return now + YOUNG_RETRY / 2 + random.nextLong(YOUNG_RETRY / 2 + 1);
  }

  /**
   * Returns when to ask about a revoked certificate: a hold may be lifted, and a relayed answer
   * needs a successor.
   */
  long revokedAskAt(
      long now,
      long thisUpdate,
      long validUntil,
      boolean hold,
      long place,
      RandomGenerator random) {
    long most = hold ? longestRetry.toMillis() : 6 * longestRetry.toMillis();
    long planned = refreshAt(now, thisUpdate, validUntil, 0, place, random);
    return Math.min(planned, now + most - random.nextLong(most / 10 + 1));
  }

  /** Returns whether a certificate is so new that its responder may not know it yet. */
  static boolean isYoung(long now, long notBefore, long firstSeen) {
    long issued = firstSeen - notBefore <= BACKDATED ? Math.max(notBefore, firstSeen) : notBefore;
    return now - issued < YOUNG;
  }

  /** Returns the instant after a duration, in ten years at most. */
  static long after(long now, Duration duration) {
    return now + millis(duration, LONGEST);
  }

  /** Returns a duration in milliseconds, at most {@code most}; huge durations do not overflow. */
  static long millis(Duration duration, long most) {
    return duration.compareTo(Duration.ofMillis(most)) >= 0 ? most : duration.toMillis();
  }

  private static long between(long least, long value, long most) {
    return Math.max(least, Math.min(value, most));
  }
}
