package io.github.ocspstapler.status;

import io.github.ocspstapler.Stapler;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All certificates of a stapler, the worst first. Thread-safe.
 *
 * <p>Reading and sorting them costs something with many certificates, and several readers ask every
 * few seconds: what was listed is kept for a second, and for ten times as long as it took.
 */
final class Listing {
  private static final long KEPT_NANOS = 1_000_000_000;
  private static final int KEPT_TIMES = 10;

  private final Stapler stapler;
  private final LongSupplier nanoTime;

  private @Nullable List<Listed> last; // guarded by this
  private long takenAt; // guarded by this
  private long keptFor; // guarded by this

  Listing(Stapler stapler, LongSupplier nanoTime) {
    this.stapler = stapler;
    this.nanoTime = nanoTime;
  }

  synchronized List<Listed> rows() {
    long now = nanoTime.getAsLong();
    List<Listed> rows = last;
    if (rows == null || now - takenAt >= keptFor) {
      rows = stapler.statuses().stream().map(Listed::of).sorted(Listed.WORST_FIRST).toList();
      last = rows;
      takenAt = nanoTime.getAsLong();
      keptFor = Math.max(KEPT_NANOS, KEPT_TIMES * (takenAt - now));
    }
    return rows;
  }

  /** What is listed is no longer true: somebody has just changed it. */
  synchronized void expire() {
    last = null;
  }

  Optional<Listed> find(String fingerprint) {
    return rows().stream().filter(row -> row.fingerprint().equals(fingerprint)).findFirst();
  }
}
