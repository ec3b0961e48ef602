package io.github.ocspstapler.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the stapler's own work costs for a renewal, from its timer to the next, and what a look at
 * all in a few numbers costs, for ever more certificates: each against the same for a thousand.
 */
final class SchedulingSteps {
  private SchedulingSteps() {}

  static void run(boolean smoke) throws IOException, InterruptedException {
    List<Integer> sizes =
        smoke ? List.of(1_000, 10_000) : List.of(1_000, 10_000, 100_000, 1_000_000);
    Table table =
        new Table(
            "certificates",
            "renewal CPU µs",
            "to 1,000",
            "summary ns",
            "to 1,000",
            "all rows' states ms");
    double[] least = new double[2];
    for (int size : sizes) {
      Map<String, String> result =
          Child.run(
              SchedulingStepsChild.class,
              List.of("-Xmx4g", "-XX:+UseSerialGC"),
              List.of(String.valueOf(size), String.valueOf(smoke ? 5_000 : 200_000)));
      double step = Double.parseDouble(result.get("stepMicros"));
      double summary = Double.parseDouble(result.get("summaryNanos"));
      if (least[0] == 0) {
        least = new double[] {step, summary};
      }
      table.row(
          String.format(Locale.ROOT, "%,d", size),
          Numbers.fixed(step, 2),
          Numbers.fixed(step / least[0], 2),
          Numbers.fixed(summary, 0),
          Numbers.fixed(summary / least[1], 2),
          Numbers.fixed(Double.parseDouble(result.get("scanMillis")), 2));
    }
    table.print();
  }
}
