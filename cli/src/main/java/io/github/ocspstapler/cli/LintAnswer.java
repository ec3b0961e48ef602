package io.github.ocspstapler.cli;

import io.github.ocspstapler.cli.LintReport.Exchange;
import io.github.ocspstapler.internal.x509.CertificateFields;
import io.github.ocspstapler.ocsp.CertId;
import io.github.ocspstapler.ocsp.OcspResponse;
import io.github.ocspstapler.ocsp.UnverifiedResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The rules about the signed answer itself; the first one that verifies is looked at. */
final class LintAnswer {
  private static final Duration SHORTEST = Duration.ofHours(8);
  private static final Duration LONGEST = Duration.ofDays(10);
  private static final Duration LONGEST_OF_CA = Duration.ofDays(366);
  private static final Duration LONG = Duration.ofHours(16);
  private static final Duration OLDEST = Duration.ofDays(4);
  private static final int LARGE = 4096;

  private final LintReport report;
  private final LintFindings findings;
  private final Exchange exchange;
  private final OcspResponse answer;
  private final UnverifiedResponse says;

  private LintAnswer(
      LintReport report,
      LintFindings findings,
      Exchange exchange,
      OcspResponse answer,
      UnverifiedResponse says) {
    this.report = report;
    this.findings = findings;
    this.exchange = exchange;
    this.answer = answer;
    this.says = says;
  }

  static void check(LintReport report, LintFindings findings) {
    Exchange exchange = report.answered().findFirst().orElse(null);
    if (exchange == null) {
      return;
    }
    OcspResponse answer = exchange.answer().orElse(null);
    UnverifiedResponse says = exchange.says();
    if (answer != null && says != null) {
      new LintAnswer(report, findings, exchange, answer, says).check();
    }
  }

  private void check() {
    findings.add(
        Level.OK,
        "the answer verifies: "
            + exchange.outcome()
            + ", "
            + says.signatureAlgorithm()
            + ", signed by "
            + Names.of(answer.signer()),
        "RFC 6960 3.2");
    Optional<Instant> nextUpdate = answer.nextUpdate();
    if (nextUpdate.isPresent()) {
      findings.add(Level.OK, "nextUpdate is there", "RFC 9919 3.2.4");
      validity(nextUpdate.get());
      signerOutlives(nextUpdate.get());
    } else {
      findings.add(
          Level.CRITICAL,
          "nextUpdate is missing: strict clients refuse the answer, and nothing may cache it",
          "RFC 9919 3.2.4, 5");
    }
    findings.check(
        !answer.producedAt().isBefore(answer.thisUpdate()),
        Level.NOTE,
        "producedAt is not before thisUpdate",
        "producedAt is before thisUpdate: it was signed before it was known to be right",
        "RFC 6960 2.4");
    shape();
    signer();
  }

  private void validity(Instant nextUpdate) {
    Duration validity = Duration.between(answer.thisUpdate(), nextUpdate);
    boolean ca = report.certificate().getBasicConstraints() >= 0;
    Duration longest = ca ? LONGEST_OF_CA : LONGEST;
    boolean kept = validity.compareTo(longest) <= 0 && (ca || validity.compareTo(SHORTEST) >= 0);
    findings.check(
        kept,
        Level.WARNING,
        "it is valid for " + Durations.words(validity),
        "it is valid for "
            + Durations.words(validity)
            + " (expected: "
            + (ca ? "at most 12 months)" : "8 hours to 10 days)"),
        "CA/B 4.9.10");
    if (!ca) {
      renewed(nextUpdate, validity);
    }
  }

  private void renewed(Instant nextUpdate, Duration validity) {
    Duration left = Duration.between(report.at(), nextUpdate);
    Duration age = Duration.between(answer.thisUpdate(), report.at());
    boolean kept =
        validity.compareTo(LONG) < 0
            ? left.multipliedBy(2).compareTo(validity) >= 0
            : left.compareTo(SHORTEST) >= 0 && age.compareTo(OLDEST) <= 0;
    findings.check(
        kept,
        Level.WARNING,
        "it is renewed in time: "
            + Durations.words(age)
            + " old, "
            + Durations.words(left)
            + " left",
        "it should have been renewed: it is "
            + Durations.words(age)
            + " old, and "
            + Durations.words(left)
            + " are left",
        "CA/B 4.9.10");
  }

  private void signerOutlives(Instant nextUpdate) {
    findings.check(
        !answer.signer().getNotAfter().toInstant().isBefore(nextUpdate),
        Level.WARNING,
        "the signer's certificate outlives the answer",
        "the signer's certificate expires before nextUpdate: " + answer.validUntil(),
        "RFC 6960 4.2.2.2");
  }

  private void shape() {
    int answers = says.answers().size();
    boolean dual =
        answers == 2
            && says.answers().get(0).serialNumber().equals(says.answers().get(1).serialNumber())
            && says.answers().stream()
                    .flatMap(single -> single.certId().stream())
                    .map(CertId::hash)
                    .distinct()
                    .count()
                == 2;
    findings.check(
        answers == 1 || dual,
        Level.NOTE,
        dual ? "it is about one certificate, by both hashes" : "it is about one certificate",
        "it is about " + answers + " certificates",
        "RFC 9919 3.2.1");
    findings.check(
        says.nonce().isEmpty(),
        Level.NOTE,
        "it carries no nonce that was not asked for",
        "it carries a nonce that nobody asked for",
        "RFC 9919 3.2.1");
    findings.check(
        says.responderKeyHash().isPresent(),
        Level.NOTE,
        "the responder goes by its key",
        "the responder goes by its name; newer ones must go by their key",
        "RFC 9919 3.2.2");
    findings.check(
        exchange.bytes() <= LARGE,
        Level.NOTE,
        "it has " + exchange.bytes() + " bytes",
        "it has "
            + exchange.bytes()
            + " bytes, which every stapled handshake carries; it"
            + " brings "
            + says.certificates().size()
            + " certificates",
        "RFC 9919 1");
  }

  private void signer() {
    X509Certificate signer = answer.signer();
    if (signer.equals(report.issuer())) {
      findings.add(Level.OK, "the CA signs itself", "CA/B 4.9.9");
      return;
    }
    findings.check(
        CertificateFields.hasOcspNoCheck(signer),
        Level.CRITICAL,
        "the CA's delegate has id-pkix-ocsp-nocheck",
        "the CA's delegate lacks id-pkix-ocsp-nocheck: clients would have to ask about it, too",
        "CA/B 4.9.9, RFC 9919 3.2.2");
    findings.check(
        CertificateFields.ocspUrls(signer).isEmpty(),
        Level.NOTE,
        "the delegate names no OCSP responder of its own",
        "the delegate's certificate names an OCSP responder itself",
        "RFC 9919 3.2.2");
  }
}
