package io.github.ocspstapler;

import org.jspecify.annotations.Nullable;

/** The certificates in the order of their next due instant. */
final class DueQueue extends InstantHeap {
  /** Returns the earliest due instant, {@link RefreshPlan#NEVER} if there is none. */
  long earliest() {
    KeptCertificate first = first();
    return first == null ? RefreshPlan.NEVER : first.due;
  }

  /** Removes and returns the first member that is due at {@code now}, or null. */
  @Nullable KeptCertificate pollDue(long now) {
    KeptCertificate first = first();
    if (first == null || first.due > now) {
      return null;
    }
    remove(first);
    return first;
  }

  /** Puts a certificate in, or moves it to, the place of its due instant. */
  void put(KeptCertificate kept, long due) {
    kept.due = due;
    place(kept);
  }

  @Override
  long instant(KeptCertificate kept) {
    return kept.due;
  }

  @Override
  int index(KeptCertificate kept) {
    return kept.queueIndex;
  }

  @Override
  void index(KeptCertificate kept, int index) {
    kept.queueIndex = index;
  }
}
