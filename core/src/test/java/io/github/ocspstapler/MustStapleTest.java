package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The one handshake that waits: the first of a must-staple certificate, on a thread that may. */
@Timeout(60)
class MustStapleTest {
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
  private final InMemoryResponders responders =
      new InMemoryResponders(Clock.systemUTC(), scheduler);
  private final World.Counts counts = new World.Counts();
  private final TestCa ca = TestCa.root();
  private final TestCertificate must =
      ca.leafBuilder("must.test").mustStaple().ocspUrls("http://ocsp.ca.test").build();

  @AfterEach
  void close() {
    scheduler.shutdownNow();
  }

  @Test
  void mustStaple_firstHandshakeOnASocket_waitsForTheStaple() throws IOException {
    responders.latency(Duration.ofMillis(100));
    try (Stapler stapler = stapler(Duration.ofSeconds(30))) {
      onSocket(stapler.wrap(hidden(must)));
    }

    assertThat(counts.resolved).containsExactly(true);
  }

  @Test
  void mustStaple_firstHandshakeOnAnEngine_doesNotWait() {
    responders.everywhere(InMemoryResponders.hang());
    try (Stapler stapler = stapler(Duration.ofSeconds(30))) {
      String alias = stapler.wrap(hidden(must)).chooseEngineServerAlias("EC", null, null);

      assertThat(alias).isNotNull(); // within the time-out of the test
    }

    assertThat(counts.resolved).containsExactly(false);
  }

  @Test
  void mustStaple_responderHangs_goesOnWithoutWhenTimeIsUp() throws IOException {
    responders.everywhere(InMemoryResponders.hang());
    try (Stapler stapler = stapler(Duration.ofMillis(50))) {
      onSocket(stapler.wrap(hidden(must)));
    }

    assertThat(counts.resolved).containsExactly(false);
    assertThat(responders.requestCount()).isLessThanOrEqualTo(1); // none if that took longer
  }

  @Test
  void mustStaple_firstAttemptFailed_nobodyWaitsAgain() throws Exception {
    responders.everywhere(InMemoryResponders.down());
    try (Stapler stapler = stapler(Duration.ofSeconds(40))) {
      X509ExtendedKeyManager wrapped = stapler.wrap(hidden(must));
      onSocket(wrapped);
      responders.everywhere(InMemoryResponders.hang());

      for (int i = 0; i < 100; i++) {
        onSocket(wrapped); // a single wait would exceed the test's time-out soon enough
      }
    }

    assertThat(counts.resolved).hasSize(101).containsOnly(false);
  }

  @Test
  void ordinaryCertificate_firstHandshakeOnASocket_doesNotWait() throws IOException {
    responders.everywhere(InMemoryResponders.hang());
    TestCertificate ordinary = ca.leaf("may.test", "http://ocsp.ca.test");
    try (Stapler stapler = stapler(Duration.ofSeconds(50))) {
      X509ExtendedKeyManager wrapped = stapler.wrap(hidden(ordinary));
      onSocket(wrapped);
      onSocket(wrapped); // two waits would exceed the test's time-out
    }

    assertThat(counts.resolved).containsExactly(false, false);
  }

  @Test
  void mustStaple_laterAttemptInFlight_nobodyWaits() {
    try (World world = new World(builder -> builder.mustStapleWait(Duration.ofSeconds(50)))) {
      TestCertificate leaf =
          world.ca.leafBuilder("must.test").mustStaple().ocspUrls("http://ocsp.ca.test").build();
      world.responders.everywhere(InMemoryResponders.down());
      var unused = world.stapler.preload(World.chain(leaf));
      world.scheduler.runDue();
      world.responders.everywhere(InMemoryResponders.hang());
      while (world.responders.inFlight() == 0) {
        world.advance(Duration.ofSeconds(1));
      }

      World.handshake(world.stapler, World.array(leaf), true);
      World.handshake(
          world.stapler, World.array(leaf), true); // two waits would exceed the time-out

      assertThat(world.counts.resolved).containsExactly(false, false);
    }
  }

  @Test
  void mustStaple_timeIsUp_leavesNoWaiterBehind() {
    try (World world = new World(builder -> builder.mustStapleWait(Duration.ofMillis(1)))) {
      TestCertificate leaf =
          world.ca.leafBuilder("must.test").mustStaple().ocspUrls("http://ocsp.ca.test").build();
      world.responders.everywhere(InMemoryResponders.hang());

      World.handshake(world.stapler, World.array(leaf), true);
      World.handshake(world.stapler, World.array(leaf), true);

      KeptCertificate kept = Objects.requireNonNull(world.stapler.roster.find(leaf.certificate()));
      assertThat(kept.waiters).isNull();
    }
  }

  private Stapler stapler(Duration wait) {
    return Stapler.builder()
        .scheduler(scheduler)
        .source(responders)
        .metrics(counts)
        .mustStapleWait(wait)
        .delivery(JsseDelivery.Mode.OFF)
        .build();
  }

  private static KeyManagers hidden(TestCertificate leaf) {
    // With the root: the leaf's issuer must be there.
    return new KeyManagers().hidden().add("a", leaf.chain().toArray(X509Certificate[]::new));
  }

  private static void onSocket(X509ExtendedKeyManager keyManager) throws IOException {
    try (Socket socket = SSLSocketFactory.getDefault().createSocket()) {
      assertThat(keyManager.chooseServerAlias("EC", null, socket)).isEqualTo("a");
    }
  }
}
