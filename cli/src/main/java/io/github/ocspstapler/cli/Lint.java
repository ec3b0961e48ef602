package io.github.ocspstapler.cli;

import static io.github.ocspstapler.cli.LintReport.Way.GET_SHA1;
import static io.github.ocspstapler.cli.LintReport.Way.GET_SHA256;
import static io.github.ocspstapler.cli.LintReport.Way.GET_UNESCAPED;
import static io.github.ocspstapler.cli.LintReport.Way.GET_UNPADDED;
import static io.github.ocspstapler.cli.LintReport.Way.HEAD;
import static io.github.ocspstapler.cli.LintReport.Way.IF_NONE_MATCH;
import static io.github.ocspstapler.cli.LintReport.Way.JUNK;
import static io.github.ocspstapler.cli.LintReport.Way.POST_NONCE;
import static io.github.ocspstapler.cli.LintReport.Way.POST_SHA1;
import static io.github.ocspstapler.cli.LintReport.Way.POST_SHA256;
import static io.github.ocspstapler.cli.LintReport.Way.UNUSED_SERIAL;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.ocspstapler.cli.LintReport.Exchange;
import io.github.ocspstapler.cli.LintReport.Way;
import io.github.ocspstapler.internal.http.CappedBody;
import io.github.ocspstapler.ocsp.CertId;
import io.github.ocspstapler.ocsp.CertIdHash;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspException;
import io.github.ocspstapler.ocsp.OcspRequest;
import io.github.ocspstapler.ocsp.UnverifiedResponse;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks one responder about one certificate in every way. Confined to one thread. */
final class Lint {
  /** More than any client takes. */
  static final int MAX_BODY = 64 * 1024;

  private static final byte[] NOTHING_KNOWN = "this is no OCSP request".getBytes(US_ASCII);

  private final HttpClient http;
  private final OcspClient verifier;
  private final Duration timeout;
  private final Clock clock;
  private final BigInteger unusedSerial;
  private final byte[] nonce;
  private final Consumer<Way> progress;

  /**
   * @param unusedSerial a serial number that no certificate has
   * @param nonce to send once
   * @param progress told of each way before it is tried
   */
  Lint(
      OcspClient verifier,
      Duration timeout,
      Clock clock,
      BigInteger unusedSerial,
      byte[] nonce,
      Consumer<Way> progress) {
    // HTTP/1.1: the h2c upgrade that java.net.http offers by default confuses responders.
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(timeout)
            .build();
    this.verifier = verifier;
    this.timeout = timeout;
    this.clock = clock;
    this.unusedSerial = unusedSerial;
    this.nonce = nonce.clone();
    this.progress = progress;
  }

  /** Asks; what comes of it is in the report, whatever it is. */
  LintReport ask(URI responder, X509Certificate certificate, X509Certificate issuer)
      throws InterruptedException {
    OcspRequest sha1 = OcspRequest.of(CertId.of(CertIdHash.SHA1, certificate, issuer));
    OcspRequest sha256 = OcspRequest.of(CertId.of(CertIdHash.SHA256, certificate, issuer));
    OcspRequest fresh = OcspRequest.of(CertId.of(CertIdHash.SHA1, certificate, issuer), nonce);
    OcspRequest unused = OcspRequest.of(CertId.of(CertIdHash.SHA1, unusedSerial, issuer));
    URI get = sha1.getUri(responder);
    Asking asking = new Asking(certificate.getSerialNumber(), issuer);
    asking.ask(POST_SHA1, post(responder, sha1.encoded()));
    asking.ask(POST_SHA256, post(responder, sha256.encoded()));
    Exchange got = asking.ask(GET_SHA1, HttpRequest.newBuilder(get));
    asking.ask(GET_SHA256, HttpRequest.newBuilder(sha256.getUri(responder)));
    asking.ask(POST_NONCE, post(responder, fresh.encoded()));
    new Asking(unusedSerial, issuer, asking.exchanges)
        .ask(UNUSED_SERIAL, post(responder, unused.encoded()));
    Optional<String> etag = got.header("ETag");
    if (etag.isPresent()) {
      asking.ask(IF_NONE_MATCH, HttpRequest.newBuilder(get).header("If-None-Match", etag.get()));
    }
    asking.ask(GET_UNESCAPED, HttpRequest.newBuilder(unescaped(get)));
    asking.ask(GET_UNPADDED, HttpRequest.newBuilder(unpadded(get)));
    asking.ask(JUNK, post(responder, NOTHING_KNOWN));
    asking.ask(HEAD, HttpRequest.newBuilder(get).method("HEAD", BodyPublishers.noBody()));
    return new LintReport(
        responder,
        certificate,
        issuer,
        clock.instant(),
        HexFormat.of().formatHex(nonce),
        asking.exchanges);
  }

