package io.github.ocspstapler.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InterruptedIOException;
import java.net.Socket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpExchangesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://ca.test",
        "HTTPS://ca.test:8443/ocsp?x=1",
        "http://127.0.0.1/",
        "http://[::1]:80/"
      })
  void isAskable_httpWithHost_isTrue(String url) {
    assertThat(HttpExchanges.isAskable(URI.create(url))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ldap://ca.test/cn=CA",
        "file:///etc/passwd",
        "ftp://ca.test/",
        "jar:http://ca.test/a.jar!/",
        "http:ca.test",
        "http:///ocsp",
        "http://ca.test@evil.test/",
        "http://user:secret@ca.test/",
        "http://127.1/",
        "http://ca.test:70000/",
        "/relative",
        "ca.test"
      })
  void isAskable_anythingElse_isFalse(String url) {
    assertThat(HttpExchanges.isAskable(URI.create(url))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "http://h/a/b, c, http://h/a/c",
    "http://h/a/b, /c, http://h/c",
    "http://h/a/b, //g/c, http://g/c",
    "http://h/a/b, https://g/c?d, https://g/c?d",
    "http://h, c, http://h/c",
    "http://h/a/b?x, ?y, http://h/a/b?y",
    "http://h/a/b, ../c, http://h/c",
    "http://h/a/b, c#fragment, http://h/a/c",
    "http://h/a%2Fb/c, d%2Be, http://h/a%2Fb/d%2Be"
  })
  void resolve_reference_isResolvedAsRfc3986(String base, String reference, String target)
      throws Exception {
    assertThat(HttpExchanges.resolve(URI.create(base), reference)).isEqualTo(URI.create(target));
  }

  @Test
  void withoutFragment_none_isTheSame() {
    URI uri = URI.create("http://h/a?b");

    assertThat(HttpExchanges.withoutFragment(uri)).isSameAs(uri);
  }

  // Left to java.net.http, it would be on one of CompletableFuture's default executor, which starts
  // one for each answer where there are one or two processors.
  @Test
  void send_answered_completesOnAThreadOfTheClient() throws Exception {
    Duration limit = Duration.ofSeconds(60);
    CountDownLatch awaited = new CountDownLatch(1);
    try (ClientThreads threads = new ClientThreads();
        LoopServer server =
            LoopServer.start((request, connection) -> {
              await(awaited);
              LoopServer.respond(connection, "200 OK", "", new byte[] {1, 2, 3});
            })) {
      HttpExchanges exchanges =
          new HttpExchanges(
              () -> threads.httpClient(limit, null), Runnable::run, Clock.systemUTC(), 1024, 0);
      HttpCall call = HttpCall.get(URI.create("http://127.0.0.1:" + server.port() + "/"));

      CompletableFuture<String> thread =
          exchanges
              .send(call, Deadline.after(limit, threads.timer()))
              .thenApply(answer -> Thread.currentThread().getName());
      awaited.countDown();

      assertThat(thread.get(limit.toSeconds(), TimeUnit.SECONDS)).startsWith("ocsp-http-");
    }
  }

  // The next request may be made by whoever takes the answer, in that thread.
  @Test
  void send_oneAfterTheOther_staysOnOneConnection() throws Exception {
    Duration limit = Duration.ofSeconds(60);
    Set<Socket> connections = ConcurrentHashMap.newKeySet();
    try (ClientThreads threads = new ClientThreads();
        LoopServer server =
            LoopServer.start((request, connection) -> {
              connections.add(connection);
              LoopServer.respond(connection, "200 OK", "", new byte[] {1, 2, 3});
            })) {
      HttpExchanges exchanges =
          new HttpExchanges(
              () -> threads.httpClient(limit, null), Runnable::run, Clock.systemUTC(), 1024, 0);
      HttpCall call = HttpCall.get(URI.create("http://127.0.0.1:" + server.port() + "/"));
      Deadline deadline = Deadline.after(limit, threads.timer());

      CompletableFuture<HttpAnswer> last = exchanges.send(call, deadline);
      for (int i = 1; i < 20; i++) {
        last = last.thenCompose(answer -> exchanges.send(call, deadline));
      }
      last.get(limit.toSeconds(), TimeUnit.SECONDS);

      assertThat(server.requests()).hasSize(20);
      assertThat(connections).hasSize(1);
    }
  }

  private static void await(CountDownLatch latch) throws InterruptedIOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }
}
