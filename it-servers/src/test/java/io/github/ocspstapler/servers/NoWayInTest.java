package io.github.ocspstapler.servers;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS engines that no staple reaches: they serve on unstapled, and the log says why. */
class NoWayInTest {
  private static final int PORT_OF_HTTPS = 443;

  @TempDir private Path folder;

  private final LogLines log = new LogLines();
  private TestResponder responder;
  private TestCertificate site;
  private OutsideClient client;
  private Stapler stapler;

  @BeforeEach
  void startResponder() {
    TestCa root = TestCa.root("No Way In Root");
    responder = TestResponder.start(root);
    site = root.leaf("localhost", responder.url());
    client = new OutsideClient(folder, root.held());
    stapler = Stapler.builder().build();
  }

  @AfterEach
  void stopResponder() {
    stapler.close();
    responder.close();
    log.close();
  }

  @Test
  void conscrypt_wrappedKeyManager_isUnstapledAndSaid() throws Exception {
    SSLContext tls = SSLContext.getInstance("TLS", Conscrypt.newProvider());
    tls.init(new KeyManager[] {stapler.wrap(site.keyManager())}, null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.start();
    try {
      assertThat(stapler.awaitStapled(Duration.ofSeconds(60))).isTrue();

      String output = client.openssl(server.getAddress().getPort(), Protocol.TLS_1_3);

      assertThat(output)
          .contains("OCSP response: no response sent")
          .contains("Verify return code: 0 (ok)");
      assertThat(log.all()).singleElement().asString().contains("engine org.conscrypt.");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void nettysQuic_wrappedKeyManager_servesAndIsSaid() throws Exception {
    QuicSslContext tls =
        QuicSslContextBuilder.forServer(stapler.wrap(site.keyManager()), null)
            .applicationProtocols("h3")
            .build();
    QuicSslContext clients =
        QuicSslContextBuilder.forClient()
            .trustManager(site.trustManager())
            .applicationProtocols("h3")
            .build();
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    Bootstrap udp = new Bootstrap().group(loops).channel(NioDatagramChannel.class);
    try {
      SocketAddress address =
          udp.handler(
                  new QuicServerCodecBuilder()
                      .sslContext(tls)
                      .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
                      .handler(new ChannelDuplexHandler())
                      .streamHandler(new ChannelDuplexHandler())
                      .build())
              .bind(InetAddress.getLoopbackAddress(), 0)
              .sync()
              .channel()
              .localAddress();
      Channel from =
          udp.handler(
                  new QuicClientCodecBuilder()
                      .sslEngineProvider(
                          any -> clients.newEngine(any.alloc(), "localhost", PORT_OF_HTTPS))
                      .build())
              .bind(InetAddress.getLoopbackAddress(), 0)
              .sync()
              .channel();

      QuicChannel handshaken =
          QuicChannel.newBootstrap(from)
              .streamHandler(new ChannelDuplexHandler())
              .remoteAddress(address)
              .connect()
              .get(20, TimeUnit.SECONDS);

      SSLEngine seen = requireNonNull(handshaken.sslEngine());
      assertThat(seen.getSession().getPeerCertificates()[0]).isEqualTo(site.certificate());
      assertThat(log.all())
          .singleElement()
          .asString()
          .contains("engine io.netty.handler.codec.quic.", "End QUIC in a proxy that staples");
    } finally {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Test
  void nettysOpenSsl_keyManagerWrappedByTheStaplerAlone_isUnstapledAndSaid() throws Exception {
    SslContext tls =
        SslContextBuilder.forServer(stapler.wrap(site.keyManager()))
            .sslProvider(SslProvider.OPENSSL)
            .enableOcsp(true)
            .build();
    TlsServer.Running server = NettyServer.start(tls, next -> {});
    try {
      assertThat(stapler.awaitStapled(Duration.ofSeconds(60))).isTrue();

      String output = client.openssl(server.port(), Protocol.TLS_1_3);

      assertThat(output).contains("OCSP response: no response sent");
      assertThat(log.all()).singleElement().asString().contains("Use NettyStapling");
    } finally {
      server.stop();
    }
  }

  @Test
  void nettysOpenSsl_keyManagerWrappedByItsModule_saysNothing() throws Exception {
    TlsServer.Running server =
        new NettyServer(SslProvider.OPENSSL).start(stapler, site.keyManager());
    try {
      assertThat(stapler.awaitStapled(Duration.ofSeconds(60))).isTrue();

      assertThat(client.seesStaple(server.port(), Protocol.TLS_1_3, site)).isTrue();
      assertThat(log.all()).isEmpty();
    } finally {
      server.stop();
    }
  }
}
