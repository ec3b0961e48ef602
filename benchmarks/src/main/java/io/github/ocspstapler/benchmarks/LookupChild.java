package io.github.ocspstapler.benchmarks;

/** The look-ups among so many certificates that all of them share one JVM. */
final class LookupChild {
  private LookupChild() {}

  public static void main(String[] args) throws Exception {
    boolean smoke = Boolean.parseBoolean(args[1]);
    new Jmh().runHere(LookupBenchmark.class, smoke, LookupRun.params(args[0])).report();
    System.exit(0);
  }
}
