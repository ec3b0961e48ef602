package io.github.ocspstapler;

import io.github.ocspstapler.StapleStatus.Severity;
import io.github.ocspstapler.StapleStatus.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Kept certificates as rows, the worst first. A heap, so that a page of a million is no sorting of
 * a million: what is not taken stays unsorted, no row is made of it, and its name is not read
 * unless something equally bad is taken.
 *
 * <p>Confined to the thread that takes.
 */
final class WorstFirst implements Iterator<StapleStatus> {
  private static final Comparator<Seen> BADNESS =
      Comparator.<Seen, Severity>comparing(seen -> seen.severity)
          .thenComparingLong(seen -> seen.end);

  private static final Comparator<Seen> AMONG_TIED =
      Comparator.comparing(Seen::name)
          .thenComparing(seen -> seen.kept.certificate.getSerialNumber());

  private final PriorityQueue<Seen> heap = new PriorityQueue<>(BADNESS);
  private Iterator<Seen> tied = Collections.emptyIterator(); // taken off the heap, in order
  private final long now;

  WorstFirst(Collection<KeptCertificate> all, Set<State> states, long now) {
    this.now = now;
    for (KeptCertificate kept : all) {
      Snapshot at = kept.snapshot;
      if (states.contains(at.state(now))) {
        heap.add(new Seen(kept, at, now));
      }
    }
  }

  Stream<StapleStatus> stream() {
    int characteristics = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(
        Spliterators.spliterator(this, heap.size(), characteristics), false);
  }

  /** Takes a page: makes no rows of what comes before it. */
  List<StapleStatus> page(int offset, int limit) {
    skip(offset);
    List<StapleStatus> rows = new ArrayList<>();
    while (rows.size() < limit && hasNext()) {
      rows.add(next());
    }
    return List.copyOf(rows);
  }

  private void skip(int count) {
    int left = count;
    while (left > 0 && !heap.isEmpty()) {
      List<Seen> next = takeTied();
      if (next.size() > left) {
        next.sort(AMONG_TIED);
        tied = next.listIterator(left);
      }
      left -= next.size();
    }
  }

  @Override
  public boolean hasNext() {
    return tied.hasNext() || !heap.isEmpty();
  }

  @Override
  public StapleStatus next() {
    if (!tied.hasNext()) {
      List<Seen> next = takeTied();
      if (next.size() > 1) {
        next.sort(AMONG_TIED);
      }
      tied = next.iterator();
    }
    Seen worst = tied.next();
    return worst.kept.status(worst.at, now);
  }

  /** Takes off the heap what is equally bad as the worst. */
  private List<Seen> takeTied() {
    List<Seen> taken = new ArrayList<>();
    Seen worst = heap.remove();
    taken.add(worst);
    for (Seen seen = heap.peek();
        seen != null && BADNESS.compare(seen, worst) == 0;
        seen = heap.peek()) {
      taken.add(heap.remove());
    }
    return taken;
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
