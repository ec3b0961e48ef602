package io.github.ocspstapler;

import io.github.ocspstapler.jsse.StaplingKeyManager;
import java.lang.ref.WeakReference;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A wrapped key manager, and how often it was asked for all its chains. It is not kept alive: one
 * that no server holds any more lists nothing.
 */
final class Listing {
  private final WeakReference<X509ExtendedKeyManager> keyManager;

  /** Number of the last listing that succeeded; written by one listing at a time. */
  private volatile int succeeded;

  private volatile boolean failing; // written as above
  private volatile boolean unreadable; // written as above

  Listing(X509ExtendedKeyManager keyManager) {
    this.keyManager = new WeakReference<>(keyManager);
  }

  boolean isGone() {
    return keyManager.get() == null;
  }

  /** Returns all chains the key manager can list now, or null if it is gone. May block. */
  @Nullable List<List<X509Certificate>> chains() {
    X509ExtendedKeyManager live = keyManager.get();
    return live == null ? null : StaplingKeyManager.listChains(live);
  }

  /** Returns the number of the listing that comes next. */
  int nextRound() {
    return succeeded + 1;
  }

  void succeeded(int round) {
    succeeded = round;
    failing = false;
  }

  /** Notes that a listing failed; returns whether that is news. */
  boolean failed() {
    boolean news = !failing;
    failing = true;
    return news;
  }

  /** Notes that a chain could not be read; returns whether that is news. */
  boolean unreadable() {
    boolean news = !unreadable;
    unreadable = true;
    return news;
  }

  /** Returns whether what was last listed in this round is still listed. */
  boolean lists(int round) {
    return !isGone() && round >= succeeded;
  }
}
