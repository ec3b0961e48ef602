package io.github.ocspstapler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The probe against servers that staple well, badly and not at all: T3, T4, T6. */
class ProbeCommandTest {
  private static final TestCa ROOT = TestCa.root("Probe Root");
  private static final TestCa CA = ROOT.intermediate("Probe CA", "http://ocsp.test/root");
  private static final TestCertificate SITE =
      CA.leafBuilder("localhost").sans("localhost").ocspUrls("http://ocsp.test/").build();
  private static final TestCertificate PROMISING =
      CA.leafBuilder("localhost")
          .sans("localhost")
          .ocspUrls("http://ocsp.test/")
          .mustStaple()
          .build();

  private static final byte[] UNSTAPLED = {};

  @TempDir private Path folder;

  @Test
  void stapledByUs_leafAndIntermediateOnBothVersions_isOk() throws Exception {
    try (DemoSite site = DemoSite.start(0, 0)) {
      assertThat(site.awaitStapled(Duration.ofSeconds(60))).isTrue();
      Path root = write("root.pem", site.rootPem());

      Cli run = Cli.run("probe", "localhost:" + site.address().getPort(), "--cafile", root);

      assertThat(run.err()).isEmpty();
      assertThat(run.out()).startsWith("OK localhost:" + site.address().getPort() + ": the staple");
      assertThat(run.out()).contains("TLS 1.3", "TLS 1.2", "handshake", "strict for the chain");
      assertThat(run.out()).doesNotContain("refuses").doesNotContain("no staple");
      assertThat(run.status()).isZero();
    }
  }

  @Test
  void stapledByUs_json_hasEachStapleOfEachVersion() throws Exception {
    try (DemoSite site = DemoSite.start(0, 0)) {
      assertThat(site.awaitStapled(Duration.ofSeconds(60))).isTrue();
      Path root = write("root.pem", site.rootPem());

      Cli run =
          Cli.run("probe", "localhost:" + site.address().getPort(), "--cafile", root, "--json");

      JsonNode report = new ObjectMapper().readTree(run.out());
      assertThat(report.get("level").asText()).isEqualTo("ok");
      assertThat(report.get("versions")).hasSize(2);
      for (JsonNode version : report.get("versions")) {
        assertThat(version.get("certificates")).hasSize(2);
        assertThat(version.get("handshakeMillis").asDouble()).isPositive();
        assertThat(version.get("handshakeMillisWithoutAsking").asDouble()).isPositive();
        version
            .get("certificates")
            .forEach(each -> assertThat(each.get("staple").asText()).isEqualTo("good"));
      }
      assertThat(report.get("clients")).allMatch(client -> client.get("connects").asBoolean());
    }
  }

  @Test
  void unstapled_isAWarningThatNamesTheResponder() throws Exception {
    Cli run = probe(SITE, UNSTAPLED);

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .startsWith("WARNING localhost:")
        .contains("no staple for localhost", "http://ocsp.test/")
        .contains("looks at staples      connects")
        .contains("strict (hard fail)    refuses: no staple for localhost");
  }

  @Test
  void unstapled_withoutOcspUrl_isOkAndQuietSaysNothing() throws Exception {
    TestCertificate plain = CA.leafBuilder("localhost").sans("localhost").build();

    assertThat(probe(plain, UNSTAPLED).out()).contains("names no OCSP responder");
    Cli quiet = probe(plain, UNSTAPLED, "--quiet");

    assertThat(quiet.status()).isZero();
    assertThat(quiet.out()).isEmpty();
  }

