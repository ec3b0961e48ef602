package io.github.ocspstapler.ocsp;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread or a socket is about to bring about. */
public final class Eventually {
  private static final Duration STEP = Duration.ofMillis(5);

  private Eventually() {}

  /** Returns whether the condition came to hold within the limit. */
  public static boolean holds(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(STEP.toNanos());
    }
    return true;
  }
}
