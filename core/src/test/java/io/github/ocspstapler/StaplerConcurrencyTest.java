package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real threads. */
@Timeout(120)
class StaplerConcurrencyTest {
  private static final int THREADS = 40;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
  private final InMemoryResponders responders =
      new InMemoryResponders(Clock.systemUTC(), scheduler);
  private final TestCa ca = TestCa.root();
  private final TestCertificate leaf = ca.leaf("example.com", "http://ocsp.ca.test");
  private final Stapler stapler =
      Stapler.builder()
          .scheduler(scheduler)
          .source(responders)
          .delivery(JsseDelivery.Mode.OFF)
          .build();

  @AfterEach
  void close() {
    stapler.close();
    threads.shutdownNow();
    scheduler.shutdownNow();
  }

  // X1
  @Test
  void preload_fortyThreadsOneWish_makeOneRequest() throws Exception {
    responders.latency(Duration.ofMillis(200));

    List<StapleStatus> outcomes = together(() -> stapler.preload(leaf.chain()).join());

    assertThat(outcomes).hasSize(THREADS);
    assertThat(outcomes)
        .allSatisfy(one -> assertThat(one.state()).isEqualTo(StapleStatus.State.STAPLED));
    assertThat(responders.requestCount()).isEqualTo(1);
  }

  // X1
  @Test
  void refresh_fortyThreadsWhileOneIsInFlight_joinIt() throws Exception {
    responders.everywhere(InMemoryResponders.hang());
    CompletableFuture<StapleStatus> first = stapler.refresh(leaf.chain());
    while (responders.requestCount() == 0) {
      Thread.onSpinWait();
    }

    List<CompletableFuture<StapleStatus>> others = together(() -> stapler.refresh(leaf.chain()));
    responders
        .hanging()
        .get(0)
        .complete(
            InMemoryResponders.down()
                .answer(leaf.certificate(), java.net.URI.create("http://x"), Instant.now()));

    for (CompletableFuture<StapleStatus> other : others) {
      assertThat(other.get(60, TimeUnit.SECONDS).failuresInARow()).isEqualTo(1);
    }
    assertThat(first).isCompleted();
    assertThat(responders.requestCount()).isEqualTo(1);
  }

  // X2, T2
  @Test
  void handshakes_responderHangs_areNotHeldUp() throws Exception {
    responders.everywhere(InMemoryResponders.hang());
    X509Certificate[] chain = leaf.chain().toArray(X509Certificate[]::new);

    together(() -> {
      for (int i = 0; i < 10_000; i++) {
        World.handshake(stapler, chain, true);
      }
      return true;
    });

    assertThat(responders.requestCount()).isLessThanOrEqualTo(1);
  }

  // C13, T8
  @Test
  void lookUp_whileStaplesAreReplaced_seesTheOldOrTheNewAndNeverAMix() throws Exception {
    AtomicLong round = new AtomicLong();
    Instant start = Instant.now().minus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS);
    responders.everywhere((certificate, responder, now) -> {
      Instant thisUpdate = start.plusSeconds(round.incrementAndGet());
      return InMemoryResponders.goodOf(thisUpdate, Duration.ofDays(7))
          .answer(certificate, responder, now);
    });
    stapler.preload(leaf.chain()).get(60, TimeUnit.SECONDS);
    AtomicBoolean stop = new AtomicBoolean();
    List<Future<Long>> readers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      readers.add(threads.submit(() -> readUntil(stop)));
    }

    for (int i = 0; i < 500; i++) {
      stapler.refresh(leaf.chain()).get(60, TimeUnit.SECONDS);
    }
    stop.set(true);

    for (Future<Long> reader : readers) {
      assertThat(reader.get(60, TimeUnit.SECONDS)).isPositive();
    }
    assertThat(round.get()).isEqualTo(501);
  }

  /** Reads staples; each must be whole, and none older than the one before. */
  private long readUntil(AtomicBoolean stop) {
    Instant last = Instant.MIN;
    long reads = 0;
    do {
      Staple staple = stapler.staple(leaf.certificate()).orElseThrow();
      String bytes = new String(staple.encoded(), StandardCharsets.UTF_8);
      assertThat(bytes).isEqualTo("Good[] of " + staple.thisUpdate());
      assertThat(staple.thisUpdate()).isAfterOrEqualTo(last);
      last = staple.thisUpdate();
      reads++;
    } while (!stop.get());
    return reads;
  }

  @Test
  void close_whileFortyThreadsUseIt_completesEverything() throws Exception {
    responders.latency(Duration.ofMillis(1));
    List<Future<Boolean>> users = new ArrayList<>();
    CyclicBarrier barrier = new CyclicBarrier(THREADS);
    for (int i = 0; i < THREADS - 1; i++) {
      users.add(
          threads.submit(() -> {
            barrier.await();
            for (int n = 0; n < 200; n++) {
              World.handshake(stapler, leaf.chain().toArray(X509Certificate[]::new), true);
              stapler.refresh(leaf.chain()).get(60, TimeUnit.SECONDS);
            }
            return true;
          }));
    }
    barrier.await();

    stapler.close();

    for (Future<Boolean> user : users) {
      assertThat(user.get(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(stapler.statuses()).isEmpty();
  }

  private <T> List<T> together(Callable<T> wish) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(THREADS);
    List<Future<T>> started = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      started.add(
          threads.submit(() -> {
            barrier.await();
            return wish.call();
          }));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> one : started) {
      results.add(one.get(60, TimeUnit.SECONDS));
    }
    return results;
  }
}
