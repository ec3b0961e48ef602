package io.github.ocspstapler.store;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A {@link StapleStore} by which the nodes of a fleet agree on who asks the responder, and hear of
 * each other's answers.
 *
 * <p>Both are a saving, not a promise: a node whose lease is not to be had asks by itself after a
 * short while, and news may get lost, since nodes look into the store before they ask.
 *
 * <p>Implementations are thread-safe. Methods may block; they are never called in a handshake's
 * thread or under a lock.
 */
public interface FleetStore extends StapleStore {

  /**
   * Takes the right to ask a responder about a certificate, unless another has it.
   *
   * @param fingerprint the certificate's
   * @param term after which the right ends by itself, because its owner may be no more
   * @return the right, to be given back after the answer was saved; empty if another has it
   * @throws IOException if the store cannot tell
   */
  Optional<Lease> lease(String fingerprint, Duration term) throws IOException;

  /**
   * Has somebody told of what other nodes save from now on. Does not block; a store that cannot be
   * reached is tried again in the background until this is closed.
   *
   * @param saved takes the certificate's fingerprint, or any nonsense that somebody sent; called on
   *     the store's threads, and does not block
   * @return ends it
   */
  Closeable watch(Consumer<String> saved);

  /** The right of one node to ask about one certificate. */
  interface Lease {

    /**
     * Gives the right back, if it has not ended and gone to another meanwhile.
     *
     * @throws IOException if the store cannot be told; the right ends by itself then
     */
    void release() throws IOException;
  }
}
