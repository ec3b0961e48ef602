package io.github.ocspstapler;

import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.HttpValidator;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What came of asking about one certificate. Immutable and thread-safe. */
sealed interface Outcome {

  /** Returns whether another node is at it. */
  default boolean isElsewhere() {
    return this instanceof NoAnswer none && none.kind() == Kind.ELSEWHERE;
  }

  /** The word the metric {@code ocsp_requests_total} counts it under. */
  String metricStatus();

  /**
   * How far the responder's clock is ahead of ours, negative if it is behind; zero if not further
   * than clocks may differ; null if nobody knows.
   */
  @Nullable Duration clockSkew();

  /** A verified answer. */
  final class Answered implements Outcome {
    final CertificateStatus status;
    final Instant thisUpdate;
    final @Nullable Instant nextUpdate;
    final Instant validUntil;
    final byte[] encoded;
    final @Nullable URI responder;
    final Duration freshFor;

    /** What it came with, to ask for its successor; null without. */
    final @Nullable HttpValidator validator;

    private final @Nullable Duration clockSkew;

    /** Whether it comes from a store, and not from its responder. */
    final boolean stored;

    /**
     * Takes over {@code encoded}: the caller does not touch it any more.
     *
     * @param freshFor how long nothing newer comes, as HTTP promises; zero if it does not say
     */
    Answered(
        CertificateStatus status,
        Instant thisUpdate,
        @Nullable Instant nextUpdate,
        Instant validUntil,
        byte[] encoded,
        @Nullable URI responder,
        Duration freshFor) {
      this.status = status;
      this.thisUpdate = thisUpdate;
      this.nextUpdate = nextUpdate;
      this.validUntil = validUntil;
      this.encoded = encoded;
      this.responder = responder;
      this.freshFor = freshFor;
      this.validator = null;
      this.clockSkew = null;
      this.stored = false;
    }

    private Answered(
        Answered that,
        @Nullable URI responder,
        Duration freshFor,
        @Nullable HttpValidator validator,
        @Nullable Duration clockSkew,
        boolean stored) {
      this.status = that.status;
      this.thisUpdate = that.thisUpdate;
      this.nextUpdate = that.nextUpdate;
      this.validUntil = that.validUntil;
      this.encoded = that.encoded;
      this.responder = responder;
      this.freshFor = freshFor;
      this.validator = validator;
      this.clockSkew = clockSkew;
      this.stored = stored;
    }

    /** Returns the same answer as a store had it, with what the store knows besides. */
    Answered stored(@Nullable URI by, Duration fresh, @Nullable HttpValidator cameWith) {
      return new Answered(this, by, fresh, cameWith, null, true);
    }

    /** Returns the same answer, with nothing newer to be expected for so long. */
    Answered fresh(Duration duration) {
      return new Answered(this, responder, duration, validator, clockSkew, stored);
    }

    /** Returns the same answer, with what the HTTP head said besides. */
    Answered with(@Nullable HttpValidator cameWith, @Nullable Duration skew) {
      return new Answered(this, responder, freshFor, cameWith, skew, stored);
    }

    @Override
    public @Nullable Duration clockSkew() {
      return clockSkew;
    }

    @Override
    public String metricStatus() {
      if (status instanceof CertificateStatus.Good) {
        return "good";
      }
      return status instanceof CertificateStatus.Revoked ? "revoked" : "unknown";
    }
  }

  /**
   * No trustworthy answer.
   *
   * @param kind whose fault it is
   * @param reason one word for a metric
   * @param message one sentence for the operator
   * @param notKnown whether the responder says that it does not know the certificate
   * @param outage whether the responder does not work at all, for anybody
   * @param retryAfter the pause that the responder asks for
   * @param clockSkew see {@link Outcome#clockSkew()}
   */
  record NoAnswer(
      Kind kind,
      String reason,
      String message,
      boolean notKnown,
      boolean outage,
      @Nullable Duration retryAfter,
      @Nullable Duration clockSkew)
      implements Outcome {

    NoAnswer(
        Kind kind,
        String reason,
        String message,
        boolean notKnown,
        boolean outage,
        @Nullable Duration retryAfter) {
      this(kind, reason, message, notKnown, outage, retryAfter, null);
    }

    @Override
    public String metricStatus() {
      return switch (kind) {
        case NOBODY_TO_ASK, ELSEWHERE, UNREACHABLE -> "unreachable";
        case REFUSED -> "refused";
        case REJECTED -> "rejected";
      };
    }
  }

  /** Whose fault it is that there is no answer. */
  enum Kind {
    /** Nobody's: there is no responder, OCSP is disabled, or the certificate has expired. */
    NOBODY_TO_ASK,
    /** Nobody's: another node is asking, and its answer comes by the store. */
    ELSEWHERE,
    /** The network's. */
    UNREACHABLE,
    /** The responder's, and it says so. */
    REFUSED,
    /** Whoever sent bytes that must not be believed. */
    REJECTED
  }
}
