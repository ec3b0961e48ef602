package io.github.ocspstapler;

import io.github.ocspstapler.ResponderStatus.Breaker;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What one responder host may be asked at once: a limit on requests in flight, and a circuit
 * breaker that leaves a dead host alone but for one probe now and then.
 *
 * <p>Guarded by the engine's lock.
 */
final class HostGate {
  /** So many requests in a row without an answer open the breaker. */
  static final int FAILURES_TO_OPEN = 5;

  /** A host that has not answered lately gets no more than this at once, to hold few slots. */
  static final int UNPROVEN_LIMIT = 4;

  /** As long as a certificate's first retry: an outage of a moment must not cost longer. */
  static final long FIRST_PAUSE = RefreshPlan.DEFAULT.firstRetry().toMillis();

  static final long LONGEST_PAUSE = Duration.ofMinutes(5).toMillis();

  final String host;
  private final int limit;

  // Those that have nothing to staple go before those that renew.
  private final Deque<KeptCertificate> bare = new ArrayDeque<>(2);
  private final Deque<KeptCertificate> renewing = new ArrayDeque<>(2);

  private int inFlight;
  private int failuresInARow;
  private boolean proven;
  private int openings;
  private long openUntil; // 0 while closed; when past, half-open: one probe at a time
  private boolean probePlanned; // somebody comes when the pause ends

  /** How many kept certificates are asked about here. */
  int certificates;

  /** Whether the dispatcher looks at it. */
  boolean inRotation;

  /** Why it did not answer last, null if it did. */
  @Nullable String lastError;

  /** When it first failed to answer, 0 if it answers. */
  long failingSince;

  /** Whether anything ever came of a request here. */
  private boolean tried;

  /** Whether its clock and ours are known to differ too much. */
  private boolean clocksDiffer;

  private @Nullable URI responder;

  HostGate(String host, int limit) {
    this.host = host;
    this.limit = limit;
  }

  /** Returns the same URL, as one object for all certificates that name it. */
  URI shared(URI url) {
    URI known = responder;
    if (known != null && known.equals(url)) {
      return known;
    }
    responder = url;
    return url;
  }

  /** Returns a URL of this host that certificates name. */
  URI responder() {
    URI known = responder;
    return known == null ? URI.create(host) : known;
  }

  /** Returns whether this is the first time that something came of a request. */
  boolean isFirstOutcome() {
    boolean first = !tried;
    tried = true;
    return first;
  }

  /** Notes whether its clock differs from ours; returns whether that is news. */
  boolean noteClocks(boolean differ) {
    boolean news = clocksDiffer != differ;
    clocksDiffer = differ;
    return news;
  }

  Breaker breaker(long now) {
    if (isClosed()) {
      return Breaker.CLOSED;
    }
    return isOpen(now) ? Breaker.OPEN : Breaker.HALF_OPEN;
  }

  /** Returns its row of the listing, as far as it is known here. */
  ResponderStatus status(long now) {
    return new ResponderStatus(
        host,
        breaker(now),
        failuresInARow,
        failingSince == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(failingSince)),
        isClosed() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(openUntil)),
        certificates,
        false,
        Optional.empty(),
        Optional.ofNullable(lastError));
  }

  boolean isOpen(long now) {
    return now < openUntil;
  }

  boolean isClosed() {
    return openUntil == 0;
  }

  boolean isIdle() {
    return certificates == 0 && isQuiet() && !hasReady();
  }

  /** Returns whether nothing is in flight. */
  boolean isQuiet() {
    return inFlight == 0;
  }

  boolean hasReady() {
    return !bare.isEmpty() || !renewing.isEmpty();
  }

  void add(KeptCertificate kept, boolean urgent) {
    kept.ready = true;
    (urgent ? bare : renewing).addLast(kept);
  }

  void remove(KeptCertificate kept) {
    if (kept.ready) {
      kept.ready = false;
      if (!bare.remove(kept)) {
        renewing.remove(kept);
      }
    }
  }

  boolean hasFreeSlot(long now) {
    if (isOpen(now)) {
      return false;
    }
    int allowed = isClosed() ? (proven ? limit : Math.min(limit, UNPROVEN_LIMIT)) : 1;
    return inFlight < allowed;
  }

  /** Takes the next certificate and a slot for it; null if none waits. */
  @Nullable KeptCertificate take() {
    KeptCertificate kept = bare.isEmpty() ? renewing.pollFirst() : bare.pollFirst();
    if (kept != null) {
      kept.ready = false;
      inFlight++;
    }
    return kept;
  }

  void release() {
    inFlight--;
  }

  /** Lets one probe through at once: somebody asked for it. */
  void allowProbe(long now) {
    if (isOpen(now)) {
      openUntil = now;
    }
  }

  /** Notes that the host answered; returns whether that ends an outage. */
  boolean answered() {
    boolean recovered = openings > 0;
    failuresInARow = 0;
    openings = 0;
    openUntil = 0;
    failingSince = 0;
    lastError = null;
    proven = true;
    return recovered;
  }

  /**
   * Notes that another host answered in place of this one, of which nothing is known by that:
   * whoever comes here gets an answer. Returns whether that closes the breaker.
   */
  boolean stoodInFor() {
    boolean closes = !isClosed();
    openUntil = 0;
    proven = true;
    return closes;
  }

  /**
   * Notes that the host did not answer; returns whether that opens the breaker.
   *
   * @param atLeast the pause that the host asked for, 0 for none
   */
  boolean failed(long now, long atLeast, RandomGenerator random) {
    proven = false;
    failuresInARow = Math.max(1, failuresInARow + 1); // never wraps around
    if (failingSince == 0) {
      failingSince = now;
    }
    if (isOpen(now) || (isClosed() && failuresInARow < FAILURES_TO_OPEN)) {
      return false; // one that was in flight when it opened says nothing new
    }
    long pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(openings, 10));
    openings++;
    probePlanned = false;
    openUntil = now + Math.max(pause - random.nextLong(pause / 4 + 1), atLeast);
    return true;
  }

  /** Returns until when the gate is open; in the past if it is not. */
  long openUntil() {
    return openUntil;
  }

  /** Says once in each pause that who asks is to probe the host when it ends. */
  boolean wantsProbe() {
    boolean first = !probePlanned;
    probePlanned = true;
    return first;
  }

  boolean isFirstOpening() {
    return openings == 1;
  }

  /** The clock was set back: nobody knows how long the pause lasted, so a probe may go. */
  void clockWentBack(long now) {
    openUntil = Math.min(openUntil, now);
    failingSince = Math.min(failingSince, now);
  }

  /** Sends away all that wait, because the gate has opened. */
  List<KeptCertificate> sendAway() {
    List<KeptCertificate> sent = new ArrayList<>(bare.size() + renewing.size());
    sent.addAll(bare);
    sent.addAll(renewing);
    bare.clear();
    renewing.clear();
    sent.forEach(kept -> kept.ready = false);
    return sent;
  }
}
