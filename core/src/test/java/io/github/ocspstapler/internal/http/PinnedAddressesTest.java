package io.github.ocspstapler.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.ocspstapler.testsupport.FreePort;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The connection goes to the address that was checked. Here 127.0.0.2 plays the public address and
 * 127.0.0.1 the private one, with a server on the same port of each.
 */
class PinnedAddressesTest {
  private static boolean isAllowed(InetAddress address) {
    return address.getHostAddress().equals("127.0.0.2");
  }

  private final ClientThreads threads = new ClientThreads();

  @AfterEach
  void close() {
    threads.close();
  }

  private CompletableFuture<HttpAnswer> get(PinnedAddresses.Resolver resolver, String url) {
    PinnedAddresses pinned = new PinnedAddresses(resolver, PinnedAddressesTest::isAllowed);
    HttpExchanges exchanges =
        new HttpExchanges(
            () -> threads.httpClient(Duration.ofSeconds(20), pinned),
            threads.exchanges(),
            Clock.systemUTC(),
            1000,
            3);
    return exchanges.send(
        HttpCall.get(URI.create(url)), Deadline.after(Duration.ofSeconds(40), threads.timer()));
  }

  private static PinnedAddresses.Resolver always(String address) {
    return host -> new InetAddress[] {InetAddress.getByName(address)};
  }

  private static LoopServer.Handler says(String text) {
    return (request, connection) ->
        LoopServer.respond(connection, "200 OK", "", text.getBytes(StandardCharsets.US_ASCII));
  }

  private static HttpFailure failure(CompletableFuture<HttpAnswer> answer) {
    return (HttpFailure) catchThrowable(() -> answer.get(60, TimeUnit.SECONDS)).getCause();
  }

  @Test
  void send_checkedAddress_isWhereTheRequestGoes() throws Exception {
    try (LoopServer server = LoopServer.start("127.0.0.2", 0, says("public"))) {
      String url = "http://ocsp.test:" + server.port() + "/a%2Fb?c";

      HttpAnswer answer = get(always("127.0.0.2"), url).get(60, TimeUnit.SECONDS);

      assertThat(new String(answer.body(), StandardCharsets.US_ASCII)).isEqualTo("public");
      assertThat(server.requests()).hasSize(1);
      assertThat(server.requests().get(0).line()).isEqualTo("GET " + url + " HTTP/1.1");
      assertThat(server.requests().get(0).header("Host")).isEqualTo("ocsp.test:" + server.port());
    }
  }

  @Test
  void send_nameThatChangesItsAddress_neverReachesTheSecond() throws Exception {
    AtomicInteger lookUps = new AtomicInteger();
    PinnedAddresses.Resolver rebinding =
        host ->
            new InetAddress[] {
              InetAddress.getByName(lookUps.getAndIncrement() == 0 ? "127.0.0.2" : "127.0.0.1")
            };
    int port = FreePort.next(); // of both
    try (LoopServer server = LoopServer.start("127.0.0.2", port, says("public"));
        LoopServer secret = LoopServer.start("127.0.0.1", server.port(), says("private"))) {
      String url = "http://ocsp.test:" + server.port() + "/";

      HttpAnswer first = get(rebinding, url).get(60, TimeUnit.SECONDS);
      HttpFailure second = failure(get(rebinding, url));

      assertThat(new String(first.body(), StandardCharsets.US_ASCII)).isEqualTo("public");
      assertThat(second.kind()).isEqualTo(HttpFailure.Kind.FORBIDDEN);
      assertThat(secret.requests()).isEmpty();
    }
  }

  @Test
  void send_redirectToAPrivateAddress_isForbidden() throws Exception {
    PinnedAddresses.Resolver resolver =
        host ->
            new InetAddress[] {
              InetAddress.getByName(host.equals("ocsp.test") ? "127.0.0.2" : host)
            };
    try (LoopServer secret = LoopServer.start(says("private"));
        LoopServer server =
            LoopServer.start(
                "127.0.0.2",
                0,
                (request, connection) ->
                    LoopServer.respond(
                        connection,
                        "302 Found",
                        "Location: http://127.0.0.1:" + secret.port() + "/\r\n",
                        new byte[0]))) {

      HttpFailure failure = failure(get(resolver, "http://ocsp.test:" + server.port() + "/"));

      assertThat(failure.kind()).isEqualTo(HttpFailure.Kind.FORBIDDEN);
      assertThat(server.requests()).hasSize(1);
      assertThat(secret.requests()).isEmpty();
    }
  }

  @Test
  void send_redirectWithinAName_isLookedUpAndCheckedAgain() throws Exception {
    AtomicInteger lookUps = new AtomicInteger();
    PinnedAddresses.Resolver rebinding =
        host ->
            new InetAddress[] {
              InetAddress.getByName(lookUps.getAndIncrement() == 0 ? "127.0.0.2" : "127.0.0.1")
            };
    int port = FreePort.next(); // of both
    try (LoopServer server =
            LoopServer.start(
                "127.0.0.2",
                port,
                (request, connection) ->
                    LoopServer.respond(
                        connection, "307 Moved", "Location: /again\r\n", new byte[0]));
        LoopServer secret = LoopServer.start("127.0.0.1", server.port(), says("private"))) {

      HttpFailure failure = failure(get(rebinding, "http://ocsp.test:" + server.port() + "/"));

      assertThat(failure.kind()).isEqualTo(HttpFailure.Kind.FORBIDDEN);
      assertThat(secret.requests()).isEmpty();
    }
  }
}