  @Test
  void unstapled_mustStaple_isCritical() throws Exception {
    Cli run = probe(PROMISING, UNSTAPLED, "--quiet");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out())
        .startsWith("CRITICAL ")
        .contains("promises one (must-staple")
        .contains("knows must-staple     refuses");
  }

  @Test
  void opensslStaple_good_isVerified() throws Exception {
    Cli run = probe(SITE, OcspAnswer.good(SITE).der());

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("the staple for localhost is good", "signed by Probe CA");
  }

  @Test
  void opensslStaple_expired_isCritical() throws Exception {
    Instant old = Instant.now().minus(Duration.ofHours(20));

    Cli run =
        probe(
            SITE,
            OcspAnswer.good(SITE)
                .thisUpdate(old)
                .producedAt(old)
                .nextUpdate(old.plus(Duration.ofHours(19)))
                .der());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).contains("(expired)", "looks at staples      refuses");
  }

  @Test
  void opensslStaple_lateInItsValidity_isAWarning() throws Exception {
    Instant old = Instant.now().minus(Duration.ofHours(20));

    Cli run =
        probe(
            SITE,
            OcspAnswer.good(SITE)
                .thisUpdate(old)
                .producedAt(old)
                .nextUpdate(old.plus(Duration.ofHours(21)))
                .der());

    assertThat(run.out()).contains("about to expire");
    assertThat(run.status()).isEqualTo(1);
  }

  @Test
  void opensslStaple_forged_isCritical() throws Exception {
    Cli run = probe(SITE, OcspAnswer.good(SITE).signedBy(TestCa.root("Somebody else")).der());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).contains("is rejected");
  }

  @Test
  void opensslStaple_ofAnotherCertificate_isCritical() throws Exception {
    Cli run = probe(SITE, OcspAnswer.good(PROMISING).der());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).contains("(wrong_cert_id)", "another certificate's response");
  }

  @Test
  void opensslStaple_revoked_isCritical() throws Exception {
    Cli run = probe(SITE, OcspAnswer.revoked(SITE, Instant.now().minusSeconds(60)).der());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).contains("says that the certificate is revoked");
  }

  @Test
  void damagedStapleFile_breaksClientsThatAskOnly() throws Exception {
    Cli run = probe(SITE, "no response".getBytes(StandardCharsets.US_ASCII));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).contains("fails as soon as a client asks for a staple");
  }

  @Test
  void oneVersionOnly_isNoted() throws Exception {
    Cli run = probe(SITE, OcspAnswer.good(SITE).der(), "-tls1_2");

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("TLS 1.3 is not spoken");
  }

  @Test
  void untrustedChain_isCriticalAndSaysHowToTrust() throws Exception {
    Path other = write("other.pem", TestCa.root("Another root").held().pem());
    try (RunningTool server = serve(SITE, UNSTAPLED)) {
      Cli run = Cli.run("probe", "localhost:" + server.port(), "--cafile", other);

      assertThat(run.status()).isEqualTo(2);
      assertThat(run.out()).contains("not trusted", "--cafile");
    }
  }

  @Test
  void otherName_isNotTrustedUnlessAskedForBySni() throws Exception {
    TestCertificate other = CA.leafBuilder("www.test").sans("www.test").build();
    Path root = write("root.pem", ROOT.held().pem());
    try (RunningTool server = serve(other, UNSTAPLED)) {
      String target = "localhost:" + server.port();

      assertThat(Cli.run("probe", target, "--cafile", root).status()).isEqualTo(2);
      assertThat(Cli.run("probe", target, "--cafile", root, "--sni", "www.test").status()).isZero();
    }
  }

  @Test
  void severalServers_eachIsPrintedAndTheWorstCounts() throws Exception {
    Path root = write("root.pem", ROOT.held().pem());
    try (RunningTool good = serve(SITE, OcspAnswer.good(SITE).der());
        RunningTool bare = serve(SITE, UNSTAPLED)) {
      Cli run =
          Cli.run(
              "probe",
              "localhost:" + good.port(),
              "127.0.0.1:" + bare.port(),
              "localhost:" + bare.port(),
              "--sni",
              "localhost",
              "--cafile",
              root,
              "--json");

      assertThat(run.status()).isEqualTo(1);
      assertThat(run.outLines()).hasSize(3);
    }
  }

  @Test
  void nobodyThere_isUnknown() throws Exception {
    int port;
    try (RunningTool gone = serve(SITE, UNSTAPLED)) {
      port = gone.port();
    }

    Cli run = Cli.run("probe", "127.0.0.1:" + port);

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out()).startsWith("UNKNOWN 127.0.0.1:" + port + ": it cannot be reached");
  }

  private Cli probe(TestCertificate site, byte[] staple, String... more) throws Exception {
    Path root = write("root.pem", ROOT.held().pem());
    List<Object> line = new ArrayList<>();
    List<String> server = new ArrayList<>();
    for (String option : more) {
      if (option.startsWith("-tls")) {
        server.add(option);
      } else {
        line.add(option);
      }
    }
    try (RunningTool running = serve(site, staple, server.toArray(String[]::new))) {
      line.addAll(0, List.of("probe", "localhost:" + running.port(), "--cafile", root));
      return Cli.run(line.toArray());
    }
  }

  private RunningTool serve(TestCertificate site, byte[] staple, String... more) throws Exception {
    List<String> line = new ArrayList<>(List.of(more));
    line.addAll(
        List.of(
            "-cert",
            write("cert.pem", site.pem()).toString(),
            "-key",
            write("key.pem", site.privateKeyPem()).toString(),
            "-cert_chain",
            write("chain.pem", CA.held().pem()).toString()));
    if (staple.length > 0) {
      Path file = Files.write(folder.resolve("staple.der"), staple);
      line.addAll(List.of("-status_file", file.toString()));
    }
    return RunningTool.sServer(folder, line.toArray(String[]::new));
  }

  private Path write(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text);
  }
}
