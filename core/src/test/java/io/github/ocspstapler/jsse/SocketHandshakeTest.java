package io.github.ocspstapler.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.jsse.JsseDelivery.Mode;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stapling over real sockets, and while deliveries come and go. */
@ExtendWith(JvmPropertiesAsBefore.class)
class SocketHandshakeTest {
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final TestCertificate LEAF =
      TestCa.root().intermediate("Intermediate").leaf("localhost");

  private final StapleMap source = new StapleMap();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @ParameterizedTest
  @CsvSource({
    "IN_PROCESS, TLSv1.3",
    "IN_PROCESS, TLSv1.2",
    "LOOPBACK, TLSv1.3",
    "LOOPBACK, TLSv1.2"
  })
  void handshake_overSockets_carriesTheStaple(Mode mode, String protocol) throws Exception {
    byte[] staple = source.putGood(LEAF);
    try (JsseDelivery delivery = JsseDelivery.install(source, mode)) {
      assertThat(delivery.mode()).isEqualTo(mode);

      assertThat(staples(LEAF.serverContext(), protocol).get(0)).isEqualTo(staple);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void installAndClose_fromManyThreads_endsAsItBegan() throws Exception {
    byte[] staple = source.putGood(LEAF);
    List<Future<byte[]>> received =
        IntStream.range(0, 8).mapToObj(i -> threads.submit(this::installStapleAndClose)).toList();

    try {
      for (Future<byte[]> one : received) {
        assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo(staple);
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(System.getProperty(JvmProperties.RESPONDER)).isNull();
  }

  private byte[] installStapleAndClose() throws Exception {
    try (JsseDelivery delivery = JsseDelivery.install(source, Mode.IN_PROCESS)) {
      assertThat(delivery.mode()).isEqualTo(Mode.IN_PROCESS);
      return TlsHandshake.staples(LEAF.clientContext(), LEAF.serverContext(), "TLSv1.3").get(0);
    }
  }

  private List<byte[]> staples(SSLContext server, String protocol) throws Exception {
    try (SSLServerSocket listener =
        (SSLServerSocket) server.getServerSocketFactory().createServerSocket()) {
      listener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
      Future<Boolean> served = threads.submit(() -> serve(listener));
      // The client closes first: over TLS 1.3 the server's close waits for it.
      List<byte[]> staples = received(listener.getLocalSocketAddress(), protocol);
      assertThat(served.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      return staples;
    }
  }

  private static List<byte[]> received(SocketAddress server, String protocol) throws IOException {
    try (SSLSocket client = (SSLSocket) LEAF.clientContext().getSocketFactory().createSocket()) {
      client.setSoTimeout(TIMEOUT_MILLIS);
      client.connect(server, TIMEOUT_MILLIS);
      client.setEnabledProtocols(new String[] {protocol});
      client.startHandshake();
      assertThat(client.getInputStream().read()).isEqualTo('!');
      return ((ExtendedSSLSession) client.getSession()).getStatusResponses();
    }
  }

  private static boolean serve(SSLServerSocket listener) throws IOException {
    try (SSLSocket accepted = (SSLSocket) listener.accept()) {
      accepted.setSoTimeout(TIMEOUT_MILLIS);
      accepted.startHandshake();
      accepted.getOutputStream().write('!');
      return true;
    }
  }
}
