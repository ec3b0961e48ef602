package io.github.ocspstapler;

import io.github.ocspstapler.jsse.StaplingKeyManager;
import java.lang.ref.WeakReference;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Iterator;
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

  /** What is left of the listing under way; read and written as above. */
  private volatile @Nullable Iterator<List<X509Certificate>> chains;

  Listing(X509ExtendedKeyManager keyManager) {
    this.keyManager = new WeakReference<>(keyManager);
  }

  boolean isGone() {
    return keyManager.get() == null;
  }

  /** Returns the chains that are still to be listed this time: all, if this is its beginning. */
  Iterator<List<X509Certificate>> chains() {
    Iterator<List<X509Certificate>> rest = chains;
    if (rest == null) {
      X509ExtendedKeyManager live = keyManager.get();
      rest = live == null ? Collections.emptyIterator() : StaplingKeyManager.listChains(live);
      chains = rest;
    }
    return rest;
  }

  /** Returns the number of the listing that comes next. */
  int nextRound() {
    return succeeded + 1;
  }

  void succeeded(int round) {
    succeeded = round;
    failing = false;
    chains = null;
  }

  /** Notes that a listing failed; returns whether that is news. */
  boolean failed() {
    boolean news = !failing;
    failing = true;
    chains = null;
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
