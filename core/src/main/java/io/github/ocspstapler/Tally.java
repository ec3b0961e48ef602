package io.github.ocspstapler;

import io.github.ocspstapler.Ailments.Ailment;
import io.github.ocspstapler.Ailments.Finding;
import io.github.ocspstapler.StapleStatus.State;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The kept certificates in a few numbers, kept up to date with each change, so that nobody who asks
 * for them has to look at all.
 *
 * <p>Guarded by the engine's lock.
 */
final class Tally {
  private final Map<State, Count> counts = new EnumMap<>(State.class);
  private final Ends ends = new Ends();
  private final Ailments ailments;
  private int bare;

  private static final class Count {
    int certificates;
  }

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

  Tally(StaplePolicy policy) {
    this.ailments = new Ailments(policy);
    clear();
  }

  /** Returns how many certificates have no staple and could have one. */
  int bare() {
    return bare;
  }

  void added(KeptCertificate kept) {
    count(kept.snapshot.state).certificates++;
    kept.bare = true;
    bare++;
    ailments.changed(kept);
  }

  void removed(KeptCertificate kept) {
    count(kept.snapshot.state).certificates--;
    ends.remove(kept);
    ailments.removed(kept);
    bare -= kept.bare ? 1 : 0;
    kept.bare = false;
  }

  /** Its snapshot has replaced another. */
  void changed(KeptCertificate kept, Snapshot before) {
    Snapshot at = kept.snapshot;
    count(before.state).certificates--;
    count(at.state).certificates++;
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
    ailments.changed(kept);
  }

  /** Its CA is late with an answer. */
  void late(KeptCertificate kept) {
    ailments.changed(kept);
  }

  /** Returns one whose staple has ended since it last changed; null if there is none. */
  @Nullable KeptCertificate ended(long now) {
    KeptCertificate first = ends.first();
    return first != null && now >= first.snapshot.servedUntil ? first : null;
  }

  /** Returns what is wrong with the first of those who are worst off; null if nothing is. */
  @Nullable Finding worst() {
    return ailments.worst();
  }

  /** Says how many are well. */
  String well() {
    int stapled = count(State.STAPLED).certificates;
    int hopeless = count(State.UNSTAPLEABLE).certificates - ailments.count(Ailment.EXPIRED);
    return stapled + " stapled" + (hopeless == 0 ? "" : ", " + hopeless + " cannot be");
  }

  /** Adds up. Costs the same for any number of certificates, and a little for each just ended. */
  StaplerSummary summary(long now) {
    int[] ended = new int[1]; // since they were published: theirs are no staples any more
    long earliest =
        ends.upTo(now, kept -> ended[0] += kept.snapshot.state == State.STAPLED ? 1 : 0);
    Map<State, Integer> certificates = new EnumMap<>(State.class);
    counts.forEach((state, count) -> certificates.put(state, count.certificates));
    certificates.merge(State.STAPLED, -ended[0], Integer::sum);
    certificates.merge(State.UNAVAILABLE, ended[0], Integer::sum);
    return new StaplerSummary(
        certificates,
        earliest == RefreshPlan.NEVER
            ? Optional.empty()
            : Optional.of(Duration.ofMillis(earliest - now)));
  }

  @SuppressWarnings("NullAway") // every state has one
  private Count count(State state) {
    return counts.get(state);
  }

  /** Counts nothing any more. */
  void clear() {
    for (State state : State.values()) {
      counts.put(state, new Count());
    }
    ends.clear();
    ailments.clear();
    bare = 0;
  }
}
