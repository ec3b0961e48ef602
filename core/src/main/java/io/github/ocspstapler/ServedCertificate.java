package io.github.ocspstapler;

import io.github.ocspstapler.StapleStatus.State;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * What each handshake reads of a kept certificate.
 *
 * <p>A class of its own because a JVM lays out a superclass's fields before all others: these fill
 * less than a cache line, so that among many certificates a look-up waits for one and not for
 * three.
 */
abstract class ServedCertificate {
  final X509Certificate certificate;

  /** Of the certificate: whoever has another needs not look at that one. */
  final int hash;

  /** Written under the engine's lock, read by handshakes. */
  volatile Snapshot snapshot =
      new Snapshot(null, State.PENDING, RefreshPlan.NEVER, "not asked yet", 0);

  /** The certificate behind it in the chain it came with; written under the engine's lock. */
  volatile X509Certificate next;

  /**
   * When a server last chose it. Written by handshakes without a lock, at most once a minute: any
   * of their values is as good as another.
   */
  private volatile long lastSeen;

  /** The issuer's own entry, if it is kept: seen whenever this one is. Written under the lock. */
  volatile @Nullable KeptCertificate parent;

  ServedCertificate(X509Certificate certificate, X509Certificate next, long now) {
    this.certificate = certificate;
    this.hash = certificate.hashCode();
    this.next = next;
    this.lastSeen = now;
  }

  /** Returns whether it is this certificate's entry, whose hash code is at hand. */
  @SuppressWarnings("ReferenceEquality") // nearly always the same object: then nothing is compared
  final boolean isOf(X509Certificate other, int otherHash) {
    return certificate == other || (hash == otherHash && certificate.equals(other));
  }

  /** Notes that a server chose it. Any thread; writes at most once a minute. */
  final void seen(long now) {
    if (now - lastSeen > 60_000 || now < lastSeen) {
      lastSeen = now;
      KeptCertificate above = parent;
      if (above != null) {
        above.seen(now);
      }
    }
  }

  final long lastSeen() {
    return lastSeen;
  }
}
