package io.github.ocspstapler;

import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.Outcome.Kind;
import io.github.ocspstapler.Outcome.NoAnswer;
import io.github.ocspstapler.internal.x509.CertificateFields;
import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.HttpValidator;
import io.github.ocspstapler.ocsp.RevocationReason;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Every responder of a small world, in memory: good answers unless told otherwise, at once unless
 * told otherwise, and a record of who asked when. Thread-safe.
 */
final class InMemoryResponders implements ResponseSource {
  /** What a responder does about one certificate. Null hangs until it is cancelled. */
  interface Behaviour {
    @Nullable Outcome answer(X509Certificate certificate, URI responder, Instant now);
  }

  record Request(Instant at, String host, X509Certificate certificate) {}

  private final Clock clock;
  private final ScheduledExecutorService scheduler;
  private final List<Request> requests = new ArrayList<>();
  private final Map<String, Behaviour> hosts = new ConcurrentHashMap<>();
  private final Map<X509Certificate, Behaviour> certificates = new ConcurrentHashMap<>();
  private final Map<String, Answered> answers = new ConcurrentHashMap<>();
  private final List<HttpValidator> conditions = new ArrayList<>();
  private final List<CompletableFuture<Outcome>> hanging = new ArrayList<>();
  private volatile Behaviour everywhere = good(Duration.ofDays(7));
  private volatile boolean disabled;
  private volatile Duration latency = Duration.ZERO;
  private int inFlight;
  private int mostInFlight;

  InMemoryResponders(Clock clock, ScheduledExecutorService scheduler) {
    this.clock = clock;
    this.scheduler = scheduler;
  }

  void everywhere(Behaviour behaviour) {
    everywhere = behaviour;
  }

  void host(String host, Behaviour behaviour) {
    hosts.put(host, behaviour);
  }

  void certificate(X509Certificate certificate, Behaviour behaviour) {
    certificates.put(certificate, behaviour);
  }

  /** Nobody is to be asked about certificates that are found from now on. */
  void disable() {
    disabled = true;
  }

  /** Lets every answer take so long. */
  void latency(Duration duration) {
    latency = duration;
  }

  static Behaviour good(Duration validity) {
    return (certificate, responder, now) ->
        answered(new CertificateStatus.Good(), responder, now, now.plus(validity), Duration.ZERO);
  }

  static Behaviour goodFreshFor(Duration validity, Duration maxAge) {
    return (certificate, responder, now) ->
        answered(new CertificateStatus.Good(), responder, now, now.plus(validity), maxAge);
  }

  static Behaviour goodOf(Instant thisUpdate, Duration validity) {
    return (certificate, responder, now) ->
        answered(
            new CertificateStatus.Good(),
            responder,
            thisUpdate,
            thisUpdate.plus(validity),
            Duration.ZERO);
  }

  static Behaviour revoked(Duration validity, @Nullable RevocationReason reason) {
    return (certificate, responder, now) ->
        answered(
            new CertificateStatus.Revoked(now, Optional.ofNullable(reason)),
            responder,
            now,
            now.plus(validity),
            Duration.ZERO);
  }

  static Behaviour unknown() {
    return (certificate, responder, now) ->
        answered(
            new CertificateStatus.Unknown(),
            responder,
            now,
            now.plus(Duration.ofDays(1)),
            Duration.ZERO);
  }

  static Behaviour unauthorized() {
    return (certificate, responder, now) ->
        new NoAnswer(
            Kind.REFUSED, "unauthorized", "unauthorized (" + responder + ")", true, false, null);
  }

  static Behaviour down() {
    return (certificate, responder, now) ->
        new NoAnswer(
            Kind.UNREACHABLE, "connect", responder + " refused to connect", false, true, null);
  }

  static Behaviour overloaded(Duration retryAfter) {
    return (certificate, responder, now) ->
        new NoAnswer(Kind.REFUSED, "http_status", responder + " said 503", false, true, retryAfter);
  }

  static Behaviour tryLater(Duration retryAfter) {
    return (certificate, responder, now) ->
        new NoAnswer(
            Kind.REFUSED, "try_later", responder + " said tryLater", false, false, retryAfter);
  }

