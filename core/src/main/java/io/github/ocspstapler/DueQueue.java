package io.github.ocspstapler;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The certificates in the order of their next due instant: a binary heap that knows where each of
 * its members is, so that moving or removing one costs O(log n) and leaves nothing behind.
 *
 * <p>Not thread-safe: guarded by the engine's lock.
 */
final class DueQueue {
  private @Nullable KeptCertificate[] heap = new KeptCertificate[16];
  private int size;

  int size() {
    return size;
  }

  /** Returns the earliest due instant, {@link RefreshPlan#NEVER} if there is none. */
  long earliest() {
    return size == 0 ? RefreshPlan.NEVER : at(0).due;
  }

  /** Removes and returns the first member that is due at {@code now}, or null. */
  @Nullable KeptCertificate pollDue(long now) {
    if (size == 0 || at(0).due > now) {
      return null;
    }
    KeptCertificate first = at(0);
    remove(first);
    return first;
  }

  /** Puts a certificate in, or moves it to, the place of its due instant. */
  void put(KeptCertificate kept, long due) {
    kept.due = due;
    if (kept.queueIndex < 0) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      set(size++, kept);
    }
    siftDown(kept, siftUp(kept, kept.queueIndex));
  }

  /** Takes a certificate out; nothing happens if it is not in. */
  void remove(KeptCertificate kept) {
    int hole = kept.queueIndex;
    if (hole < 0) {
      return;
    }
    kept.queueIndex = -1;
    KeptCertificate last = at(--size);
    heap[size] = null;
    if (last != kept) {
      set(hole, last);
      siftDown(last, siftUp(last, hole));
    }
  }

  void clear() {
    for (int i = 0; i < size; i++) {
      at(i).queueIndex = -1;
    }
    heap = new KeptCertificate[16];
    size = 0;
  }

  private int siftUp(KeptCertificate kept, int from) {
    int i = from;
    while (i > 0) {
      int parent = (i - 1) >>> 1;
      if (at(parent).due <= kept.due) {
        break;
      }
      set(i, at(parent));
      i = parent;
    }
    set(i, kept);
    return i;
  }

  private void siftDown(KeptCertificate kept, int from) {
    int i = from;
    while (2 * i + 1 < size) {
      int child = 2 * i + 1;
      if (child + 1 < size && at(child + 1).due < at(child).due) {
        child++;
      }
      if (kept.due <= at(child).due) {
        break;
      }
      set(i, at(child));
      i = child;
    }
    set(i, kept);
  }

  private void set(int index, KeptCertificate kept) {
    heap[index] = kept;
    kept.queueIndex = index;
  }

  @SuppressWarnings("NullAway") // Below size there is no null.
  private KeptCertificate at(int index) {
    return heap[index];
  }
}
