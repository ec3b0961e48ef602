package io.github.ocspstapler;

import io.github.ocspstapler.StapleStatus.Severity;
import io.github.ocspstapler.StapleStatus.State;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Kept certificates as rows, the worst first. A heap, so that a page of a million is no sorting of
 * a million: what is not taken stays unsorted, and no row is made of it.
 *
 * <p>Confined to the thread that takes.
 */
final class WorstFirst implements Iterator<StapleStatus> {
  private static final Comparator<Seen> ORDER =
      Comparator.<Seen, Severity>comparing(seen -> seen.severity)
          .thenComparingLong(seen -> seen.end)
          .thenComparing(Seen::name)
          .thenComparing(seen -> seen.kept.certificate.getSerialNumber());

  private final PriorityQueue<Seen> heap = new PriorityQueue<>(ORDER);
  private final long now;

  private WorstFirst(Collection<KeptCertificate> all, Set<State> states, long now) {
    this.now = now;
    for (KeptCertificate kept : all) {
      Snapshot at = kept.snapshot;
      if (states.contains(at.state(now))) {
        heap.add(new Seen(kept, at, now));
      }
    }
  }

  static Stream<StapleStatus> of(Collection<KeptCertificate> all, Set<State> states, long now) {
    WorstFirst rows = new WorstFirst(all, states, now);
    int characteristics = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(
        Spliterators.spliterator(rows, rows.heap.size(), characteristics), false);
  }

  @Override
  public boolean hasNext() {
    return !heap.isEmpty();
  }

  @Override
  public StapleStatus next() {
    Seen worst = heap.remove();
    return worst.kept.status(worst.at, now);
  }

  /** A certificate as it was, so that it does not change its place while others are compared. */
  private static final class Seen {
    final KeptCertificate kept;
    final Snapshot at;
    final Severity severity;
    final long end;
    private @Nullable String name; // read from the certificate only if nothing else decides

    Seen(KeptCertificate kept, Snapshot at, long now) {
      this.kept = kept;
      this.at = at;
      this.severity = Severity.of(at.state(now), kept.mustStaple, at.failures);
      this.end = at.isServed(now) ? at.servedUntil : Long.MIN_VALUE;
    }

    String name() {
      String known = name;
      if (known == null) {
        known = KeptCertificate.name(kept.certificate);
        name = known;
      }
      return known;
    }
  }
}
