package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.Stapler;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import javax.management.ObjectName;

/**
 * Measures what a stapler that keeps many certificates adds to the heap.
 *
 * <p>The heap is read after full collections, before and after the stapler has fetched a staple for
 * each; the certificates are there before, in an array. From the difference the responses' arrays
 * are subtracted, and nothing else: the staple objects around them count as ours, and so does
 * whatever the JDK's certificate objects have filled in themselves because we asked them.
 */
final class HeapPerCertificateChild {
  private static final int SETTLING_ROUNDS = 6;
  private static final int SHOWN = 14;

  private HeapPerCertificateChild() {}

  public static void main(String[] args) throws Exception {
    Quiet.logs();
    int size = Integer.parseInt(args[0]);
    boolean showsClasses = Boolean.parseBoolean(args[1]);
    warmUp();
    long empty = settledHeap();
    Population population = Population.of(size);
    long before = settledHeap();
    Map<String, long[]> classesBefore = histogram();
    try (Stapler stapler = population.stapler().build()) {
      population.preload(stapler);
      long after = settledHeap();
      double response = (16 + population.responseBytes() + 7) / 8 * 8;
      Child.report("certificate", (before - empty) / (double) size);
      Child.report("response", response);
      Child.report("overhead", (after - before) / (double) size - response);
      Map<String, double[]> growth = growth(classesBefore, histogram(), size);
      Child.report("own", own(growth));
      if (showsClasses) {
        show(growth);
      }
    } finally {
      Reference.reachabilityFence(population);
    }
    System.exit(0);
  }

  /** Classes, threads and caches that come with the first certificate are not each one's. */
  private static void warmUp() {
    Population population = Population.of(2000);
    try (Stapler stapler = population.stapler().build()) {
      population.preload(stapler);
    }
  }

  private static long settledHeap() {
    long used = Long.MAX_VALUE;
    for (int round = 0; round < SETTLING_ROUNDS; round++) {
      System.gc();
      LockSupport.parkNanos(200_000_000);
      used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return used;
  }

  /** Instances and bytes by class, from the JVM's own histogram. */
  private static Map<String, long[]> histogram() throws Exception {
    String text =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
    Map<String, long[]> classes = new HashMap<>();
    for (String line : text.lines().toList()) {
      String[] fields = line.strip().split("\\s+", 5);
      if (fields.length >= 4 && fields[0].endsWith(":")) {
        classes.put(fields[3], new long[] {Long.parseLong(fields[1]), Long.parseLong(fields[2])});
      }
    }
    return classes;
  }

  /** Instances and bytes that each class gained, for each kept certificate. */
  private static Map<String, double[]> growth(
      Map<String, long[]> before, Map<String, long[]> after, int size) {
    Map<String, double[]> growth = new HashMap<>();
    after.forEach((name, now) -> {
      long[] old = before.getOrDefault(name, new long[2]);
      growth.put(
          name,
          new double[] {(now[0] - old[0]) / (double) size, (now[1] - old[1]) / (double) size});
    });
    return growth;
  }

  /** The part of our own classes and of the maps that they are in. */
  private static double own(Map<String, double[]> growth) {
    return growth.entrySet().stream()
        .filter(entry ->
            entry.getKey().contains("io.github.ocspstapler")
                || entry.getKey().contains("java.util.concurrent")
                || entry.getKey().contains("java.util.Optional"))
        .mapToDouble(entry -> entry.getValue()[1])
        .sum();
  }

  private static void show(Map<String, double[]> growth) {
    System.err.println("For each kept certificate, the responses' arrays included:");
    growth.entrySet().stream()
        .sorted((a, b) -> Double.compare(b.getValue()[1], a.getValue()[1]))
        .limit(SHOWN)
        .forEach(entry ->
            System.err.printf(
                "  %7.1f B in %5.2f of %s%n",
                entry.getValue()[1], entry.getValue()[0], entry.getKey()));
  }
}
