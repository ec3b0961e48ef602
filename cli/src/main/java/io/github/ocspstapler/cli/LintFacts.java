package io.github.ocspstapler.cli;

import java.util.List;
import java.util.Map;

/** Puts what a responder keeps and breaks as facts, for JSON. */
final class LintFacts {
  private LintFacts() {}

  static Facts of(LintReport report, List<Finding> findings) {
    return new Facts()
        .with("responder", report.responder())
        .with("level", Finding.worst(findings).text())
        .with("at", report.at())
        .with("certificate", report.certificate().getSubjectX500Principal().getName())
        .with("issuer", report.issuer().getSubjectX500Principal().getName())
        .with("exchanges", report.exchanges().entrySet().stream().map(LintFacts::exchange).toList())
        .with("findings", findings.stream().map(LintFacts::finding).toList());
  }

  private static Facts exchange(Map.Entry<LintReport.Way, LintReport.Exchange> entry) {
    LintReport.Exchange exchange = entry.getValue();
    return new Facts()
        .with("way", entry.getKey().words())
        .with("httpStatus", exchange.status())
        .with("millis", Durations.inMillis(exchange.time()))
        .with("bytes", exchange.bytes())
        .with("outcome", exchange.outcome());
  }

  private static Facts finding(Finding finding) {
    return new Facts()
        .with("level", finding.level().text())
        .with("sentence", finding.sentence())
        .with("section", finding.more());
  }
}
