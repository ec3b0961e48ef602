package io.github.ocspstapler.cli;

import io.github.ocspstapler.ocsp.OcspResponse;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/** Prints what was seen of a server for a person; the first line is what monitoring shows. */
final class ProbeText {
  private final PrintWriter out;
  private final Ansi ansi;
  private final int width;

  ProbeText(PrintWriter out, Ansi ansi, int width) {
    this.out = out;
    this.ansi = ansi;
    this.width = width;
  }

  void print(ProbeReport report, List<Finding> findings) {
    Level worst = Finding.worst(findings);
    out.println(
        Table.coloured(ansi, worst.colour(), worst.name())
            + Printable.of(" " + report.target() + ": " + findings.get(0).sentence()));
    for (ProbeReport.Version version : report.working()) {
      version(report, version);
    }
    report.chosen().ifPresent(this::clients);
    findings(findings);
  }

  private void version(ProbeReport report, ProbeReport.Version version) {
    new Table(width).row(version.name(), times(version)).print(out, ansi, "  ");
    Table table = new Table(width);
    for (ProbeReport.Certificate certificate : version.certificates()) {
      String promise = certificate.mustStaple() ? " (must-staple)" : "";
      table.row(
          Printable.of(certificate.name()) + promise,
          Printable.of(staple(report.at(), certificate)));
    }
    table.print(out, ansi, "    ");
  }

  private static String times(ProbeReport.Version version) {
    Duration with = version.with();
    Duration without = version.without();
    if (with == null || without == null) {
      return "";
    }
    return "handshake "
        + Durations.millis(with)
        + ", and "
        + Durations.millis(without)
        + " without asking for staples (fastest of "
        + Probe.HANDSHAKES
        + ")";
  }

  private static String staple(Instant at, ProbeReport.Certificate certificate) {
    Verdict verdict = certificate.staple();
    if (verdict == null) {
      return certificate.isStapled() ? "stapled, not verified" : "no staple";
    }
    OcspResponse answer = verdict.answer();
    if (answer == null) {
      return verdict.word().text() + " (" + verdict.reason() + ")";
    }
    return verdict.word().text()
        + ", of "
        + answer.thisUpdate().truncatedTo(ChronoUnit.SECONDS)
        + ", until "
        + answer.validUntil().truncatedTo(ChronoUnit.SECONDS)
        + " (in "
        + Durations.words(Duration.between(at, answer.validUntil()))
        + "), signed by "
        + Names.of(answer.signer());
  }

  private void clients(ProbeReport.Version version) {
    out.println("  a client that asks, on " + version.name());
    Table table = new Table(width);
    for (ProbeClients.Reaction reaction : ProbeClients.reactions(version)) {
      table.row(reaction.kind(), Printable.of(reaction.words()));
    }
    table.print(out, ansi, "    ");
  }

  private void findings(List<Finding> findings) {
    out.println("  found, worst first");
    Table table = new Table(width);
    for (Finding finding : findings) {
      table.colouredRow(
          finding.level().colour(), finding.level().name(), Printable.of(finding.sentence()));
      if (!finding.more().isEmpty()) {
        table.row("", Printable.of("-> " + finding.more()));
      }
    }
    table.print(out, ansi, "    ");
  }
}