  static Behaviour forged() {
    return (certificate, responder, now) ->
        new NoAnswer(
            Kind.REJECTED, "bad_signature", "signature does not verify", false, false, null);
  }

  static Behaviour disabled() {
    return (certificate, responder, now) ->
        new NoAnswer(Kind.NOBODY_TO_ASK, "disabled", "OCSP is disabled", false, false, null);
  }

  static Behaviour hang() {
    return (certificate, responder, now) -> null;
  }

  static Answered answered(
      CertificateStatus status,
      URI responder,
      Instant thisUpdate,
      Instant nextUpdate,
      Duration freshFor) {
    byte[] bytes = (status + " of " + thisUpdate).getBytes(StandardCharsets.UTF_8);
    return new Answered(status, thisUpdate, nextUpdate, nextUpdate, bytes, responder, freshFor);
  }

  @Override
  public List<URI> responders(X509Certificate certificate, X509Certificate issuer) {
    return disabled ? List.of() : CertificateFields.ocspUrls(certificate);
  }

  @Override
  public CompletableFuture<Outcome> ask(X509Certificate certificate, X509Certificate issuer) {
    URI responder = responders(certificate, issuer).get(0);
    Instant now = clock.instant();
    CompletableFuture<Outcome> future = new CompletableFuture<>();
    synchronized (this) {
      requests.add(new Request(now, responder.getHost(), certificate));
      mostInFlight = Math.max(mostInFlight, ++inFlight);
    }
    Behaviour byHost = hosts.getOrDefault(responder.getHost(), everywhere);
    Behaviour behaviour = certificates.getOrDefault(certificate, byHost);
    Outcome outcome = behaviour.answer(certificate, responder, now);
    if (outcome instanceof Answered answer) {
      answers.put(key(answer.encoded, certificate), answer);
    }
    if (outcome == null) {
      synchronized (this) {
        hanging.add(future);
      }
      var unused = future.whenComplete((cancelled, failure) -> ended());
    } else if (latency.isZero()) {
      finish(future, outcome);
    } else {
      var unused =
          scheduler.schedule(
              () -> finish(future, outcome), latency.toMillis(), TimeUnit.MILLISECONDS);
    }
    return future;
  }

  @Override
  public CompletableFuture<Outcome> refresh(
      X509Certificate certificate, X509Certificate issuer, byte[] held, HttpValidator validator) {
    synchronized (this) {
      conditions.add(validator);
    }
    return ask(certificate, issuer);
  }

  /** The validators of the questions that had one. */
  synchronized List<HttpValidator> conditions() {
    return List.copyOf(conditions);
  }

  /** Knows its own answers again, until they expire, and no others. */
  @Override
  public Outcome check(byte[] response, X509Certificate certificate, X509Certificate issuer) {
    Answered answer = answers.get(key(response, certificate));
    if (answer == null) {
      return new NoAnswer(
          Kind.REJECTED, "bad_signature", "signature does not verify", false, false, null);
    }
    return answer.validUntil.isAfter(clock.instant())
        ? answer
        : new NoAnswer(Kind.REJECTED, "expired", "nextUpdate has passed", false, false, null);
  }

  private static String key(byte[] response, X509Certificate certificate) {
    return new String(response, StandardCharsets.UTF_8) + certificate.getSerialNumber();
  }

  private void finish(CompletableFuture<Outcome> future, Outcome outcome) {
    ended(); // before anybody is told: completing it may start the next
    future.complete(outcome);
  }

  private synchronized void ended() {
    inFlight--;
  }

  synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  synchronized int requestCount() {
    return requests.size();
  }

  synchronized long requestsTo(String host) {
    return requests.stream().filter(request -> request.host().equals(host)).count();
  }

  synchronized void clearRequests() {
    requests.clear();
  }

  synchronized int inFlight() {
    return inFlight;
  }

  synchronized int mostInFlight() {
    return mostInFlight;
  }

  synchronized List<CompletableFuture<Outcome>> hanging() {
    return List.copyOf(hanging);
  }
}
