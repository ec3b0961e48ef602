package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.der.DerWriter;
import io.github.ocspstapler.testkit.CertHash;
import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.SignatureAlgorithm;
import io.github.ocspstapler.testkit.SingleAnswer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The committed seeds of the fuzz tests: responses, requests and certificates that are right, so
 * that what a fuzzer makes of them is nearly right. Made by {@link #main} with the testkit; all
 * responses are about one certificate of one CA, at {@link Verification#NOW}.
 */
final class Seeds {
  static final String RESPONSES = "ResponseFuzzTestInputs/response_anyBytes_saysOnlyWhatWasSigned";
  static final String REQUESTS = "RequestFuzzTestInputs/request_anyBytes_isReadOrRefused";
  static final String CERTIFICATES = "CertificateFuzzTestInputs/certificate_anyBytes_hasFields";

  private static final Path SOURCES = Path.of("src/test/resources/io/github/ocspstapler/ocsp");

  private Seeds() {}

  /** The question that the seeds answer. */
  static Question question() {
    return Question.about(certificate("site.der"), certificate("ca.der"));
  }

  /** Returns a seed, by its folder and name. */
  static byte[] read(String folder, String name) {
    try (InputStream in = Seeds.class.getResourceAsStream(folder + "/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns all response seeds, by name; nothing depends on the order of a directory. */
  static Map<String, byte[]> responses() {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    for (String name :
        new String[] {
          "delegate-p256.der",
          "delegate-pss.der",
          "delegate-rsa.der",
          "ed25519.der",
          "extensions.der",
          "good.der",
          "no-next-update.der",
          "nonce-by-key.der",
          "revoked.der",
          "several.der",
          "try-later.der",
          "unknown.der"
        }) {
      seeds.put(name, read(RESPONSES, name));
    }
    return seeds;
  }

  private static X509Certificate certificate(String name) {
    try {
      return TestBytes.certificate(read(CERTIFICATES, name));
    } catch (CertificateException e) {
      throw new AssertionError(e);
    }
  }

  /** Writes the seeds anew; run it in the module's folder. */
  public static void main(String[] args) throws Exception {
    TestCa ca = TestCa.builder("Seed CA").clock(Verification.CLOCK).buildCa();
    TestCertificate site =
        ca.leafBuilder("seed.test")
            .sans("seed.test", "127.0.0.1")
            .ocspUrls("http://ocsp.test/a?b=c", "http://backup.test")
            .mustStaple()
            .build();
    TestCertificate delegate = ca.delegate();
    TestCertificate rsa = ca.delegateBuilder().keyAlgorithm(KeyAlgorithm.RSA_2048).build();
    TestCertificate ed25519 = ca.delegateBuilder().keyAlgorithm(KeyAlgorithm.ED25519).build();
    write(CERTIFICATES, "ca.der", ca.certificate().getEncoded());
    write(CERTIFICATES, "site.der", site.certificate().getEncoded());
    write(CERTIFICATES, "delegate.der", delegate.certificate().getEncoded());
    write(CERTIFICATES, "rsa.der", rsa.certificate().getEncoded());

    OcspAnswer good = OcspAnswer.good(site).clock(Verification.CLOCK);
    write(RESPONSES, "good.der", good.der());
    write(RESPONSES, "nonce-by-key.der", good.responderByKey().nonce(new byte[32]).der());
    write(RESPONSES, "delegate-p256.der", good.signedBy(delegate).der());
    write(RESPONSES, "delegate-rsa.der", good.signedBy(rsa).der());
    write(
        RESPONSES,
        "delegate-pss.der",
        good.signedBy(rsa).signatureAlgorithm(SignatureAlgorithm.RSASSA_PSS_SHA256).der());
    write(RESPONSES, "ed25519.der", good.signedBy(ed25519).der());
    write(RESPONSES, "no-next-update.der", good.noNextUpdate().der());
    write(
        RESPONSES,
        "extensions.der",
        good.extension("1.2.3", false, new byte[3])
            .each(s ->
                s.extension(
                    "1.3.6.1.5.5.7.48.1.6",
                    false,
                    DerWriter.value(0x18, "20200101000000Z".getBytes(StandardCharsets.US_ASCII))))
            .der());
    write(
        RESPONSES,
        "revoked.der",
        OcspAnswer.revoked(site, Verification.NOW, 1).clock(Verification.CLOCK).der());
    write(RESPONSES, "unknown.der", OcspAnswer.unknown(site).clock(Verification.CLOCK).der());
    write(
        RESPONSES,
        "several.der",
        OcspAnswer.of(
                SingleAnswer.good(site),
                SingleAnswer.good(site).hash(CertHash.SHA256),
                SingleAnswer.revoked(ca.leaf("other.test"), Verification.NOW, 4))
            .clock(Verification.CLOCK)
            .der());
    write(RESPONSES, "try-later.der", OcspAnswer.error(3).der());

    CertId sha1 = CertId.of(CertIdHash.SHA1, site.certificate(), ca.certificate());
    CertId sha256 = CertId.of(CertIdHash.SHA256, site.certificate(), ca.certificate());
    write(REQUESTS, "sha1.der", OcspRequest.of(sha1).encoded());
    write(REQUESTS, "sha256-nonce.der", OcspRequest.of(sha256, new byte[32]).encoded());
    write(
        REQUESTS,
        "two.der",
        DerWriter.sequence(
            DerWriter.sequence(
                DerWriter.sequence(
                    DerWriter.sequence(sha1.encoded()), DerWriter.sequence(sha256.encoded())))));
  }

  private static void write(String folder, String name, byte[] bytes) throws IOException {
    Path file = SOURCES.resolve(folder).resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}
