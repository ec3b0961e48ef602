package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.ocsp.CertIdHash;
import io.github.ocspstapler.ocsp.CertificateStatus.Good;
import io.github.ocspstapler.ocsp.CertificateStatus.Revoked;
import io.github.ocspstapler.ocsp.CertificateStatus.Unknown;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspResponse;
import io.github.ocspstapler.ocsp.RevocationReason;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testsupport.Command;
import io.github.ocspstapler.testsupport.FreePort;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against responders that others wrote: C1, C4, L2, R3, R5, R11. */
class RealResponderTest {
  @TempDir private Path folder;

  private final TestCa root = TestCa.root("Real Responder Root");
  private final TestCa ca = root.intermediate("Real Responder CA");

  @Test
  void opensslResponder_goodRevokedAndUnknown_areAnsweredAsIndexed() throws Exception {
    int port = FreePort.next();
    String url = "http://127.0.0.1:" + port + "/";
    TestCertificate good = ca.leaf("good.test", url);
    TestCertificate revoked = ca.leaf("revoked.test", url);
    TestCertificate unknown = ca.leaf("unknown.test", url);
    Files.writeString(
        folder.resolve("index.txt"),
        "V\t491231235959Z\t\t"
            + hex(good)
            + "\tunknown\t/CN=good.test\n"
            + "R\t491231235959Z\t250102030405Z,keyCompromise\t"
            + hex(revoked)
            + "\tunknown\t/CN=revoked.test\n");

    try (RunningProgram responder = openssl(port, "-ndays", "2");
        OcspClient client = OcspClient.create()) {
      OcspResponse answer = client.query(good.certificate(), ca.certificate());
      assertThat(answer.status()).isEqualTo(new Good());
      assertThat(answer.nextUpdate()).isPresent();
      assertThat(answer.responder()).hasValueSatisfying(uri -> assertThat(uri).hasToString(url));

      assertThat(client.query(revoked.certificate(), ca.certificate()).status())
          .isInstanceOfSatisfying(
              Revoked.class,
              status -> {
                assertThat(status.at()).isEqualTo("2025-01-02T03:04:05Z");
                assertThat(status.reason()).hasValue(RevocationReason.KEY_COMPROMISE);
              });
      assertThat(client.query(unknown.certificate(), ca.certificate()).status())
          .isEqualTo(new Unknown());
      assertThat(responder.url()).isEqualTo(url);
    }
  }

  @Test
  void opensslResponder_sha256CertIdAndNonce_areUnderstood() throws Exception {
    int port = FreePort.next();
    TestCertificate good = ca.leaf("good.test", "http://127.0.0.1:" + port + "/");
    Files.writeString(
        folder.resolve("index.txt"),
        "V\t491231235959Z\t\t" + hex(good) + "\tunknown\t/CN=good.test\n");

    try (RunningProgram responder = openssl(port, "-ndays", "2");
        OcspClient client =
            OcspClient.builder().certIdHashes(CertIdHash.SHA256).nonce(true).build()) {
      OcspResponse answer = client.query(good.certificate(), ca.certificate());

      assertThat(answer.status()).isEqualTo(new Good());
      assertThat(responder.url()).isNotEmpty();
    }
  }

  @Test
  void opensslResponder_withoutNextUpdate_isStapledForAnHourAtMost() throws Exception {
    int port = FreePort.next();
    TestCertificate good = ca.leaf("good.test", "http://127.0.0.1:" + port + "/");
    Files.writeString(
        folder.resolve("index.txt"),
        "V\t491231235959Z\t\t" + hex(good) + "\tunknown\t/CN=good.test\n");

    try (RunningProgram responder = openssl(port);
        Stapler stapler = Stapler.builder().build()) {
      StapleStatus status = stapler.preload(good.chain()).join();

      assertThat(status.state()).isEqualTo(StapleStatus.State.STAPLED);
      assertThat(status.nextUpdate()).isEmpty();
      assertThat(Duration.between(status.thisUpdate().get(), status.servedUntil().get()))
          .isLessThanOrEqualTo(Duration.ofHours(1));
      assertThat(responder.url()).isNotEmpty();
    }
  }

  @Test
  void cfsslResponder_preSignedAnswers_areStapled() throws Exception {
    Path cfssl = OutsideTool.require("cfssl", "golang-cfssl");
    int port = FreePort.next();
    TestCertificate leaf = ca.leaf("cfssl.test", "http://127.0.0.1:" + port + "/");
    Path issuer = write("ca.pem", ca.held().pem());
    TestCertificate signer = ca.delegate();
    Path delegate = write("delegate.pem", signer.pem());
    Path key = write("delegate-key.pem", signer.privateKeyPem());
    Path certificate = write("leaf.pem", leaf.pem());
    Command signed =
        Command.run(
            cfssl,
            "ocspsign",
            "-ca=" + issuer,
            "-responder=" + delegate,
            "-responder-key=" + key,
            "-cert=" + certificate,
            "-status=good",
            "-interval=96h");
    Matcher answer = Pattern.compile("\"ocspResponse\":\"([^\"]+)\"").matcher(signed.output());
    assertThat(answer.find()).as(signed.output()).isTrue();
    byte[] der = Base64.getDecoder().decode(answer.group(1));
    Path answers = write("answers", Base64.getEncoder().encodeToString(der) + "\n");

    try (RunningProgram responder =
            RunningProgram.start(
                port,
                folder.resolve("log"),
                "Now listening",
                List.of(
                    cfssl.toString(),
                    "ocspserve",
                    "-address=127.0.0.1",
                    "-port=" + port,
                    "-responses=" + answers));
        Stapler stapler = Stapler.builder().build()) {
      StapleStatus status = stapler.preload(leaf.chain()).join();

      assertThat(status.state()).as(status.toString()).isEqualTo(StapleStatus.State.STAPLED);
      assertThat(stapler.staple(leaf.certificate()).orElseThrow().encoded()).isEqualTo(der);
      assertThat(responder.url()).isNotEmpty();
    }
  }

  private RunningProgram openssl(int port, String... more) throws Exception {
    Path openssl = OutsideTool.require("openssl", "openssl");
    TestCertificate delegate = ca.delegate();
    List<String> line =
        new ArrayList<>(
            List.of(
                openssl.toString(),
                "ocsp",
                "-index",
                folder.resolve("index.txt").toString(),
                "-port",
                Integer.toString(port),
                "-CA",
                write("ca.pem", ca.held().pem()).toString(),
                "-rsigner",
                write("delegate.pem", delegate.pem()).toString(),
                "-rkey",
                write("delegate-key.pem", delegate.privateKeyPem()).toString()));
    line.addAll(List.of(more));
    return RunningProgram.start(port, folder.resolve("log"), "waiting for OCSP client", line);
  }

  private Path write(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String hex(TestCertificate certificate) {
    BigInteger serial = certificate.serialNumber();
    String hex = serial.toString(16).toUpperCase(Locale.ROOT);
    return hex.length() % 2 == 0 ? hex : "0" + hex;
  }
}
