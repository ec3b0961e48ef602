package io.github.ocspstapler.jsse;

import static io.github.ocspstapler.jsse.CraftedClientHello.nonce;
import static io.github.ocspstapler.jsse.CraftedClientHello.responderId;
import static io.github.ocspstapler.jsse.CraftedClientHello.stapleIn;
import static io.github.ocspstapler.jsse.CraftedClientHello.withStatusRequest;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.jsse.JsseDelivery.Mode;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** T2: nothing in a ClientHello makes an outbound request. */
@ExtendWith(JvmPropertiesAsBefore.class)
class HostileClientTest {
  private static final byte[] NOTHING = {};
  private static final TestCa CA = TestCa.root();
  private static TestResponder responder;
  private static TestCertificate leaf;

  private final StapleMap source = new StapleMap();

  @BeforeAll
  static void startResponder() {
    responder = TestResponder.start(CA);
    // The responder that the JDK would ask by itself.
    leaf = CA.leaf("localhost", responder.url());
  }

  @AfterAll
  static void stopResponder() {
    responder.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"IN_PROCESS", "LOOPBACK"})
  void clientHello_plainStatusRequest_isStapled(Mode mode) throws Exception {
    byte[] staple = source.putGood(leaf);
    try (JsseDelivery delivery = JsseDelivery.install(source, mode)) {
      SSLContext server = leaf.serverContext();

      byte[] flight = TlsHandshake.answerTo(server, withStatusRequest(NOTHING, NOTHING));

      assertThat(delivery.mode()).isEqualTo(mode);
      assertThat(stapleIn(flight)).contains(staple);
      assertThat(responder.requestCount()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"IN_PROCESS", "LOOPBACK"})
  void clientHello_newNonceEachTime_costsALookUpEach(Mode mode) throws Exception {
    byte[] staple = source.putGood(leaf);
    try (JsseDelivery delivery = JsseDelivery.install(source, mode)) {
      SSLContext server = leaf.serverContext();

      for (byte i = 0; i < 3; i++) {
        byte[] flight = TlsHandshake.answerTo(server, withStatusRequest(NOTHING, nonce(i)));
        assertThat(stapleIn(flight)).contains(staple);
      }

      assertThat(delivery.mode()).isEqualTo(mode);
      assertThat(source.asked()).hasSize(3);
      assertThat(responder.requestCount()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"IN_PROCESS", "LOOPBACK"})
  void clientHello_responderIds_isUnstapledAtOnce(Mode mode) throws Exception {
    source.putGood(leaf);
    try (JsseDelivery delivery = JsseDelivery.install(source, mode)) {
      SSLContext server = leaf.serverContext();

      byte[] flight = TlsHandshake.answerTo(server, withStatusRequest(responderId(), NOTHING));

      assertThat(delivery.mode()).isEqualTo(mode);
      assertThat(stapleIn(flight)).isEmpty();
      assertThat(source.asked()).isEmpty();
      assertThat(responder.requestCount()).isZero();
    }
  }

  @Test
  void clientHello_nothingKept_noOutboundRequestEither() throws Exception {
    try (JsseDelivery delivery = JsseDelivery.install(source, Mode.IN_PROCESS)) {
      SSLContext server = leaf.serverContext();

      byte[] flight = TlsHandshake.answerTo(server, withStatusRequest(NOTHING, nonce((byte) 1)));

      assertThat(delivery.mode()).isEqualTo(Mode.IN_PROCESS);
      assertThat(stapleIn(flight)).isEmpty();
      assertThat(source.asked()).hasSize(1);
      assertThat(responder.requestCount()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"IN_PROCESS", "LOOPBACK"})
  void clientHello_fortyAtOnceWithNonces_allStapledNothingOutbound(Mode mode) throws Exception {
    byte[] staple = source.putGood(leaf);
    ExecutorService clients = Executors.newFixedThreadPool(40);
    try (JsseDelivery delivery = JsseDelivery.install(source, mode)) {
      SSLContext server = leaf.serverContext();
      List<Future<Optional<byte[]>>> staples = new ArrayList<>();

      for (byte i = 0; i < 40; i++) {
        byte[] hello = withStatusRequest(NOTHING, nonce(i));
        staples.add(clients.submit(() -> stapleIn(TlsHandshake.answerTo(server, hello))));
      }

      assertThat(delivery.mode()).isEqualTo(mode);
      for (Future<Optional<byte[]>> received : staples) {
        assertThat(received.get(30, TimeUnit.SECONDS)).contains(staple);
      }
      assertThat(responder.requestCount()).isZero();
    } finally {
      clients.shutdownNow();
    }
  }
}
