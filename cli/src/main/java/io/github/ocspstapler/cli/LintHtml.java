package io.github.ocspstapler.cli;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * Writes what responders keep and break as one page that needs nothing else: no script, no asset.
 */
final class LintHtml {
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>OCSP responder report</title>
      <style>
      :root { color-scheme: light dark; --line: #8884; --bad: #b3261e; --warn: #8a5a00; --ok: #1b6e3c; --note: #2a5fa8; }
      @media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --warn: #ffc46b; --ok: #7fdca4; --note: #9cc3ff; } }
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
      h1 { font-size: 1.4rem; } h2 { font-size: 1.2rem; overflow-wrap: anywhere; }
      .scroll { overflow-x: auto; }
      table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
      th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
      td.number { text-align: right; white-space: nowrap; }
      .level { font-weight: 600; white-space: nowrap; }
      .critical, .unknown { color: var(--bad); } .warning { color: var(--warn); }
      .note { color: var(--note); } .ok { color: var(--ok); }
      .section { white-space: nowrap; }
      </style>
      </head>
      <body>
      <h1>OCSP responder report</h1>
      """;

  private final StringBuilder page = new StringBuilder(HEAD);

  /** Adds a responder. */
  void add(LintReport report, List<Finding> findings) {
    Level worst = Finding.worst(findings);
    page.append("<section>\n<h2>").append(text(report.responder())).append("</h2>\n<p>");
    level(worst);
    page.append(" Asked about ")
        .append(text(report.certificate().getSubjectX500Principal().getName()))
        .append(", issued by ")
        .append(text(report.issuer().getSubjectX500Principal().getName()))
        .append(", at ")
        .append(report.at().truncatedTo(ChronoUnit.SECONDS))
        .append(".</p>\n");
    header("Finding", "", "Rule");
    for (Finding finding : findings) {
      page.append("<tr><td>");
      level(finding.level());
      page.append("</td><td>").append(text(finding.sentence()));
      page.append("</td><td class=\"section\">").append(text(finding.more()));
      page.append("</td></tr>\n");
    }
    page.append("</table></div>\n");
    exchanges(report);
    page.append("</section>\n");
  }

  private void exchanges(LintReport report) {
    header("Asked by", "HTTP", "Time", "Bytes", "Outcome");
    for (Map.Entry<LintReport.Way, LintReport.Exchange> entry : report.exchanges().entrySet()) {
      LintReport.Exchange exchange = entry.getValue();
      page.append("<tr><td>").append(text(entry.getKey().words()));
      page.append("</td><td>").append(exchange.status() == 0 ? "" : exchange.status());
      page.append("</td><td class=\"number\">").append(Durations.millis(exchange.time()));
      page.append("</td><td class=\"number\">").append(exchange.bytes());
      page.append("</td><td>").append(text(exchange.outcome())).append("</td></tr>\n");
    }
    page.append("</table></div>\n");
  }

  private void header(String... names) {
    page.append("<div class=\"scroll\"><table>\n<tr>");
    for (String name : names) {
      page.append("<th scope=\"col\">").append(name).append("</th>");
    }
    page.append("</tr>\n");
  }

  private void level(Level level) {
    page.append("<span class=\"level ").append(level.text()).append("\">");
    page.append(level.name()).append("</span>");
  }

  /** Returns the whole page. */
  String page() {
    return page + "</body>\n</html>\n";
  }

  /** A stranger's text, which may be anything, as nothing but text. */
  private static String text(Object value) {
    return Printable.of(value.toString())
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
