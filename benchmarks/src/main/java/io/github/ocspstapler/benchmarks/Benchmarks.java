package io.github.ocspstapler.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the benchmarks by name; docs/benchmarks.md says what each one shows. */
public final class Benchmarks {

  /** One benchmark. */
  @FunctionalInterface
  private interface Benchmark {
    void run(boolean smoke) throws Exception;
  }

  private static final Map<String, Benchmark> ALL = new LinkedHashMap<>();

  static {
    ALL.put("lookup", LookupRun::run);
    ALL.put("verify", VerifyRun::run);
    ALL.put("handshakes", HandshakeThroughput::run);
    ALL.put("responders", ResponderStates::run);
    ALL.put("bulk", BulkStapling::run);
    ALL.put("heap", HeapPerCertificate::run);
    ALL.put("coldstart", ColdStart::run);
    ALL.put("steps", SchedulingSteps::run);
    ALL.put("idle", IdleCpu::run);
    ALL.put("refresh", RefreshThroughput::run);
    ALL.put("storm", RefreshStorm::run);
    ALL.put("scale", Scale::run);
  }

  private Benchmarks() {}

  /**
   * Runs one benchmark or all.
   *
   * @param args the name, {@code --smoke} to see in seconds that it runs, and {@code --profile} to
   *     see where the CPU time goes
   * @throws Exception what the benchmark throws
   */
  public static void main(String[] args) throws Exception {
    List<String> arguments = Arrays.asList(args);
    boolean smoke = arguments.contains("--smoke");
    boolean profile = arguments.contains("--profile");
    List<String> names = arguments.stream().filter(name -> !name.startsWith("--")).toList();
    if (names.size() != 1
        || !(names.get(0).equals("all") || ALL.containsKey(names.get(0)))
        || (profile && !Profile.COVERED.contains(names.get(0)))) {
      System.err.println(
          "usage: NAME [--smoke] [--profile], NAME one of all, "
              + String.join(", ", ALL.keySet())
              + "; with --profile one of "
              + String.join(", ", Profile.COVERED));
      System.exit(64);
    }
    if (profile) {
      Profile.request(names.get(0));
    }
    Quiet.logs();
    System.out.println(Machine.describe());
    if (smoke) {
      System.out.println(
          "A smoke run: it shows that the benchmarks run. Its numbers mean nothing.");
    }
    for (Map.Entry<String, Benchmark> benchmark : ALL.entrySet()) {
      if (names.get(0).equals("all") || names.get(0).equals(benchmark.getKey())) {
        System.out.println();
        System.out.println("## " + benchmark.getKey());
        benchmark.getValue().run(smoke);
        Profile.print();
      }
    }
  }
}
