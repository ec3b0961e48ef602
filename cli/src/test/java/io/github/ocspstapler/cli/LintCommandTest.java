package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.testkit.CertHash;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.Malformation;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Responders that keep the rules, break one of them, and that others wrote: R3, R5, L2, L13. */
class LintCommandTest {
  private static final BigInteger UNUSED = new BigInteger("123456789abcdef", 16);

  private final TestCa ca = TestCa.root("Lint CA");
  private TestResponder responder;
  private TestCertificate leaf;
  @TempDir private Path folder;

  /** As good as the testkit's gets: fresh, cacheable, and it knows which serials are used. */
  @BeforeEach
  void start() {
    responder = TestResponder.builder().ca(ca).validity(Duration.ofDays(4)).start();
    responder.maxAge(Duration.ofHours(12)).expires(Duration.ofHours(12)).etags(true);
    leaf = ca.leaf("site.test", responder.url());
    responder.unknown(ca.leafBuilder("unused").serialNumber(UNUSED).build());
  }

  @AfterEach
  void stop() {
    responder.close();
  }

  @Test
  void responder_thatKeepsTheRules_hasNothingWorseThanNotes() throws Exception {
    List<Finding> findings = lint();

    assertThat(findings).filteredOn(finding -> finding.level().compareTo(Level.NOTE) > 0).isEmpty();
    assertThat(sentences(findings))
        .contains(
            "POST is answered",
            "GET is answered",
            "a nonce is sent back",
            "nextUpdate is there",
            "it is valid for 4 d",
            "If-None-Match is answered with 304",
            "the CA signs itself");
  }

  @Test
  void everyFinding_ofAResponderThatAnswers_namesTheSection() throws Exception {
    assertThat(lint())
        .allMatch(finding -> finding.more().matches("(RFC \\d{4}|CA/B) [A-Z]?[0-9.]+(, .+)?"));
  }

  @Test
  void unusedSerial_good_isCritical() throws Exception {
    Cli run = cli("--json");

    assertThat(run.status()).isEqualTo(2);
    JsonNode first = new ObjectMapper().readTree(run.out()).get("findings").get(0);
    assertThat(first.get("level").asText()).isEqualTo("critical");
    assertThat(first.get("section").asText()).isEqualTo("CA/B 4.9.10");
    assertThat(first.get("sentence").asText()).contains("never used is called good");
  }

  @Test
  void demo_linted_knowsWhatItHasNotIssued() throws Exception {
    try (DemoSite demo = DemoSite.start(0, 0)) {
      Cli run = Cli.run("lint", chain(demo.leaf()));

      assertThat(run.out()).contains("a serial number that was never used is not called good");
      assertThat(run.status()).isLessThan(2);
    }
  }

  @Test
  void get_notUnderstood_isCritical() throws Exception {
    responder.acceptGet(false);

    assertBroken(Level.CRITICAL, "GET is not answered (HTTP 405)");
  }

  @Test
  void sha256_notUnderstood_isAWarning() throws Exception {
    responder.acceptHashes(CertHash.SHA1);

    assertBroken(Level.WARNING, "CertIDs by SHA-256 are not answered (unauthorized)");
  }

  @Test
  void sha1_notUnderstood_isAWarning() throws Exception {
    responder.acceptHashes(CertHash.SHA256);

    assertBroken(Level.WARNING, "CertIDs by SHA-1 are not answered");
  }

  @Test
  void nextUpdate_missing_isCritical() throws Exception {
    responder.noNextUpdate();

    assertBroken(Level.CRITICAL, "nextUpdate is missing");
  }

  @Test
  void validity_tooLongOrTooShort_isAWarning() throws Exception {
    responder.validity(Duration.ofDays(30));
    assertBroken(Level.WARNING, "it is valid for 30 d (expected: 8 hours to 10 days)");

    responder.validity(Duration.ofHours(2));
    assertBroken(Level.WARNING, "it is valid for 2 h");
  }

  @Test
  void renewal_tooLate_isAWarning() throws Exception {
    responder.fault(
        Fault.answer(answer ->
            answer
                .thisUpdate(Clock.systemUTC().instant().minus(Duration.ofHours(20)))
                .nextUpdate(Clock.systemUTC().instant().plus(Duration.ofHours(2)))));

    assertBroken(Level.WARNING, "it should have been renewed: it is 20 h");
  }

