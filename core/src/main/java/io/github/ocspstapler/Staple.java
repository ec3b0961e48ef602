package io.github.ocspstapler;

import java.time.Duration;
import java.time.Instant;

/**
 * A verified OCSP response that says "good", ready to be sent in a handshake.
 *
 * <p>Immutable and thread-safe.
 */
public final class Staple {
  private Staple() {}

  /** The response byte for byte as received (T7); a new array. */
  public byte[] encoded() {
    throw new UnsupportedOperationException();
  }

  public Instant thisUpdate() {
    throw new UnsupportedOperationException();
  }

  /** When it is served for the last time: nextUpdate - 5 min, signer's or certificate's expiry. */
  public Instant servedUntil() {
    throw new UnsupportedOperationException();
  }

  /** How much longer it may be served, zero if no more. */
  public Duration freshFor(Instant now) {
    throw new UnsupportedOperationException();
  }
}
