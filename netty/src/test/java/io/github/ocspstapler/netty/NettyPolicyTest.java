package io.github.ocspstapler.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.StaplePolicy;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** S8 on Netty's engines: refused is refused, and replaced is stapled. */
@Timeout(60)
class NettyPolicyTest {
  private final TestCa ca = TestCa.root("Netty Root");
  private final TestResponder responder = TestResponder.start(ca);
  private final TestCertificate rsa = leaf(KeyAlgorithm.RSA_2048);
  private final TestCertificate ec = leaf(KeyAlgorithm.EC_P256);
  private final X509ExtendedKeyManager both = new ByKeyType(rsa, ec);

  @AfterEach
  void close() {
    responder.close();
  }

  @ParameterizedTest
  @CsvSource({
    "OPENSSL, TLSv1.2, internal_error", // Netty's way to say that there is no certificate
    "OPENSSL, TLSv1.3, internal_error",
    "JDK, TLSv1.2, handshake_failure",
    "JDK, TLSv1.3, handshake_failure"
  })
  void strict_noneStapled_theHandshakeFailsWithAnAlert(
      SslProvider engine, String protocol, String alert) throws Exception {
    responder.fault(Fault.html());
    try (Stapler stapler = stapler(builder -> builder.policy(StaplePolicy.STRICT));
        NettyServer server = serve(stapler, both, engine)) {
      assertThatThrownBy(() -> handshake(server, protocol))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("Received fatal alert: " + alert);
    }
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2, true", "TLSv1.2, false", "TLSv1.3, true", "TLSv1.3, false"})
  void strict_oneOfTwoKindsOfKeyStapled_thatIsSentWithItsStaple(String protocol, boolean rsaIsGood)
      throws Exception {
    TestCertificate good = rsaIsGood ? rsa : ec;
    responder.fault(rsaIsGood ? ec : rsa, Fault.html());
    try (Stapler stapler = stapler(builder -> builder.policy(StaplePolicy.STRICT));
        NettyServer server = serve(stapler, both, SslProvider.OPENSSL)) {
      Handshake seen = handshake(server, protocol);

      assertThat(seen.serial()).isEqualTo(good.serialNumber());
      assertThat(seen.staples())
          .containsExactly(stapler.staple(good.certificate()).orElseThrow().encoded());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void strict_revokedMeanwhile_isRefusedFromTheNextHandshakeOn(String protocol) throws Exception {
    try (Stapler stapler = stapler(builder -> builder.policy(StaplePolicy.STRICT));
        NettyServer server = serve(stapler, ec.keyManager(), SslProvider.OPENSSL)) {
      assertThat(handshake(server, protocol).staples()).hasSize(1);

      revoke(stapler);

      assertThatThrownBy(() -> handshake(server, protocol))
          .hasMessageContaining("Received fatal alert: internal_error");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void replacement_revokedMeanwhile_isSentWithItsStaple(String protocol) throws Exception {
    TestCertificate spare = leaf(KeyAlgorithm.EC_P256);
    X509ExtendedKeyManager choosesFirst = new ByName(ec, spare);
    try (Stapler stapler = stapler(builder -> builder.replacement(old -> TwoCertificates.SECOND));
        NettyServer server = serve(stapler, choosesFirst, SslProvider.OPENSSL)) {
      var unused = stapler.preload(spare.chain()).get(20, TimeUnit.SECONDS);
      assertThat(handshake(server, protocol).serial()).isEqualTo(ec.serialNumber());

      revoke(stapler);

      Handshake seen = handshake(server, protocol);
      assertThat(seen.serial()).isEqualTo(spare.serialNumber());
      assertThat(seen.staples())
          .containsExactly(stapler.staple(spare.certificate()).orElseThrow().encoded());
    }
  }

  private void revoke(Stapler stapler) throws Exception {
    responder.revoke(ec, Instant.now().minusSeconds(60));
    var unused = stapler.refresh(ec.chain()).get(20, TimeUnit.SECONDS);
  }

  private Stapler stapler(UnaryOperator<Stapler.Builder> settings) throws Exception {
    Stapler stapler = settings.apply(Stapler.builder()).build();
    for (TestCertificate leaf : List.of(rsa, ec)) {
      var unused = stapler.preload(leaf.chain()).get(20, TimeUnit.SECONDS);
    }
    return stapler;
  }

  private TestCertificate leaf(KeyAlgorithm algorithm) {
    return ca.leafBuilder("localhost").keyAlgorithm(algorithm).ocspUrls(responder.url()).build();
  }

  private static NettyServer serve(
      Stapler stapler, X509ExtendedKeyManager keyManager, SslProvider engine) throws IOException {
    SslContext tls = NettyStapling.serverContext(stapler, keyManager, engine).build();
    return new NettyServer((SocketChannel channel) -> tls.newHandler(channel.alloc()));
  }

  private record Handshake(Object serial, List<byte[]> staples) {}

  private Handshake handshake(NettyServer server, String protocol) throws IOException {
    try (SSLSocket client =
        (SSLSocket)
            rsa.clientContext()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port())) {
      client.setSoTimeout(20_000);
      client.setEnabledProtocols(new String[] {protocol});
      client.startHandshake();
      ExtendedSSLSession session = (ExtendedSSLSession) client.getSession();
      X509Certificate sent = (X509Certificate) session.getPeerCertificates()[0];
      List<byte[]> staples = new ArrayList<>(session.getStatusResponses());
      staples.removeIf(staple -> staple.length == 0);
      return new Handshake(sent.getSerialNumber(), staples);
    }
  }
}
