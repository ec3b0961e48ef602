package io.github.ocspstapler.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What may hang in a name look-up is apart from what must not. */
@Timeout(60)
class ClientThreadsTest {
  private final ClientThreads threads = new ClientThreads();

  @AfterEach
  void close() {
    threads.close();
  }

  private String threadOf(Executor executor) {
    CompletableFuture<String> name = new CompletableFuture<>();
    executor.execute(() -> name.complete(Thread.currentThread().getName()));
    return name.orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Test
  void httpClient_startOfARequest_staysOnTheThreadThatMayHang() {
    Executor http = threads.httpClient(Duration.ofSeconds(3), null).executor().orElseThrow();

    String inside =
        CompletableFuture.supplyAsync(() -> threadOf(http), threads.exchanges())
            .orTimeout(60, TimeUnit.SECONDS)
            .join();

    assertThat(inside).startsWith("ocsp-exchange-");
    assertThat(threadOf(http)).startsWith("ocsp-http-");
  }

  @Test
  void send_lookUpsOfSomeHostsHang_othersAreAsked() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch hanging = new CountDownLatch(6);
    PinnedAddresses.Resolver resolver =
        host -> {
          if (host.startsWith("hanging")) {
            hanging.countDown();
            awaitUninterrupted(release);
            throw new UnknownHostException(host);
          }
          return InetAddress.getAllByName("127.0.0.1");
        };
    List<CompletableFuture<HttpAnswer>> stuck = new ArrayList<>();
    try (LoopServer server =
        LoopServer.start(
            (request, connection) -> LoopServer.respond(connection, "200 OK", "", new byte[1]))) {
      HttpExchanges exchanges = exchanges(new PinnedAddresses(resolver, address -> true));
      for (int i = 0; i < 60; i++) {
        stuck.add(send(exchanges, "http://hanging" + i % 6 + ".test/"));
      }
      assertThat(hanging.await(60, TimeUnit.SECONDS)).isTrue();

      HttpAnswer answer =
          send(exchanges, "http://healthy.test:" + server.port() + "/").get(60, TimeUnit.SECONDS);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(stuck).noneMatch(CompletableFuture::isDone);
    } finally {
      release.countDown();
    }
    for (CompletableFuture<HttpAnswer> each : stuck) {
      assertThat(each.handle((value, failure) -> failure).get(60, TimeUnit.SECONDS))
          .isInstanceOf(HttpFailure.class);
    }
  }

  private HttpExchanges exchanges(PinnedAddresses pinned) {
    return new HttpExchanges(
        () -> threads.httpClient(Duration.ofSeconds(3), pinned),
        threads.exchanges(),
        Clock.systemUTC(),
        1000,
        3);
  }

  private CompletableFuture<HttpAnswer> send(HttpExchanges exchanges, String url) {
    return exchanges.send(
        HttpCall.get(URI.create(url)), Deadline.after(Duration.ofSeconds(50), threads.timer()));
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
