package io.github.ocspstapler.status;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often something happened in each minute of the last hour, and in all. Thread-safe, lock-free,
 * and without an allocation.
 */
final class LastHour {
  static final int MINUTES = 60;

  // A minute's slot is used again an hour later: which minute it counts stands beside the count.
  private static final int COUNT_BITS = 32;
  private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

  private final AtomicLongArray slots = new AtomicLongArray(MINUTES);

  void add(long minute) {
    int slot = slot(minute);
    while (true) {
      long seen = slots.get(slot);
      long next = seen >>> COUNT_BITS == stamp(minute) ? seen + 1 : first(minute);
      if (slots.compareAndSet(slot, seen, next)) {
        return;
      }
    }
  }

  /** Returns the counts, the oldest minute first and this one last. */
  List<Long> counts(long thisMinute) {
    List<Long> counts = new ArrayList<>(MINUTES);
    for (int i = 0; i < MINUTES; i++) {
      long minute = thisMinute - (MINUTES - 1) + i;
      long seen = slots.get(slot(minute));
      counts.add(seen >>> COUNT_BITS == stamp(minute) ? seen & COUNT_MASK : 0);
    }
    return counts;
  }

  private static int slot(long minute) {
    return Math.floorMod(minute, MINUTES);
  }

  private static long stamp(long minute) {
    return minute & COUNT_MASK;
  }

  private static long first(long minute) {
    return stamp(minute) << COUNT_BITS | 1;
  }
}
