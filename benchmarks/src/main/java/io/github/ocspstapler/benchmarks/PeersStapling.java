package io.github.ocspstapler.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How long it takes until many certificates are stapled, by us and by the crate ocsp-stapler and
 * certmagic, and what a look-up costs then.
 */
final class PeersStapling {
  private static final int LONGEST_LIMIT_SECONDS = 100;

  private final List<Peer> peers = new ArrayList<>();
  private final Table table =
      new Table(
          "certificates",
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

  /** The responders of a comparison, who staples there, and how many can be. */
  private record Scene(String chains, String key, int all, int expected, String responders) {
    /** The longest that anybody may take: what is not done then is shown as such. */
    int limitSeconds() {
      return Math.min(LONGEST_LIMIT_SECONDS, 5 + all * 6 / 100);
    }
  }

  PeersStapling(String rust, String go) {
    if (!rust.isEmpty()) {
      peers.add(new Peer("crate ocsp-stapler", List.of(rust, "staple"), List.of()));
    }
    if (!go.isEmpty()) {
      peers.add(new Peer("certmagic, one after the other", List.of(go), List.of("1")));
      peers.add(new Peer("certmagic, 64 at once", List.of(go), List.of("64")));
    }
  }

  void measure(int certificates) throws IOException, InterruptedException {
    measure(certificates, 5, false);
    measure(certificates, 50, false);
    measure(certificates, 5, true);
  }

  Table table() {
    return table;
  }

  private void measure(int certificates, int latency, boolean oneHangs)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("ocsp-stapler-peers");
    List<String> responders =
        List.of(
            String.valueOf(certificates),
            String.valueOf(latency),
            String.valueOf(oneHangs),
            folder.toString());
    try (Child responder = Child.start(PeersResponderChild.class, List.of("-Xmx1g"), responders)) {
      responder.expect("ready");
      int hanging = oneHangs ? certificates / PeersResponderChild.HOSTS : 0;
      measure(
          new Scene(
              folder.resolve("certificates.pem").toString(),
              folder.resolve("key.pem").toString(),
              certificates,
              certificates - hanging,
              latency + " ms" + (oneHangs ? ", one of ten hosts hangs" : "")));
    } finally {
      PeersResponderChild.delete(folder);
    }
  }

  private void measure(Scene scene) throws IOException, InterruptedException {
    // The first run has the responders' answers signed, and is not counted.
    var unused = ours(scene, false);
    Map<String, String> ours = ours(scene, true);
    Result cold = Result.of(ours, "");
    row(scene, "ours", cold, cold);
    row(scene, "ours, in a warm JVM", Result.of(ours, "warm."), cold);
    for (Peer peer : peers) {
      List<String> command = new ArrayList<>(peer.program());
      command.add(scene.chains());
      command.add(scene.key());
      command.add(String.valueOf(scene.expected()));
      command.add(String.valueOf(scene.limitSeconds()));
      command.addAll(peer.more());
      row(scene, peer.name(), Result.of(Child.run(command), ""), cold);
    }
  }

  private static Map<String, String> ours(Scene scene, boolean warm)
      throws IOException, InterruptedException {
    return Child.run(
        PeerChild.class,
        List.of("-Xmx256m"),
        List.of(
            scene.chains(),
            String.valueOf(scene.expected()),
            String.valueOf(scene.limitSeconds()),
            String.valueOf(warm)));
  }

  private void row(Scene scene, String who, Result result, Result ours) {
    boolean all = result.stapled() >= scene.expected();
    String seconds = Numbers.fixed(result.seconds(), 1);
    String moreThan = all ? "" : "> ";
    boolean comparable = ours.stapled() >= scene.expected();
    String ratio = moreThan + Numbers.fixed(result.seconds() / ours.seconds(), 1);
    table.row(
        Numbers.whole(scene.all()),
        scene.responders(),
        who,
        Numbers.whole(result.stapled())
            + (all && scene.expected() == scene.all()
                ? ""
                : " of " + Numbers.whole(scene.expected())),
        moreThan + seconds,
        comparable ? ratio : "",
        Numbers.fixed(result.cpuMillis() / 1000, 1),
        wholeIfKnown(result.peakMebibytes()),
        wholeIfKnown(result.lookupNanos()));
    System.err.printf(
        "%d certificates, %s: %s %d in %s s%n",
        scene.all(), scene.responders(), who, result.stapled(), seconds);
  }

  private static String wholeIfKnown(double value) {
    return Double.isNaN(value) ? "" : Numbers.whole(Math.round(value));
  }

  /** What a program reported; {@code NaN} for what it did not. */
  private record Result(
      double seconds, int stapled, double cpuMillis, double peakMebibytes, double lookupNanos) {
    static Result of(Map<String, String> reported, String prefix) {
      return new Result(
          number(reported, prefix + "seconds"),
          (int) number(reported, prefix + "stapled"),
          number(reported, prefix + "cpuMillis"),
          number(reported, prefix + "peakMiB"),
          number(reported, prefix + "lookupNanos"));
    }

    private static double number(Map<String, String> reported, String key) {
      return Double.parseDouble(reported.getOrDefault(key, "NaN"));
    }
  }
}
