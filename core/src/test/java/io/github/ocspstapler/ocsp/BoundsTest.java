package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.ocspstapler.internal.http.LoopServer;
import io.github.ocspstapler.ocsp.OcspException.Refused;
import io.github.ocspstapler.ocsp.OcspException.Rejected;
import io.github.ocspstapler.ocsp.OcspException.Unreachable;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.RecordedRequest;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.Eventually;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** X5 and its kin: whatever a responder does, a query ends in time and reads little. */
@Timeout(120)
class BoundsTest {
  private static final Duration SHORT = Duration.ofMillis(700);
  private static final Duration GENEROUS = Duration.ofSeconds(30);

  private final TestCa ca = TestCa.root();
  private final TestResponder responder = TestResponder.start(ca);
  private final TestCertificate site = ca.leaf("example.com", responder.url());
  private final OcspClient client = OcspClient.create();
  private final OcspClient hasty = OcspClient.builder().timeout(SHORT).build();

  @AfterEach
  void close() {
    client.close();
    hasty.close();
    responder.close();
  }

  private <T extends OcspException> T failure(OcspClient asking, Class<T> type) {
    return failure(asking, site, type);
  }

  private static <T extends OcspException> T failure(
      OcspClient asking, TestCertificate certificate, Class<T> type) {
    return catchThrowableOfType(
        type, () -> asking.query(certificate.certificate(), certificate.issuerCertificate()));
  }

