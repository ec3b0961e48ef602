package io.github.ocspstapler;

import io.github.ocspstapler.ocsp.CertificateStatus;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A verified OCSP response, ready to be sent in a handshake: one that says "good", or, if the
 * stapler {@linkplain Stapler.Builder#relayRevoked() relays} them, "revoked".
 *
 * <p>Immutable and thread-safe.
 */
public final class Staple {
  private final byte[] encoded;
  private final CertificateStatus status;
  private final @Nullable URI responder;
  final long thisUpdate; // milliseconds of the epoch, as all below
  final long nextUpdate; // RefreshPlan.NEVER if none
  final long validUntil;
  final long servedUntil;

  /** Itself, made once: whoever asks for the staple allocates nothing. */
  final Optional<Staple> present = Optional.of(this);

  /** Takes over {@code encoded}. */
  Staple(
      byte[] encoded,
      CertificateStatus status,
      @Nullable URI responder,
      long thisUpdate,
      long nextUpdate,
      long validUntil,
      long servedUntil) {
    this.encoded = encoded;
    this.status = status;
    this.responder = responder;
    this.thisUpdate = thisUpdate;
    this.nextUpdate = nextUpdate;
    this.validUntil = validUntil;
    this.servedUntil = servedUntil;
  }

  /**
   * Returns the response byte for byte as it was received.
   *
   * @return a new array
   */
  public byte[] encoded() {
    return encoded.clone();
  }

  /** The array itself: never handed to users, never written to. */
  byte[] shared() {
    return encoded;
  }

  /**
   * Returns what the response says.
   *
   * @return good; revoked only if the stapler relays such answers
   */
  public CertificateStatus status() {
    return status;
  }

  /**
   * Returns the URL that answered.
   *
   * @return the responder, or empty if the bytes came from elsewhere
   */
  public Optional<URI> responder() {
    return Optional.ofNullable(responder);
  }

  /**
   * Returns the time at which the status was known to be right.
   *
   * @return {@code thisUpdate}
   */
  public Instant thisUpdate() {
    return Instant.ofEpochMilli(thisUpdate);
  }

  /**
   * Returns the time by which the CA promises newer information, if it does.
   *
   * @return {@code nextUpdate}
   */
  public Optional<Instant> nextUpdate() {
    return nextUpdate == RefreshPlan.NEVER
        ? Optional.empty()
        : Optional.of(Instant.ofEpochMilli(nextUpdate));
  }

  /**
   * Returns when it stops being served: a little before {@code nextUpdate}, or at the expiry of the
   * signer's certificate or of the certificate itself if that comes first.
   *
   * @return the first instant at which it is no longer served
   */
  public Instant servedUntil() {
    return Instant.ofEpochMilli(servedUntil);
  }

  /**
   * Returns how much longer it may be served.
   *
   * @param now the time
   * @return the duration, zero if it may not be served any more
   */
  public Duration freshFor(Instant now) {
    Objects.requireNonNull(now, "now");
    Duration left = Duration.between(now, servedUntil());
    return left.isNegative() ? Duration.ZERO : left;
  }

  @Override
  public String toString() {
    return "Staple[" + encoded.length + " bytes, served until " + servedUntil() + "]";
  }
}
