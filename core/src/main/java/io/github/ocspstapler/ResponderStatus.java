package io.github.ocspstapler;

import io.github.ocspstapler.ocsp.CertIdHash;
import io.github.ocspstapler.ocsp.OcspClient.Learned;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a {@link Stapler} knows about one responder host at one moment: a row of its listing.
 *
 * <p>Immutable and thread-safe.
 *
 * @param host scheme, host and port, for example {@code http://ocsp.ca.example}
 * @param breaker whether it is asked
 * @param failuresInARow how many requests got no answer since the last that did; an answer that is
 *     refused for what it says is an answer
 * @param failingSince when the first of these failed; empty if the last request was answered
 * @param nextProbe from when on one request at a time is let through; empty while the breaker is
 *     closed
 * @param certificates how many kept certificates are asked about there
 * @param needsPost whether it did not understand a GET, and then understood a POST
 * @param certIdHash the hash of the CertID that it understood last; empty if not known yet
 * @param lastError why the last request got no answer, in one sentence; empty if it got one
 */
public record ResponderStatus(
    String host,
    Breaker breaker,
    int failuresInARow,
    Optional<Instant> failingSince,
    Optional<Instant> nextProbe,
    int certificates,
    boolean needsPost,
    Optional<CertIdHash> certIdHash,
    Optional<String> lastError) {

  /** Checks that nothing is null. */
  public ResponderStatus {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(breaker, "breaker");
    Objects.requireNonNull(failingSince, "failingSince");
    Objects.requireNonNull(nextProbe, "nextProbe");
    Objects.requireNonNull(certIdHash, "certIdHash");
    Objects.requireNonNull(lastError, "lastError");
  }

  /** Returns the same row, with what a client has learned. */
  ResponderStatus with(Learned learned) {
    return new ResponderStatus(
        host,
        breaker,
        failuresInARow,
        failingSince,
        nextProbe,
        certificates,
        learned.needsPost(),
        learned.certIdHash(),
        lastError);
  }

  /** A circuit breaker's state: whether a host is asked. */
  public enum Breaker {
    /** It is asked as usual. */
    CLOSED,
    /** It did not answer for some time; one request at a time tries whether it does again. */
    HALF_OPEN,
    /** It did not answer, and is left alone until the next probe. */
    OPEN
  }
}
