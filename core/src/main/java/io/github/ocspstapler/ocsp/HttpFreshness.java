package io.github.ocspstapler.ocsp;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What the HTTP head of an OCSP response says about how long a cache may keep it, and about the
 * time (RFC 9919 section 7, RFC 9111). Guidance about when to ask again, never about whether the
 * response is valid.
 *
 * <p>Immutable and thread-safe.
 *
 * @param maxAge the {@code max-age} of {@code Cache-Control}, if given and not negative
 * @param age the {@code Age} a cache on the way put on it, if any
 * @param expires the {@code Expires} date, if given and well-formed
 * @param date the responder's own clock, from {@code Date}, if given and well-formed
 * @param clockSkew how far the responder's clock was ahead of the client's, negative if it was
 *     behind, if {@code Date} and {@code Age} tell; to the second at best
 */
public record HttpFreshness(
    Optional<Duration> maxAge,
    Optional<Duration> age,
    Optional<Instant> expires,
    Optional<Instant> date,
    Optional<Duration> clockSkew) {

  /** A head that says nothing. */
  public static final HttpFreshness NONE =
      new HttpFreshness(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
