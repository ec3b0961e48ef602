package io.github.ocspstapler.cli;

import java.util.ArrayList;
import java.util.List;

/** What a responder keeps and breaks of the rules, each with the section that says so. */
final class LintFindings {
  private final List<Finding> findings = new ArrayList<>();

  private LintFindings() {}

  /** Returns what was found, the worst first. */
  static List<Finding> of(LintReport report) {
    LintFindings findings = new LintFindings();
    if (report.isReached()) {
      LintWays.check(report, findings);
      LintAnswer.check(report, findings);
      LintHttp.check(report, findings);
    } else {
      String failure = report.exchange(LintReport.Way.POST_SHA1).failure();
      findings.add(Level.UNKNOWN, "the responder cannot be reached: " + failure, "");
    }
    return Finding.worstFirst(findings.findings);
  }

  void add(Level level, String sentence, String section) {
    findings.add(new Finding(level, sentence, section));
  }

  /** Adds one of two. */
  void check(boolean kept, Level otherwise, String good, String bad, String section) {
    add(kept ? Level.OK : otherwise, kept ? good : bad, section);
  }
}
