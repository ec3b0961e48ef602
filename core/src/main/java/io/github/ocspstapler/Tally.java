package io.github.ocspstapler;

import io.github.ocspstapler.StapleStatus.State;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The kept certificates in a few numbers, kept up to date with each change, so that nobody who asks
 * for them has to look at all.
 *
 * <p>Guarded by the engine's lock.
 */
final class Tally {
  private final int[] counts = new int[State.values().length];
  private final Ends ends = new Ends();
  private int bare;

  /** Those with a staple, in the order in which it ends. */
  private static final class Ends extends InstantHeap {
    @Override
    long instant(KeptCertificate kept) {
      return kept.snapshot.servedUntil;
    }

    @Override
    int index(KeptCertificate kept) {
      return kept.endIndex;
    }

    @Override
    void index(KeptCertificate kept, int index) {
      kept.endIndex = index;
    }
  }

  /** Returns how many certificates have no staple and could have one. */
  int bare() {
    return bare;
  }

  void added(KeptCertificate kept) {
    counts[kept.snapshot.state.ordinal()]++;
    kept.bare = true;
    bare++;
  }

  void removed(KeptCertificate kept) {
    counts[kept.snapshot.state.ordinal()]--;
    ends.remove(kept);
    bare -= kept.bare ? 1 : 0;
    kept.bare = false;
  }

  /** Its snapshot has replaced another. */
  void changed(KeptCertificate kept, Snapshot before) {
    Snapshot at = kept.snapshot;
    counts[before.state.ordinal()]--;
    counts[at.state.ordinal()]++;
    if (at.staple == null) {
      ends.remove(kept);
    } else {
      ends.place(kept);
    }
    boolean isBare =
        at.state == State.UNSTAPLEABLE
            ? kept.mustStaple // clients refuse it as it is
            : at.state != State.STAPLED;
    if (isBare != kept.bare) {
      bare += isBare ? 1 : -1;
      kept.bare = isBare;
    }
  }

  /** Adds up. Costs the same for any number of certificates, and a little for each just ended. */
  StaplerSummary summary(long now) {
    int[] ended = new int[1]; // since they were published: theirs are no staples any more
    long earliest =
        ends.upTo(now, kept -> ended[0] += kept.snapshot.state == State.STAPLED ? 1 : 0);
    Map<State, Integer> certificates = new EnumMap<>(State.class);
    for (State state : State.values()) {
      certificates.put(state, counts[state.ordinal()]);
    }
    certificates.merge(State.STAPLED, -ended[0], Integer::sum);
    certificates.merge(State.UNAVAILABLE, ended[0], Integer::sum);
    return new StaplerSummary(
        certificates,
        earliest == RefreshPlan.NEVER
            ? Optional.empty()
            : Optional.of(Duration.ofMillis(earliest - now)));
  }

  /** Counts nothing any more. */
  void clear() {
    Arrays.fill(counts, 0);
    ends.clear();
    bare = 0;
  }
}
