package io.github.ocspstapler;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.StaplerHealth.Status;
import org.jspecify.annotations.Nullable;

/**
 * One look at every kept certificate, to say how a stapler does. Confined to the thread that looks.
 */
final class Checkup {
  private final StaplePolicy policy;
  private final long now;
  private int stapled;
  private int unstapleable;
  private int down;
  private int degraded;
  private @Nullable Finding worst;

  /** What is wrong with one certificate; the worst comes first. */
  private enum Ailment {
    REVOKED(Status.DOWN, " is revoked: "),
    DEMANDED(Status.DOWN, " is refused without a staple, and has none: "),
    BARE(Status.DEGRADED, " has no staple: "),
    LATE(Status.DEGRADED, " gets no newer answer from its CA: ");

    final Status status;
    final String words;

    Ailment(Status status, String words) {
      this.status = status;
      this.words = words;
    }
  }

  private record Finding(KeptCertificate kept, Snapshot at, Ailment ailment) {}

  private Checkup(StaplePolicy policy, long now) {
    this.policy = policy;
    this.now = now;
  }

  /** Looks at all certificates. Takes no lock. */
  static StaplerHealth of(Roster roster, StaplePolicy policy, long now) {
    Checkup checkup = new Checkup(policy, now);
    for (KeptCertificate kept : roster.all()) {
      checkup.look(kept);
    }
    return checkup.health();
  }

  private void look(KeptCertificate kept) {
    if (now >= kept.notAfter) {
      return; // kept for a clock that is set back; clients refuse it, staple or not
    }
    Snapshot at = kept.snapshot;
    State state = at.state(now);
    stapled += state == State.STAPLED ? 1 : 0;
    Ailment ailment = ailment(kept, at, state);
    if (ailment == null) {
      unstapleable += state == State.UNSTAPLEABLE ? 1 : 0;
      return;
    }
    down += ailment.status == Status.DOWN ? 1 : 0;
    degraded += ailment.status == Status.DEGRADED ? 1 : 0;
    if (worst == null || ailment.compareTo(worst.ailment) < 0) {
      worst = new Finding(kept, at, ailment);
    }
  }

  private @Nullable Ailment ailment(KeptCertificate kept, Snapshot at, State state) {
    Staple staple = at.served(now);
    if (state == State.REVOKED) {
      return Ailment.REVOKED;
    }
    if (staple == null && (kept.mustStaple || policy.refusesBare(kept.mustStaple, kept.askable))) {
      return Ailment.DEMANDED;
    }
    if (staple == null) {
      return state == State.UNSTAPLEABLE ? null : Ailment.BARE;
    }
    boolean late = now >= RefreshPlan.lateAt(staple.thisUpdate, staple.validUntil);
    return late && at.lastError != null ? Ailment.LATE : null;
  }

  private StaplerHealth health() {
    Finding first = worst;
    if (first == null) {
      String others = unstapleable == 0 ? "" : ", " + unstapleable + " cannot be";
      return new StaplerHealth(Status.UP, stapled + " stapled" + others);
    }
    Status status = first.ailment.status;
    StapleStatus row = first.kept.status(first.at, now);
    int more = (status == Status.DOWN ? down : degraded) - 1;
    String error = row.lastError().orElse("its staple has ended");
    String rest = more == 0 ? "" : " (and " + more + " more)";
    return new StaplerHealth(status, row.name() + first.ailment.words + error + rest);
  }
}
