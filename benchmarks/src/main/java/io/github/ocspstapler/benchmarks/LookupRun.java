package io.github.ocspstapler.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Handshake look-up: at most 50 ns and no allocation, with 1, 10,000 and 1,000,000 certificates.
 */
final class LookupRun {
  private static final double GOAL_NANOS = 50;

  // JMH divides what its own bookkeeping allocates by the operations: below this it is nothing.
  private static final double NOTHING_BYTES = 0.5;

  /** Up to so many are made anew for each method, in JVMs of their own. */
  private static final int SMALL = 10_000;

  /** A certificate, its staple and all beside them take 6 to 7 KiB. */
  private static final int KIB_EACH = 11;

  private LookupRun() {}

  static Map<String, List<String>> params(String size) {
    return Map.of("certificates", List.of(size), "access", List.of("hot", "random"));
  }

  /**
   * All that is made stays: it is copied into the old generation once, by a collector that does
   * nothing beside the program.
   */
  private static List<String> heap(int certificates) {
    int mib = 1024 + certificates / 1024 * KIB_EACH;
    return List.of(
        "-XX:+UseParallelGC",
        "-XX:MaxTenuringThreshold=0",
        "-Xmn256m",
        "-Xms" + mib + "m",
        "-Xmx" + mib + "m");
  }

  static void run(boolean smoke) throws RunnerException, IOException, InterruptedException {
    boolean profile = Profile.directory() != null;
    List<String> sizes =
        smoke
            ? List.of("1000")
            : profile ? List.of("10000") : List.of("1", "10000", "100000", "1000000");
    Table table =
        new Table("certificates", "access", "what", "ns/op", "±", "B/op", "to map", "≤ 50 ns, 0 B");
    for (String size : sizes) {
      Jmh jmh = new Jmh();
      if (smoke || profile || Integer.parseInt(size) > SMALL) {
        List<String> arguments = List.of(size, String.valueOf(smoke));
        jmh.reported(Child.run(LookupChild.class, heap(Integer.parseInt(size)), arguments));
      } else {
        jmh.run(LookupBenchmark.class, false, params(size), "-Xms1g", "-Xmx1g");
      }
      for (String access : List.of("hot", "random")) {
        double map = jmh.score("bareMap", access, size).value();
        for (String method :
            List.of(
                "staple",
                "wrappedKeyManager",
                "wrappedKeyManagerUnstapled",
                "bareMap",
                "bareMapAndClock",
                "bareKeyManager")) {
          Jmh.Score score = jmh.score(method, access, size);
          boolean held = score.value() <= GOAL_NANOS && score.bytesPerOperation() < NOTHING_BYTES;
          table.row(
              size,
              access,
              method,
              Numbers.fixed(score.value(), 1),
              Numbers.fixed(score.error(), 1),
              Numbers.fixed(score.bytesPerOperation(), 2),
              Numbers.fixed(score.value() / map, 2),
              method.startsWith("bare") ? "" : Numbers.verdict(held));
        }
      }
    }
    table.print();
  }
}
