package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.SimulatedResponder;
import io.github.ocspstapler.Staple;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerListener;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.testkit.TestCa;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Staplers of one fleet on one clock, each a machine with dice and store threads of its own: what
 * production runs but for the network, the signatures and the threads. The same scenario makes the
 * same moves each time, but for the order in which a node writes answers that it got at once.
 */
final class SimulatedFleet {
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;

  /** So many certificates are compared between the nodes. */
  private static final int COMPARED = 50;

  private static final int STORE_THREADS = 4;

  private final ScaleScenario scenario;
  private final VirtualTime time = new VirtualTime();
  private final VirtualTime.Machine world = time.machine();
  private final SplittableRandom latencies = new SplittableRandom(1);
  private final SimulatedStore store;
  private final PerSecond requests;
  private final SimulatedResponder responder;
  private final List<Node> nodes = new ArrayList<>();
  private final X509Certificate issuer;
  private final X509Certificate template;
  private final List<X509Certificate> arrived = new ArrayList<>();
  private final ScaleResult result;

  private record Node(VirtualTime.Machine machine, SimulatedStore.Node store, Stapler stapler) {}

  private SimulatedFleet(ScaleScenario scenario) {
    int seconds = (int) Duration.ofDays(scenario.days()).toSeconds() + 1;
    this.scenario = scenario;
    this.store = new SimulatedStore(time, seconds);
    this.requests = new PerSecond(seconds);
    this.responder =
        new SimulatedResponder(
            time.clock(),
            scenario.validity(),
            scenario.signedEvery(),
            () -> latencies.nextLong(50, 150),
            at -> requests.count(time.elapsed()));
    TestCa ca = TestCa.builder("CA").clock(time.clock()).buildCa();
    this.issuer = ca.certificate();
    this.template =
        ca.leafBuilder("www.example.test")
            .notAfter(time.clock().instant().plus(Duration.ofDays(3_650)))
            .ocspUrls("http://ocsp.example.test/")
            .build()
            .certificate();
    this.result = new ScaleResult(scenario, requests, store);
    for (int number = 0; number < scenario.nodes(); number++) {
      nodes.add(node(number));
    }
  }

  /** Lives through a scenario. */
  static ScaleResult run(ScaleScenario scenario) {
    return new SimulatedFleet(scenario).run();
  }

  private Node node(int number) {
    VirtualTime.Machine machine = time.machine();
    StoreThreads threads = new StoreThreads(machine, STORE_THREADS, () -> latencies.nextLong(1, 5));
    RandomGenerator random = new SplittableRandom(1_000L + number);
    SimulatedStore.Node connection = store.connect(machine);
    Stapler.Builder builder =
        Stapler.builder()
            .clock(time.clock())
            .listener(new StaplerListener() {})
            .maxCertificates(2 * scenario.certificates())
            .delivery(JsseDelivery.Mode.OFF);
    if (scenario.sharing()) {
      builder.store(connection);
    }
    return new Node(
        machine, connection, responder.connect(builder, machine, random, threads).build());
  }

  private ScaleResult run() {
    long begin = System.nanoTime();
    arrive(0);
    every(HOUR, HOUR, this::sample);
    long fault = ScaleScenario.FAULT_AT.toMillis();
    long end = fault + ScaleScenario.FAULT.toMillis();
    if (scenario.caDown()) {
      at(fault, () -> responder.down(true));
      at(end, this::recover);
    }
    if (scenario.storeDown()) {
      at(fault, () -> store.down(true));
      at(end, () -> store.down(false));
    }
    if (scenario.kill()) {
      at(fault, this::kill);
    }
    time.runUntil(Duration.ofDays(scenario.days()).toMillis());
    result.events = time.events();
    result.realSeconds = (System.nanoTime() - begin) / 1e9;
    nodes.forEach(node -> node.stapler.close());
    return result;
  }

  private void at(long elapsed, Runnable task) {
    var unused = world.schedule(task, elapsed - time.elapsed(), TimeUnit.MILLISECONDS);
  }

  private void every(long first, long period, Runnable task) {
    at(
        first,
        () -> {
          task.run();
          every(first + period, period, task);
        });
  }

  /** Each node meets the next certificate, and all the others after it. */
  private void arrive(int number) {
    long apart = scenario.validity().toMillis() / 2 / scenario.certificates();
    at(
        scenario.atOnce() ? 0 : number * apart,
        () -> {
          X509Certificate leaf = new LightCertificate(template, number + 1L);
          arrived.add(leaf);
          List<X509Certificate> chain = List.of(leaf, issuer);
          for (Node node : nodes) {
            var unused = node.stapler.preload(chain);
          }
          if (number + 1 < scenario.certificates()) {
            arrive(number + 1);
          }
        });
  }

  private List<Node> alive() {
    return nodes.stream().filter(node -> !node.machine.isShutdown()).toList();
  }

  private void sample() {
    long bare = 0;
    for (Node node : alive()) {
      bare += arrived.size() - node.stapler.summary().count(State.STAPLED);
    }
    result.sampled(time.elapsed(), bare, behind());
  }

  /** The share of nodes that hold an older staple than another node, over a few certificates. */
  private double behind() {
    long pairs = 0;
    long older = 0;
    for (X509Certificate leaf : arrived.subList(0, Math.min(COMPARED, arrived.size()))) {
      List<Long> updates =
          alive().stream()
              .flatMap(node -> node.stapler.staple(leaf).stream())
              .map(staple -> staple.thisUpdate().toEpochMilli())
              .toList();
      long newest = updates.stream().mapToLong(Long::longValue).max().orElse(0);
      pairs += updates.size();
      older += updates.stream().filter(update -> update < newest).count();
    }
    return pairs == 0 ? 0 : (double) older / pairs;
  }

  /** The CA answers again: how long until none is overdue, looked at each minute. */
  private void recover() {
    responder.down(false);
    result.overdueAtRecovery = overdue();
    watchRecovery(time.elapsed() + MINUTE, time.elapsed());
  }

  private void watchRecovery(long next, long recoveredAt) {
    at(
        next,
        () -> {
          if (overdue() == 0) {
            result.freshAfterMinutes = (time.elapsed() - recoveredAt) / MINUTE;
          } else {
            watchRecovery(next + MINUTE, recoveredAt);
          }
        });
  }

  /** How many certificates have a staple somewhere that is older than it ever is in good times. */
  private long overdue() {
    long latest = scenario.validity().toMillis() / 10 * 6; // half, and the jitter
    long now = time.clock().millis();
    List<Node> alive = alive();
    return arrived.stream()
        .filter(leaf ->
            alive.stream()
                .anyMatch(node ->
                    node.stapler
                        .staple(leaf)
                        .map(Staple::thisUpdate)
                        .filter(update -> now <= update.toEpochMilli() + latest + 15_000)
                        .isEmpty()))
        .count();
  }

  /** Kills the first node that is seen with a lease in its hands. */
  private void kill() {
    for (Node node : nodes) {
      List<String> held = node.store.held();
      if (!held.isEmpty()) {
        node.machine.kill();
        result.killedAt = time.elapsed();
        held.forEach(fingerprint -> store.awaited.put(fingerprint, -1L));
        return;
      }
    }
    at(time.elapsed() + 10, this::kill);
  }
}
