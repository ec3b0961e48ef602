package io.github.ocspstapler.cli;

import io.github.ocspstapler.ocsp.OcspResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts what was seen of a server as facts, for JSON. */
final class ProbeFacts {
  private ProbeFacts() {}

  static Facts of(ProbeReport report, List<Finding> findings) {
    return new Facts()
        .with("target", report.target())
        .with("level", Finding.worst(findings).text())
        .with("at", report.at())
        .with("versions", report.versions().stream().map(ProbeFacts::version).toList())
        .with("clients", report.chosen().map(ProbeFacts::clients).orElse(List.of()))
        .with("findings", findings.stream().map(ProbeFacts::finding).toList());
  }

  private static Facts version(ProbeReport.Version version) {
    return new Facts()
        .with("version", version.name())
        .with("failure", version.failure())
        .with("failureWithoutAsking", version.failureWithout())
        .with("handshakesWithoutStaple", version.works() ? version.bare() : null)
        .with("handshakeMillis", millis(version.with()))
        .with("handshakeMillisWithoutAsking", millis(version.without()))
        .with("distrust", version.distrust())
        .with(
            "certificates", version.certificates().stream().map(ProbeFacts::certificate).toList());
  }

  private static @Nullable Double millis(@Nullable Duration time) {
    return time == null ? null : Durations.inMillis(time);
  }

  private static Facts certificate(ProbeReport.Certificate certificate) {
    Facts facts =
        new Facts()
            .with("subject", certificate.certificate().getSubjectX500Principal().getName())
            .with("serialNumber", certificate.certificate().getSerialNumber().toString(16))
            .with("ocspUrls", certificate.ocspUrls())
            .with("mustStaple", certificate.mustStaple());
    Verdict verdict = certificate.staple();
    if (verdict == null) {
      return facts
          .with("staple", certificate.isStapled() ? "not verified" : "none")
          .with("reason", certificate.unverified());
    }
    facts.with("staple", verdict.word().text()).with("reason", verdict.reason());
    OcspResponse answer = verdict.answer();
    return answer == null
        ? facts.with("message", verdict.message())
        : facts
            .with("thisUpdate", answer.thisUpdate())
            .with("nextUpdate", answer.nextUpdate())
            .with("validUntil", answer.validUntil())
            .with("signer", answer.signer().getSubjectX500Principal().getName());
  }

  private static List<Facts> clients(ProbeReport.Version version) {
    return ProbeClients.reactions(version).stream()
        .map(reaction ->
            new Facts()
                .with("client", reaction.kind())
                .with("connects", reaction.refusal() == null)
                .with("refusal", reaction.refusal()))
        .toList();
  }

  private static Facts finding(Finding finding) {
    return new Facts()
        .with("level", finding.level().text())
        .with("sentence", finding.sentence())
        .with("advice", finding.more());
  }
}
