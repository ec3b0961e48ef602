package io.github.ocspstapler;

import io.github.ocspstapler.store.FleetStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Knows which certificate it is that another node of the fleet has saved an answer about.
 * Thread-safe.
 *
 * <p>A certificate is known by the first 64 bits of its fingerprint: there may be a million, and
 * news of another one costs a look into the store and no more.
 */
final class News {
  private static final int DIGITS = 16;

  private final ConcurrentHashMap<Long, KeptCertificate> known = new ConcurrentHashMap<>();
  private final Closeable watch;

  /**
   * Listens from now on.
   *
   * @param taker is called with each certificate that there is news of, on the store's threads
   */
  News(FleetStore store, Consumer<KeptCertificate> taker) {
    this.watch =
        store.watch(fingerprint -> {
          KeptCertificate kept = find(fingerprint);
          if (kept != null) {
            taker.accept(kept);
          }
        });
  }

  private @Nullable KeptCertificate find(String fingerprint) {
    try {
      return known.get(key(fingerprint));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return null; // whoever may publish may publish anything
    }
  }

  private static long key(String fingerprint) {
    return Long.parseUnsignedLong(fingerprint, 0, DIGITS, 16);
  }

  /** Notes what a certificate is called in the store. */
  void add(KeptCertificate kept, String fingerprint) {
    if (kept.newsKey == 0) {
      long key = key(fingerprint);
      kept.newsKey = key;
      // One that was forgotten before is not dropped any more, nor may it take another's place.
      var unused = known.compute(key, (same, other) -> kept.removed ? other : kept);
    }
  }

  /** Forgets a certificate. May be called under the engine's lock. */
  void drop(KeptCertificate kept) {
    known.remove(kept.newsKey, kept);
  }

  void close() {
    try {
      watch.close();
    } catch (IOException | RuntimeException e) {
      // Somebody else's code, and nobody listens any more.
    }
  }
}