  private static Duration took(Runnable action) {
    long start = System.nanoTime();
    action.run();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  // Time

  @Test
  void query_hangingResponder_endsInTimeAndDropsTheConnection() {
    responder.fault(Fault.hang());

    Duration took =
        took(() ->
            assertThat(failure(hasty, Unreachable.class).reason())
                .isEqualTo(Unreachable.Reason.TIMEOUT));

    assertThat(took).isBetween(SHORT.minusMillis(50), GENEROUS);
    assertThat(Eventually.holds(GENEROUS, () -> responder.inFlight() == 0)).isTrue();
  }

  @Test
  void query_drippingBody_endsInTime() {
    responder.fault(Fault.drip(Duration.ofMillis(50)));

    Duration took =
        took(() ->
            assertThat(failure(hasty, Unreachable.class).reason())
                .isEqualTo(Unreachable.Reason.TIMEOUT));

    assertThat(took).isBetween(SHORT.minusMillis(50), GENEROUS);
    assertThat(Eventually.holds(GENEROUS, () -> responder.inFlight() == 0)).isTrue();
  }

  @Test
  void query_drippingHead_endsInTime() throws Exception {
    try (LoopServer server =
        LoopServer.start((request, connection) -> {
          OutputStream out = connection.getOutputStream();
          out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
          while (!Eventually.holds(Duration.ofMillis(50), connection::isClosed)) {
            out.write('x');
          }
        })) {
      TestCertificate dripped = ca.leaf("example.com", "http://127.0.0.1:" + server.port() + "/");

      Duration took =
          took(() ->
              assertThat(failure(hasty, dripped, Unreachable.class).reason())
                  .isEqualTo(Unreachable.Reason.TIMEOUT));

      assertThat(took).isBetween(SHORT.minusMillis(50), GENEROUS);
    }
  }

  @Test
  void query_everyStepSlow_sharesOneDeadline() {
    responder.latency(SHORT.dividedBy(2).plusMillis(50)).fault(Fault.error(1));

    Duration took = took(() -> failure(hasty, OcspException.class));

    assertThat(took).isLessThan(GENEROUS);
    assertThat(responder.requestCount()).as("each its own deadline: 3").isBetween(1, 2);
  }

  @Test
  void query_handshakeNeverFinished_endsInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      TestCertificate tls =
          ca.leaf("example.com", "https://127.0.0.1:" + silent.getLocalPort() + "/");

      Unreachable failure = failure(hasty, tls, Unreachable.class);

      assertThat(failure.reason()).isEqualTo(Unreachable.Reason.TIMEOUT);
    }
  }

  @Test
  void query_callbacksBlockAllThatVerify_endsInTime() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    CountDownLatch blocked = new CountDownLatch(threads);
    try (OcspClient brief = OcspClient.builder().timeout(Duration.ofSeconds(3)).build()) {
      client.query(site.certificate(), ca.certificate()); // what a JVM does once is done
      for (int i = 0; i < threads; i++) {
        var unused =
            brief
                .queryAsync(site.certificate(), ca.certificate())
                .thenRun(() -> {
                  blocked.countDown();
                  awaitUninterrupted(release);
                });
      }
      assertThat(blocked.await(60, TimeUnit.SECONDS)).isTrue();

      assertThat(failure(brief, Unreachable.class).reason()).isEqualTo(Unreachable.Reason.TIMEOUT);
    } finally {
      release.countDown();
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Bytes

  @Test
  void query_bodyOf100Megabytes_isCutOff() {
    responder.fault(Fault.hugeBody(100_000_000));

    Rejected failure = failure(client, Rejected.class);

    assertThat(failure.reason()).isEqualTo(Rejected.Reason.TOO_LARGE);
    assertThat(Eventually.holds(GENEROUS, () -> responder.inFlight() == 0)).isTrue();
    // The rest is what the sockets' buffers had taken.
    assertThat(responder.bytesSent()).isLessThan(20_000_000);
    assertThat(responder.requestCount()).isEqualTo(1);
  }

  @Test
  void query_hugeErrorPage_isCutOffAndStillAStatus() throws Exception {
    byte[] page = new byte[1_000_000];
    try (LoopServer server =
        LoopServer.start((request, connection) ->
            LoopServer.respond(connection, "503 Busy", "Retry-After: 9\r\n", page))) {
      TestCertificate busy = ca.leaf("example.com", "http://127.0.0.1:" + server.port() + "/");

      Refused failure = failure(client, busy, Refused.class);

      assertThat(failure.httpStatus()).isEqualTo(503);
      assertThat(failure.retryAfter()).hasValue(Duration.ofSeconds(9));
    }
  }

  @Test
  void query_bodyOfExactlyTheLimit_isRead() throws Exception {
    byte[] answer =
        client.queryRaw(
            OcspRequest.of(CertId.of(CertIdHash.SHA1, site.certificate(), ca.certificate())),
            responder.uri());
    responder.fault(Fault.bytes(answer));
    try (OcspClient exact = OcspClient.builder().maxResponseBytes(answer.length).build();
        OcspClient tight = OcspClient.builder().maxResponseBytes(answer.length - 1).build()) {

      assertThat(exact.query(site.certificate(), ca.certificate()).encoded()).isEqualTo(answer);
      assertThat(failure(tight, Rejected.class).reason()).isEqualTo(Rejected.Reason.TOO_LARGE);
    }
  }

  // Redirects

  @Test
  void query_threeRedirects_areFollowed() throws Exception {
    responder.fault(Fault.redirect(3));

    OcspResponse response = client.query(site.certificate(), ca.certificate());

    assertThat(response.responder()).hasValue(responder.uri());
    assertThat(responder.requestCount()).isEqualTo(4);
  }

  @Test
  void query_fourRedirects_areTooMany() {
    responder.fault(Fault.redirect(4));

    assertThat(failure(client, Refused.class).reason()).isEqualTo(Refused.Reason.REDIRECT);
  }

  @Test
  void query_redirectLoop_endsAfterFourRequests() {
    responder.fault(Fault.redirectLoop());

    Refused failure = failure(client, Refused.class);

    assertThat(failure.reason()).isEqualTo(Refused.Reason.REDIRECT);
    assertThat(responder.requestCount()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "ldap://127.0.0.1/",
        "jar:http://127.0.0.1/a!/",
        "http://trusted.test@127.0.0.1/",
        "http:///"
      })
  void query_redirectToAnythingElse_isForbidden(String target) {
    responder.fault(Fault.redirectTo(target));

    Unreachable failure = failure(client, Unreachable.class);

    assertThat(failure.reason()).isEqualTo(Unreachable.Reason.FORBIDDEN);
    assertThat(failure).hasMessageContaining(target);
    assertThat(responder.requestCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://[", "http://a b/", "::", "%zz"})
  void query_redirectToNoUrl_isRefused(String target) {
    responder.fault(Fault.redirectTo(target));

    Refused failure = failure(client, Refused.class);

    assertThat(failure.reason()).isEqualTo(Refused.Reason.REDIRECT);
    assertThat(responder.requestCount()).isEqualTo(1);
  }

  @Test
  void query_relativeRedirectOfAPost_isPostedThere() throws Exception {
    TestCertificate posted = ca.leaf("example.com", responder.url("long/" + "p".repeat(250)));
    responder.fault(Fault.redirectTo("../elsewhere").times(1));

    client.query(posted.certificate(), ca.certificate());

    assertThat(responder.requests())
        .extracting(RecordedRequest::method)
        .containsExactly("POST", "POST");
    assertThat(responder.requests().get(1).target()).isEqualTo("/elsewhere");
    assertThat(responder.requests().get(1).der().orElseThrow())
        .isEqualTo(responder.requests().get(0).der().orElseThrow());
  }

  @Test
  void query_redirectWithoutLocation_isRefused() throws Exception {
    try (LoopServer server =
        LoopServer.start((request, connection) ->
            LoopServer.respond(connection, "302 Found", "", new byte[0]))) {
      TestCertificate lost = ca.leaf("example.com", "http://127.0.0.1:" + server.port() + "/");

      Refused failure = failure(client, lost, Refused.class);

      assertThat(failure.reason()).isEqualTo(Refused.Reason.REDIRECT);
      assertThat(failure.httpStatus()).isEqualTo(302);
    }
  }

  @Test
  void query_seeOtherAfterAPost_isGot() throws Exception {
    try (LoopServer server =
        LoopServer.start((request, connection) ->
            LoopServer.respond(
                connection,
                request.line().startsWith("POST") ? "303 See Other" : "503 Busy",
                "Location: /answer\r\n",
                new byte[0]))) {
      TestCertificate posted =
          ca.leaf("example.com", "http://127.0.0.1:" + server.port() + "/" + "p".repeat(250));

      failure(client, posted, Refused.class);

      assertThat(server.requests())
          .extracting(LoopServer.Request::line)
          .last()
          .isEqualTo("GET /answer HTTP/1.1");
    }
  }

  // Broken connections

  @Test
  void query_closedPort_isUnreachable() {
    responder.goDown();

    Unreachable failure = failure(client, Unreachable.class);

    assertThat(failure.reason()).isEqualTo(Unreachable.Reason.CONNECT);
    assertThat(failure.responder()).hasValue(responder.uri());
  }

  @Test
  void query_connectionReset_isUnreachable() {
    responder.fault(Fault.reset());

    assertThat(failure(client, Unreachable.class).reason()).isEqualTo(Unreachable.Reason.IO);
  }

  @Test
  void query_answerCutOff_isUnreachable() {
    responder.fault(Fault.cutOff());

    assertThat(failure(client, Unreachable.class).reason()).isEqualTo(Unreachable.Reason.IO);
  }

  @Test
  void query_peerDoesNotSpeakHttp_isUnreachable() throws Exception {
    try (LoopServer server =
        LoopServer.start((request, connection) -> {
          connection
              .getOutputStream()
              .write("220 mail.test ESMTP\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          throw new IOException("done");
        })) {
      TestCertificate mail = ca.leaf("example.com", "http://127.0.0.1:" + server.port() + "/");

      assertThat(failure(client, mail, Unreachable.class).reason())
          .isEqualTo(Unreachable.Reason.IO);
    }
  }

  @Test
  void query_keptConnectionClosedUnderAPost_isPostedAgain() throws Exception {
    byte[] answer =
        client.queryRaw(
            OcspRequest.of(CertId.of(CertIdHash.SHA1, site.certificate(), ca.certificate())),
            responder.uri());
    try (LoopServer server = closesAfterEveryOther(answer)) {
      URI url = URI.create("http://127.0.0.1:" + server.port() + "/" + "p".repeat(250));
      TestCertificate posted = ca.leaf("example.com", url.toString());
      OcspRequest request =
          OcspRequest.of(CertId.of(CertIdHash.SHA1, posted.certificate(), ca.certificate()));

      assertThat(client.queryRaw(request, url)).isEqualTo(answer);
      assertThat(client.queryRaw(request, url)).isEqualTo(answer);

      assertThat(server.requests()).hasSize(3);
    }
  }

  private static LoopServer closesAfterEveryOther(byte[] answer) throws IOException {
    int[] count = new int[1];
    return LoopServer.start((request, connection) -> {
      synchronized (count) {
        if (++count[0] == 2) {
          throw new IOException("closes the kept connection");
        }
      }
      LoopServer.respond(
          connection, "200 OK", "Content-Type: application/ocsp-response\r\n", answer);
    });
  }

  @Test
  void query_manyOnOneResponder_keepTheConnection() throws Exception {
    for (int i = 0; i < 20; i++) {
      client.query(site.certificate(), ca.certificate());
    }
    for (int i = 0; i < 5; i++) {
      responder.fault(Fault.http(503).times(1));
      failure(client, Refused.class);
    }

    assertThat(responder.requestCount()).isEqualTo(25);
    assertThat(responder.connectionCount()).isEqualTo(1);
  }

  @Test
  void query_defaultTimeout_isSixSeconds() {
    responder.fault(Fault.hang());

    Duration took = took(() -> failure(client, Unreachable.class));

    assertThat(took.toMillis()).isBetween(5_900L, TimeUnit.SECONDS.toMillis(30));
  }
}
