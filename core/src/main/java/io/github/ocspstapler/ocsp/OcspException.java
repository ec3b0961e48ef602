package io.github.ocspstapler.ocsp;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * No trustworthy answer about a certificate. Which of the three kinds says who to turn to: the
 * network ({@link Unreachable}), the responder ({@link Refused}), or whoever forged or
 * misconfigured the answer ({@link Rejected}).
 *
 * <p>A revoked certificate is an answer ({@link CertificateStatus.Revoked}), not an exception.
 *
 * <p>The message is one sentence for the operator: what happened, the offending value, what was
 * expected.
 */
public abstract sealed class OcspException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The URL that was asked, if any. */
  private final @Nullable URI responder;

  OcspException(@Nullable URI responder, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.responder = responder;
  }

  /**
   * Returns the URL that was asked, or empty if none was: the bytes came from elsewhere, or there
   * was nobody to ask.
   *
   * @return the responder
   */
  public Optional<URI> responder() {
    return Optional.ofNullable(responder);
  }

  /**
   * Returns the reason as one word for a metric or a log: lower case, words joined by underscores.
   *
   * @return for example {@code timeout} or {@code bad_signature}
   */
  public abstract String reasonName();

  private static String lower(Enum<?> reason) {
    return reason.name().toLowerCase(java.util.Locale.ROOT);
  }

  /** No answer came back: nobody to ask, or nobody answered in time. */
  public static final class Unreachable extends OcspException {
    private static final long serialVersionUID = 1L;

    /** Why no answer came. */
    private final Unreachable.Reason reason;

    /** Why no answer came. */
    public enum Reason {
      /** The certificate names no OCSP responder and none is configured: a quiet, normal state. */
      NO_RESPONDER,
      /** The caller's configuration disables OCSP for this issuer or host. */
      DISABLED,
      /** The certificate itself has expired; asking about it makes no sense (RFC 9919). */
      CERTIFICATE_EXPIRED,
      /** The URL or the address behind it is one that this client does not ask. */
      FORBIDDEN,
      /** The host name did not resolve. */
      DNS,
      /** No connection: refused, unroutable, or not made in time. */
      CONNECT,
      /** The whole exchange took longer than allowed. */
      TIMEOUT,
      /** The connection broke or did not speak HTTP. */
      IO,
      /** The waiting thread was interrupted; its interrupt flag is set again. */
      INTERRUPTED,
      /** The client was closed before the answer came. */
      CLOSED
    }

    Unreachable(
        @Nullable URI responder,
        Unreachable.Reason reason,
        String message,
        @Nullable Throwable cause) {
      super(responder, message, cause);
      this.reason = Objects.requireNonNull(reason, "reason");
    }

    /**
     * Returns why no answer came.
     *
     * @return the reason
     */
    public Unreachable.Reason reason() {
      return reason;
    }

    @Override
    public String reasonName() {
      return lower(reason);
    }
  }

  /** The responder answered, and its answer is that it will not say. */
  public static final class Refused extends OcspException {
    private static final long serialVersionUID = 1L;

    /** How the responder declined. */
    private final Refused.Reason reason;

    /** The HTTP status, or 0. */
    private final int httpStatus;

    /** How long the responder asks to be left alone, if it does. */
    private final @Nullable Duration retryAfter;

    /** How the responder declined: an HTTP outcome, or a status of RFC 6960 section 4.2.1. */
    public enum Reason {
      /** An HTTP status other than 200. */
      HTTP_STATUS,
      /** Too many redirects, or one that leads nowhere. */
      REDIRECT,
      /** {@code malformedRequest} (1). */
      MALFORMED_REQUEST,
      /** {@code internalError} (2). */
      INTERNAL_ERROR,
      /** {@code tryLater} (3). */
      TRY_LATER,
      /** {@code sigRequired} (5). */
      SIG_REQUIRED,
      /** {@code unauthorized} (6): the responder is not authoritative for it (RFC 9919). */
      UNAUTHORIZED
    }

    Refused(
        @Nullable URI responder,
        Refused.Reason reason,
        int httpStatus,
        @Nullable Duration retryAfter,
        String message) {
      super(responder, message, null);
      this.reason = Objects.requireNonNull(reason, "reason");
      this.httpStatus = httpStatus;
      this.retryAfter = retryAfter;
    }

    /**
     * Returns how the responder declined.
     *
     * @return the reason
     */
    public Refused.Reason reason() {
      return reason;
    }

    /**
     * Returns the HTTP status, or 0 if the bytes did not come over HTTP.
     *
     * @return for example 503
     */
    public int httpStatus() {
      return httpStatus;
    }

    /**
     * Returns how long the responder asks to be left alone ({@code Retry-After}), if it says so.
     *
     * @return the pause, never negative
     */
    public Optional<Duration> retryAfter() {
      return Optional.ofNullable(retryAfter);
    }

    @Override
    public String reasonName() {
      return lower(reason);
    }
  }

  /** Bytes came that must not be believed. */
  public static final class Rejected extends OcspException {
    private static final long serialVersionUID = 1L;

    /** Which rule the bytes break. */
    private final Rejected.Reason reason;

    /** How far the responder's clock is ahead, if that may be why. */
    private final @Nullable Duration clockSkew;

    /** Which rule the bytes break. */
    public enum Reason {
      /** The body is larger than allowed. */
      TOO_LARGE,
      /** Not a well-formed OCSP response: junk, HTML, trailing bytes, bad DER. */
      MALFORMED,
      /** The given issuer did not issue the given certificate. */
      WRONG_ISSUER,
      /** No answer in it is about the certificate (RFC 6960 section 3.2, item 1). */
      WRONG_CERT_ID,
      /** The signature does not verify (item 2). */
      BAD_SIGNATURE,
      /** The signature algorithm is too weak or not known. */
      WEAK_ALGORITHM,
      /** No certificate at hand matches the responderID (item 3). */
      SIGNER_NOT_FOUND,
      /** The signer may not answer for this CA (item 4). */
      SIGNER_NOT_AUTHORISED,
      /** The signer's certificate was not valid at the time. */
      SIGNER_NOT_VALID,
      /** {@code thisUpdate} lies in the future (item 5). */
      NOT_YET_VALID,
      /** {@code nextUpdate} has passed, or the answer is too old to have none (item 6). */
      EXPIRED,
      /** {@code producedAt} cannot be right. */
      BAD_PRODUCED_AT,
      /** A critical extension that this client does not know. */
      CRITICAL_EXTENSION,
      /** The nonce is not the one that was sent (RFC 9654). */
      WRONG_NONCE
    }

    Rejected(
        @Nullable URI responder,
        Rejected.Reason reason,
        String message,
        @Nullable Throwable cause) {
      this(responder, reason, message, cause, null);
    }

    Rejected(
        @Nullable URI responder,
        Rejected.Reason reason,
        String message,
        @Nullable Throwable cause,
        @Nullable Duration clockSkew) {
      super(responder, message, cause);
      this.reason = Objects.requireNonNull(reason, "reason");
      this.clockSkew = clockSkew;
    }

    /**
     * Returns which rule the bytes break.
     *
     * @return the reason
     */
    public Rejected.Reason reason() {
      return reason;
    }

    /**
     * Returns how far the responder's clock is ahead of this client's, negative if it is behind, if
     * the answer was rejected for its times and the responder's {@code Date} shows a difference
     * greater than {@link OcspClient.Builder#clockSkew}: then one of the clocks is wrong.
     *
     * @return the difference, to the second at best
     */
    public Optional<Duration> clockSkew() {
      return Optional.ofNullable(clockSkew);
    }

    @Override
    public String reasonName() {
      return lower(reason);
    }
  }
}
