package io.github.ocspstapler.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A start with many staples in a directory: when the first handshake is stapled, and when all are
 * verified, against reading and verifying the same files on all processors and doing nothing else.
 */
final class ColdStart {
  private ColdStart() {}

  static void run(boolean smoke) throws Exception {
    int size = smoke ? 300 : 100_000;
    Path folder = Files.createTempDirectory("ocsp-stapler-cold-start");
    try {
      StoredPopulation.write(folder, size);
      Map<String, String> floor = start(folder, "floor");
      Map<String, String> stapler = start(folder, "stapler");
      double least = Double.parseDouble(floor.get("all"));
      Table table = new Table("what", "certificates", "ms", "to the floor");
      row(table, "read and verify all, nothing else (floor)", size, least, least);
      for (String what : List.of("key manager wrapped", "first handshake stapled", "all")) {
        row(table, what, size, Double.parseDouble(stapler.get(what)), least);
      }
      table.print();
    } finally {
      delete(folder);
    }
  }

  private static Map<String, String> start(Path folder, String mode)
      throws IOException, InterruptedException {
    return Child.run(ColdStartChild.class, List.of("-Xmx4g"), List.of(folder.toString(), mode));
  }

  private static void row(Table table, String what, int size, double millis, double floor) {
    String ratio = Numbers.fixed(millis / floor, 3);
    table.row(what, String.valueOf(size), Numbers.fixed(millis, 0), ratio);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
