package io.github.ocspstapler;

import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.Outcome.Kind;
import io.github.ocspstapler.Outcome.NoAnswer;
import io.github.ocspstapler.ocsp.HttpFreshness;
import io.github.ocspstapler.ocsp.HttpValidator;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspException;
import io.github.ocspstapler.ocsp.OcspException.Refused;
import io.github.ocspstapler.ocsp.OcspException.Rejected;
import io.github.ocspstapler.ocsp.OcspException.Unreachable;
import io.github.ocspstapler.ocsp.OcspResponse;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Answers from the network. Thread-safe. */
final class ClientSource implements ResponseSource {
  /** Two clocks that are further apart than this are worth a line. */
  static final Duration CLOCKS_MAY_DIFFER = Duration.ofMinutes(5);

  private final OcspClient client;
  private final Clock clock;

  ClientSource(OcspClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  @Override
  public List<URI> responders(X509Certificate certificate, X509Certificate issuer) {
    return client.responders(certificate, issuer);
  }

  @Override
  public CompletableFuture<Outcome> ask(X509Certificate certificate, X509Certificate issuer) {
    return outcome(client.queryAsync(certificate, issuer));
  }

  @Override
  public CompletableFuture<Outcome> refresh(
      X509Certificate certificate, X509Certificate issuer, byte[] held, HttpValidator validator) {
    return outcome(client.refreshAsync(certificate, issuer, held, validator));
  }

  @Override
  public OcspClient.Learned learned(URI responder) {
    return client.learned(responder);
  }

  private CompletableFuture<Outcome> outcome(CompletableFuture<OcspResponse> query) {
    CompletableFuture<Outcome> outcome =
        query.handle((response, failure) -> outcome(response, failure, clock.instant()));
    // Cancelling a dependent future does not reach the one it depends on.
    var unused =
        outcome.whenComplete((ignored, failure) -> {
          if (outcome.isCancelled()) {
            query.cancel(true);
          }
        });
    return outcome;
  }

  @Override
  public Outcome check(byte[] response, X509Certificate certificate, X509Certificate issuer) {
    try {
      return answered(client.verify(response, certificate, issuer), clock.instant());
    } catch (OcspException e) {
      return noAnswer(e);
    }
  }

  static Outcome outcome(
      @Nullable OcspResponse response, @Nullable Throwable failure, Instant now) {
    if (response != null) {
      return answered(response, now);
    }
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof OcspException e) {
      return noAnswer(e);
    }
    return new NoAnswer(
        Kind.UNREACHABLE, "internal", "query failed unexpectedly: " + cause, false, false, null);
  }

  private static Answered answered(OcspResponse response, Instant now) {
    Duration skew =
        response
            .httpFreshness()
            .clockSkew()
            .map(ahead -> ahead.abs().compareTo(CLOCKS_MAY_DIFFER) > 0 ? ahead : Duration.ZERO)
            .orElse(null);
    return new Answered(
            response.status(),
            response.thisUpdate(),
            response.nextUpdate().orElse(null),
            response.validUntil(),
            response.encoded(),
            response.responder().orElse(null),
            freshFor(response.httpFreshness(), now))
        .with(response.httpValidator().orElse(null), skew);
  }

  private static NoAnswer noAnswer(OcspException e) {
    Kind kind = Kind.REJECTED;
    boolean notKnown = false;
    boolean outage = false;
    Duration retryAfter = null;
    Duration clockSkew = null;
    if (e instanceof Unreachable unreachable) {
      kind =
          switch (unreachable.reason()) {
            case NO_RESPONDER, DISABLED, CERTIFICATE_EXPIRED -> Kind.NOBODY_TO_ASK;
            default -> Kind.UNREACHABLE;
          };
      outage =
          switch (unreachable.reason()) {
            case DNS, CONNECT, TIMEOUT, IO -> true;
            default -> false;
          };
    } else if (e instanceof Refused refused) {
      kind = Kind.REFUSED;
      notKnown = refused.reason() == Refused.Reason.UNAUTHORIZED;
      outage = refused.httpStatus() == 429 || refused.httpStatus() >= 500;
      retryAfter = refused.retryAfter().orElse(null);
    } else if (e instanceof Rejected rejected) {
      clockSkew = rejected.clockSkew().orElse(null);
    }
    String message = String.valueOf(e.getMessage());
    return new NoAnswer(kind, e.reasonName(), message, notKnown, outage, retryAfter, clockSkew);
  }

  /** RFC 9111 4.2.1: max-age before Expires; Expires is read against the sender's own clock. */
  static Duration freshFor(HttpFreshness http, Instant now) {
    Duration lifetime = Duration.ZERO;
    if (http.maxAge().isPresent()) {
      lifetime = http.maxAge().get();
    } else if (http.expires().isPresent()) {
      lifetime = Duration.between(http.date().orElse(now), http.expires().get());
    }
    Duration fresh = lifetime.minus(http.age().orElse(Duration.ZERO));
    return fresh.isNegative() ? Duration.ZERO : fresh;
  }
}
