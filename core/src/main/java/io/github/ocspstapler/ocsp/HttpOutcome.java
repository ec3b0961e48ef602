package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.http.ClockSkew;
import io.github.ocspstapler.internal.http.HttpAnswer;
import io.github.ocspstapler.internal.http.HttpFailure;
import io.github.ocspstapler.internal.http.HttpHead;
import io.github.ocspstapler.ocsp.OcspException.Refused;
import io.github.ocspstapler.ocsp.OcspException.Rejected;
import io.github.ocspstapler.ocsp.OcspException.Unreachable;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says in the words of OCSP what an HTTP exchange came to. */
final class HttpOutcome {
  static final int NOT_MODIFIED = 304;

  private static final String MEDIA_TYPE = "application/ocsp-response";

  private HttpOutcome() {}

  static HttpFreshness freshness(HttpHead head) {
    return new HttpFreshness(
        head.maxAge(), head.age(), head.expires(), head.date(), head.clockSkew());
  }

  /** Returns what names the answer to this responder; null if nothing does. */
  static @Nullable HttpValidator validator(URI responder, HttpAnswer answer) {
    return answer.isToGet() ? validator(responder, answer.head()) : null;
  }

  static @Nullable HttpValidator validator(URI responder, HttpHead head) {
    Optional<String> etag = head.etag().filter(HttpValidator::isSendable);
    Optional<Instant> lastModified = head.lastModified().filter(HttpValidator::isSendable);
    boolean none = etag.isEmpty() && lastModified.isEmpty();
    return none ? null : new HttpValidator(responder, etag, lastModified);
  }

  /** Returns the exception for an exchange that brought no answer. */
  static OcspException failed(URI responder, Throwable failure) {
    if (!(failure instanceof HttpFailure http)) {
      return new Unreachable(responder, Unreachable.Reason.IO, responder + ": " + failure, failure);
    }
    String message = responder + ": " + http.getMessage();
    return switch (http.kind()) {
      case FORBIDDEN -> unreachable(responder, Unreachable.Reason.FORBIDDEN, message, http);
      case DNS -> unreachable(responder, Unreachable.Reason.DNS, message, http);
      case CONNECT -> unreachable(responder, Unreachable.Reason.CONNECT, message, http);
      case TIMEOUT -> unreachable(responder, Unreachable.Reason.TIMEOUT, message, http);
      case IO -> unreachable(responder, Unreachable.Reason.IO, message, http);
      case TOO_LARGE -> new Rejected(responder, Rejected.Reason.TOO_LARGE, message, http);
      case REDIRECT ->
          new Refused(responder, Refused.Reason.REDIRECT, http.status(), null, message);
    };
  }

  private static Unreachable unreachable(
      URI responder, Unreachable.Reason reason, String message, HttpFailure cause) {
    return new Unreachable(responder, reason, message, cause);
  }

  /**
   * Checks that the status is 200, or 304 where that is an answer.
   *
   * @param conditional whether it was asked for another answer than the one at hand
   */
  static void requireAnswer(URI responder, HttpAnswer answer, boolean conditional) throws Refused {
    int status = answer.status();
    if (status == 200 || (status == NOT_MODIFIED && conditional)) {
      return;
    }
    String expected = status == NOT_MODIFIED ? "200: the question had no condition" : "200";
    throw new Refused(
        responder,
        Refused.Reason.HTTP_STATUS,
        status,
        answer.head().retryAfter().orElse(null),
        responder + ": HTTP status " + status + " (expected: " + expected + ")");
  }

  /**
   * Returns the rejection, which says so if it is for a time and the clocks are further apart than
   * they may be.
   */
  static Rejected diagnosed(Rejected rejected, URI responder, HttpHead head, Duration tolerance) {
    Optional<Duration> skew =
        head.clockSkew().filter(ahead -> ahead.abs().compareTo(tolerance) > 0);
    if (skew.isEmpty() || !isOfTime(rejected.reason())) {
      return rejected;
    }
    return new Rejected(
        responder,
        rejected.reason(),
        rejected.getMessage()
            + "; this clock is "
            + ClockSkew.ofThisClock(skew.get())
            + " the responder's",
        rejected,
        skew.get());
  }

  private static boolean isOfTime(Rejected.Reason reason) {
    return switch (reason) {
      case NOT_YET_VALID, EXPIRED, BAD_PRODUCED_AT, SIGNER_NOT_VALID -> true;
      default -> false;
    };
  }

  /** Returns the refusal together with what the HTTP head adds to it. */
  static Refused completed(Refused refused, URI responder, HttpAnswer answer) {
    return new Refused(
        responder,
        refused.reason(),
        answer.status(),
        answer.head().retryAfter().orElse(null),
        String.valueOf(refused.getMessage()));
  }

  /** Returns the rejection, which names the media type if the bytes are junk because of it. */
  static Rejected completed(Rejected rejected, URI responder, HttpAnswer answer) {
    String type = answer.head().contentType().orElse("no Content-Type");
    if (rejected.reason() != Rejected.Reason.MALFORMED || type.equals(MEDIA_TYPE)) {
      return rejected;
    }
    return new Rejected(
        responder,
        Rejected.Reason.MALFORMED,
        rejected.getMessage() + "; it came as " + type + " (expected: " + MEDIA_TYPE + ")",
        rejected);
  }

  /**
   * Returns whether a GET failed in a way that suggests that the responder knows only POST: a
   * status that blames the request or a crash over it, {@code malformedRequest}, or a body that is
   * no OCSP response (many servers answer any unknown path with a page and 200).
   */
  static boolean isGetNotUnderstood(OcspException failure) {
    if (failure instanceof Rejected rejected) {
      return rejected.reason() == Rejected.Reason.MALFORMED;
    }
    if (failure instanceof Refused refused) {
      return refused.reason() == Refused.Reason.MALFORMED_REQUEST
          || (refused.reason() == Refused.Reason.HTTP_STATUS && blames(refused.httpStatus()));
    }
    return false;
  }

  // Authentication, too slow, too early and too many have nothing to do with the method; nor have
  // the gateway's statuses, 502 to 504.
  private static boolean blames(int status) {
    return switch (status) {
      case 401, 407, 408, 425, 429 -> false;
      case 500, 501 -> true;
      default -> status >= 400 && status < 500;
    };
  }

  /** Returns whether the responder had understood the request, whatever it then answered. */
  static boolean isUnderstood(OcspException failure) {
    if (failure instanceof Rejected rejected) {
      return rejected.reason() != Rejected.Reason.MALFORMED
          && rejected.reason() != Rejected.Reason.TOO_LARGE;
    }
    return failure instanceof Refused refused
        && refused.reason() != Refused.Reason.HTTP_STATUS
        && refused.reason() != Refused.Reason.REDIRECT
        && refused.reason() != Refused.Reason.MALFORMED_REQUEST;
  }

  /** Returns whether the same question with another hash may be answered. */
  static boolean isOtherHashWorthwhile(OcspException failure) {
    return failure instanceof Refused refused
        && (refused.reason() == Refused.Reason.UNAUTHORIZED
            || refused.reason() == Refused.Reason.MALFORMED_REQUEST);
  }

  /** Returns whether it took too long. */
  static boolean isTimeout(OcspException failure) {
    return failure instanceof Unreachable unreachable
        && unreachable.reason() == Unreachable.Reason.TIMEOUT;
  }

  /** Returns whether a cache on the way may have kept the answer too long. */
  static boolean isStale(OcspException failure) {
    return failure instanceof Rejected rejected && rejected.reason() == Rejected.Reason.EXPIRED;
  }
}
