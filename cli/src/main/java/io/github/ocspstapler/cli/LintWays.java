package io.github.ocspstapler.cli;

import static io.github.ocspstapler.cli.LintReport.Way.GET_SHA1;
import static io.github.ocspstapler.cli.LintReport.Way.GET_SHA256;
import static io.github.ocspstapler.cli.LintReport.Way.GET_UNESCAPED;
import static io.github.ocspstapler.cli.LintReport.Way.GET_UNPADDED;
import static io.github.ocspstapler.cli.LintReport.Way.HEAD;
import static io.github.ocspstapler.cli.LintReport.Way.JUNK;
import static io.github.ocspstapler.cli.LintReport.Way.POST_NONCE;
import static io.github.ocspstapler.cli.LintReport.Way.POST_SHA1;
import static io.github.ocspstapler.cli.LintReport.Way.POST_SHA256;
import static io.github.ocspstapler.cli.LintReport.Way.UNUSED_SERIAL;

import io.github.ocspstapler.cli.LintReport.Exchange;
import io.github.ocspstapler.cli.LintReport.Way;
import io.github.ocspstapler.ocsp.CertIdHash;
import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.UnverifiedResponse;
import java.util.HexFormat;
import java.util.Optional;

/** The rules about how a responder may be asked. */
final class LintWays {
  private static final int HTTP_OK = 200;
  private static final int MALFORMED_REQUEST = 1;

  private final LintReport report;
  private final LintFindings findings;

  private LintWays(LintReport report, LintFindings findings) {
    this.report = report;
    this.findings = findings;
  }

  static void check(LintReport report, LintFindings findings) {
    LintWays ways = new LintWays(report, findings);
    ways.methods();
    ways.hashes();
    ways.sameEverywhere();
    ways.oddGets();
    ways.nonce();
    ways.unusedSerial();
    ways.junk();
  }

  private void methods() {
    findings.check(
        report.isAnswered(POST_SHA1) || report.isAnswered(POST_SHA256),
        Level.CRITICAL,
        "POST is answered",
        "POST is not answered: " + report.exchange(POST_SHA1).outcome(),
        "RFC 6960 A.1");
    findings.check(
        report.isAnswered(GET_SHA1) || report.isAnswered(GET_SHA256),
        Level.CRITICAL,
        "GET is answered",
        "GET is not answered (" + report.exchange(GET_SHA1).outcome() + "), so no cache can help",
        "CA/B 4.9.10, RFC 9919 6");
  }

  private void hashes() {
    boolean sha1 = report.isAnswered(POST_SHA1) || report.isAnswered(GET_SHA1);
    boolean sha256 = report.isAnswered(POST_SHA256) || report.isAnswered(GET_SHA256);
    findings.check(
        sha1,
        Level.WARNING,
        "CertIDs by SHA-1 are understood, as most clients send them",
        "CertIDs by SHA-1 are not answered ("
            + report.exchange(POST_SHA1).outcome()
            + "), and most clients send no others",
        "RFC 9919 3.1.1");
    findings.check(
        sha256,
        Level.WARNING,
        "CertIDs by SHA-256 are understood, as newer clients must send them",
        "CertIDs by SHA-256 are not answered ("
            + report.exchange(POST_SHA256).outcome()
            + "), and newer clients must send them",
        "RFC 9919 3.1.1");
    for (Way way : new Way[] {POST_SHA256, GET_SHA256}) {
      boolean other =
          Optional.ofNullable(report.exchange(way).says()).stream()
              .flatMap(says -> says.answers().stream())
              .flatMap(answer -> answer.certId().stream())
              .noneMatch(certId -> certId.hash() == CertIdHash.SHA256);
      if (report.isAnswered(way) && other) {
        findings.add(
            Level.WARNING,
            way.words() + " is answered with a CertID by another hash, which clients may refuse",
            "RFC 6960 3.2");
      }
    }
  }

  private void sameEverywhere() {
    findings.check(
        report.answered().map(Exchange::certificateStatus).distinct().count() <= 1,
        Level.CRITICAL,
        "the status is the same in every way",
        "the status depends on how one asks",
        "RFC 6960 2.2");
    for (Way way : LintReport.ORDINARY) {
      Verdict verdict = report.exchange(way).verdict();
      if (verdict != null && verdict.answer() == null) {
        findings.add(
            Level.CRITICAL,
            "the answer to " + way.words() + " does not verify: " + verdict.message(),
            "RFC 6960 3.2");
      }
    }
  }

  private void oddGets() {
    if (report.isAnswered(GET_SHA1)) {
      note(GET_UNESCAPED, "a GET whose base64 is not percent-encoded");
      note(GET_UNPADDED, "a GET whose base64 lacks its padding");
    }
    findings.check(
        report.exchange(HEAD).status() == HTTP_OK,
        Level.NOTE,
        "HEAD is understood",
        "HEAD is not understood ("
            + report.exchange(HEAD).outcome()
            + "), which only monitors would miss",
        "RFC 9110 9.1");
  }

  private void note(Way way, String what) {
    findings.check(
        report.isAnswered(way),
        Level.NOTE,
        what + " is understood",
        what + " is not understood, which clients that are at fault would miss",
        "RFC 6960 A.1");
  }

  private void nonce() {
    Exchange exchange = report.exchange(POST_NONCE);
    if (!exchange.isAnswered()) {
      findings.add(
          Level.WARNING,
          "a request with a nonce is not answered: " + exchange.outcome(),
          "RFC 9919 3.2.1");
      return;
    }
    Optional<String> nonce =
        Optional.ofNullable(exchange.says())
            .flatMap(UnverifiedResponse::nonce)
            .map(HexFormat.of()::formatHex);
    if (nonce.isEmpty()) {
      findings.add(
          Level.NOTE,
          "a nonce is ignored, as responders that sign in advance do",
          "RFC 9919 3.2.1");
    } else {
      findings.check(
          nonce.get().endsWith(report.nonce()),
          Level.CRITICAL,
          "a nonce is sent back",
          "a nonce is answered with another one",
          "RFC 9654 2.1");
    }
  }

  private void unusedSerial() {
    Exchange exchange = report.exchange(UNUSED_SERIAL);
    if (exchange.failure() != null) {
      findings.add(
          Level.NOTE,
          "what it says of a serial number that was never used is not known: " + exchange.failure(),
          "CA/B 4.9.10");
      return;
    }
    boolean good =
        exchange.certificateStatus().filter(CertificateStatus.Good.class::isInstance).isPresent();
    findings.check(
        !good,
        Level.CRITICAL,
        "a serial number that was never used is not called good (" + exchange.outcome() + ")",
        "a serial number that was never used is called good",
        "CA/B 4.9.10");
  }

  private void junk() {
    Exchange exchange = report.exchange(JUNK);
    UnverifiedResponse says = exchange.says();
    boolean refused =
        says != null
            ? says.responseStatus() == MALFORMED_REQUEST
            : exchange.status() >= 400 && exchange.status() < 500;
    findings.check(
        refused,
        Level.WARNING,
        "what is no request is refused",
        "what is no request is not refused as malformedRequest: " + exchange.outcome(),
        "RFC 6960 2.3");
  }
}
