package io.github.ocspstapler;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * All certificates of a {@link Stapler} in a few numbers, for gauges and health checks.
 *
 * <p>Immutable and thread-safe.
 *
 * @param certificates how many there are in each state; every state has an entry
 * @param untilEarliestExpiry how much longer the staple that ends first is served; empty without
 *     any staple
 */
public record StaplerSummary(
    Map<StapleStatus.State, Integer> certificates, Optional<Duration> untilEarliestExpiry) {

  /** Fills in the states that have no certificate. */
  public StaplerSummary {
    Map<StapleStatus.State, Integer> all = new EnumMap<>(StapleStatus.State.class);
    for (StapleStatus.State state : StapleStatus.State.values()) {
      Integer count = certificates.get(state);
      all.put(state, count == null ? 0 : count);
    }
    certificates = Collections.unmodifiableMap(all); // in the order of the states
    Objects.requireNonNull(untilEarliestExpiry, "untilEarliestExpiry");
  }

  /**
   * Returns how many certificates are in a state.
   *
   * @param state the state
   * @return their number
   */
  public int count(StapleStatus.State state) {
    return Objects.requireNonNull(certificates.get(Objects.requireNonNull(state, "state")));
  }
}
