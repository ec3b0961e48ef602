package io.github.ocspstapler.jsse;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link StaplingKeyManager} lets each chain pass that a TLS server is about to send.
 *
 * <p>Called on handshake threads, before the TLS engine looks for the staple. What it throws is
 * logged once, and the chain is sent.
 */
@FunctionalInterface
public interface ChainGate {
  /**
   * A chain was chosen for a handshake.
   *
   * <p>The engine may ask several times in a handshake, for each kind of key that the client takes,
   * until it gets one; if it gets none, the handshake fails.
   *
   * @param alias the key manager's name for it, which need not be the same next time
   * @param chain the chain, leaf first, never empty; not to be changed
   * @param mayBlock whether the handshake runs on a blocking socket's own thread; false for an
   *     {@code SSLEngine}, which may be driven by an event loop
   * @return the same alias to send it, another of the same key manager to send that, null for none
   */
  @Nullable String pass(String alias, X509Certificate[] chain, boolean mayBlock);
}
