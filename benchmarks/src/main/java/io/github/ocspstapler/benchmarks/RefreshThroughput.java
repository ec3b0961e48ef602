package io.github.ocspstapler.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What CPU time a renewal costs from end to end, against its floor: the same HTTP exchange by the
 * same HTTP client and one verification of a signature, and nothing else. The responder is a
 * process of its own and answers at once.
 */
final class RefreshThroughput {
  private RefreshThroughput() {}

  static void run(boolean smoke) throws IOException, InterruptedException {
    int certificates = smoke ? 300 : 5_000;
    Path file = Files.createTempFile("benchmark", ".certificates");
    try (Child responder =
        Child.start(
            BulkResponderChild.class,
            List.of("-Xmx1g"),
            List.of(String.valueOf(certificates), "0", file.toString()))) {
      if (responder.next() == null) {
        throw new IOException("the responder did not start");
      }
      Table table =
          new Table("what", "CPU ms a renewal", "renewals a CPU second", "seconds", "to the floor");
      double floor = 0;
      for (String what : List.of("floor", "stapler")) {
        Map<String, String> result =
            Child.run(
                RefreshThroughputChild.class,
                List.of("-Xmx1g"),
                List.of(file.toString(), what, String.valueOf(smoke ? 1 : 3)));
        double millis = Double.parseDouble(result.get("cpuMillis"));
        floor = floor == 0 ? millis : floor;
        table.row(
            what,
            Numbers.fixed(millis, 3),
            Numbers.fixed(1000 / millis, 0),
            Numbers.fixed(Double.parseDouble(result.get("seconds")), 1),
            Numbers.fixed(millis / floor, 2));
      }
      table.print();
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
