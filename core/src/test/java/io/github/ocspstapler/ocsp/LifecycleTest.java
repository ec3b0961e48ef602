package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.ocspstapler.ocsp.OcspException.Unreachable;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.Eventually;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cancelling, interrupting, closing (C14, X6), and being dropped without being closed (X8). */
@Timeout(120)
class LifecycleTest {
  private static final Duration GENEROUS = Duration.ofSeconds(30);

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

  private CompletableFuture<OcspResponse> queryAsync(OcspClient client) {
    return client.queryAsync(site.certificate(), site.issuerCertificate());
  }

  /** The client's own threads, and those of the HTTP clients it makes. */
  private static Set<Thread> clientThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("ocsp-.*|HttpClient-.*"))
        .collect(Collectors.toSet());
  }

  private static Set<Thread> clientThreads(Set<Thread> butThese) {
    Set<Thread> threads = clientThreads();
    threads.removeAll(butThese);
    return threads;
  }

  @Test
  void queryAsync_failure_isAnOcspExceptionItself() {
    responder.goDown();
    try (OcspClient client = OcspClient.create()) {
      Throwable failure = catchThrowable(() -> queryAsync(client).get());

      assertThat(failure).isInstanceOf(ExecutionException.class);
      assertThat(failure.getCause()).isInstanceOf(Unreachable.class);
    }
  }

  @Test
  void queryAsync_cancelled_abortsTheExchange() {
    responder.fault(Fault.hang());
    try (OcspClient client = OcspClient.create()) {
      CompletableFuture<OcspResponse> future = queryAsync(client);
      assertThat(responder.awaitRequests(1, GENEROUS)).isTrue();

      future.cancel(true);

      assertThat(Eventually.holds(GENEROUS, () -> responder.inFlight() == 0)).isTrue();
      assertThat(responder.requestCount()).isEqualTo(1);
    }
  }

  @Test
  void queryAsync_callersOwnTimeout_abortsTheExchange() {
    responder.fault(Fault.hang());
    try (OcspClient client = OcspClient.create()) {
      CompletableFuture<OcspResponse> future =
          queryAsync(client).orTimeout(200, TimeUnit.MILLISECONDS);

      Throwable failure = catchThrowable(future::get);

      assertThat(failure).hasCauseInstanceOf(TimeoutException.class);
      assertThat(Eventually.holds(GENEROUS, () -> responder.inFlight() == 0)).isTrue();
    }
  }

  @Test
  void query_interrupted_failsAtOnceWithTheFlagSetAgain() throws Exception {
    responder.fault(Fault.hang());
    try (OcspClient client = OcspClient.create()) {
      AtomicReference<Unreachable> failure = new AtomicReference<>();
      AtomicReference<Boolean> flag = new AtomicReference<>();
      Thread thread =
          new Thread(() -> {
            failure.set(catchThrowableOfType(Unreachable.class, () -> query(client)));
            flag.set(Thread.currentThread().isInterrupted());
          });
      thread.start();
      assertThat(responder.awaitRequests(1, GENEROUS)).isTrue();

      thread.interrupt();
      thread.join(GENEROUS.toMillis());

      assertThat(failure.get().reason()).isEqualTo(Unreachable.Reason.INTERRUPTED);
      assertThat(flag.get()).isTrue();
      assertThat(Eventually.holds(GENEROUS, () -> responder.inFlight() == 0)).isTrue();
    }
  }

  @Test
  void close_duringAHangingFetch_isPromptAndFailsWhatIsPending() {
    responder.fault(Fault.hang());
    OcspClient client = OcspClient.builder().timeout(Duration.ofSeconds(100)).build();
    CompletableFuture<OcspResponse> future = queryAsync(client);
    assertThat(responder.awaitRequests(1, GENEROUS)).isTrue();

    long start = System.nanoTime();
    client.close();
    Duration took = Duration.ofNanos(System.nanoTime() - start);

    assertThat(took).as("it does not wait for the fetch").isLessThan(GENEROUS);
    assertThat(future).isCompletedExceptionally();
    assertThat(catchThrowable(future::get).getCause())
        .isInstanceOfSatisfying(
            Unreachable.class,
            failure -> assertThat(failure.reason()).isEqualTo(Unreachable.Reason.CLOSED));
    assertThat(Eventually.holds(GENEROUS, () -> responder.inFlight() == 0)).isTrue();
  }

  @Test
  void close_whileMuchIsUnderWay_leavesNoThread() {
    Set<Thread> before = clientThreads();
    responder.fault(Fault.hang());
    OcspClient client = OcspClient.builder().timeout(Duration.ofSeconds(100)).build();
    List<CompletableFuture<OcspResponse>> futures = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      futures.add(queryAsync(client));
    }
    assertThat(responder.awaitRequests(50, GENEROUS)).isTrue();
    assertThat(clientThreads(before)).isNotEmpty();

    client.close();

    assertThat(Eventually.holds(GENEROUS, () -> clientThreads(before).isEmpty()))
        .as(() -> clientThreads(before).toString())
        .isTrue();
    assertThat(futures).allMatch(CompletableFuture::isCompletedExceptionally);
  }

  @Test
  void close_afterAQuery_leavesNoThread() throws Exception {
    Set<Thread> before = clientThreads();
    OcspClient client = OcspClient.create();
    query(client);

    client.close();

    assertThat(Eventually.holds(GENEROUS, () -> clientThreads(before).isEmpty()))
        .as(() -> clientThreads(before).toString())
        .isTrue();
  }

  @Test
  void close_fromACallback_doesNotWaitForItself() throws Exception {
    OcspClient client = OcspClient.create();

    CompletableFuture<Void> closed = queryAsync(client).thenAccept(response -> client.close());

    closed.get(30, TimeUnit.SECONDS);
    assertThat(catchThrowableOfType(Unreachable.class, () -> query(client)).reason())
        .isEqualTo(Unreachable.Reason.CLOSED);
  }

  @Test
  void query_closedClient_failsAndVerifyStillWorks() throws Exception {
    OcspClient client = OcspClient.create();
    byte[] answer = query(client).encoded();
    client.close();
    client.close();

    Unreachable failure = catchThrowableOfType(Unreachable.class, () -> query(client));

    assertThat(failure.reason()).isEqualTo(Unreachable.Reason.CLOSED);
    assertThat(client.verify(answer, site.certificate(), ca.certificate()).status())
        .isEqualTo(new CertificateStatus.Good());
  }

  @Test
  void close_callersOwnHttpClient_staysOpen() throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    OcspClient first = OcspClient.builder().httpClient(http).build();
    query(first);
    first.close();

    try (OcspClient second = OcspClient.builder().httpClient(http).build()) {
      assertThat(query(second).status()).isEqualTo(new CertificateStatus.Good());
    }
  }

  @Test
  void threads_ofAQuery_areDaemons() throws Exception {
    Set<Thread> before = clientThreads();
    try (OcspClient client = OcspClient.create()) {
      query(client);

      assertThat(clientThreads(before)).isNotEmpty().allMatch(Thread::isDaemon);
    }
  }

  @Test
  void client_droppedWithoutClose_losesItsThreads() throws Exception {
    Set<Thread> before = clientThreads();
    query(OcspClient.create());

    boolean ended =
        Eventually.holds(
            Duration.ofSeconds(45),
            () -> {
              System.gc();
              return clientThreads(before).isEmpty();
            });

    assertThat(ended).as(() -> clientThreads(before).toString()).isTrue();
  }

  @Test
  void verify_alone_startsNoThread() throws Exception {
    byte[] answer;
    try (OcspClient client = OcspClient.create()) {
      answer = query(client).encoded();
    }
    Set<Thread> before = clientThreads();
    OcspClient client = OcspClient.create();

    client.verify(answer, site.certificate(), ca.certificate());

    assertThat(clientThreads(before)).isEmpty();
  }

  @Test
  void queryAsync_manyAtOnce_usesFewThreads() throws Exception {
    Set<Thread> before = clientThreads();
    responder.latency(Duration.ofMillis(50));
    try (OcspClient client = OcspClient.create()) {
      List<CompletableFuture<OcspResponse>> futures = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        futures.add(queryAsync(client));
      }
      int most = clientThreads(before).size();
      for (CompletableFuture<OcspResponse> future : futures) {
        future.get(60, TimeUnit.SECONDS);
        most = Math.max(most, clientThreads(before).size());
      }

      assertThat(most).isLessThanOrEqualTo(26 + Runtime.getRuntime().availableProcessors());
    }
  }
}
