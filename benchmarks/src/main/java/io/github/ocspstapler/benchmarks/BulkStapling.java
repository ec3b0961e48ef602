package io.github.ocspstapler.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How long it takes until many certificates are stapled, and what CPU time each takes, against a
 * client that asks for one after the other. The responder, 50 ms away, is a process of its own: its
 * CPU time is not counted.
 */
final class BulkStapling {
  static final String LATENCY_MILLIS = "50";

  private BulkStapling() {}

  static void run(boolean smoke) throws IOException, InterruptedException {
    // With a profile, what a JVM that has just begun does.
    int certificates = smoke ? 200 : Profile.directory() != null ? 1_000 : 10_000;
    int sample = smoke ? 10 : 200;
    Path file = Files.createTempFile("benchmark", ".certificates");
    try (Child responder =
        Child.start(
            BulkResponderChild.class,
            List.of("-Xmx1g"),
            List.of(String.valueOf(certificates), LATENCY_MILLIS, file.toString()))) {
      if (responder.next() == null) {
        throw new IOException("the responder did not start");
      }
      Map<String, String> one = measure(file, "one-at-a-time", sample);
      double oneSeconds = Double.parseDouble(one.get("seconds")) * certificates / sample;
      double oneCpu = Double.parseDouble(one.get("cpuMillis")) / sample;
      Table table =
          new Table(
              "how", "certificates", "seconds", "times faster", "CPU ms/certificate", "ratio");
      table.row(
          "one at a time (extrapolated from " + sample + ")",
          certificates,
          Numbers.fixed(oneSeconds, 1),
          "1.0",
          Numbers.fixed(oneCpu, 2),
          "1.00");
      for (String how : List.of("8 per host", "defaults", "128 per host")) {
        Map<String, String> many = measure(file, how, certificates);
        double seconds = Double.parseDouble(many.get("seconds"));
        double cpu = Double.parseDouble(many.get("cpuMillis")) / certificates;
        table.row(
            "stapler, " + how,
            certificates,
            Numbers.fixed(seconds, 1),
            Numbers.fixed(oneSeconds / seconds, 1),
            Numbers.fixed(cpu, 2),
            Numbers.fixed(cpu / oneCpu, 2));
      }
      table.print();
      System.out.println(
          "Each row in a JVM of its own, from its first request on, its compiler's work included;"
              + " the responder answers after "
              + LATENCY_MILLIS
              + " ms.");
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static Map<String, String> measure(Path file, String how, int certificates)
      throws IOException, InterruptedException {
    return Child.run(
        BulkStaplingChild.class,
        List.of("-Xmx2g"),
        List.of(file.toString(), how, String.valueOf(certificates)));
  }
}
