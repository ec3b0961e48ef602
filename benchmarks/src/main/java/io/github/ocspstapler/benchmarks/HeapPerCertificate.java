package io.github.ocspstapler.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Heap per kept certificate: at most 1 KiB beside its DER, staple and certificate objects. */
final class HeapPerCertificate {
  private static final double GOAL_BYTES = 1024;

  private HeapPerCertificate() {}

  static void run(boolean smoke) throws IOException, InterruptedException {
    Table table =
        new Table(
            "certificates",
            "JVM",
            "certificate B",
            "response B",
            "beside them B",
            "of it our classes B",
            "≤ 1024 B");
    for (String size : smoke ? List.of("5000") : List.of("100000", "300000")) {
      for (String gc :
          smoke ? List.of("-XX:+UseG1GC") : List.of("-XX:+UseG1GC", "-XX:+UseSerialGC")) {
        Map<String, String> result =
            Child.run(
                HeapPerCertificateChild.class,
                List.of("-Xmx" + (smoke ? "512m" : "6g"), gc),
                List.of(
                    size, String.valueOf(!smoke && gc.contains("G1") && size.equals("100000"))));
        double overhead = Double.parseDouble(result.get("overhead"));
        table.row(
            size,
            gc.substring(5),
            Numbers.fixed(Double.parseDouble(result.get("certificate")), 0),
            Numbers.fixed(Double.parseDouble(result.get("response")), 0),
            Numbers.fixed(overhead, 0),
            Numbers.fixed(Double.parseDouble(result.get("own")), 0),
            Numbers.verdict(overhead <= GOAL_BYTES));
      }
    }
    table.print();
  }
}
