package io.github.ocspstapler.ocsp;

import static io.github.ocspstapler.ocsp.Verification.CA;
import static io.github.ocspstapler.ocsp.Verification.CLOCK;
import static io.github.ocspstapler.ocsp.Verification.NOW;
import static io.github.ocspstapler.ocsp.Verification.SITE;
import static io.github.ocspstapler.ocsp.Verification.good;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.internal.der.Der;
import io.github.ocspstapler.internal.der.DerWriter;
import io.github.ocspstapler.testkit.CertHash;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.SignatureAlgorithm;
import io.github.ocspstapler.testkit.SingleAnswer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Gives the same bytes, as a staple, to the JDK's own revocation checker, and compares the
 * verdicts. Where they differ, the table says by what decision; a difference that is not in it
 * fails.
 */
class JdkDifferentialTest {
  /** The JDK's, which it does not let be set: 15 minutes. */
  private static final Duration JDK_SKEW = Duration.ofMinutes(15);

  private static final Duration TEN_YEARS = Duration.ofDays(3652);

  /**
   * A decision.
   *
   * @param ours this client's verdict, as a regular expression
   * @param jdks the JDK's, as a regular expression
   * @param sentence the decision
   */
  private record Decision(String ours, String jdks, String sentence) {}

  private static final List<Decision> DECISIONS =
      List.of(
          new Decision(
              "good|revoked|unknown",
              "(?s).*does not include a response for a certificate.*",
              "L2: an answer by another hash than the one asked with is an answer; the JDK looks for"
                  + " SHA-1 only (the JSSE delivery is asked with SHA-1 and serves such a staple all"
                  + " the same, and a JDK client then takes it for no answer)"),
          new Decision(
              "good|revoked|unknown",
              ".*validity interval is out-of-date.*",
              "L6: without nextUpdate an answer is good for the maximum age; the JDK takes"
                  + " thisUpdate for nextUpdate and gives it 15 minutes"),
          new Decision(
              "good|revoked|unknown",
              "EXPIRED .*|NOT_YET_VALID .*",
              "C15: the certificate's and the issuer's own validity are the path's business; the JDK"
                  + " checks the path first"),
          new Decision(
              "bad_produced_at",
              "good",
              "R8: producedAt may not lie in the future or before the certificate began; the JDK does"
                  + " not look at it"),
          new Decision(
              "signer_not_authorised",
              "good",
              "R3: a responder whose certificate may not sign by its keyUsage, or has an unknown"
                  + " critical extension, is none; the JDK looks at extendedKeyUsage"),
          new Decision(
              "revoked|unknown",
              "good",
              "R13: of several answers about one certificate the worst counts; the JDK's map keeps"
                  + " the last"));

  /** One answer to give to both. */
  private record Sample(
      String name,
      byte[] response,
      X509Certificate certificate,
      X509Certificate issuer,
      Instant time,
      Optional<X509Certificate> responder) {}

  @Test
  void verdict_onGenerated_isTheJdksOrDecided() {
    Set<Decision> used = new LinkedHashSet<>();

    Stream.concat(generated(), Stream.of(expired()))
        .forEach(sample -> compare(sample).ifPresent(used::add));

    assertThat(used).as("each decision is one that is needed").hasSameElementsAs(DECISIONS);
  }

  @TestFactory
  Stream<DynamicTest> verdict_onThirdPartyCases_isTheJdksOrDecided() throws Exception {
    return Vectors.all().stream()
        .filter(c -> c.kind().equals("response"))
        .filter(c -> c.has("certificate") && c.has("issuer") && c.has("verificationTime"))
        .filter(c -> !c.has("nonce")) // a staple has none to compare
        .map(JdkDifferentialTest::sample)
        .map(sample -> DynamicTest.dynamicTest(sample.name(), () -> compare(sample)));
  }

  /** Returns the decision by which the two differ, or empty if they do not. */
  private static Optional<Decision> compare(Sample sample) {
    String ours = ours(sample);
    String jdks = jdks(sample);
    boolean bothRefuse = !isStatus(ours) && !isStatus(jdks);
    if (ours.equals(jdks) || bothRefuse) {
      return Optional.empty();
    }
    Optional<Decision> decision =
        DECISIONS.stream()
            .filter(d -> ours.matches(d.ours()) && jdks.matches(d.jdks()))
            .findFirst();
    assertThat(decision).as("%s: ours %s, the JDK's %s", sample.name(), ours, jdks).isPresent();
    return decision;
  }

  private static boolean isStatus(String verdict) {
    return verdict.equals("good") || verdict.equals("revoked") || verdict.equals("unknown");
  }

