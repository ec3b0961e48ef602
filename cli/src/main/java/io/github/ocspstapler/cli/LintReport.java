package io.github.ocspstapler.cli;

import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.OcspResponse;
import io.github.ocspstapler.ocsp.UnverifiedResponse;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a responder answered, each time it was asked.
 *
 * @param responder its URL
 * @param certificate what it was asked about
 * @param issuer who issued that
 * @param at when
 * @param nonce what was sent once as a nonce, in hexadecimal
 * @param exchanges in the order of the ways
 */
record LintReport(
    URI responder,
    X509Certificate certificate,
    X509Certificate issuer,
    Instant at,
    String nonce,
    Map<Way, Exchange> exchanges) {

  /** The ways in which clients ask, and some in which they should not. */
  enum Way {
    POST_SHA1("POST, SHA-1"),
    POST_SHA256("POST, SHA-256"),
    GET_SHA1("GET, SHA-1"),
    GET_SHA256("GET, SHA-256"),
    POST_NONCE("POST, nonce"),
    UNUSED_SERIAL("POST, unused serial"),
    IF_NONE_MATCH("GET, If-None-Match"),
    // What is odd comes last: there are responders that serve nobody any more after it.
    GET_UNESCAPED("GET, not percent-encoded"),
    GET_UNPADDED("GET, without padding"),
    JUNK("POST, no request"),
    HEAD("HEAD, SHA-1");

    private final String words;

    Way(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /** The ordinary ways, in the order in which an answer is chosen to be looked at. */
  static final List<Way> ORDINARY =
      List.of(Way.GET_SHA256, Way.GET_SHA1, Way.POST_SHA256, Way.POST_SHA1);

  /**
   * A question and what came of it.
   *
   * @param status of HTTP, 0 if there was no answer
   * @param headers of the answer
   * @param bytes the size of its body, of which at most 64 KiB are read
   * @param time until all of it was there
   * @param failure why there was no answer, or null
   * @param says what the body says, or null if that is no OCSP response
   * @param verdict on the answer, or null if there is none to judge
   */
  record Exchange(
      int status,
      HttpHeaders headers,
      int bytes,
      Duration time,
      @Nullable String failure,
      @Nullable UnverifiedResponse says,
      @Nullable Verdict verdict) {

    Optional<OcspResponse> answer() {
      return Optional.ofNullable(verdict).map(Verdict::answer);
    }

    /** Whether a client would have its answer. */
    boolean isAnswered() {
      return answer().isPresent();
    }

    Optional<CertificateStatus> certificateStatus() {
      return answer().map(OcspResponse::status);
    }

    Optional<String> header(String name) {
      return headers.firstValue(name);
    }

    /** In a few words. */
    String outcome() {
      if (failure != null) {
        return failure;
      }
      if (status != 200) {
        return "HTTP " + status;
      }
      if (verdict != null) {
        String reason = verdict.reason();
        return verdict.word().text() + (reason == null ? "" : " (" + reason + ")");
      }
      return says != null
          ? InspectFacts.statusName(says.responseStatus())
          : bytes == 0 ? "no body" : "no OCSP response";
    }
  }

  Exchange exchange(Way way) {
    Exchange exchange = exchanges.get(way);
    if (exchange == null) {
      throw new IllegalStateException(way + " was not asked");
    }
    return exchange;
  }

  boolean isAnswered(Way way) {
    return exchange(way).isAnswered();
  }

  /** The answers that verify, the one to look at first. */
  Stream<Exchange> answered() {
    return ORDINARY.stream().map(this::exchange).filter(Exchange::isAnswered);
  }

  /** Whether there was any HTTP answer at all. */
  boolean isReached() {
    return exchanges.values().stream().anyMatch(exchange -> exchange.failure() == null);
  }
}
