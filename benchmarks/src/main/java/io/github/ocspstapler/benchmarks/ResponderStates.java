package io.github.ocspstapler.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How long handshakes take while the responder is well, slow or hanging: without stapling, with the
 * JDK's own stapling, and with ours. Each in JVMs of its own, since the JDK's properties are
 * JVM-wide; several rounds in turns.
 */
final class ResponderStates {
  /** Who staples. */
  enum Arm {
    NONE,
    JDK,
    OURS
  }

  /** How the responder is while handshakes are timed. */
  enum State {
    HEALTHY,
    SLOW,
    HANGING
  }

  /** What was before. */
  enum Start {
    /** The server has just been started; nothing was fetched. */
    COLD,
    /** All was fetched from a healthy responder, and it is time to fetch it again. */
    WARM
  }

  private record Case(String protocol, Start start, State state, Arm arm) {}

  private ResponderStates() {}

  static void run(boolean smoke) throws IOException, InterruptedException {
    List<Case> cases = new ArrayList<>();
    for (String protocol : smoke ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2")) {
      // What a server does at its first fetch does not depend on the protocol: once is enough.
      boolean warmOnly = smoke || protocol.equals("TLSv1.2");
      for (Start start : warmOnly ? List.of(Start.WARM) : List.of(Start.values())) {
        for (State state : smoke ? List.of(State.SLOW) : List.of(State.values())) {
          for (Arm arm : Arm.values()) {
            cases.add(new Case(protocol, start, state, arm));
          }
        }
      }
    }
    Map<Case, List<Map<String, String>>> seen = new HashMap<>();
    int rounds = smoke ? 1 : 3;
    for (int round = 0; round < rounds; round++) {
      for (Case each : cases) {
        seen.computeIfAbsent(each, key -> new ArrayList<>()).add(measure(each, smoke));
      }
    }
    Table table =
        new Table(
            "protocol", "start", "responder", "stapling", "p50 ms", "p99 ms", "max ms", "stapled");
    for (Case each : cases) {
      List<Map<String, String>> results = seen.get(each);
      table.row(
          each.protocol(),
          each.start(),
          each.state(),
          each.arm(),
          Numbers.fixed(median(results, "p50"), 2),
          Numbers.fixed(median(results, "p99"), 2),
          Numbers.fixed(median(results, "max"), 2),
          Numbers.fixed(100 * median(results, "stapled"), 0) + " %");
    }
    table.print();
    System.out.printf(
        "%d sites, %d handshakes/s for %d s from their arrival to their end; median of %d rounds.%n",
        ResponderStatesChild.SITES,
        ResponderStatesChild.PER_SECOND,
        ResponderStatesChild.duration(smoke).toSeconds(),
        rounds);
  }

  private static double median(List<Map<String, String>> results, String key) {
    return Numbers.median(
        results.stream().map(result -> Double.parseDouble(result.get(key))).toList());
  }

  private static Map<String, String> measure(Case each, boolean smoke)
      throws IOException, InterruptedException {
    return Child.run(
        ResponderStatesChild.class,
        List.of("-Xmx1g"),
        List.of(
            each.protocol(),
            each.start().name(),
            each.state().name(),
            each.arm().name(),
            String.valueOf(smoke)));
  }
}