  @Test
  void maxAge_beyondNextUpdate_isCritical() throws Exception {
    responder.maxAge(Duration.ofDays(30));

    assertBroken(Level.CRITICAL, "max-age (2592000 s) lets caches give out an expired answer");
  }

  @Test
  void cacheHeaders_missing_areAWarning() throws Exception {
    responder.close();
    responder = TestResponder.builder().ca(ca).start();

    assertBroken(Level.WARNING, "Cache-Control has no max-age");
  }

  @Test
  void delegate_withoutNoCheck_isCritical() throws Exception {
    responder.signer(ca, ca.delegateBuilder().noCheck(false).build());
    assertBroken(Level.CRITICAL, "lacks id-pkix-ocsp-nocheck");

    responder.signer(ca, ca.delegateBuilder().noCheck(true).build());
    assertThat(sentences(lint())).contains("the CA's delegate has id-pkix-ocsp-nocheck");
  }

  @Test
  void answer_thatDoesNotVerify_isCriticalAndSaysWhy() throws Exception {
    responder.fault(Fault.malformed(Malformation.SIGNED_BY_ANOTHER_CA));

    assertBroken(Level.CRITICAL, "does not verify");
  }

  @Test
  void nonce_ignored_isNotedOnly() throws Exception {
    responder.echoNonce(false);

    assertBroken(Level.NOTE, "a nonce is ignored");
  }

  @Test
  void clock_off_isAWarning() throws Exception {
    responder.dateSkew(Duration.ofHours(1));

    assertBroken(Level.WARNING, "off the clock here");
  }

  @Test
  void slowResponder_isAWarning() throws Exception {
    responder.fault(leaf, Fault.hang().times(1));

    Cli run = cli("--timeout", "PT1.1S");

    assertThat(run.out()).contains("the slowest answer took 1").contains("no answer within 1 s");
  }

  @Test
  void html_isOnePageWithoutScriptsAndAssets() throws Exception {
    Path page = folder.resolve("report.html");
    TestCertificate hostile = ca.leaf("<script>alert(1)</script>", responder.url());

    Cli run = Cli.run("lint", chain(hostile), "--html", page);

    assertThat(run.status()).isEqualTo(2);
    String html = Files.readString(page);
    assertThat(html)
        .startsWith("<!DOCTYPE html>")
        .contains("&lt;script\\&gt;alert(1)", "CA/B 4.9.10", "prefers-color-scheme: dark")
        .doesNotContain("<script")
        .doesNotContain("src=")
        .doesNotContain("href=");
  }

  @Test
  void urlAndCert_areAskedInsteadOfTheChains() throws Exception {
    TestCertificate plain = ca.leaf("plain.test");
    Path cert = Files.writeString(folder.resolve("cert.pem"), plain.pem());
    Path issuer = Files.writeString(folder.resolve("ca.pem"), ca.held().pem());

    Cli run = Cli.run("lint", responder.url(), "--cert", cert, "--issuer", issuer);

    assertThat(run.out()).contains("GET, SHA-1", "[RFC 9919 3.1.1]");
    assertThat(run.status()).isEqualTo(2); // the unused serial
  }

