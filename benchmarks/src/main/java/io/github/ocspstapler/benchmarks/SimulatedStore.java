package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.store.FleetStore;
import io.github.ocspstapler.store.StoredStaple;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What the nodes of a simulated fleet share: staples until they end, leases until they end, and
 * news. Each operation is counted; while it is down, each one fails. Confined to one thread.
 */
final class SimulatedStore {
  /** News reach a node so long after they were published. */
  private static final long NEWS_TAKES = 2;

  private final VirtualTime time;
  private final Map<String, StoredStaple> staples = new HashMap<>();
  private final Map<String, Held> leases = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private boolean down;

  /** Of the certificates whose next answer is waited for: when it was saved. */
  final Map<String, Long> awaited = new TreeMap<>();

  final PerSecond operations;
  long loads;
  long saves;
  long leasesAsked;
  long leasesGiven;
  long failures;
  long news;

  private record Held(Node owner, long until) {}

  SimulatedStore(VirtualTime time, int seconds) {
    this.time = time;
    this.operations = new PerSecond(seconds);
  }

  void down(boolean down) {
    this.down = down;
  }

  /** One node's connection. */
  Node connect(ScheduledExecutorService machine) {
    Node node = new Node(machine);
    nodes.add(node);
    return node;
  }

  final class Node implements FleetStore {
    private final ScheduledExecutorService machine;
    private Consumer<String> hearer = fingerprint -> {};

    Node(ScheduledExecutorService machine) {
      this.machine = machine;
    }

    /** The certificates that this node has the right to ask about. */
    List<String> held() {
      return leases.entrySet().stream()
          .filter(entry -> entry.getValue().owner == this)
          .filter(entry -> time.elapsed() < entry.getValue().until)
          .map(Map.Entry::getKey)
          .sorted()
          .toList();
    }

    @Override
    public Optional<StoredStaple> load(String fingerprint) throws IOException {
      begin();
      loads++;
      StoredStaple staple = staples.get(fingerprint);
      return staple == null || staple.validUntil().isBefore(time.clock().instant())
          ? Optional.empty()
          : Optional.of(staple);
    }

    @Override
    public void save(String fingerprint, StoredStaple staple) throws IOException {
      begin();
      saves++;
      staples.put(fingerprint, staple);
      awaited.computeIfPresent(
          fingerprint, (unused, saved) -> saved < 0 ? Long.valueOf(time.elapsed()) : saved);
      for (Node node : nodes) {
        if (node != this) {
          news++;
          Runnable hear = () -> node.hearer.accept(fingerprint);
          var unused = node.machine.schedule(hear, NEWS_TAKES, TimeUnit.MILLISECONDS);
        }
      }
    }

    @Override
    public void remove(String fingerprint) throws IOException {
      begin();
      staples.remove(fingerprint);
    }

    @Override
    public Optional<Lease> lease(String fingerprint, Duration term) throws IOException {
      begin();
      leasesAsked++;
      Held held = leases.get(fingerprint);
      if (held != null && time.elapsed() < held.until) {
        return Optional.empty();
      }
      leasesGiven++;
      Held mine = new Held(this, time.elapsed() + term.toMillis());
      leases.put(fingerprint, mine);
      return Optional.of(() -> {
        begin();
        leases.remove(fingerprint, mine);
      });
    }

    @Override
    public Closeable watch(Consumer<String> saved) {
      hearer = saved;
      return () -> hearer = fingerprint -> {};
    }

    private void begin() throws IOException {
      if (down) {
        failures++;
        throw new IOException("the store is down");
      }
      operations.count(time.elapsed());
    }

    @Override
    public String toString() {
      return "simulated";
    }
  }
}
