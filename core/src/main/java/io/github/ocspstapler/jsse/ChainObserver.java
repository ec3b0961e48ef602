package io.github.ocspstapler.jsse;

import java.security.cert.X509Certificate;

/**
 * What a {@link StaplingKeyManager} tells each chain that a TLS server is about to send.
 *
 * <p>Called on handshake threads, before the TLS engine looks for the staple. What it throws is
 * logged and otherwise ignored.
 */
@FunctionalInterface
public interface ChainObserver {
  /**
   * A chain was chosen for a handshake.
   *
   * @param chain the chain, leaf first, never empty; not to be changed
   * @param mayBlock whether the handshake runs on a blocking socket's own thread; false for an
   *     {@code SSLEngine}, which may be driven by an event loop
   */
  void chainChosen(X509Certificate[] chain, boolean mayBlock);
}