  @Test
  void responder_down_isUnknown() throws Exception {
    responder.goDown();

    Cli run = cli();

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out()).startsWith("UNKNOWN " + responder.url());
  }

  @Test
  void opensslResponder_isAskedAndItsFaultsAreNamed() throws Exception {
    Path openssl = OutsideTool.require("openssl", "openssl");
    TestCertificate good = ca.leaf("good.test");
    Path index = folder.resolve("index.txt");
    Files.writeString(index, "V\t491231235959Z\t\t" + hex(good) + "\tunknown\t/CN=good.test\n");
    TestCertificate delegate = ca.delegate();
    Path issuer = Files.writeString(folder.resolve("ca.pem"), ca.held().pem());
    List<String> line =
        List.of(
            openssl.toString(),
            "ocsp",
            "-index",
            index.toString(),
            "-port",
            "PORT",
            "-CA",
            issuer.toString(),
            "-rsigner",
            Files.writeString(folder.resolve("d.pem"), delegate.pem()).toString(),
            "-rkey",
            Files.writeString(folder.resolve("d-key.pem"), delegate.privateKeyPem()).toString());
    Path cert = Files.writeString(folder.resolve("good.pem"), good.pem());
    try (RunningTool tool = RunningTool.start(folder, "waiting for OCSP client", line)) {
      Cli run =
          Cli.run(
              "lint", "http://127.0.0.1:" + tool.port() + "/", "--cert", cert, "--issuer", issuer);

      assertThat(run.status()).isEqualTo(2);
      assertThat(run.out())
          .contains("POST is answered")
          .contains("nextUpdate is missing")
          .contains("never used is not called good (unknown)");
    }
  }

  @Test
  void cfsslResponder_preSigned_isAskedAndItsFaultsAreNamed() throws Exception {
    Path cfssl = OutsideTool.require("cfssl", "golang-cfssl");
    TestCertificate site = ca.leaf("cfssl.test");
    Path issuer = Files.writeString(folder.resolve("ca.pem"), ca.held().pem());
    TestCertificate delegate = ca.delegate();
    Path cert = Files.writeString(folder.resolve("site.pem"), site.pem());
    Path answers = folder.resolve("answers");
    List<String> sign =
        new ArrayList<>(
            List.of(
                cfssl.toString(),
                "ocspsign",
                "-ca=" + issuer,
                "-responder=" + Files.writeString(folder.resolve("d.pem"), delegate.pem()),
                "-responder-key="
                    + Files.writeString(folder.resolve("d-key.pem"), delegate.privateKeyPem()),
                "-cert=" + cert,
                "-status=good",
                "-interval=96h"));
    Process signing = new ProcessBuilder(sign).start();
    String output = new String(signing.getInputStream().readAllBytes(), UTF_8);
    Matcher answer = Pattern.compile("\"ocspResponse\":\"([^\"]+)\"").matcher(output);
    assertThat(answer.find()).as(output).isTrue();
    byte[] der = Base64.getDecoder().decode(answer.group(1));
    Files.writeString(answers, Base64.getEncoder().encodeToString(der) + "\n");
    List<String> serve =
        List.of(
            cfssl.toString(),
            "ocspserve",
            "-address=127.0.0.1",
            "-port=PORT",
            "-responses=" + answers);
    try (RunningTool tool = RunningTool.start(folder, "Now listening", serve)) {
      Cli run =
          Cli.run(
              "lint", "http://127.0.0.1:" + tool.port() + "/", "--cert", cert, "--issuer", issuer);

      assertThat(run.out())
          .contains("POST is answered", "nextUpdate is there")
          .contains("POST, SHA-256 is answered with a CertID by another hash")
          .contains("never used is not called good (unauthorized)");
    }
  }

  private List<Finding> lint() throws Exception {
    try (OcspClient verifier =
        OcspClient.builder().maxAgeWithoutNextUpdate(Duration.ofDays(3650)).build()) {
      Lint lint =
          new Lint(
              verifier, Duration.ofSeconds(20), Clock.systemUTC(), UNUSED, new byte[32], way -> {});
      return LintFindings.of(
          lint.ask(URI.create(responder.url()), leaf.certificate(), ca.certificate()));
    }
  }

  private void assertBroken(Level level, String part) throws Exception {
    assertThat(lint())
        .anySatisfy(finding -> {
          assertThat(finding.sentence()).contains(part);
          assertThat(finding.level()).isEqualTo(level);
        });
  }

  private static List<String> sentences(List<Finding> findings) {
    return findings.stream().map(Finding::sentence).toList();
  }

  private Cli cli(Object... more) throws Exception {
    List<Object> line = new ArrayList<>(List.of("lint", chain(leaf)));
    line.addAll(List.of(more));
    return Cli.run(line.toArray());
  }

  private Path chain(TestCertificate certificate) throws Exception {
    return Files.writeString(folder.resolve("chain.pem"), certificate.chainPem());
  }

  private static String hex(TestCertificate certificate) {
    String hex = certificate.serialNumber().toString(16).toUpperCase(Locale.ROOT);
    return hex.length() % 2 == 0 ? hex : "0" + hex;
  }
}
