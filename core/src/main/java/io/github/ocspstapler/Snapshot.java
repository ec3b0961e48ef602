package io.github.ocspstapler;

import io.github.ocspstapler.StapleStatus.State;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that readers see of one certificate, published as a whole through one volatile field, so that
 * nobody ever sees half of a change. Immutable.
 */
final class Snapshot {
  final @Nullable Staple staple;

  // Here and not only in the staple: among many certificates each object that a look-up touches
  // is a wait for memory, and it is done with this one.
  private final Optional<Staple> present;

  /** {@link Long#MIN_VALUE} without a staple: one comparison decides in a handshake. */
  final long servedUntil;

  /** As of the last attempt; {@link #state} also asks the clock. */
  final State state;

  final long nextAttempt; // RefreshPlan.NEVER if there is none
  final @Nullable String lastError;
  final int failures;

  Snapshot(
      @Nullable Staple staple,
      State state,
      long nextAttempt,
      @Nullable String lastError,
      int failures) {
    this.staple = staple;
    this.present = staple == null ? Optional.empty() : staple.present;
    this.servedUntil = staple == null ? Long.MIN_VALUE : staple.servedUntil;
    this.state = state;
    this.nextAttempt = nextAttempt;
    this.lastError = lastError;
    this.failures = failures;
  }

  boolean isServed(long now) {
    return now < servedUntil;
  }

  boolean isRevoked() {
    return state == State.REVOKED;
  }

  /** Returns the staple to send; allocates nothing. */
  Optional<Staple> present(long now) {
    return now < servedUntil ? present : Optional.empty();
  }

  /** Returns the staple to send, or null. */
  @Nullable Staple served(long now) {
    return now < servedUntil ? staple : null;
  }

  /** A staple that has expired since it was published is no staple. */
  State state(long now) {
    return state == State.STAPLED && now >= servedUntil ? State.UNAVAILABLE : state;
  }
}
