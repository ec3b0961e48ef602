package io.github.ocspstapler.servers;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * C8, T3, T4, S7, X2: each server through a day of its life, seen by openssl and gnutls. What they
 * saw is the server's row in docs/guide/servers.md. Run with {@code -Dservers.update=true} to write
 * this JDK's rows anew.
 */
class ServersTest {
  private static final int HANDSHAKES = 100;
  private static final int JAVA_OF_HELIDON = 21;

  @TempDir private Path folder;

  private TestResponder responder;
  private TestCertificate ca;
  private TestCertificate site;
  private TestCertificate renewed;
  private OutsideClient client;
  private Stapler stapler;

  @BeforeEach
  void startResponder() {
    TestCa root = TestCa.root("Servers Root");
    responder = TestResponder.start(root);
    TestCa intermediate = root.intermediate("Servers CA", responder.url());
    responder.add(intermediate);
    ca = intermediate.held();
    site = intermediate.leaf("localhost", responder.url());
    renewed = intermediate.leaf("localhost", responder.url());
    client = new OutsideClient(folder, root.held());
    stapler = Stapler.builder().build();
  }

  @AfterEach
  void stopResponder() {
    stapler.close();
    responder.close();
  }

  static List<TlsServer> servers() throws ReflectiveOperationException {
    List<TlsServer> servers =
        new ArrayList<>(
            List.of(
                new JdkHttpsServer(),
                new EmbeddedTomcat(),
                new JettyServer(),
                new JavalinServer(),
                new UndertowServer(),
                new VertxServer(),
                new VertxOpenSslServer(),
                new NettyServer(SslProvider.JDK),
                new NettyServer(SslProvider.OPENSSL),
                new GrpcServer(),
                new ReactorNettyServer(),
                new ArmeriaServer()));
    if (Runtime.version().feature() >= JAVA_OF_HELIDON) {
      Class<?> helidon = Class.forName(ServersTest.class.getPackageName() + ".HelidonServer");
      servers.add((TlsServer) helidon.getDeclaredConstructor().newInstance());
    }
    return servers;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("servers")
  void server_throughItsLife_isStapledAsTheTableSays(TlsServer server) throws Exception {
    String row = row(server);

    if (Boolean.getBoolean("servers.update")) {
      ServerTable.write(server, row);
    }
    assertThat(row).isEqualTo(ServerTable.row(server));
  }

  private String row(TlsServer server) throws Exception {
    List<Set<Protocol>> cells = new ArrayList<>();
    whileRunning(
        server,
        running -> {
          assertThat(stapler.awaitStapled(Duration.ofSeconds(60))).isTrue();
          cells.add(which(protocol -> client.seesStaple(running.port(), protocol, site)));
          cells.add(which(protocol -> isSentTheIntermediates(running.port(), protocol)));

          stapler.preload(renewed.chain()).join(); // as the guide says
          running.renew(renewed.keyManager());
          cells.add(which(protocol -> client.seesStaple(running.port(), protocol, renewed)));
        });

    // From here on the server's contexts are new: the JDK's own cache is empty.
    responder.goDown();
    whileRunning(
        server,
        running -> cells.add(which(protocol -> client.seesStaple(running.port(), protocol, site))));

    responder.comeUp();
    responder.fault(Fault.hang());
    int asked = responder.requestCount();
    CompletableFuture<?> refresh = stapler.refresh(site.chain());
    assertThat(responder.awaitRequests(asked + 1, Duration.ofSeconds(60))).isTrue();
    assertThat(refresh).isNotDone();
    whileRunning(
        server,
        running ->
            cells.add(
                which(protocol ->
                    client.seesStaple(running.port(), protocol, site)
                        && isNotDelayed(server, running.port(), protocol))));

    return ServerTable.start(server)
        + " "
        + server.version()
        + " | "
        + cells.stream().map(ServersTest::cell).collect(Collectors.joining(" | "))
        + " |";
  }

  private interface Look {
    void at(TlsServer.Running running) throws Exception;
  }

  private void whileRunning(TlsServer server, Look look) throws Exception {
    TlsServer.Running running = server.start(stapler, site.keyManager());
    try {
      look.at(running);
    } finally {
      running.stop();
    }
  }

  private boolean isSentTheIntermediates(int port, Protocol protocol) {
    byte[] expected = stapler.staple(ca.certificate()).orElseThrow().encoded();
    return client.staples(port, protocol).stream().anyMatch(sent -> Arrays.equals(sent, expected));
  }

  private boolean isNotDelayed(TlsServer server, int port, Protocol protocol) {
    try {
      HandshakeTimes times = HandshakeTimes.p99(port, protocol, site, HANDSHAKES);
      System.out.println(server.name() + ", " + protocol.jdk() + ", responder hangs: " + times);
      return times.notDelayed() && times.stapled() == times.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<Protocol> which(Predicate<Protocol> holds) {
    return EnumSet.allOf(Protocol.class).stream()
        .filter(holds)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Protocol.class)));
  }

  private static String cell(Set<Protocol> protocols) {
    return protocols.isEmpty()
        ? "no"
        : protocols.stream().map(Protocol::number).collect(Collectors.joining(", "));
  }

  @Test
  void table_ofThisJdk_hasEachServerOnceInOrder() throws Exception {
    List<String> starts = servers().stream().map(ServerTable::start).toList();

    List<String> rows = ServerTable.rows();

    assertThat(rows).hasSameSizeAs(starts);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i)).startsWith(starts.get(i));
    }
  }

  // What the cells of the last column would be without the library: proof that they can say no.
  @Test
  void handshake_jdksOwnStaplingAndResponderHangs_isDelayed() throws Exception {
    stapler.close();
    System.setProperty("jdk.tls.server.enableStatusRequestExtension", "true");
    System.setProperty("jdk.tls.stapling.responseTimeout", "4000"); // 5 s if not set
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(new KeyManager[] {site.keyManager()}, null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.start();
    try {
      responder.fault(Fault.hang());

      HandshakeTimes times =
          HandshakeTimes.p99(server.getAddress().getPort(), Protocol.TLS_1_3, site, 1);

      System.out.println("JDK's own stapling, TLSv1.3, responder hangs: " + times);
      assertThat(times.notDelayed()).isFalse();
      assertThat(times.stapled()).isZero();
    } finally {
      server.stop(0);
      System.clearProperty("jdk.tls.server.enableStatusRequestExtension");
      System.clearProperty("jdk.tls.stapling.responseTimeout");
    }
  }
}
