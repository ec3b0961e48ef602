package io.github.ocspstapler;

import io.github.ocspstapler.Outcome.Kind;
import io.github.ocspstapler.Outcome.NoAnswer;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What the outcomes of requests say about the hosts of responders: whether one answers at all, and
 * whether its clock agrees with ours. Noted at its {@link HostGate}, and told.
 *
 * <p>Guarded by the engine's lock.
 */
final class HostHealth {
  private final Announcer announcer;
  private final RandomGenerator random;

  HostHealth(Announcer announcer, RandomGenerator random) {
    this.announcer = announcer;
    this.random = random;
  }

  /**
   * Notes what came of a request.
   *
   * @param answering the gate of the host that answered, which may be another one of those that the
   *     certificate names; the same if none did
   * @return the certificates that are not to wait at the gate any more, because it has opened
   */
  List<KeptCertificate> note(HostGate gate, HostGate answering, Outcome outcome, long now) {
    noteClock(answering, outcome, now);
    if (!(outcome instanceof NoAnswer failure)) {
      answered(answering, now);
      if (answering != gate && gate.stoodInFor()) {
        announcer.breaker(gate, now);
      }
    } else if (failure.outage()) {
      return failed(gate, failure, now);
    } else if (failure.kind() == Kind.REFUSED || failure.kind() == Kind.REJECTED) {
      answered(gate, now);
    }
    return List.of();
  }

  private List<KeptCertificate> failed(HostGate gate, NoAnswer failure, long now) {
    if (gate.isFirstOutcome()) {
      announcer.breaker(gate, now);
    }
    gate.lastError = failure.message();
    Duration asked = failure.retryAfter();
    long pause = asked == null ? 0 : RefreshPlan.millis(asked, HostGate.LONGEST_PAUSE);
    if (!gate.failed(now, pause, random)) {
      return List.of();
    }
    announcer.breaker(gate, now);
    if (gate.isFirstOpening()) {
      announcer.hostDown(gate, now);
    }
    return gate.sendAway();
  }

  private void answered(HostGate gate, long now) {
    boolean recovered = gate.answered();
    if (recovered) {
      announcer.hostUp(gate, now);
    }
    if (gate.isFirstOutcome() || recovered) {
      announcer.breaker(gate, now);
    }
  }

  /** A clock that is wrong makes right answers look wrong, and wrong ones right: worth a line. */
  private void noteClock(HostGate gate, Outcome outcome, long now) {
    Duration skew = outcome.clockSkew();
    if (skew != null && gate.noteClocks(!skew.isZero())) {
      announcer.clock(gate, skew, now);
    }
  }
}
