package io.github.ocspstapler.ocsp;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What the HTTP head of an OCSP response says about how long a cache may keep it (RFC 9919 section
 * 7, RFC 9111). Guidance about when to ask again, never about whether the response is valid.
 *
 * <p>Immutable and thread-safe.
 *
 * @param maxAge the {@code max-age} of {@code Cache-Control}, if given and not negative
 * @param age the {@code Age} a cache on the way put on it, if any
 * @param expires the {@code Expires} date, if given and well-formed
 * @param date the responder's own clock, from {@code Date}, if given and well-formed
 * @param etag the {@code ETag}, if given
 */
public record HttpFreshness(
    Optional<Duration> maxAge,
    Optional<Duration> age,
    Optional<Instant> expires,
    Optional<Instant> date,
    Optional<String> etag) {

  /** A head that says nothing. */
  public static final HttpFreshness NONE =
      new HttpFreshness(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
