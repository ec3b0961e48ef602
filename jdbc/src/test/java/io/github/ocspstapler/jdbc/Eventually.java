package io.github.ocspstapler.jdbc;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another process or thread is about to bring about. */
final class Eventually {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Eventually() {}

  static void until(Callable<Boolean> condition) throws Exception {
    until(Duration.ofMillis(20), condition);
  }

  /** Waits longer. */
  static void within(Duration limit, Callable<Boolean> condition) throws Exception {
    until(limit, Duration.ofMillis(20), condition);
  }

  /** Looks so often, if looking costs something. */
  static void until(Duration step, Callable<Boolean> condition) throws Exception {
    until(LIMIT, step, condition);
  }

  private static void until(Duration limit, Duration step, Callable<Boolean> condition)
      throws Exception {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("still not so after " + limit);
      }
      LockSupport.parkNanos(step.toNanos());
    }
  }
}
