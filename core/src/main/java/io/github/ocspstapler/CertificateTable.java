package io.github.ocspstapler;

import java.security.cert.X509Certificate;
import java.util.AbstractCollection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The kept certificates by certificate: a hash table whose slots hold the entries themselves.
 *
 * <p>A map would put a node between slot and entry: among many certificates one more wait for
 * memory in each handshake, and 32 bytes for each certificate.
 *
 * <p>Look-ups and iterations are lock-free on any thread, and see each change at once or not at
 * all; changes are made by one thread at a time, under the engine's lock.
 */
final class CertificateTable extends AbstractCollection<KeptCertificate> {
  private static final int MIN_SLOTS = 16;

  /** What is left where an entry was: others may lie behind it. */
  private static final Object GONE = new Object();

  // At most half of the slots are used, so that a search finds an empty one soon. A slot that was
  // used once stays so until all are copied into another table.
  private volatile AtomicReferenceArray<@Nullable Object> slots =
      new AtomicReferenceArray<>(MIN_SLOTS);
  private int used;
  private volatile int size; // written by whoever makes changes

  @Nullable KeptCertificate find(X509Certificate certificate) {
    AtomicReferenceArray<@Nullable Object> all = slots;
    int hash = certificate.hashCode();
    for (int slot = home(hash, all); ; slot = next(slot, all)) {
      Object found = all.get(slot);
      if (found == null) {
        return null;
      }
      if (found instanceof KeptCertificate kept && kept.isOf(certificate, hash)) {
        return kept;
      }
    }
  }

  /** Adds an entry, in place of another of the same certificate. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
  void put(KeptCertificate kept) {
    if (2 * (used + 1) > slots.length()) {
      rebuild();
    }
    AtomicReferenceArray<@Nullable Object> all = slots;
    for (int slot = home(kept.hash, all); ; slot = next(slot, all)) {
      Object found = all.get(slot);
      if (found == null) {
        all.set(slot, kept);
        used++;
        size = size + 1;
        return;
      }
      if (found instanceof KeptCertificate other && other.isOf(kept.certificate, kept.hash)) {
        all.set(slot, kept);
        return;
      }
    }
  }

  /** Removes an entry; nothing happens if it is not in. */
  // Another entry of the same certificate stays; one thread at a time.
  @SuppressWarnings({"ReferenceEquality", "NonAtomicVolatileUpdate"})
  void remove(KeptCertificate kept) {
    AtomicReferenceArray<@Nullable Object> all = slots;
    int slot = home(kept.hash, all);
    Object found = all.get(slot);
    while (found != null && found != kept) {
      slot = next(slot, all);
      found = all.get(slot);
    }
    if (found != null) {
      all.set(slot, GONE);
      size = size - 1;
    }
  }

  /** Copies what is left into a table of which a sixth to a third is used then. */
  private void rebuild() {
    int length = MIN_SLOTS;
    while (length < 3 * (size + 1)) {
      length *= 2;
    }
    AtomicReferenceArray<@Nullable Object> all = new AtomicReferenceArray<>(length);
    for (KeptCertificate kept : this) {
      int slot = home(kept.hash, all);
      while (all.getPlain(slot) != null) {
        slot = next(slot, all);
      }
      all.setPlain(slot, kept);
    }
    used = size;
    slots = all;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void clear() {
    slots = new AtomicReferenceArray<>(MIN_SLOTS);
    used = 0;
    size = 0;
  }

  @Override
  public Iterator<KeptCertificate> iterator() {
    AtomicReferenceArray<@Nullable Object> all = slots;
    return new Iterator<>() {
      private int slot;
      private @Nullable KeptCertificate next;

      @Override
      public boolean hasNext() {
        while (next == null && slot < all.length()) {
          next = all.get(slot++) instanceof KeptCertificate kept ? kept : null;
        }
        return next != null;
      }

      @Override
      public KeptCertificate next() {
        KeptCertificate kept = hasNext() ? next : null;
        if (kept == null) {
          throw new NoSuchElementException();
        }
        next = null;
        return kept;
      }
    };
  }

  /** Of no promised size: that may change while somebody looks at all. */
  @Override
  public Spliterator<KeptCertificate> spliterator() {
    int characteristics = Spliterator.CONCURRENT | Spliterator.DISTINCT | Spliterator.NONNULL;
    return Spliterators.spliteratorUnknownSize(iterator(), characteristics);
  }

  private static int home(int hash, AtomicReferenceArray<?> all) {
    // Of a hash code the low bits alone may be anything; the high ones of this product depend on
    // all.
    int mixed = hash * 0x9e37_79b9;
    return (mixed ^ mixed >>> 16) & (all.length() - 1);
  }

  private static int next(int slot, AtomicReferenceArray<?> all) {
    return (slot + 1) & (all.length() - 1);
  }
}
