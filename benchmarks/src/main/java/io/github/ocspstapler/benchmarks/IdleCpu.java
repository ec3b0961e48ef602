package io.github.ocspstapler.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Idle CPU: less than 1 % of a core, over a simulated day, with a million kept certificates. */
final class IdleCpu {
  private static final double GOAL_PERCENT = 1;

  /** What a stapler may have to do while nobody asks it for anything. */
  enum Scenario {
    /** Nothing: no staple is due, and the certificates are preloaded. */
    NOTHING_DUE("nothing is due"),

    /** Nothing but to list its key manager again and again. */
    LISTED("listed by a key manager"),

    /** The renewals of answers that last seven days, requests and signatures left out. */
    RENEWALS("renewed every 3.5 days");

    final String words;

    Scenario(String words) {
      this.words = words;
    }
  }

  private IdleCpu() {}

  static void run(boolean smoke) throws IOException, InterruptedException {
    List<Integer> sizes = smoke ? List.of(10_000) : List.of(100_000, 1_000_000);
    Table table =
        new Table(
            "certificates",
            "what",
            "virtual hours",
            "CPU s in them",
            "CPU s a day",
            "% of a core",
            "< 1 %");
    for (int size : sizes) {
      for (Scenario scenario : Scenario.values()) {
        Map<String, String> result =
            Child.run(
                IdleCpuChild.class,
                List.of("-Xmx4g", "-XX:+UseSerialGC"),
                List.of(String.valueOf(size), scenario.name()));
        double hours = Double.parseDouble(result.get("hours"));
        double seconds = Double.parseDouble(result.get("cpuSeconds"));
        double day = seconds * 24 / hours;
        double percent = 100 * day / 86_400;
        table.row(
            String.format(Locale.ROOT, "%,d", size),
            scenario.words,
            Numbers.fixed(hours, 0),
            Numbers.fixed(seconds, 3),
            Numbers.fixed(day, 2),
            Numbers.fixed(percent, 4),
            Numbers.verdict(percent < GOAL_PERCENT));
      }
    }
    table.print();
    System.out.println(
        "CPU time of the whole process, collector and compiler included, while a manual clock"
            + " passes.");
  }
}
