package io.github.ocspstapler.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How long it takes until many certificates are stapled, by us and by the crate ocsp-stapler and
 * certmagic: the same certificates, the same responders. Run by {@code benchmarks/peers/run}.
 */
public final class Peers {
  private static final String LIMIT_SECONDS = "90";

  private final int certificates;
  private final List<Peer> peers = new ArrayList<>();
  private final Table table =
      new Table(
          "responders",
          "who",
          "stapled",
          "seconds",
          "to ours",
          "CPU s",
          "peak MiB",
          "ns a look-up");

  /** One of those compared: a program, and what it takes besides the common arguments. */
  private record Peer(String name, List<String> program, List<String> more) {}

  private Peers(int certificates, String rust, String go) {
    this.certificates = certificates;
    if (!rust.isEmpty()) {
      peers.add(new Peer("crate ocsp-stapler", List.of(rust), List.of()));
    }
    if (!go.isEmpty()) {
      peers.add(new Peer("certmagic, one after the other", List.of(go), List.of("1")));
      peers.add(new Peer("certmagic, 64 at once", List.of(go), List.of("64")));
    }
  }

  /**
   * Runs all.
   *
   * @param args how many certificates, then the crate's and certmagic's harness, each empty if its
   *     toolchain is absent
   * @throws Exception if one does not run
   */
  public static void main(String[] args) throws Exception {
    Quiet.logs();
    System.out.println(Machine.describe());
    Peers run = new Peers(Integer.parseInt(args[0]), args[1], args[2]);
    run.measure(5, false);
    run.measure(50, false);
    run.measure(5, true);
    run.table.print();
  }

  private void measure(int latency, boolean oneHangs) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("ocsp-stapler-peers");
    try (Child responder =
        Child.start(
            PeersResponderChild.class,
            List.of("-Xmx1g"),
            List.of(
                String.valueOf(certificates),
                String.valueOf(latency),
                String.valueOf(oneHangs),
                folder.toString()))) {
      if (responder.next() == null) {
        throw new IOException("the responders did not start");
      }
      String responders = latency + " ms" + (oneHangs ? ", one of ten hosts hangs" : "");
      int expected =
          oneHangs ? certificates - certificates / PeersResponderChild.HOSTS : certificates;
      String chains = folder.resolve("certificates.pem").toString();
      // The first run has the responders' answers signed, and is not counted.
      var unused = ours(chains, expected);
      Map<String, String> ours = ours(chains, expected);
      row(responders, "ours", ours, ours, expected);
      for (Peer peer : peers) {
        List<String> command = new ArrayList<>(peer.program());
        command.add(chains);
        command.add(folder.resolve("key.pem").toString());
        command.add(String.valueOf(expected));
        command.add(LIMIT_SECONDS);
        command.addAll(peer.more());
        row(responders, peer.name(), Child.run(command), ours, expected);
      }
    } finally {
      for (String name : List.of("certificates.pem", "key.pem", "")) {
        Files.deleteIfExists(folder.resolve(name));
      }
    }
  }

  private static Map<String, String> ours(String chains, int expected)
      throws IOException, InterruptedException {
    return Child.run(
        PeerChild.class,
        List.of("-Xmx256m"),
        List.of(chains, String.valueOf(expected), LIMIT_SECONDS));
  }

  private void row(
      String responders,
      String who,
      Map<String, String> result,
      Map<String, String> ours,
      int expected) {
    double seconds = number(result, "seconds");
    boolean ended = number(result, "stapled") >= expected;
    String ratio = Numbers.fixed(seconds / number(ours, "seconds"), 1);
    table.row(
        responders,
        who,
        result.get("stapled") + " of " + expected,
        (ended ? "" : "> ") + Numbers.fixed(seconds, 1),
        (ended ? "" : "> ") + ratio,
        Numbers.fixed(number(result, "cpuMillis") / 1000, 1),
        result.get("peakMiB"),
        result.containsKey("lookupNanos") ? Numbers.fixed(number(result, "lookupNanos"), 0) : "");
  }

  private static double number(Map<String, String> result, String key) {
    return Double.parseDouble(result.getOrDefault(key, "NaN"));
  }
}
