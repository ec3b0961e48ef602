package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpResponse;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.netty.NettyStapling;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** C8, X2: servers on Netty's OpenSSL engine, each with the one line that the guide gives. */
class NettyServersTest {
  @TempDir private Path folder;

  private TestResponder responder;
  private TestCertificate site;
  private Stapler stapler;

  @BeforeEach
  void startResponder() throws Exception {
    TestCa root = TestCa.root("Netty Servers Root");
    responder = TestResponder.start(root);
    TestCa ca = root.intermediate("Netty Servers CA", responder.url());
    responder.add(ca);
    site = ca.leaf("localhost", responder.url());
    Files.writeString(folder.resolve("root.pem"), root.held().pem());
    stapler = Stapler.builder().build();
  }

  @AfterEach
  void stopResponder() {
    stapler.close();
    responder.close();
  }

  /** A server on a free port. */
  record Running(int port, Runnable stop) implements AutoCloseable {
    @Override
    public void close() {
      stop.run();
    }
  }

  interface Starter {
    Running start(Stapler stapler, X509ExtendedKeyManager keyManager) throws Exception;
  }

  static Stream<Arguments> servers() {
    return Stream.of("-tls1_2", "-tls1_3")
        .flatMap(protocol ->
            Stream.of(
                Arguments.of("gRPC-Java", (Starter) NettyServersTest::grpc, protocol),
                Arguments.of("Reactor Netty", (Starter) NettyServersTest::reactor, protocol),
                Arguments.of("Armeria", (Starter) NettyServersTest::armeria, protocol)));
  }

  @ParameterizedTest(name = "{0} {2}")
  @MethodSource("servers")
  void handshake_responderHangs_isStapled(String name, Starter starter, String protocol)
      throws Exception {
    try (Running server = starter.start(stapler, site.keyManager())) {
      assertThat(stapler.awaitStapled(Duration.ofSeconds(20))).isTrue();
      responder.fault(Fault.hang());

      Command asking = client(server, protocol, "-status");
      Command silent = client(server, protocol);

      assertThat(asking.output())
          .contains("OCSP Response Status: successful")
          .contains("Cert Status: good")
          .contains("Verify return code: 0 (ok)");
      assertThat(silent.output())
          .doesNotContain("OCSP Response Status")
          .contains("Verify return code: 0 (ok)");
    }
  }

  private Command client(Running server, String... more) {
    String[] line = {
      "s_client",
      "-connect",
      "127.0.0.1:" + server.port(),
      "-servername",
      "localhost",
      "-alpn",
      "h2",
      "-CAfile",
      folder.resolve("root.pem").toString()
    };
    return Command.openssl(Stream.concat(Stream.of(line), Stream.of(more)).toArray(String[]::new));
  }

  private static Running grpc(Stapler stapler, X509ExtendedKeyManager keyManager) throws Exception {
    SslContext tls =
        GrpcSslContexts.configure(NettyStapling.serverContext(stapler, keyManager)).build();
    io.grpc.Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(tls)
            .build()
            .start();
    return new Running(server.getPort(), server::shutdownNow);
  }

  private static Running reactor(Stapler stapler, X509ExtendedKeyManager keyManager)
      throws Exception {
    SslContext tls = NettyStapling.serverContext(stapler, keyManager).build();
    DisposableServer server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .secure(spec -> spec.sslContext(tls))
            .handle((request, response) -> response.send())
            .bindNow();
    return new Running(server.port(), server::disposeNow);
  }

  private static Running armeria(Stapler stapler, X509ExtendedKeyManager keyManager) {
    com.linecorp.armeria.server.Server server =
        com.linecorp.armeria.server.Server.builder()
            .https(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .tls(NettyStapling.keyManagerFactory(stapler, keyManager))
            .tlsCustomizer(builder -> builder.enableOcsp(true))
            .service("/", (context, request) -> HttpResponse.of(200))
            .build();
    server.start().join();
    return new Running(server.activeLocalPort(), server::close);
  }
}
