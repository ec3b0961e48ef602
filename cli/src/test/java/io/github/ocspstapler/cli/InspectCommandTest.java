package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ocspstapler.ocsp.CertId;
import io.github.ocspstapler.ocsp.CertIdHash;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspRequest;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InspectCommandTest {
  private static final TestCa CA = TestCa.root("Inspect CA");
  private static final TestCertificate SITE =
      CA.leafBuilder("site.test")
          .sans("site.test", "www.site.test")
          .ocspUrls("http://ocsp.test/")
          .mustStaple()
          .build();
  private static final OcspRequest REQUEST =
      OcspRequest.of(CertId.of(CertIdHash.SHA256, SITE.certificate(), CA.certificate()));
  private static final String SERIAL = SITE.serialNumber().toString(16);

  @TempDir private Path folder;

  @Test
  void response_withoutIssuer_isShownAndCalledNotVerified() throws Exception {
    Path file = write("staple.der", OcspAnswer.good(SITE).der());

    Cli run = Cli.run("inspect", file);

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("kind", "OCSP response", "successful", SERIAL, "good", "this update")
        .contains("not verified: no issuer's certificate is given");
  }

  @Test
  void response_withIssuer_isVerified() throws Exception {
    Path file = write("staple.der", OcspAnswer.good(SITE).der());
    Path issuer = write("ca.pem", CA.held().pem().getBytes(US_ASCII));

    Cli run = Cli.run("inspect", file, "--issuer", issuer);

    assertThat(run.out()).contains("verified, until").doesNotContain("not verified");
  }

  @Test
  void response_forged_isShownAndCalledRejected() throws Exception {
    TestCertificate forger = TestCa.root("Forger").delegate();
    Path file = write("staple.der", OcspAnswer.good(SITE).signedBy(forger).der());
    Path issuer = write("ca.pem", CA.held().pem().getBytes(US_ASCII));

    Cli run = Cli.run("inspect", file, "--issuer", issuer);

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("rejected (", "certificate");
  }

  @Test
  void responseAndChain_inOnePem_verifyEachOther() throws Exception {
    String pem = pem("OCSP RESPONSE", OcspAnswer.good(SITE).der()) + SITE.chainPem();
    Path file = write("all.pem", pem.getBytes(US_ASCII));

    Cli run = Cli.run("inspect", file, "--json");

    assertThat(run.outLines()).hasSize(3);
    JsonNode response = new ObjectMapper().readTree(run.outLines().get(0));
    assertThat(response.get("kind").asText()).isEqualTo("OCSP response");
    assertThat(response.get("answers").get(0).get("verification").asText()).startsWith("verified");
    JsonNode leaf = new ObjectMapper().readTree(run.outLines().get(1));
    assertThat(leaf.get("mustStaple").asBoolean()).isTrue();
    assertThat(leaf.get("ocspUrls").get(0).asText()).isEqualTo("http://ocsp.test/");
    assertThat(leaf.get("subjectAlternativeNames")).hasSize(2);
  }

  @Test
  void request_derOrPathOfAGet_isShown() throws Exception {
    Path der = write("request.der", REQUEST.encoded());
    String path = REQUEST.getUri(URI.create("http://ocsp.test/")).getRawPath().substring(1);

    Cli ofDer = Cli.run("inspect", der, "--json");
    Cli ofPath = Cli.runWithInput(path.getBytes(US_ASCII), "inspect", "-", "--json");

    JsonNode request = new ObjectMapper().readTree(ofDer.out());
    assertThat(request.get("kind").asText()).isEqualTo("OCSP request");
    assertThat(request.get("asksAbout").get(0).get("hash").asText()).isEqualTo("SHA-256");
    assertThat(request.get("asksAbout").get(0).get("serialNumber").asText()).isEqualTo(SERIAL);
    assertThat(ofPath.out()).isEqualTo(ofDer.out());
  }

  @Test
  void requestOfOpenssl_withNonce_isShown() throws Exception {
    Path openssl = OutsideTool.require("openssl", "openssl");
    Path ca = write("ca.pem", CA.held().pem().getBytes(US_ASCII));
    Path site = write("site.pem", SITE.pem().getBytes(US_ASCII));
    Path request = folder.resolve("request.der");
    String[] line = {
      openssl.toString(),
      "ocsp",
      "-issuer",
      ca.toString(),
      "-cert",
      site.toString(),
      "-reqout",
      request.toString()
    };
    assertThat(new ProcessBuilder(line).inheritIO().start().waitFor()).isZero();

    Cli run = Cli.run("inspect", request, "--json");

    assertThat(run.out()).contains("\"nonce\":true", SERIAL, "SHA-1");
  }

  @Test
  void errorResponse_isNamed() {
    Cli run = Cli.runWithInput(new byte[] {0x30, 0x03, 0x0a, 0x01, 0x06}, "inspect", "-");

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("unauthorized");
  }

  @Test
  void privateKey_isNotLookedAt() throws Exception {
    Path file = write("key.pem", (SITE.privateKeyPem() + SITE.pem()).getBytes(US_ASCII));

    Cli run = Cli.run("inspect", file);

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("PRIVATE KEY", "not looked at", "site.test");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nothing of the kind",
        "MAA=",
        "-----BEGIN CERTIFICATE-----\nMII",
        "-----BEGIN OCSP RESPONSE-----\nMAA=\n-----END OCSP RESPONSE-----\n",
        "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
      })
  void nothingKnown_isSaidInOneSentenceAndExits64(String content) {
    Cli run = Cli.runWithInput(content.getBytes(US_ASCII), "inspect", "-");

    assertThat(run.status()).isEqualTo(64);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith("ocsp-stapler: standard input: ").doesNotContain("\tat ");
  }

  @Test
  void damagedBytes_areShownOrRefusedAndNothingElse() throws Exception {
    Random random = new Random(7);
    byte[][] seeds = {
      OcspAnswer.good(SITE).der(), REQUEST.encoded(), SITE.certificate().getEncoded()
    };

    int refused = 0;
    try (OcspClient verifier = OcspClient.create()) {
      for (int i = 0; i < 900; i++) {
        byte[] bytes = seeds[i % seeds.length].clone();
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        try {
          Inspection inspection = new Inspection("x", List.of(CA.certificate()), verifier);
          assertThat(inspection.of(bytes)).isNotEmpty();
        } catch (InputException e) {
          refused++;
        }
      }
    }
    assertThat(refused).isPositive();
  }

  private Path write(String name, byte[] content) throws Exception {
    return Files.write(folder.resolve(name), content);
  }

  private static String pem(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
