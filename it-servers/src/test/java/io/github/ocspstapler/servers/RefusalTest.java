package io.github.ocspstapler.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StaplePolicy;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * S8: what openssl is told when a policy refuses a certificate. The TLS engine makes an alert, and
 * it is the server that sends it, or just closes: the rows of docs/guide/policies.md.
 */
class RefusalTest {
  private static final Pattern ALERT = Pattern.compile("alert (handshake failure|internal error)");

  @TempDir private Path folder;

  private final LogLines log = new LogLines();
  private TestCertificate site;
  private OutsideClient client;
  private Stapler stapler;

  @BeforeEach
  void build() {
    TestCa root = TestCa.root("Refusal Root");
    site = root.leaf("localhost", "http://127.0.0.1:1/"); // where nobody answers
    client = new OutsideClient(folder, root.held());
    stapler = Stapler.builder().policy(StaplePolicy.STRICT).mustStapleWait(Duration.ZERO).build();
  }

  @AfterEach
  void close() {
    stapler.close();
    log.close();
  }

  static TlsServer[] servers() {
    return new TlsServer[] {
      new JdkHttpsServer(),
      new EmbeddedTomcat(),
      new JettyServer(),
      new UndertowServer(),
      new NettyServer(SslProvider.JDK),
      new NettyServer(SslProvider.OPENSSL)
    };
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("servers")
  void strict_noStaple_clientIsToldAsTheGuideSays(TlsServer server) throws Exception {
    TlsServer.Running running = server.start(stapler, site.keyManager());
    try {
      String seen =
          Arrays.stream(Protocol.values())
              .map(protocol -> told(client.openssl(running.port(), protocol)))
              .collect(Collectors.joining(" | "));

      assertThat(Files.readAllLines(Checkout.guide("policies.md")))
          .contains("| " + name(server) + " | " + seen + " |");
      assertThat(log.all())
          .anyMatch(line ->
              line.matches("localhost: handshakes are refused, as the policy STRICT asks: .+"));
    } finally {
      running.stop();
    }
  }

  private static String name(TlsServer server) {
    return server instanceof JdkHttpsServer
        ? server.name() + ", JDK " + Runtime.version().feature()
        : server.name();
  }

  private static String told(String output) {
    assertThat(output).contains("no peer certificate available");
    Matcher alert = ALERT.matcher(output);
    return alert.find() ? "`" + alert.group(1).replace(' ', '_') + "`" : "closed";
  }
}
