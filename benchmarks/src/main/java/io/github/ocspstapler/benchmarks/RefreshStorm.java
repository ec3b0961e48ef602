package io.github.ocspstapler.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The slowest handshakes with our stapling against without, while the stapler renews as fast as it
 * can, and the garbage collector's pauses meanwhile. The responder is a process of its own.
 */
final class RefreshStorm {
  private RefreshStorm() {}

  static void run(boolean smoke) throws IOException, InterruptedException {
    int certificates = smoke ? 200 : 2_000;
    Path file = Files.createTempFile("benchmark", ".certificates");
    try (Child responder =
        Child.start(
            BulkResponderChild.class,
            List.of("-Xmx1g"),
            List.of(String.valueOf(certificates), "0", file.toString()))) {
      if (responder.next() == null) {
        throw new IOException("the responder did not start");
      }
      Table latencies =
          new Table("renewals", "what", "handshakes", "p50 ms", "p99 ms", "p99.9 ms", "max ms");
      Table collector =
          new Table(
              "renewals", "renewed", "pauses", "all of them ms", "longest ms", "% of the time");
      for (boolean storm : List.of(false, true)) {
        String seconds = smoke ? "1" : "60";
        Map<String, String> result =
            Child.run(
                RefreshStormChild.class,
                List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC"),
                List.of(file.toString(), seconds, String.valueOf(storm)));
        String name = storm ? "storm" : "none";
        for (String what : List.of("without", "with", "again", "with : without", "noise")) {
          String[] row = result.get(what).split(" ", 5);
          latencies.row(name, what, row[0], row[1], row[2], row[3], row[4]);
        }
        String[] row = result.get("collector").split(" ", 5);
        collector.row(name, row[0], row[1], row[2], row[3], row[4]);
      }
      latencies.print();
      System.out.println(
          "with: stapled by us; without, again: the same key manager, not wrapped, no stapling.\n"
              + "noise: again : without. One handshake of each in turn, in the same "
              + (smoke ? "second." : "minute.")
              + "\n");
      collector.print();
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
