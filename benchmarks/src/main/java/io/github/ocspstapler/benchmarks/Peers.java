package io.github.ocspstapler.benchmarks;

import java.util.Arrays;

/**
 * Us beside the crate ocsp-stapler and certmagic: the same certificates, the same responders. Run
 * by {@code benchmarks/peers/run}.
 */
public final class Peers {
  private Peers() {}

  /**
   * Runs all.
   *
   * @param args the crate's harness, certmagic's, certmagic's for the outage, and faketime, each
   *     empty if it is absent; then how many certificates, each number a run of its own
   * @throws Exception if one does not run
   */
  public static void main(String[] args) throws Exception {
    Quiet.logs();
    int[] counts = Arrays.stream(args, 4, args.length).mapToInt(Integer::parseInt).toArray();
    System.out.println(Machine.describe());
    PeersStapling stapling = new PeersStapling(args[0], args[1]);
    for (int count : counts) {
      stapling.measure(count);
    }
    stapling.table().print();
    int fewest = Arrays.stream(counts).min().orElseThrow();
    new PeersOutage(fewest, args[0], args[2], args[3]).measure().print();
  }
}
