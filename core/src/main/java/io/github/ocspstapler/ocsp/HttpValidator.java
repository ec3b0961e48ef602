package io.github.ocspstapler.ocsp;

import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What tells a responder which of its answers a client has, so that it need not send the same one
 * again (RFC 9110 section 8.8). Hearsay: it says nothing about whether the answer is valid.
 *
 * <p>Immutable and thread-safe.
 *
 * @param responder the URL that sent the answer; nobody else is told
 * @param etag the answer's {@code ETag}, quotes included, if it had one
 * @param lastModified its {@code Last-Modified} date, if it had one; sent only without an {@code
 *     etag}
 */
public record HttpValidator(URI responder, Optional<String> etag, Optional<Instant> lastModified) {
  private static final int MAX_ETAG = 1024;

  // What a HTTP date can say.
  private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

  /**
   * Checks that both can be sent.
   *
   * @throws IllegalArgumentException if neither is there, or one of them cannot be sent in a head
   */
  public HttpValidator {
    Objects.requireNonNull(responder, "responder");
    if (etag.isEmpty() && lastModified.isEmpty()) {
      throw new IllegalArgumentException("neither etag nor lastModified (expected: one of them)");
    }
    if (etag.isPresent() && !isSendable(etag.get())) {
      throw new IllegalArgumentException(
          "etag: " + etag.get() + " (expected: an entity tag of RFC 9110 in ASCII)");
    }
    if (lastModified.isPresent() && !isSendable(lastModified.get())) {
      throw new IllegalArgumentException(
          "lastModified: " + lastModified.get() + " (expected: " + FIRST + ".." + LAST + ")");
    }
  }

  /** Returns whether a tag is one that can be sent back as it came. */
  static boolean isSendable(String etag) {
    String opaque = etag.startsWith("W/") ? etag.substring(2) : etag;
    return etag.length() <= MAX_ETAG
        && opaque.length() >= 2
        && opaque.startsWith("\"")
        && opaque.indexOf('"', 1) == opaque.length() - 1
        && opaque.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }

  /** Returns whether a date is one that HTTP can write. */
  static boolean isSendable(Instant date) {
    return !date.isBefore(FIRST) && !date.isAfter(LAST);
  }
}