  private static HttpRequest.Builder post(URI uri, byte[] body) {
    return HttpRequest.newBuilder(uri)
        .header("Content-Type", "application/ocsp-request")
        .POST(BodyPublishers.ofByteArray(body));
  }

  /** As clients do that take base64 for safe in a URL. */
  private static URI unescaped(URI uri) {
    return URI.create(uri.toString().replace("%2B", "+").replace("%2F", "/").replace("%3D", "="));
  }

  private static URI unpadded(URI uri) {
    return URI.create(uri.toString().replaceAll("(%3D)+(?=$|\\?)", ""));
  }

  /** Questions about one serial number, and what came of them. */
  private final class Asking {
    private final BigInteger serial;
    private final X509Certificate issuer;
    private final Map<Way, Exchange> exchanges;

    Asking(BigInteger serial, X509Certificate issuer) {
      this(serial, issuer, new EnumMap<>(Way.class));
    }

    Asking(BigInteger serial, X509Certificate issuer, Map<Way, Exchange> exchanges) {
      this.serial = serial;
      this.issuer = issuer;
      this.exchanges = exchanges;
    }

    Exchange ask(Way way, HttpRequest.Builder request) throws InterruptedException {
      progress.accept(way);
      Exchange exchange = exchange(request, serial, issuer);
      exchanges.put(way, exchange);
      return exchange;
    }
  }

  private Exchange exchange(HttpRequest.Builder request, BigInteger serial, X509Certificate issuer)
      throws InterruptedException {
    long start = System.nanoTime();
    CompletableFuture<HttpResponse<CappedBody.Content>> future =
        http.sendAsync(
            request.header("Accept", "application/ocsp-response").build(),
            CappedBody.handler(MAX_BODY));
    try {
      HttpResponse<CappedBody.Content> response =
          future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      byte[] body = response.body().bytes().toByteArray();
      UnverifiedResponse says = response.statusCode() == 200 ? parsed(body) : null;
      boolean judged = says != null && says.responseStatus() == 0;
      Verdict verdict = judged ? verdict(body, serial, issuer) : null;
      return new Exchange(
          response.statusCode(), response.headers(), body.length, time, null, says, verdict);
    } catch (TimeoutException e) {
      future.cancel(true);
      return failed("no answer within " + Durations.words(timeout), start);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String message = cause.getMessage();
      return failed(message == null ? cause.getClass().getSimpleName() : message, start);
    }
  }

  private static Exchange failed(String why, long start) {
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    HttpHeaders none = HttpHeaders.of(Map.of(), (name, value) -> true);
    return new Exchange(0, none, 0, time, why, null, null);
  }

  private static @Nullable UnverifiedResponse parsed(byte[] body) {
    try {
      return UnverifiedResponse.parse(body);
    } catch (OcspException.Rejected e) {
      return null;
    }
  }

  private Verdict verdict(byte[] body, BigInteger serial, X509Certificate issuer) {
    try {
      return Verdict.of(verifier.verify(body, serial, issuer));
    } catch (OcspException e) {
      return Verdict.of(e);
    }
  }
}
