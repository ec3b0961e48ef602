package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.ocspstapler.internal.http.LoopServer;
import io.github.ocspstapler.ocsp.OcspException.Refused;
import io.github.ocspstapler.ocsp.OcspException.Unreachable;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** C5, S6: through the caller's own HTTP client, and through a forward proxy. */
class TransportTest {
  private final TestCa ca = TestCa.root();
  private final TestResponder responder = TestResponder.start(ca);
  private final TestCertificate site = ca.leaf("example.com", responder.url());

  @AfterEach
  void close() {
    responder.close();
  }

  private OcspResponse query(OcspClient client) throws OcspException {
    return client.query(site.certificate(), site.issuerCertificate());
  }

  /** A forward proxy: reads absolute-form requests and passes them on, one connection each. */
  private static LoopServer forwardProxy() throws IOException {
    return LoopServer.start((request, connection) -> {
      String[] line = request.line().split(" ", -1);
      URI target = URI.create(line[1]);
      String path =
          target.getRawPath() + (target.getRawQuery() == null ? "" : "?" + target.getRawQuery());
      String head = request.head().lines().skip(1).reduce("", (all, l) -> all + l + "\r\n");
      try (Socket onward = new Socket(InetAddress.getLoopbackAddress(), target.getPort())) {
        onward
            .getOutputStream()
            .write(
                (line[0] + " " + path + " HTTP/1.1\r\n" + head + "Connection: close\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
        onward.getOutputStream().write(request.body());
        onward.getInputStream().transferTo(connection.getOutputStream());
      }
      throw new IOException("one request a connection");
    });
  }

  private static ProxySelector at(int port) {
    return ProxySelector.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  @Test
  void query_throughAProxy_getsAndPosts() throws Exception {
    TestCertificate posted =
        ca.leaf("example.com", responder.url("ocsp/" + "p".repeat(250) + "#fragment"));
    try (LoopServer proxy = forwardProxy();
        OcspClient client = OcspClient.builder().proxy(at(proxy.port())).build()) {

      OcspResponse got = query(client);
      OcspResponse answered = client.query(posted.certificate(), ca.certificate());

      assertThat(got.status()).isEqualTo(new CertificateStatus.Good());
      assertThat(answered.status()).isEqualTo(new CertificateStatus.Good());
      assertThat(proxy.requests())
          .extracting(LoopServer.Request::line)
          .satisfiesExactly(
              line -> assertThat(line).startsWith("GET " + responder.url()),
              line -> assertThat(line).startsWith("POST " + responder.url()).doesNotContain("#"));
    }
    assertThat(responder.requests())
        .extracting(request -> request.method())
        .containsExactly("GET", "POST");
  }

  @Test
  void query_proxyWantsAuthentication_isRefused() throws Exception {
    try (LoopServer proxy =
            LoopServer.start((request, connection) ->
                LoopServer.respond(
                    connection,
                    "407 Proxy Authentication Required",
                    "Proxy-Authenticate: Basic realm=x\r\n",
                    new byte[0]));
        OcspClient client = OcspClient.builder().proxy(at(proxy.port())).build()) {

      Refused failure = catchThrowableOfType(Refused.class, () -> query(client));

      assertThat(failure.httpStatus()).isEqualTo(407);
      assertThat(responder.requestCount()).isZero();
    }
  }

  @Test
  void query_proxyDown_isUnreachable() throws Exception {
    int port;
    try (LoopServer proxy = forwardProxy()) {
      port = proxy.port();
    }
    try (OcspClient client = OcspClient.builder().proxy(at(port)).build()) {
      Unreachable failure = catchThrowableOfType(Unreachable.class, () -> query(client));

      assertThat(failure.reason()).isEqualTo(Unreachable.Reason.CONNECT);
    }
  }

  @Test
  void query_callersHttpClient_isWhatSends() throws Exception {
    AtomicInteger tasks = new AtomicInteger();
    HttpClient http =
        HttpClient.newBuilder()
            .executor(task -> {
              tasks.incrementAndGet();
              new Thread(task).start();
            })
            .build();
    try (OcspClient client = OcspClient.builder().httpClient(http).build()) {
      assertThat(query(client).status()).isEqualTo(new CertificateStatus.Good());
    }

    assertThat(tasks).hasPositiveValue();
    assertThat(responder.requests().get(0).header("Upgrade")).isEmpty();
  }

  @Test
  void query_callersHttpClientWithoutConnectTimeout_isStillBounded() {
    responder.fault(Fault.hang());
    try (OcspClient client =
        OcspClient.builder()
            .httpClient(HttpClient.newHttpClient())
            .timeout(Duration.ofMillis(300))
            .build()) {

      Unreachable failure = catchThrowableOfType(Unreachable.class, () -> query(client));

      assertThat(failure.reason()).isEqualTo(Unreachable.Reason.TIMEOUT);
    }
  }

  @Test
  void httpClient_followsRedirectsItself_isRefused() {
    HttpClient http = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();

    assertThatThrownBy(() -> OcspClient.builder().httpClient(http))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ALWAYS");
  }

  @Test
  void build_httpClientAndProxy_isRefused() {
    OcspClient.Builder builder =
        OcspClient.builder().httpClient(HttpClient.newHttpClient()).proxy(at(1));

    assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
  }
}
