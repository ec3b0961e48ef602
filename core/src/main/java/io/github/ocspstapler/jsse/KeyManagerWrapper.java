package io.github.ocspstapler.jsse;

import javax.net.ssl.X509ExtendedKeyManager;

/**
 * What puts a key manager of its own around that of a server, as {@link
 * io.github.ocspstapler.Stapler} does.
 *
 * <p>Implementations are thread-safe.
 */
@FunctionalInterface
public interface KeyManagerWrapper {
  /**
   * Wraps a key manager. May block as the key manager does.
   *
   * @param keyManager what chooses the certificate
   * @return a key manager that chooses the same
   */
  X509ExtendedKeyManager wrap(X509ExtendedKeyManager keyManager);
}
