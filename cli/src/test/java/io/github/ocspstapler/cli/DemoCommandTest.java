package io.github.ocspstapler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DemoCommandTest {
  @Test
  void once_allHolds_exits0WithALineEach() {
    Cli run = Cli.run("demo", "--once");

    assertThat(run.out()).doesNotContain("FAILED");
    assertThat(run.outLines().stream().filter(line -> line.startsWith("ok ")))
        .hasSizeGreaterThanOrEqualTo(9)
        .anyMatch(line -> line.contains("TLSv1.2: server and intermediate stapled"))
        .anyMatch(line -> line.contains("TLSv1.3: server and intermediate stapled"))
        .anyMatch(line -> line.contains("TLSv1.3: still stapled while the responder is down"))
        .anyMatch(line -> line.contains("TLSv1.3: no longer stapled once revoked"));
    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
  }

  @Test
  void demo_untilStopped_isStapledAndLeavesNothingBehind() throws Exception {
    Process demo =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                "demo")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out = demo.inputReader()) {
      List<String> lines = new ArrayList<>();
      String line = out.readLine();
      while (line != null && !line.startsWith("Ctrl-C")) {
        lines.add(line);
        line = out.readLine();
      }
      String told = String.join("\n", lines);
      assertThat(line).as(told).isNotNull();
      assertThat(told).contains("localhost: stapled", "next renewal");
      assertThat(told).containsPattern("openssl s_client -connect 127.0.0.1:\\d+ .*-status");
      Path ca = Path.of(found(told, "curl --cacert (\\S+) --cert-status"));
      int port = Integer.parseInt(found(told, "https://localhost:(\\d+)/"));
      URI status = URI.create(found(told, "(http://127\\.0\\.0\\.1:\\d+/)\nLook"));
      String page = read(status);
      String listing = read(status.resolve("api/staples"));
      DemoClient client =
          new DemoClient(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port), certificate(ca));

      List<byte[]> staples = client.handshake("TLSv1.3", DemoClient.Revocation.HARD_FAIL);
      demo.destroy();

      assertThat(page).contains("<title>OCSP Stapler</title>");
      assertThat(listing).contains("\"name\":\"localhost\",\"state\":\"stapled\"");
      assertThat(staples).hasSizeGreaterThanOrEqualTo(2);
      assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(ca.getParent()).doesNotExist();
    } finally {
      demo.destroyForcibly();
    }
  }

  private static String read(URI uri) throws Exception {
    try (InputStream in = uri.toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String found(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }

  private static X509Certificate certificate(Path pem) throws Exception {
    try (InputStream in = Files.newInputStream(pem)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  @Test
  void port_taken_isSaidInOneSentenceAndExits64() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Cli run = Cli.run("demo", "--once", "--port", taken.getLocalPort());

      assertThat(run.status()).isEqualTo(64);
      assertThat(run.err()).startsWith("ocsp-stapler: port: " + taken.getLocalPort());
      assertThat(run.err().lines()).hasSize(1);
    }
  }
}
