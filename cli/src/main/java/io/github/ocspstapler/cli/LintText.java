package io.github.ocspstapler.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/** Prints what a responder keeps and breaks for a person. */
final class LintText {
  private final PrintWriter out;
  private final Ansi ansi;
  private final int width;

  LintText(PrintWriter out, Ansi ansi, int width) {
    this.out = out;
    this.ansi = ansi;
    this.width = width;
  }

  void print(LintReport report, List<Finding> findings) {
    Level worst = Finding.worst(findings);
    out.println(
        Table.coloured(ansi, worst.colour(), worst.name())
            + Printable.of(" " + report.responder() + ": " + findings.get(0).sentence()));
    Table asked = new Table(width);
    report
        .exchanges()
        .forEach((way, exchange) ->
            asked.row(
                way.words(),
                exchange.status() == 0 ? "" : Integer.toString(exchange.status()),
                Durations.millis(exchange.time()),
                exchange.bytes() + " B",
                Printable.of(exchange.outcome())));
    asked.print(out, ansi, "  ");
    Table found = new Table(width);
    for (Finding finding : findings) {
      found.colouredRow(
          finding.level().colour(),
          finding.level().name(),
          Printable.of(finding.sentence() + rule(finding)));
    }
    found.print(out, ansi, "  ");
  }

  private static String rule(Finding finding) {
    return finding.more().isEmpty() ? "" : " [" + finding.more() + "]";
  }
}
