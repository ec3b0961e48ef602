package io.github.ocspstapler.status;

import java.util.List;

/** Stand-in until the core tells its health. */
record Health(Status status, String detail) {
  enum Status {
    UP,
    DEGRADED,
    DOWN
  }

  static Health of(List<Listed> rows) {
    long critical = rows.stream().filter(row -> row.severity() == Severity.CRITICAL).count();
    long warning = rows.stream().filter(row -> row.severity() == Severity.WARNING).count();
    if (critical > 0) {
      return new Health(Status.DOWN, critical + " certificates are refused by clients");
    }
    return warning > 0
        ? new Health(Status.DEGRADED, warning + " certificates are not as they should be")
        : new Health(Status.UP, "every certificate that can be stapled is stapled");
  }
}
