package io.github.ocspstapler.servers;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS engines that no staple reaches: they serve on unstapled, and the log says why. */
class NoWayInTest {
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
