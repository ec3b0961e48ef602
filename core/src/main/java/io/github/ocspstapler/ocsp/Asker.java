package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.http.ClientThreads;
import io.github.ocspstapler.internal.http.Deadline;
import io.github.ocspstapler.internal.http.HttpAnswer;
import io.github.ocspstapler.internal.http.HttpExchanges;
import io.github.ocspstapler.internal.x509.Subjects;
import io.github.ocspstapler.ocsp.OcspException.Unreachable;
import java.net.URI;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks responders and keeps track of the inquiries under way, so that closing ends them all.
 *
 * <p>Thread-safe; never blocks its caller, but in {@link #await}.
 */
final class Asker implements AutoCloseable {
  // RFC 9654 section 2.1: what a client should send.
  private static final int NONCE_BYTES = 32;

  private final ClientThreads threads;
  private final HttpExchanges exchanges;
  private final ResponderChoice choice;
  private final ResponseVerifier verifier;
  private final List<CertIdHash> hashes;
  private final boolean nonce;
  private final Duration timeout;
  private final Clock clock;
  private final Duration clockSkew;
  private final ResponderMemory memory = new ResponderMemory();
  private final SecureRandom random = new SecureRandom();
  private final Set<Inquiry<?>> pending = ConcurrentHashMap.newKeySet();
  private volatile boolean closed; // written once, by close

  Asker(
      ClientThreads threads,
      HttpExchanges exchanges,
      ResponderChoice choice,
      ResponseVerifier verifier,
      List<CertIdHash> hashes,
      boolean nonce,
      Duration timeout,
      Clock clock,
      Duration clockSkew) {
    this.threads = threads;
    this.exchanges = exchanges;
    this.choice = choice;
    this.verifier = verifier;
    this.hashes = hashes;
    this.nonce = nonce;
    this.timeout = timeout;
    this.clock = clock;
    this.clockSkew = clockSkew;
  }

  /** Returns whom a question about the certificate would be put to now, in order. */
  List<URI> responders(X509Certificate certificate) {
    return memory.ordered(choice.of(certificate).responders());
  }

  /** An answer at hand, and what names it to the responder that sent it. */
  static final class Held {
    private final byte[] encoded;
    private final HttpValidator validator;

    Held(byte[] encoded, HttpValidator validator) {
      this.encoded = encoded.clone();
      this.validator = validator;
    }
  }

  /**
   * Asks about a certificate.
   *
   * @param held the answer at hand, which need not be sent again; null if there is none
   */
  CompletableFuture<OcspResponse> ask(
      X509Certificate certificate, X509Certificate issuer, @Nullable Held held) {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return CompletableFuture.failedFuture(
          new OcspException.Rejected(
              null,
              OcspException.Rejected.Reason.WRONG_ISSUER,
              "the issuer given is "
                  + Subjects.of(issuer)
                  + " (expected: "
                  + Subjects.of(certificate.getIssuerX500Principal())
                  + ", which issued the certificate)",
              null));
    }
    // RFC 9919: a client must not ask about a certificate that has expired.
    Instant notAfter = certificate.getNotAfter().toInstant();
    if (clock.instant().isAfter(notAfter)) {
      return nobody(
          Unreachable.Reason.CERTIFICATE_EXPIRED,
          certificate,
          "it expired at " + notAfter + " (expected: a certificate in use)");
    }
    ResponderChoice.Chosen chosen = choice.of(certificate);
    if (chosen.responders().isEmpty()) {
      return nobody(
          chosen.disabled() ? Unreachable.Reason.DISABLED : Unreachable.Reason.NO_RESPONDER,
          certificate,
          chosen.whyNone());
    }
    return run(
        new Inquiry<>(
            memory.ordered(chosen.responders()),
            responder -> attempt(responder, forms(responder, certificate, issuer, held)),
            responder -> memory.worked(chosen.responders(), responder)));
  }

  /** Sends a request and returns what comes back with status 200, unverified. */
  CompletableFuture<byte[]> askRaw(OcspRequest request, URI responder) {
    Attempt.Asked<byte[]> asked = new Attempt.Asked<>(request, HttpAnswer::body);
    return run(
        new Inquiry<>(List.of(responder), url -> attempt(url, List.of(() -> asked)), url -> {}));
  }

  private <T> Attempt<T> attempt(URI responder, List<Supplier<Attempt.Asked<T>>> forms) {
    return new Attempt<>(
        exchanges,
        threads.verification(),
        threads.lateness(),
        memory,
        responder,
        forms,
        Deadline.after(timeout, threads.timer()));
  }

  private List<Supplier<Attempt.Asked<OcspResponse>>> forms(
      URI responder, X509Certificate certificate, X509Certificate issuer, @Nullable Held held) {
    List<Supplier<Attempt.Asked<OcspResponse>>> forms = new ArrayList<>();
    // A question with a nonce has an answer of its own each time, and a URL of its own.
    boolean theirs = held != null && !nonce && held.validator.responder().equals(responder);
    Held known = theirs ? held : null;
    for (CertIdHash hash : memory.ordered(responder, hashes)) {
      // The answer at hand came to the form that worked last, which is the first.
      Held here = forms.isEmpty() ? known : null;
      forms.add(() -> asked(responder, hash, certificate, issuer, here));
    }
    return forms;
  }

  private Attempt.Asked<OcspResponse> asked(
      URI responder,
      CertIdHash hash,
      X509Certificate certificate,
      X509Certificate issuer,
      @Nullable Held held) {
    CertId certId = CertId.of(hash, certificate, issuer);
    Question question = Question.about(certificate, issuer);
    OcspRequest request;
    if (nonce) {
      byte[] value = new byte[NONCE_BYTES];
      random.nextBytes(value);
      question = question.withNonce(value);
      request = OcspRequest.of(certId, value);
    } else {
      request = OcspRequest.of(certId);
    }
    return new Attempt.Asked<>(
        request, judge(responder, hash, question, held), held == null ? null : held.validator);
  }

  private Attempt.Judge<OcspResponse> judge(
      URI responder, CertIdHash hash, Question question, @Nullable Held held) {
    return answer -> {
      // RFC 9110 15.4.5: "what you have"; whether that is still to be believed is seen here.
      Held same = answer.status() == HttpOutcome.NOT_MODIFIED ? held : null;
      byte[] encoded = same == null ? answer.body() : same.encoded;
      HttpFreshness freshness = HttpOutcome.freshness(answer.head());
      OcspResponse response;
      try {
        response = verifier.verify(encoded, question, responder, freshness);
      } catch (OcspException.Rejected e) {
        throw HttpOutcome.diagnosed(e, responder, answer.head(), clockSkew);
      }
      memory.understood(responder, hash);
      HttpValidator validator = HttpOutcome.validator(responder, answer);
      return response.with(validator == null && same != null ? same.validator : validator);
    };
  }

  /** Returns what was learned about a responder. */
  OcspClient.Learned learned(URI responder) {
    return memory.learned(responder);
  }

  private <T> CompletableFuture<T> run(Inquiry<T> inquiry) {
    CompletableFuture<T> result = inquiry.result();
    pending.add(inquiry);
    var unused = result.whenComplete((value, failure) -> pending.remove(inquiry));
    if (closed) {
      result.completeExceptionally(closed());
      return result;
    }
    inquiry.step();
    return result;
  }

  /** Waits for the outcome on the caller's thread; an interrupt aborts the exchange. */
  static <T> T await(CompletableFuture<T> future, @Nullable URI responder) throws OcspException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new Unreachable(
          responder,
          Unreachable.Reason.INTERRUPTED,
          "the thread was interrupted while it waited for an OCSP answer",
          e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof OcspException failure) {
        throw failure;
      }
      if (cause instanceof RuntimeException failure) {
        throw failure;
      }
      if (cause instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException("an OCSP query failed: " + cause, cause);
    }
  }

  private static CompletableFuture<OcspResponse> nobody(
      Unreachable.Reason reason, X509Certificate certificate, String why) {
    return CompletableFuture.failedFuture(
        new Unreachable(
            null,
            reason,
            "certificate " + Subjects.of(certificate) + " is not asked about: " + why,
            null));
  }

  private static Unreachable closed() {
    return new Unreachable(
        null, Unreachable.Reason.CLOSED, "the OCSP client was closed before an answer came", null);
  }

  /** Fails all inquiries under way and ends the threads. */
  @Override
  public void close() {
    closed = true;
    for (Inquiry<?> inquiry : pending) {
      inquiry.result().completeExceptionally(closed());
    }
    threads.close();
  }
}
