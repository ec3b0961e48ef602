package io.github.ocspstapler.benchmarks;

import java.time.Duration;

/**
 * What a simulated fleet lives through.
 *
 * @param name of the scenario, as the tables call it
 * @param nodes how many there are
 * @param certificates how many there are; each node keeps all of them
 * @param days how long it is looked at
 * @param validity of each answer
 * @param signedEvery how often the CA signs anew; zero: for each request
 * @param sharing whether the nodes share a store
 * @param atOnce whether all certificates come in the first instant, and not over half a validity
 * @param caDown whether the CA is down for {@link #FAULT} from {@link #FAULT_AT} on
 * @param storeDown whether the store is
 * @param kill whether the first node that holds a lease is killed at {@link #FAULT_AT}
 */
record ScaleScenario(
    String name,
    int nodes,
    int certificates,
    int days,
    Duration validity,
    Duration signedEvery,
    boolean sharing,
    boolean atOnce,
    boolean caDown,
    boolean storeDown,
    boolean kill) {

  static final Duration FAULT = Duration.ofHours(6);
  static final Duration FAULT_AT = Duration.ofDays(10);

  /** A fleet that runs undisturbed, its certificates come one after the other. */
  static ScaleScenario steady(int nodes, int certificates) {
    return new ScaleScenario(
        "steady",
        nodes,
        certificates,
        30,
        Duration.ofDays(7),
        Duration.ZERO,
        true,
        false,
        false,
        false,
        false);
  }

  ScaleScenario alone() {
    return copy("no store", signedEvery, false, atOnce, caDown, storeDown, kill);
  }

  ScaleScenario deployed() {
    return copy("deployed at once", signedEvery, sharing, true, caDown, storeDown, kill);
  }

  ScaleScenario signedEvery(Duration pause) {
    String late = "signed every " + pause.toHours() + " h";
    return copy(late, pause, sharing, atOnce, caDown, storeDown, kill);
  }

  ScaleScenario caDown6h() {
    return copy("CA down 6 h", signedEvery, sharing, atOnce, true, storeDown, kill);
  }

  ScaleScenario storeDown6h() {
    return copy("store down 6 h", signedEvery, sharing, atOnce, caDown, true, kill);
  }

  ScaleScenario killed() {
    return copy("node killed", signedEvery, sharing, atOnce, caDown, storeDown, true);
  }

  ScaleScenario days(int number) {
    return new ScaleScenario(
        name,
        nodes,
        certificates,
        number,
        validity,
        signedEvery,
        sharing,
        atOnce,
        caDown,
        storeDown,
        kill);
  }

  private ScaleScenario copy(
      String called,
      Duration signed,
      boolean shared,
      boolean together,
      boolean ca,
      boolean store,
      boolean killing) {
    return new ScaleScenario(
        called, nodes, certificates, days, validity, signed, shared, together, ca, store, killing);
  }
}
