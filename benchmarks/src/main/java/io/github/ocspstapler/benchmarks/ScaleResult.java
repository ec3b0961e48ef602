package io.github.ocspstapler.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What was seen of a simulated fleet. Written by the simulation, read when that is over. */
final class ScaleResult {
  private static final int HOUR = 3_600;

  final ScaleScenario scenario;
  final PerSecond requests;
  final SimulatedStore store;
  private final List<Long> bare =
      new ArrayList<>(); // each hour: certificates without, on all nodes
  private double mostBehind;
  long overdueAtRecovery;
  long freshAfterMinutes = -1;
  long killedAt = -1;
  long events;
  double realSeconds;

  ScaleResult(ScaleScenario scenario, PerSecond requests, SimulatedStore store) {
    this.scenario = scenario;
    this.requests = requests;
    this.store = store;
  }

  void sampled(long elapsedMillis, long unstapled, double behind) {
    bare.add(unstapled);
    mostBehind = Math.max(mostBehind, behind);
  }

  /** The most certificates without a staple at any full hour, summed over the nodes. */
  long mostBare() {
    return bare.stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /** The largest share of older staples at any full hour. */
  double mostBehind() {
    return mostBehind;
  }

  int end() {
    return (int) Duration.ofDays(scenario.days()).toSeconds();
  }

  /** The second from which on it is renewals that are counted. */
  int settled() {
    return scenario.atOnce() ? HOUR : (int) scenario.validity().toSeconds();
  }

  /** Requests about a certificate in all the time. */
  double perCertificate() {
    return (double) requests.total() / scenario.certificates();
  }

  double mean() {
    return (double) requests.between(settled(), end()) / (end() - settled());
  }

  long peakSecond() {
    return requests.peak(settled(), end(), 1);
  }

  /** Requests a second in the busiest minute. */
  double peakMinute() {
    return requests.peak(settled(), end(), 60) / 60.0;
  }

  double operationsMean() {
    return (double) store.operations.between(settled(), end()) / (end() - settled());
  }

  long operationsPeak() {
    return store.operations.peak(settled(), end(), 1);
  }

  /** Operations of the store for each renewal and node. */
  double operationsPerRenewalAndNode() {
    double renewals = Math.max(1, requests.between(settled(), end()));
    return store.operations.between(settled(), end()) / renewals / scenario.nodes();
  }

  /** Milliseconds until the last certificate that a killed node was at was renewed; -1 if not. */
  long takenOverAfter() {
    if (store.awaited.isEmpty() || store.awaited.containsValue(-1L)) {
      return -1;
    }
    return store.awaited.values().stream().mapToLong(Long::longValue).max().orElse(0) - killedAt;
  }
}
