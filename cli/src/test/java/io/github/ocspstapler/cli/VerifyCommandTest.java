package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.SignatureAlgorithm;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Help.Ansi;

class VerifyCommandTest {
  private static final TestCertificate LEAF = CaseFolder.LEAF;

  @TempDir private Path temporary;
  private CaseFolder folder;

  @BeforeEach
  void makeFolder() {
    folder = new CaseFolder(temporary);
  }

  private Cli verify(OcspAnswer answer, Object... more) {
    Object[] args = new Object[7 + more.length];
    Object[] first = {
      "verify",
      "--response",
      folder.response(answer),
      "--issuer",
      folder.issuer(),
      "--cert",
      folder.cert()
    };
    System.arraycopy(first, 0, args, 0, first.length);
    System.arraycopy(more, 0, args, first.length, more.length);
    return Cli.run(args);
  }

  @Test
  void good_exits0AndShowsTheTimes() {
    Cli run = verify(OcspAnswer.good(LEAF));

    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.outLines().get(0)).isEqualTo("good");
    assertThat(run.out()).contains("this update", "next update", "signed by");
  }

  @Test
  void good_asJson_hasTheFields() throws Exception {
    Cli run = verify(OcspAnswer.good(LEAF), "--json");

    assertThat(run.status()).isZero();
    assertThat(run.outLines()).hasSize(1);
    assertThat(run.out())
        .startsWith("{\"verdict\":\"good\",\"reason\":null,\"thisUpdate\":\"")
        .contains("\"nextUpdate\":\"", "\"validUntil\":\"", "\"producedAt\":\"", "\"signer\":\"");
    try (var json = new JsonFactory().createParser(run.out())) {
      while (json.nextToken() != null) {
        assertThat(json.currentToken()).isNotNull();
      }
    }
  }

  @Test
  void revoked_exits1AndSaysWhenAndWhy() {
    Instant at = Instant.now().minus(3, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);

    Cli run = verify(OcspAnswer.revoked(LEAF, at, 1));
    Cli json = verify(OcspAnswer.revoked(LEAF, at, 1), "--json");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.outLines().get(0)).isEqualTo("revoked");
    assertThat(run.out()).contains(at + " (key_compromise)");
    assertThat(json.status()).isEqualTo(1);
    assertThat(json.out())
        .startsWith(
            "{\"verdict\":\"revoked\",\"reason\":\"key_compromise\",\"revokedAt\":\"" + at + "\"");
  }

  @Test
  void unknown_exits2() {
    Cli run = verify(OcspAnswer.unknown(LEAF));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.outLines().get(0)).isEqualTo("unknown");
  }

  @Test
  void rejected_exits3AndSaysWhyOnStandardErrorOnly() {
    Cli run = verify(OcspAnswer.good(LEAF).corruptSignature());

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("rejected: ").doesNotContain("\tat ");
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void rejected_asJson_namesTheReason() {
    Cli run = verify(OcspAnswer.good(LEAF).corruptSignature(), "--json");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("{\"verdict\":\"rejected\",\"reason\":\"bad_signature\",\"message\":\"");
  }

  @Test
  void refused_byAnErrorStatus_exits3() {
    Cli run = verify(OcspAnswer.error(3), "--json");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out()).startsWith("{\"verdict\":\"refused\",\"reason\":\"try_later\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0\u0082", "<html>", "-----BEGIN OCSP RESPONSE-----\nMA"})
  void response_junk_isRejectedAndExits3(String content) {
    Path response =
        folder.write("junk", content.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));

    Cli run =
        Cli.run(
            "verify",
            "--response",
            response,
            "--issuer",
            folder.issuer(),
            "--cert",
            folder.cert(),
            "--json");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out()).startsWith("{\"verdict\":\"rejected\",\"reason\":\"malformed\"");
  }

  @Test
  void response_ofMegabytes_isRejected() {
    byte[] megabytes = new byte[5 << 20];
    megabytes[0] = 0x30;
    megabytes[1] = (byte) 0x84;
    Path response = folder.write("huge", megabytes);

    Cli run =
        Cli.run(
            "verify", "--response", response, "--issuer", folder.issuer(), "--cert", folder.cert());

    assertThat(run.status()).isEqualTo(3);
  }

  @Test
  void files_inPemWithTextAround_areRead() {
    Path response =
        folder.write(
            "response.pem",
            ("text\n" + CaseFolder.pem("OCSP RESPONSE", OcspAnswer.good(LEAF).der()))
                .getBytes(UTF_8));
    Path issuer =
        folder.write("issuer.pem", ("subject=CA\n" + CaseFolder.CA.held().pem()).getBytes(UTF_8));
    Path cert = folder.write("cert.pem", (LEAF.pem() + "tail").getBytes(UTF_8));

    Cli run = Cli.run("verify", "--response", response, "--issuer", issuer, "--cert", cert);

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
  }

  @Test
  void issuer_amongOthersInItsFile_isFound() {
    String others = TestCa.root("Another CA").held().pem() + CaseFolder.CA.held().pem();
    Path issuer = folder.write("issuers.pem", others.getBytes(UTF_8));

    Cli run =
        Cli.run(
            "verify",
            "--response",
            folder.response(OcspAnswer.good(LEAF)),
            "--issuer",
            issuer,
            "--cert",
            folder.cert());

    assertThat(run.status()).isZero();
  }

  @Test
  void issuer_inTheChainOfTheCertificate_needsNoOption() {
    Path chain = folder.write("chain.pem", LEAF.chainPem().getBytes(UTF_8));

    Cli run =
        Cli.run("verify", "--response", folder.response(OcspAnswer.good(LEAF)), "--cert", chain);

    assertThat(run.status()).isZero();
  }

  @Test
  void issuer_absentFromTheCertificatesFile_isWrongUsage() {
    Cli run =
        Cli.run(
            "verify",
            "--response",
            folder.response(OcspAnswer.good(LEAF)),
            "--cert",
            folder.cert());

    assertThat(run.status()).isEqualTo(64);
    assertThat(run.err()).contains("issuer");
  }

  @Test
  void serial_insteadOfTheCertificate_isEnough() {
    for (String serial :
        new String[] {
          CaseFolder.serial(),
          "0x" + CaseFolder.serial(),
          "00" + CaseFolder.serial().toUpperCase(java.util.Locale.ROOT)
        }) {
      Cli run =
          Cli.run(
              "verify",
              "--response",
              folder.response(OcspAnswer.good(LEAF)),
              "--issuer",
              folder.issuer(),
              "--serial",
              serial);

      assertThat(run.status()).as(serial).isZero();
    }
  }

  @Test
  void serial_ofAnotherCertificate_isRejected() {
    Cli run =
        Cli.run(
            "verify",
            "--response",
            folder.response(OcspAnswer.good(LEAF)),
            "--issuer",
            folder.issuer(),
            "--serial",
            "1234",
            "--json");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out()).contains("\"reason\":\"wrong_cert_id\"");
  }

  @Test
  void serial_thatContradictsTheCertificate_isWrongUsage() {
    Cli run = verify(OcspAnswer.good(LEAF), "--serial", "1234");

    assertThat(run.status()).isEqualTo(64);
    assertThat(run.err()).contains("1234");
  }

  @Test
  void at_decidesWhetherTheAnswerIsCurrent() {
    OcspAnswer answer = OcspAnswer.good(LEAF);
    Instant later = Instant.now().plus(365 * 5L, ChronoUnit.DAYS);

    assertThat(verify(answer, "--at", Instant.now()).status()).isZero();
    assertThat(verify(answer, "--at", later, "--json").out()).contains("\"reason\":\"expired\"");
    assertThat(verify(answer, "--at", "2001-01-01T00:00:00Z", "--json").out())
        .contains("\"verdict\":\"rejected\"");
  }

  @Test
  void maxAge_decidesHowLongAnAnswerWithoutNextUpdateIsBelieved() {
    OcspAnswer answer = OcspAnswer.good(LEAF).noNextUpdate();
    Instant inThreeHours = Instant.now().plus(3, ChronoUnit.HOURS);

    assertThat(verify(answer).status()).isZero();
    assertThat(verify(answer, "--at", inThreeHours).status()).isEqualTo(3);
    assertThat(verify(answer, "--at", inThreeHours, "--max-age", "P1D").status()).isZero();
    assertThat(verify(answer, "--max-age", "PT0S").status()).isEqualTo(3);
    assertThat(verify(answer, "--json").out()).contains("\"nextUpdate\":null");
  }

  @Test
  void sha1Signature_isBelievedOnlyWhenAllowed() {
    OcspAnswer answer =
        OcspAnswer.good(LEAF).signatureAlgorithm(SignatureAlgorithm.SHA1_WITH_ECDSA);

    assertThat(verify(answer, "--json").out()).contains("\"reason\":\"weak_algorithm\"");
    assertThat(verify(answer, "--allow-sha1-signatures").status()).isZero();
  }

  @Test
  void responder_trustedByHand_isBelievedOnlyWhenNamed() {
    TestCa designated = TestCa.root("Designated responder");
    OcspAnswer answer =
        OcspAnswer.good(LEAF)
            .signedBy(designated.held())
            .responderIdOf(designated.held())
            .embed(designated.certificate());
    Path responder = folder.write("designated.der", CaseFolder.encoded(designated.held()));

    assertThat(verify(answer).status()).isEqualTo(3);
    assertThat(verify(answer, "--responder", responder).status()).isZero();
  }

  @Test
  void standardInput_isReadForOneFile() {
    Cli run =
        Cli.runWithInput(
            OcspAnswer.good(LEAF).der(),
            "verify",
            "--response",
            "-",
            "--issuer",
            folder.issuer(),
            "--cert",
            folder.cert());
    Cli twice =
        Cli.runWithInput(
            new byte[1], "verify", "--response", "-", "--issuer", "-", "--serial", "1");

    assertThat(run.status()).isZero();
    assertThat(twice.status()).isEqualTo(64);
    assertThat(twice.err()).contains("standard input (-) can be given for one file only");
  }

  @Test
  void verdict_isColouredOnlyWhenColoursAreOn() {
    Object[] args = {
      "verify",
      "--response",
      folder.response(OcspAnswer.good(LEAF)),
      "--issuer",
      folder.issuer(),
      "--cert",
      folder.cert()
    };

    assertThat(Cli.run(Ansi.ON, new byte[0], args).out()).startsWith("\u001b[");
    assertThat(Cli.run(Ansi.OFF, new byte[0], args).out()).doesNotContain("\u001b");
  }
}