  private static Stream<Sample> generated() {
    TestCertificate delegate = CA.delegate();
    TestCa other = TestCa.builder("Other CA").clock(CLOCK).buildCa();
    byte[] keyCertSign = {3, 2, 2, 4};
    byte[] nothing = {5, 0};
    return Stream.of(
            Map.entry("good", good()),
            Map.entry("by key", good().responderByKey()),
            Map.entry("delegate", good().signedBy(delegate)),
            Map.entry("revoked", OcspAnswer.revoked(SITE, NOW.minusSeconds(60), 1).clock(CLOCK)),
            Map.entry("unknown", OcspAnswer.unknown(SITE).clock(CLOCK)),
            Map.entry("corrupt", good().corruptSignature()),
            Map.entry("other CA", good().signedBy(other)),
            Map.entry("other CA's delegate", good().signedBy(other.delegate())),
            Map.entry("no EKU", good().signedBy(CA.delegateBuilder().ocspSigning(false).build())),
            Map.entry(
                "no digitalSignature",
                good()
                    .signedBy(
                        CA.delegateBuilder().extension("2.5.29.15", true, keyCertSign).build())),
            Map.entry(
                "delegate with unknown critical extension",
                good().signedBy(CA.delegateBuilder().extension("1.2.3", true, nothing).build())),
            Map.entry(
                "delegate expired",
                good().signedBy(CA.delegateBuilder().notAfter(NOW.minusSeconds(1)).build())),
            Map.entry("SHA-256 CertID", good().hash(CertHash.SHA256)),
            Map.entry("future", good().thisUpdate(NOW.plus(Duration.ofHours(1)))),
            Map.entry(
                "expired",
                good()
                    .thisUpdate(NOW.minus(Duration.ofDays(3)))
                    .nextUpdate(NOW.minusSeconds(3600))),
            Map.entry("no nextUpdate", good().noNextUpdate()),
            Map.entry(
                "no nextUpdate, old", good().noNextUpdate().thisUpdate(NOW.minusSeconds(7200))),
            Map.entry("produced in the future", good().producedAt(NOW.plusSeconds(3600))),
            Map.entry("critical extension", good().extension("1.2.3", true, nothing)),
            Map.entry(
                "critical extension in single",
                good().each(s -> s.extension("1.2.3", true, nothing))),
            Map.entry(
                "critical nonce in single",
                good().each(s -> s.extension("1.3.6.1.5.5.7.48.1.2", true, new byte[] {4, 0}))),
            Map.entry(
                "revoked, then good",
                OcspAnswer.of(
                        SingleAnswer.revoked(SITE, NOW.minusSeconds(60)), SingleAnswer.good(SITE))
                    .clock(CLOCK)),
            Map.entry("trailing byte", good().trailingBytes((byte) 0)),
            Map.entry("unauthorized", OcspAnswer.error(6)),
            Map.entry("SHA-1", good().signatureAlgorithm(SignatureAlgorithm.SHA1_WITH_ECDSA)))
        .map(e ->
            new Sample(
                e.getKey(),
                e.getValue().der(),
                SITE.certificate(),
                CA.certificate(),
                NOW,
                Optional.empty()));
  }

  /** A certificate that has expired, and whose CA remembers it. */
  private static Sample expired() {
    TestCertificate expired = CA.leafBuilder("old.test").notAfter(NOW.minusSeconds(60)).build();
    byte[] cutoff =
        DerWriter.value(
            Der.GENERALIZED_TIME, "20200101000000Z".getBytes(StandardCharsets.US_ASCII));
    return new Sample(
        "expired certificate",
        OcspAnswer.good(expired)
            .clock(CLOCK)
            .each(s -> s.extension("1.3.6.1.5.5.7.48.1.6", false, cutoff))
            .der(),
        expired.certificate(),
        CA.certificate(),
        NOW,
        Optional.empty());
  }

  private static Sample sample(Vectors.Case c) {
    try {
      return new Sample(
          c.id(),
          c.bytes("response"),
          c.certificate("certificate"),
          c.certificate("issuer"),
          c.time(),
          c.has("responder") ? Optional.of(c.certificate("responder")) : Optional.empty());
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(c.id(), e);
    }
  }

  private static String ours(Sample sample) {
    ResponseVerifier verifier =
        new ResponseVerifier(
            Clock.fixed(sample.time(), ZoneOffset.UTC),
            JDK_SKEW,
            TEN_YEARS,
            true,
            sample.responder().stream().toList(),
            null);
    try {
      CertificateStatus status =
          verifier
              .verify(
                  sample.response(),
                  Question.about(sample.certificate(), sample.issuer()),
                  null,
                  HttpFreshness.NONE)
              .status();
      return status.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    } catch (OcspException e) {
      return e.reasonName();
    }
  }

  private static String jdks(Sample sample) {
    try {
      return validate(sample);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(sample.name(), e);
    }
  }

  private static String validate(Sample sample) throws GeneralSecurityException {
    CertPathValidator validator = CertPathValidator.getInstance("PKIX");
    PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
    // Not ONLY_END_ENTITY: some of the certificates are CAs'.
    checker.setOptions(Set.of(PKIXRevocationChecker.Option.NO_FALLBACK));
    checker.setOcspResponses(Map.of(sample.certificate(), sample.response()));
    checker.setOcspResponder(URI.create("http://127.0.0.1:1/")); // never asked: there is a staple
    sample.responder().ifPresent(checker::setOcspResponderCert);
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(sample.issuer(), null)));
    parameters.setDate(Date.from(sample.time()));
    parameters.addCertPathChecker(checker);
    try {
      validator.validate(
          CertificateFactory.getInstance("X.509").generateCertPath(List.of(sample.certificate())),
          parameters);
      return "good";
    } catch (CertPathValidatorException e) {
      if (e.getReason() == CertPathValidatorException.BasicReason.REVOKED) {
        return "revoked";
      }
      return e.getMessage().contains("status is unknown")
          ? "unknown"
          : e.getReason() + " " + e.getMessage();
    }
  }
}
