package io.github.ocspstapler;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.StaplerHealth.Status;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with which certificates, kept up to date with each change, so that a health check
 * looks at none that is well.
 *
 * <p>Guarded by the engine's lock.
 */
final class Ailments {
  private final StaplePolicy policy;
  private final Map<Ailment, Set<KeptCertificate>> ill = new EnumMap<>(Ailment.class);

  /** What is wrong with one certificate; the worst comes first. */
  enum Ailment {
    REVOKED(Status.DOWN, " is revoked: "),
    DEMANDED(Status.DOWN, " is refused without a staple, and has none: "),
    BARE(Status.DEGRADED, " has no staple: "),
    LATE(Status.DEGRADED, " gets no newer answer from its CA: "),
    /** Kept for a clock that is set back; clients refuse it, staple or not. */
    EXPIRED(Status.UP, " has expired: ");

    final Status status;
    final String words;

    Ailment(Status status, String words) {
      this.status = status;
      this.words = words;
    }
  }

  /**
   * What is wrong with one certificate.
   *
   * @param more how many others are as badly off
   */
  record Finding(KeptCertificate kept, Snapshot at, Ailment ailment, int more) {
    /** Puts it into words. Reads certificate fields, so not under the lock. */
    StaplerHealth health(long now) {
      StapleStatus row = kept.status(at, now);
      String error = row.lastError().orElse("its staple has ended");
      String rest = more == 0 ? "" : " (and " + more + " more)";
      return new StaplerHealth(ailment.status, row.name() + ailment.words + error + rest);
    }
  }

  Ailments(StaplePolicy policy) {
    this.policy = policy;
    clear();
  }

  /** Looks at a certificate about which something has changed. */
  void changed(KeptCertificate kept) {
    Ailment ailment = ailment(kept);
    for (Ailment other : Ailment.values()) {
      if (other != ailment) {
        remove(kept, other);
      }
    }
    if (ailment != null) {
      of(ailment).add(kept);
    }
  }

  void removed(KeptCertificate kept) {
    for (Ailment ailment : Ailment.values()) {
      remove(kept, ailment);
    }
  }

  private void remove(KeptCertificate kept, Ailment ailment) {
    if (of(ailment).remove(kept) && of(ailment).isEmpty()) {
      ill.put(ailment, new LinkedHashSet<>()); // the old one stays as large as it was once
    }
  }

  private @Nullable Ailment ailment(KeptCertificate kept) {
    Snapshot at = kept.snapshot;
    if (kept.expiredAt != RefreshPlan.NEVER) {
      return Ailment.EXPIRED;
    }
    if (at.state == State.REVOKED) {
      return Ailment.REVOKED;
    }
    if (at.staple == null) {
      return withoutStaple(kept, at.state);
    }
    return kept.lateTold && at.lastError != null ? Ailment.LATE : null;
  }

  private @Nullable Ailment withoutStaple(KeptCertificate kept, State state) {
    if (kept.mustStaple || policy.refusesBare(kept.mustStaple, kept.askable)) {
      return Ailment.DEMANDED;
    }
    return state == State.UNSTAPLEABLE ? null : Ailment.BARE;
  }

  int count(Ailment ailment) {
    return of(ailment).size();
  }

  /** Returns what is wrong with the first of those who are worst off; null if nothing is. */
  @Nullable Finding worst() {
    for (Ailment ailment : Ailment.values()) {
      if (ailment.status != Status.UP && count(ailment) > 0) {
        KeptCertificate kept = of(ailment).iterator().next();
        return new Finding(kept, kept.snapshot, ailment, count(ailment.status) - 1);
      }
    }
    return null;
  }

  private int count(Status status) {
    int all = 0;
    for (Ailment ailment : Ailment.values()) {
      all += ailment.status == status ? count(ailment) : 0;
    }
    return all;
  }

  @SuppressWarnings("NullAway") // every ailment has one
  private Set<KeptCertificate> of(Ailment ailment) {
    return ill.get(ailment);
  }

  /** Nobody is ill any more. */
  void clear() {
    for (Ailment ailment : Ailment.values()) {
      ill.put(ailment, new LinkedHashSet<>());
    }
  }
}
