package io.github.ocspstapler;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Certificates in the order of an instant that each has: a binary heap whose members know where
 * they are, so that moving or removing one costs O(log n) and leaves nothing behind.
 *
 * <p>Not thread-safe: guarded by the engine's lock.
 */
abstract class InstantHeap {
  private @Nullable KeptCertificate[] heap = new KeptCertificate[16];
  private int size;

  /** Returns the instant that a member is sorted by; it changes in {@link #place} only. */
  abstract long instant(KeptCertificate kept);

  /** Returns where a certificate is, below 0 if it is not in. */
  abstract int index(KeptCertificate kept);

  abstract void index(KeptCertificate kept, int index);

  final int size() {
    return size;
  }

  /** Returns the first member, null if there is none. */
  final @Nullable KeptCertificate first() {
    return heap[0];
  }

  /** Puts a certificate in, or moves it, to where its instant has it. */
  final void place(KeptCertificate kept) {
    if (index(kept) < 0) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      set(size++, kept);
    }
    siftDown(kept, siftUp(kept, index(kept)));
  }

  /** Takes a certificate out; nothing happens if it is not in. */
  final void remove(KeptCertificate kept) {
    int hole = index(kept);
    if (hole < 0) {
      return;
    }
    index(kept, -1);
    KeptCertificate last = at(--size);
    heap[size] = null;
    if (last != kept) {
      set(hole, last);
      siftDown(last, siftUp(last, hole));
    }
  }

  /**
   * Tells of every member up to an instant: costs what there is to tell.
   *
   * @return the first member's instant after it, {@link RefreshPlan#NEVER} if there is none
   */
  final long upTo(long instant, Consumer<KeptCertificate> told) {
    return upTo(instant, told, 0);
  }

  private long upTo(long instant, Consumer<KeptCertificate> told, int index) {
    if (index >= size) {
      return RefreshPlan.NEVER;
    }
    KeptCertificate kept = at(index);
    if (instant(kept) > instant) {
      return instant(kept);
    }
    told.accept(kept);
    return Math.min(upTo(instant, told, 2 * index + 1), upTo(instant, told, 2 * index + 2));
  }

  final void clear() {
    for (int i = 0; i < size; i++) {
      index(at(i), -1);
    }
    heap = new KeptCertificate[16];
    size = 0;
  }

  private int siftUp(KeptCertificate kept, int from) {
    int i = from;
    while (i > 0) {
      int parent = (i - 1) >>> 1;
      if (instant(at(parent)) <= instant(kept)) {
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
      if (child + 1 < size && instant(at(child + 1)) < instant(at(child))) {
        child++;
      }
      if (instant(kept) <= instant(at(child))) {
        break;
      }
      set(i, at(child));
      i = child;
    }
    set(i, kept);
  }

  private void set(int index, KeptCertificate kept) {
    heap[index] = kept;
    index(kept, index);
  }

  @SuppressWarnings("NullAway") // Below size there is no null.
  private KeptCertificate at(int index) {
    return heap[index];
  }
}
