package io.github.ocspstapler.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FaultTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-01T12:30:15Z"), ZoneOffset.UTC);
  private static final TestCa CA = TestCa.builder("CA").clock(CLOCK).buildCa();

  private final TestResponder responder = TestResponder.builder().ca(CA).clock(CLOCK).start();
  private final TestCertificate site = CA.leaf("example.com", responder.url());
  private final OcspExchange exchange = new OcspExchange();

  @AfterEach
  void stop() {
    responder.close();
  }

  @Test
  void hang_request_isNeverAnsweredAndEndsWithTheClient() throws Exception {
    responder.fault(Fault.hang());
    try (Socket socket = send(OcspExchange.request(site))) {
      socket.setSoTimeout(100);
      assertThat(responder.awaitRequests(1, Duration.ofSeconds(20))).isTrue();

      assertThatExceptionOfType(SocketTimeoutException.class)
          .isThrownBy(() -> socket.getInputStream().read());
      assertThat(responder.inFlight()).isEqualTo(1);
    }

    awaitNoneInFlight();
  }

  @Test
  void hang_responderGoesDown_endsTheConnection() throws Exception {
    responder.fault(Fault.hang());
    try (Socket socket = send(OcspExchange.request(site))) {
      socket.setSoTimeout(20_000);
      assertThat(responder.awaitRequests(1, Duration.ofSeconds(20))).isTrue();

      responder.goDown();

      assertThat(endsWithoutAByte(socket)).isTrue();
    }
  }

  @Test
  void drip_interval_sendsTheRightAnswerByteByByte() throws Exception {
    responder.fault(Fault.drip(Duration.ofMillis(1)));
    long start = System.nanoTime();

    HttpResponse<byte[]> response = ask();

    Duration taken = Duration.ofNanos(System.nanoTime() - start);
    assertThat(taken).isGreaterThanOrEqualTo(Duration.ofMillis(response.body().length));
    assertThat(OcspExchange.singles(response).get(0).getCertStatus())
        .isEqualTo(CertificateStatus.GOOD);
  }

  @Test
  void reset_request_losesTheConnection() throws Exception {
    responder.fault(Fault.reset());
    try (Socket socket = send(OcspExchange.request(site))) {
      socket.setSoTimeout(20_000);

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> socket.getInputStream().read())
          .withMessageContaining("reset");
    }
  }

  @Test
  void cutOff_answer_isShorterThanPromised() {
    responder.fault(Fault.cutOff());

    assertThatExceptionOfType(IOException.class).isThrownBy(this::ask);
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 429, 500, 503})
  void http_status_isThat(int status) throws Exception {
    responder.fault(Fault.http(status));

    assertThat(ask().statusCode()).isEqualTo(status);
    assertThat(ask().headers().firstValue("Retry-After")).isEmpty();
  }

  @Test
  void http_retryAfter_isInTheHeader() throws Exception {
    responder.fault(Fault.http(429, Duration.ofMinutes(2)));

    assertThat(ask().headers().firstValue("Retry-After")).hasValue("120");
  }

  @Test
  void html_isAPageWithStatus200() throws Exception {
    responder.fault(Fault.html());

    HttpResponse<byte[]> response = ask();

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(new String(response.body(), StandardCharsets.UTF_8)).startsWith("<!doctype html>");
  }

  @Test
  void hugeBody_size_isAllSentToWhoTakesIt() throws Exception {
    responder.fault(Fault.hugeBody(1_000_000));

    HttpResponse<byte[]> response = ask();

    assertThat(response.body()).hasSize(1_000_000);
    assertThat(response.headers().firstValue("Content-Length")).isEmpty();
    assertThat(responder.bytesSent()).isEqualTo(1_000_000);
  }

  @Test
  void hugeBody_clientGivesUp_stopsSending() throws Exception {
    responder.fault(Fault.hugeBody(10_000_000_000L));
    try (Socket socket = send(OcspExchange.request(site))) {
      assertThat(socket.getInputStream().readNBytes(1000)).hasSize(1000);
    }

    awaitNoneInFlight();

    assertThat(responder.bytesSent()).isLessThan(1_000_000_000L);
  }

  @Test
  void redirect_hops_leadToTheAnswer() throws Exception {
    responder.fault(Fault.redirect(3));
    HttpClient following =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.ALWAYS)
            .build();
    HttpRequest request =
        HttpRequest.newBuilder(
                OcspExchange.getUri(responder.url("a/b"), OcspExchange.request(site)))
            .build();

    HttpResponse<byte[]> response = following.send(request, BodyHandlers.ofByteArray());

    assertThat(OcspExchange.singles(response)).hasSize(1);
    assertThat(responder.requestCount()).isEqualTo(4);
    assertThat(responder.requests()).allMatch(recorded -> recorded.isFor(site));
  }

  @Test
  void redirect_post_keepsTheMethod() throws Exception {
    responder.fault(Fault.redirect(1));

    assertThat(exchange.post(responder.url(), OcspExchange.request(site)).statusCode())
        .isEqualTo(307);
  }

  @Test
  void redirectLoop_leadsToItself() throws Exception {
    responder.fault(Fault.redirectLoop());

    HttpResponse<byte[]> response = ask();

    assertThat(response.statusCode()).isEqualTo(302);
    assertThat(response.headers().firstValue("Location")).hasValue(response.uri().toString());
  }

  @Test
  void redirectTo_anyUrl_isTheLocation() throws Exception {
    responder.fault(Fault.redirectTo("file:///etc/passwd"));

    assertThat(ask().headers().firstValue("Location")).hasValue("file:///etc/passwd");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void error_status_isAllThatIsSent(int status) throws Exception {
    responder.fault(Fault.error(status));

    HttpResponse<byte[]> response = ask();

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(OcspAnswer.error(status).der());
  }

  @Test
  void answer_changed_isSent() throws Exception {
    TestCertificate other = CA.leaf("other.example");
    responder.fault(Fault.answer(answer -> answer.and(SingleAnswer.good(other))));

    assertThat(OcspExchange.singles(ask())).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void malformed_each_isSentAsItIsMade(Malformation malformation) throws Exception {
    responder.fault(Fault.malformed(malformation));

    HttpResponse<byte[]> response = ask();

    Map<String, String> expected =
        read(malformation.apply(OcspAnswer.good(site).clock(CLOCK)).der());
    Map<String, String> actual = read(response.body());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    assertThat(actual.get("signed by")).isEqualTo(expected.get("signed by"));
  }

  @Test
  void bytes_any_areSentAsOcsp() throws Exception {
    responder.fault(Fault.bytes(new byte[] {1, 2, 3}));

    HttpResponse<byte[]> response = ask();

    assertThat(response.body()).containsExactly(1, 2, 3);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/ocsp-response");
  }

  @Test
  void times_two_healsAfterTwoRequests() throws Exception {
    responder.fault(Fault.http(500).times(2));

    assertThat(ask().statusCode()).isEqualTo(500);
    assertThat(ask().statusCode()).isEqualTo(500);
    assertThat(ask().statusCode()).isEqualTo(200);
  }

  @Test
  void times_zero_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Fault.hang().times(0))
        .withMessage("requests: 0 (expected: 1 or more)");
  }

  @Test
  void fault_oneCertificate_leavesTheOthers() throws Exception {
    TestCertificate other = CA.leaf("other.example");
    responder.fault(site, Fault.http(503));

    assertThat(ask().statusCode()).isEqualTo(503);
    assertThat(exchange.post(responder.url(), OcspExchange.request(other)).statusCode())
        .isEqualTo(200);
    responder.heal(site);
    assertThat(ask().statusCode()).isEqualTo(200);
  }

  @Test
  void fault_oneCertificate_goesBeforeTheGeneralOne() throws Exception {
    responder.fault(Fault.http(500)).fault(site, Fault.http(503));

    assertThat(ask().statusCode()).isEqualTo(503);
    responder.heal();
    assertThat(ask().statusCode()).isEqualTo(200);
  }

  @Test
  void latency_set_passesBeforeTheAnswer() throws Exception {
    responder.latency(Duration.ofMillis(50));
    long start = System.nanoTime();

    ask();

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(50));
  }

  @Test
  void toString_ofAFault_saysWhatItDoes() {
    assertThat(Fault.http(429, Duration.ofSeconds(5)).times(2))
        .hasToString("Fault[HTTP 429, Retry-After: 5, 2 times]");
  }

  private HttpResponse<byte[]> ask() throws Exception {
    return exchange.get(responder.url(), OcspExchange.request(site));
  }

  private Socket send(byte[] request) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), responder.port());
    String head = "POST / HTTP/1.1\r\nContent-Length: " + request.length + "\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(request);
    return socket;
  }

  private static boolean endsWithoutAByte(Socket socket) throws IOException {
    try (InputStream in = socket.getInputStream()) {
      return in.read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private void awaitNoneInFlight() {
    boolean none =
        ManualScheduler.create().runUntil(() -> responder.inFlight() == 0, Duration.ofSeconds(20));
    assertThat(none).isTrue();
  }

  private static Map<String, String> read(byte[] der) throws Exception {
    return AnswerReader.read(der, CA.certificate(), CLOCK.instant());
  }
}
