package io.github.ocspstapler.status;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is served, byte by byte: over plain sockets, so that any request can be made. */
class StatusServerTest {
  private static final String TOKEN = "a-token-that-nobody-can-guess";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static ShownStapler shown;
  private static TestCertificate www;
  private static TestCertificate pay;

  private StatusServer server;
  private long nanos = 1; // what time it is for the server

  @BeforeAll
  static void keepSome() {
    shown = new ShownStapler();
    www = shown.good("www.example.com", Duration.ofHours(1), Duration.ofDays(4));
    pay = shown.failing("pay.example.com", Duration.ofHours(1), Duration.ofDays(3));
    shown.revoked("old.example.com");
    shown.unstapleable("dev.example.com");
  }

  @AfterAll
  static void closeStapler() {
    shown.close();
  }

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
    }
  }

  private StatusServer.Builder builder() {
    return StatusServer.builder(shown.stapler).metrics(shown.metrics).nanoTime(() -> nanos);
  }

  /** What came back. */
  private record Answer(int status, String head, String body) {
    JsonNode json() throws Exception {
      return JSON.readTree(body);
    }
  }

  private Answer get(String path, String... headers) throws Exception {
    return send("GET", path, headers);
  }

  private Answer send(String method, String path, String... headers) throws Exception {
    String host =
        List.of(headers).stream().anyMatch(h -> h.startsWith("Host:")) ? "" : "Host: localhost\r\n";
    String request =
        method
            + " "
            + path
            + " HTTP/1.1\r\n"
            + host
            + String.join("", List.of(headers).stream().map(h -> h + "\r\n").toList())
            + "\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(ISO_8859_1));
      out.flush();
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      int end = answer.indexOf("\r\n\r\n");
      String head = answer.substring(0, end);
      return new Answer(Integer.parseInt(head.substring(9, 12)), head, answer.substring(end + 4));
    }
  }

  @Test
  void staples_all_areListedWorstFirstWithWhatIsKnown() throws Exception {
    server = builder().start();

    JsonNode document = get("/api/staples").json();

    JsonNode staples = document.get("staples");
    assertThat(staples)
        .extracting(row -> row.get("severity").asText())
        .containsExactly("critical", "warning", "good", "good", "quiet");
    JsonNode row = staples.get(1);
    Instant thisUpdate = Instant.parse(row.get("thisUpdate").asText());
    Instant nextUpdate = Instant.parse(row.get("nextUpdate").asText());
    assertThat(row.get("name").asText()).isEqualTo("pay.example.com");
    assertThat(row.get("state").asText()).isEqualTo("stapled");
    assertThat(row.get("fingerprint").asText()).matches("[0-9a-f]{64}");
    assertThat(row.get("serialNumber").asText()).isEqualTo(pay.serialNumber().toString(16));
    assertThat(row.get("lastError").asText()).contains("503");
    assertThat(Duration.between(thisUpdate, nextUpdate)).isEqualTo(Duration.ofDays(3));
    assertThat(Instant.parse(row.get("half").asText()))
        .isEqualTo(thisUpdate.plus(Duration.ofHours(36)));
    assertThat(Instant.parse(row.get("servedUntil").asText())).isBetween(thisUpdate, nextUpdate);
    assertThat(Instant.parse(row.get("nextAttempt").asText())).isBefore(nextUpdate);
  }

  @Test
  void staples_filteredAndPaged_tellsHowManyThereAre() throws Exception {
    server = builder().start();

    JsonNode words = get("/api/staples?q=EXAMPLE.com+pay").json();
    JsonNode states = get("/api/staples?state=stapled,revoked&limit=1&offset=1").json();

    assertThat(words.get("staples")).hasSize(1);
    assertThat(words.get("total").asInt()).isEqualTo(5);
    assertThat(states.get("matching").asInt()).isEqualTo(4);
    assertThat(states.get("staples").get(0).get("name").asText()).isEqualTo("pay.example.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=1001",
        "limit=x",
        "offset=-1",
        "offset=99999999999",
        "state=fine",
        "what=1"
      })
  void staples_meaninglessQuery_is400WithASentence(String query) throws Exception {
    server = builder().start();

    Answer answer = get("/api/staples?" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("error");
  }

  @Test
  void summary_hasCountsRespondersAndTheHour() throws Exception {
    server = builder().start();

    JsonNode summary = get("/api/summary").json();

    assertThat(summary.get("certificates").get("stapled").asInt()).isEqualTo(3);
    assertThat(summary.get("certificates").get("revoked").asInt()).isEqualTo(1);
    assertThat(summary.get("health").get("status").asText()).isEqualTo("DOWN");
    assertThat(summary.get("refreshable").asBoolean()).isFalse();
    assertThat(summary.get("responders").get(0).get("host").asText())
        .isEqualTo("http://127.0.0.1:" + shown.sick.port());
    assertThat(summary.get("responders").get(0).get("state").asText()).isEqualTo("failing");
    assertThat(summary.get("responders").get(0).get("failing").asInt()).isEqualTo(1);
    assertThat(summary.get("responders").get(1).get("state").asText()).isEqualTo("ok");
    assertThat(summary.get("lastHour").get("answered")).hasSize(60);
  }

  @Test
  void health_revokedCertificate_isLiveAndNotReadyAndSaysWhyToReadersOnly() throws Exception {
    server = builder().start();

    assertThat(get("/health/live").status()).isEqualTo(200);
    assertThat(get("/health/ready").status()).isEqualTo(503);
    assertThat(get("/health/ready").body()).doesNotContain("example");
    assertThat(get("/health").status()).isEqualTo(503);
    assertThat(get("/health").body()).contains("old.example.com is revoked");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/openmetrics-text; version=1.0.0"})
  void metrics_bothFormats_haveNoLabelPerCertificate(String accept) throws Exception {
    server = builder().start();

    Answer answer = get("/metrics", "Accept: " + accept);

    assertThat(answer.head())
        .containsIgnoringCase("content-type: " + accept.replaceFirst(";.*", ""));
    assertThat(answer.body())
        .contains("ocsp_certificate_count{status=\"stapled\"} 3")
        .contains("ocsp_requests_total{status=\"good\"}")
        .contains("ocsp_refusals_total 0\n", "ocsp_responder_count{breaker=\"closed\"} 2")
        .contains("ocsp_responder_breaker{host=\"http://127.0.0.1:" + shown.sick.port())
        .doesNotContain("example");
    assertThat(answer.body().endsWith("# EOF\n")).isEqualTo(accept.contains("openmetrics"));
  }

  @Test
  void metrics_prometheusFormat_isWhatPromtoolAccepts() throws Exception {
    Path promtool = OutsideTool.require("promtool", "prometheus");
    server = builder().start();
    Process check =
        new ProcessBuilder(promtool.toString(), "check", "metrics")
            .redirectErrorStream(true)
            .start();

    try (OutputStream in = check.getOutputStream()) {
      in.write(get("/metrics").body().getBytes(UTF_8));
    }

    String said = new String(check.getInputStream().readAllBytes(), UTF_8);
    // It wants no "count" in a gauge's name; that one is the crate's.
    assertThat(said.lines().filter(line -> !line.contains("_count "))).isEmpty();
  }

  @Test
  void everyAnswer_hasTheHeadersOfAPageThatTrustsNobody() throws Exception {
    server = builder().start();

    for (String path : List.of("/", "/app.js", "/app.css", "/api/staples", "/nothing")) {
      assertThat(get(path).head())
          .containsIgnoringCase("content-security-policy: default-src 'none'; script-src 'self';")
          .containsIgnoringCase("x-content-type-options: nosniff")
          .containsIgnoringCase("cache-control: no-store")
          .doesNotContainIgnoringCase("access-control-allow")
          .doesNotContainIgnoringCase("set-cookie");
    }
  }

  @Test
  void page_hasNothingInlineAndNothingFromOutside() throws Exception {
    server = builder().start();

    String page = get("/").body();

    assertThat(page).contains("<script src=\"app.js\"").doesNotContain("style=", "onclick", "http");
    assertThat(get("/app.js").body()).doesNotContain("innerHTML", "eval(");
  }

  @Test
  void host_ofAnotherName_isRefused() throws Exception {
    server = builder().hostName("status.example.com").start();

    assertThat(get("/api/staples", "Host: rebound.attacker.example").status()).isEqualTo(421);
    assertThat(get("/", "Host: rebound.attacker.example").status()).isEqualTo(421);
    assertThat(get("/", "Host: localhost", "Host: rebound.attacker.example").status())
        .isNotEqualTo(200);
    assertThat(get("/", "Host: status.example.com:1").status()).isEqualTo(200);
  }

  @Test
  void readersNeedTheToken_onlyPageAndProbesAreOpen() throws Exception {
    server = builder().token(TOKEN).requireTokenToRead().start();

    for (String path : List.of("/api/staples", "/api/summary", "/metrics", "/health", "/nothing")) {
      assertThat(get(path).status()).as(path).isEqualTo(401);
      assertThat(get(path, "Authorization: Bearer wrong").status()).as(path).isEqualTo(401);
      assertThat(get(path, "Authorization: Bearer " + TOKEN).status()).as(path).isNotEqualTo(401);
    }
    assertThat(get("/").status()).isEqualTo(200);
    assertThat(get("/health/live").status()).isEqualTo(200);
  }

  @Test
  void refresh_withoutAToken_isForbiddenToEverybody() throws Exception {
    server = builder().start();

    assertThat(send("POST", refresh(www)).status()).isEqualTo(403);
  }

  @Test
  void refresh_withTheToken_asksOnceASecondAtMost() throws Exception {
    server = builder().token(TOKEN).start();
    String authorization = "Authorization: Bearer " + TOKEN;
    shown.responder.clearRequests();

    Answer bare = send("POST", refresh(www));
    Answer wrong = send("POST", refresh(www), "Authorization: Bearer wrong");
    Answer first = send("POST", refresh(www), authorization);
    Answer second = send("POST", refresh(www), authorization);
    nanos += 1_000_000_000;
    Answer third = send("POST", refresh(www), authorization);

    assertThat(List.of(bare.status(), wrong.status())).containsOnly(401);
    assertThat(first.status()).isEqualTo(202);
    assertThat(first.body()).contains("www.example.com");
    assertThat(second.status()).isEqualTo(429);
    assertThat(third.status()).isEqualTo(202);
    assertThat(shown.responder.awaitRequests(1, Duration.ofSeconds(60))).isTrue();
    assertThat(shown.state(www)).isEqualTo(State.STAPLED);
  }

  @Test
  void refresh_unknownCertificate_is404() throws Exception {
    server = builder().token(TOKEN).start();

    String path = "/api/staples/" + "0".repeat(64) + "/refresh";

    assertThat(send("POST", path, "Authorization: Bearer " + TOKEN).status()).isEqualTo(404);
  }

  // Looking for it reads every certificate there is.
  @Test
  void refresh_unknownCertificateAgain_isNotLookedForWithinASecond() throws Exception {
    server = builder().token(TOKEN).start();
    String path = "/api/staples/" + "0".repeat(64) + "/refresh";
    String authorization = "Authorization: Bearer " + TOKEN;

    Answer first = send("POST", path, authorization);
    Answer second = send("POST", path, authorization);

    assertThat(first.status()).isEqualTo(404);
    assertThat(second.status()).isEqualTo(429);
  }

  private String refresh(TestCertificate certificate) throws Exception {
    for (JsonNode row :
        get("/api/staples", "Authorization: Bearer " + TOKEN).json().get("staples")) {
      if (row.get("serialNumber").asText().equals(certificate.serialNumber().toString(16))) {
        return "/api/staples/" + row.get("fingerprint").asText() + "/refresh";
      }
    }
    throw new AssertionError("not listed: " + certificate);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE"})
  void method_otherThanReading_is405(String method) throws Exception {
    server = builder().start();

    assertThat(send(method, "/api/staples", "Content-Length: 0").status()).isEqualTo(405);
  }

  @Test
  void head_isAnsweredWithoutABody() throws Exception {
    server = builder().start();

    Answer head = send("HEAD", "/");

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../secret",
        "/%2e%2e/x",
        "/api/staples/xyz/refresh",
        "//",
        "/app.js/",
        "/%00",
        "/%zz"
      })
  void path_unknown_isNeverServed(String path) throws Exception {
    server = builder().start();

    assertThat(get(path).status()).isBetween(400, 499);
  }

  @Test
  void listing_justTaken_isKeptForASecond() throws Exception {
    server = builder().start();
    int before = get("/api/staples").json().get("total").asInt();
    TestCertificate more = shown.unstapleable("more.example.com");
    try {
      int soon = get("/api/staples").json().get("total").asInt();
      nanos += 1_000_000_000;
      int later = get("/api/staples").json().get("total").asInt();

      assertThat(soon).isEqualTo(before);
      assertThat(later).isEqualTo(before + 1);
    } finally {
      shown.stapler.forget(more.certificate());
    }
  }

  @Test
  void close_freesThePort() throws Exception {
    server = builder().start();
    int port = server.address().getPort();

    server.close();

    server = builder().port(port).start();
    assertThat(get("/health/live").status()).isEqualTo(200);
  }

  @Test
  void port_outOfBounds_isSaid() {
    assertThatThrownBy(() -> builder().port(70_000)).hasMessage("port: 70000 (expected: 0..65535)");
  }
}
