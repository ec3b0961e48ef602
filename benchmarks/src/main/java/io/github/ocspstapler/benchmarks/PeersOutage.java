package io.github.ocspstapler.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How many requests come while the responders answer 503 for six hours of simulated time, and what
 * is still stapled then, of us, the crate ocsp-stapler and certmagic.
 */
final class PeersOutage {
  private static final Duration OUTAGE = Duration.ofHours(6);
  private static final int MOST_CERTIFICATES = 100;

  // The crate asks for one after the other, each minute: six hours are 90 s, so that a hundred have
  // 2.5 ms each. Fewer may go faster.
  private static final int SPEED_OF_ONE = 24_000;
  private static final int FASTEST = 1_200;

  private final int certificates;
  private final List<Peer> peers = new ArrayList<>();
  private final Table table =
      new Table("answers last", "who", "requests", "for each certificate", "stapled at the end");

  /** One of those compared: a program, and what it takes before the common arguments. */
  private record Peer(String name, List<String> command) {}

  PeersOutage(int certificates, String rust, String go, String faketime) {
    this.certificates = Math.min(certificates, MOST_CERTIFICATES);
    if (!rust.isEmpty() && !faketime.isEmpty()) {
      int speed = Math.min(FASTEST, SPEED_OF_ONE / this.certificates);
      String clock = "@2000-01-01 00:00:00 x" + speed;
      String factor = String.valueOf(speed);
      peers.add(
          new Peer(
              "crate ocsp-stapler",
              List.of("env", "TZ=UTC", faketime, "-f", clock, rust, "outage", factor)));
    }
    if (!go.isEmpty()) {
      peers.add(new Peer("certmagic", List.of(go, "-test.run=TestOutage")));
    }
  }

  Table measure() throws IOException, InterruptedException {
    for (int hours : List.of(24, 8)) {
      measure(hours, PeersResponderChild.HOSTS, new Peer("ours", List.of()), peers);
      measure(hours, 1, new Peer("ours, one host", List.of()), List.of());
    }
    return table;
  }

  private void measure(int hours, int hosts, Peer ours, List<Peer> others)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("ocsp-stapler-peers");
    List<String> arguments =
        List.of(
            String.valueOf(certificates),
            String.valueOf(hosts),
            String.valueOf(hours),
            folder.toString());
    try (Child responder =
        Child.start(PeersOutageResponderChild.class, List.of("-Xmx256m"), arguments)) {
      responder.expect("ready");
      String chains = folder.resolve("certificates.pem").toString();
      measure(hours, ours, chains, responder);
      for (Peer peer : others) {
        measure(hours, peer, chains, responder);
      }
    } finally {
      PeersResponderChild.delete(folder);
    }
  }

  private void measure(int hours, Peer peer, String chains, Child responder)
      throws IOException, InterruptedException {
    try (Child child = start(peer, chains)) {
      String stapled = child.expect("stapled");
      if (Integer.parseInt(stapled) != certificates) {
        throw new IOException(peer.name() + " stapled " + stapled + " of " + certificates);
      }
      responder.say();
      responder.expect("sick");
      child.say();
      int served = Integer.parseInt(child.expect("served"));
      responder.say();
      int requests = Integer.parseInt(responder.expect("requests"));
      row(hours, peer.name(), requests, served);
    }
  }

  private static Child start(Peer peer, String chains) throws IOException {
    List<String> arguments = List.of(chains, String.valueOf(OUTAGE.toSeconds()));
    if (peer.command().isEmpty()) {
      return Child.start(PeerOutageChild.class, List.of("-Xmx256m"), arguments);
    }
    List<String> command = new ArrayList<>(peer.command());
    command.addAll(arguments);
    return Child.start(command);
  }

  private void row(int hours, String who, int requests, int served) {
    // The second half of an answer's life begins half an hour after the outage does.
    boolean over = Duration.ofHours(hours).dividedBy(2).plusMinutes(30).compareTo(OUTAGE) < 0;
    table.row(
        hours + " h",
        who,
        Numbers.whole(requests),
        Numbers.fixed((double) requests / certificates, 1),
        served + (over && served > 0 ? ", expired" : ""));
    System.err.printf("outage, answers of %d h: %s %d requests%n", hours, who, requests);
  }
}
