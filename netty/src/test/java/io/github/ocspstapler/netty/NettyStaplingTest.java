package io.github.ocspstapler.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.DomainWildcardMappingBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Netty's engines, real ones, and the JDK as a client that shows what it was sent. */
@Timeout(60)
class NettyStaplingTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final TestCa ca = TestCa.root("Netty Root");
  private final TestResponder responder = TestResponder.start(ca);
  private final TestCertificate site = ca.leaf("localhost", responder.url());
  private final Stapler stapler = Stapler.builder().build();

  @AfterEach
  void close() {
    stapler.close();
    responder.close();
  }

  @ParameterizedTest
  @CsvSource({"OPENSSL,TLSv1.2", "OPENSSL,TLSv1.3", "JDK,TLSv1.2", "JDK,TLSv1.3"})
  void serverContext_eitherEngine_handsOverTheStaple(SslProvider engine, String protocol)
      throws Exception {
    SslContext tls = NettyStapling.serverContext(stapler, site.keyManager(), engine).build();
    assertThat(stapler.awaitStapled(SOON)).isTrue();

    try (NettyServer server = serve(tls)) {
      assertThat(staples(server, site, protocol)).containsExactly(staple(site));
    }
  }

  @Test
  void serverContext_withoutAWish_takesOpenSslWhereItIs() throws Exception {
    SslContext tls = NettyStapling.serverContext(stapler, site.keyManager()).build();

    assertThat(tls.getClass().getSimpleName()).startsWith("OpenSsl");
    assertThat(NettyStapling.check(tls)).isSameAs(tls);
  }

  // C8, S7
  @Test
  void handshake_afterARenewal_carriesTheNewStaple() throws Exception {
    SslContext tls = openSsl(site.keyManager());
    try (NettyServer server = serve(tls)) {
      byte[] first = staple(site);
      responder.validity(Duration.ofDays(60));
      stapler.refresh(site.chain()).get(20, TimeUnit.SECONDS);

      assertThat(staple(site)).isNotEqualTo(first);
      assertThat(staples(server, site, "TLSv1.3")).containsExactly(staple(site));
    }
  }

  // X2
  @Test
  void handshake_responderHangs_isStapledFromMemory() throws Exception {
    SslContext tls = openSsl(site.keyManager());
    try (NettyServer server = serve(tls)) {
      byte[] staple = staple(site);
      responder.fault(Fault.hang());
      var hanging = stapler.refresh(site.chain());

      assertThat(staples(server, site, "TLSv1.3")).containsExactly(staple);
      assertThat(hanging).isNotDone();
    }
  }

  @Test
  void handshake_revoked_carriesNothingFromTheNextOn() throws Exception {
    SslContext tls = openSsl(site.keyManager());
    try (NettyServer server = serve(tls)) {
      responder.revoke(site, Instant.now().minusSeconds(60));
      stapler.refresh(site.chain()).get(20, TimeUnit.SECONDS);

      assertThat(staples(server, site, "TLSv1.2")).isEmpty();
      assertThat(staples(server, site, "TLSv1.3")).isEmpty();
    }
  }

  // C7: no staple yet, no wait, no failure
  @Test
  void handshake_nothingStapledYet_goesOnWithout() throws Exception {
    responder.fault(Fault.hang());
    SslContext tls =
        NettyStapling.serverContext(stapler, site.keyManager(), SslProvider.OPENSSL).build();

    try (NettyServer server = serve(tls)) {
      assertThat(staples(server, site, "TLSv1.3")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void handshake_sniHandler_carriesTheStapleOfTheNamedSite(String protocol) throws Exception {
    TestCertificate other = ca.leaf("other.test", responder.url());
    SslContext first = openSsl(site.keyManager());
    SslContext second = openSsl(other.keyManager());
    DomainWildcardMappingBuilder<SslContext> mapping = new DomainWildcardMappingBuilder<>(first);
    mapping.add("other.test", second);

    try (NettyServer server = new NettyServer(channel -> new SniHandler(mapping.build()))) {
      assertThat(staples(server, site, protocol)).containsExactly(staple(site));
      assertThat(staples(server, other, protocol, named("other.test")))
          .containsExactly(staple(other));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void handshake_keyManagerChoosesByName_carriesItsStaple(String protocol) throws Exception {
    TestCertificate other = ca.leaf("other.test", responder.url());

    try (NettyServer server = serve(openSsl(new ByName(site, other)))) {
      assertThat(staples(server, site, protocol)).containsExactly(staple(site));
      assertThat(staples(server, other, protocol, named("other.test")))
          .containsExactly(staple(other));
    }
  }

  // Two kinds of key: the engine asks for each, and the last certificate set is the one sent.
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void handshake_twoKindsOfKey_carriesTheStapleOfTheCertificateThatIsSent(String protocol)
      throws Exception {
    TestCertificate rsa = leaf(KeyAlgorithm.RSA_2048);
    TestCertificate ec = leaf(KeyAlgorithm.EC_P256);
    try (NettyServer server = serve(openSsl(new ByKeyType(rsa, ec)))) {
      Handshake handshake = handshake(server, rsa, protocol, parameters -> {});

      TestCertificate sent = handshake.serial().equals(rsa.serialNumber()) ? rsa : ec;
      assertThat(handshake.staples()).containsExactly(staple(sent));
    }
  }

  // The one that is sent has no staple: that of the other must not be sent in its place.
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void handshake_twoKindsOfKeyOneWithoutStaple_neverCarriesTheOthers(String protocol)
      throws Exception {
    TestCertificate rsa = leaf(KeyAlgorithm.RSA_2048);
    TestCertificate ec = leaf(KeyAlgorithm.EC_P256);
    for (TestCertificate bare : List.of(rsa, ec)) {
      try (Stapler own = Stapler.builder().build()) {
        responder.revoke(bare, Instant.now().minusSeconds(60));
        SslContext tls =
            NettyStapling.serverContext(own, new ByKeyType(rsa, ec), SslProvider.OPENSSL).build();
        var unused = own.preload(rsa.chain()).get(20, TimeUnit.SECONDS);
        unused = own.preload(ec.chain()).get(20, TimeUnit.SECONDS);
        try (NettyServer server = serve(tls)) {
          Handshake handshake = handshake(server, rsa, protocol, parameters -> {});

          boolean isBare = handshake.serial().equals(bare.serialNumber());
          List<byte[]> real = handshake.staples().stream().filter(one -> one.length > 5).toList();
          assertThat(real).hasSize(isBare ? 0 : 1);
        }
        responder.good(bare);
      }
    }
  }

  private TestCertificate leaf(KeyAlgorithm algorithm) {
    return ca.leafBuilder("localhost").keyAlgorithm(algorithm).ocspUrls(responder.url()).build();
  }

  @Test
  void handshake_cachingFactory_carriesTheStaple() throws Exception {
    SslContext tls =
        SslContextBuilder.forServer(
                new OpenSslCachingX509KeyManagerFactory(
                    NettyStapling.keyManagerFactory(stapler, site.keyManager())))
            .sslProvider(SslProvider.OPENSSL)
            .enableOcsp(true)
            .build();
    assertThat(stapler.awaitStapled(SOON)).isTrue();

    try (NettyServer server = serve(NettyStapling.check(tls))) {
      assertThat(staples(server, site, "TLSv1.2")).containsExactly(staple(site));
      assertThat(staples(server, site, "TLSv1.2")).containsExactly(staple(site));
    }
  }

  @Test
  void handshake_delegatedTasks_carriesTheStaple() throws Exception {
    SslContext tls = openSsl(site.keyManager());
    ExecutorService tasks = Executors.newSingleThreadExecutor();
    try (NettyServer server = new NettyServer(channel -> tls.newHandler(channel.alloc(), tasks))) {
      assertThat(staples(server, site, "TLSv1.3")).containsExactly(staple(site));
    } finally {
      tasks.shutdownNow();
    }
  }

  @Test
  void check_ocspNotEnabled_saysSo() throws Exception {
    SslContext tls = forgetful();

    assertThatIllegalStateException()
        .isThrownBy(() -> NettyStapling.check(tls))
        .withMessageContaining("enableOcsp(true) is missing");
  }

  @Test
  void handshake_ocspNotEnabled_goesOnWithoutAndSaysSoOnce() throws Exception {
    SslContext tls = forgetful();
    try (LogLines log = new LogLines();
        NettyServer server = serve(tls)) {
      assertThat(staples(server, site, "TLSv1.3")).isEmpty();
      assertThat(staples(server, site, "TLSv1.2")).isEmpty();

      assertThat(log.all().stream().filter(line -> line.contains("enableOcsp")))
          .singleElement()
          .asString()
          .contains("enableOcsp(true) is missing", "unstapled");
    }
  }

  private SslContext forgetful() throws Exception {
    SslContext tls =
        SslContextBuilder.forServer(NettyStapling.keyManager(stapler, site.keyManager()))
            .sslProvider(SslProvider.OPENSSL)
            .build();
    assertThat(stapler.awaitStapled(SOON)).isTrue();
    return tls;
  }

  @Test
  void check_jdkEngine_isFine() throws Exception {
    SslContext tls =
        NettyStapling.serverContext(stapler, site.keyManager(), SslProvider.JDK).build();

    assertThatCode(() -> NettyStapling.check(tls)).doesNotThrowAnyException();
  }

  private SslContext openSsl(X509ExtendedKeyManager keyManager) throws Exception {
    SslContext tls = NettyStapling.serverContext(stapler, keyManager, SslProvider.OPENSSL).build();
    assertThat(stapler.awaitStapled(SOON)).isTrue();
    return tls;
  }

  private static NettyServer serve(SslContext tls) {
    return new NettyServer((SocketChannel channel) -> tls.newHandler(channel.alloc()));
  }

  private byte[] staple(TestCertificate certificate) {
    return stapler.staple(certificate.certificate()).orElseThrow().encoded();
  }

  private static Consumer<SSLParameters> named(String host) {
    return parameters -> parameters.setServerNames(List.of(new SNIHostName(host)));
  }

  private static List<byte[]> staples(NettyServer server, TestCertificate trusted, String protocol)
      throws IOException {
    return handshake(server, trusted, protocol, parameters -> {}).staples();
  }

  private static List<byte[]> staples(
      NettyServer server,
      TestCertificate trusted,
      String protocol,
      Consumer<SSLParameters> settings)
      throws IOException {
    return handshake(server, trusted, protocol, settings).staples();
  }

  private record Handshake(Object serial, List<byte[]> staples) {}

  private static Handshake handshake(
      NettyServer server,
      TestCertificate trusted,
      String protocol,
      Consumer<SSLParameters> settings)
      throws IOException {
    try (SSLSocket client =
        (SSLSocket)
            trusted
                .clientContext()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port())) {
      client.setSoTimeout(20_000);
      SSLParameters parameters = client.getSSLParameters();
      parameters.setProtocols(new String[] {protocol});
      settings.accept(parameters);
      client.setSSLParameters(parameters);
      client.startHandshake();
      ExtendedSSLSession session = (ExtendedSSLSession) client.getSession();
      X509Certificate sent = (X509Certificate) session.getPeerCertificates()[0];
      List<byte[]> staples = new ArrayList<>(session.getStatusResponses());
      staples.removeIf(staple -> staple.length == 0);
      return new Handshake(sent.getSerialNumber(), staples);
    }
  }
}
