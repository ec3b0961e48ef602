package io.github.ocspstapler.redis;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another process is about to bring about. */
final class Eventually {
  private static final Duration STEP = Duration.ofMillis(10);

  private Eventually() {}

  static void until(Callable<Boolean> condition) throws Exception {
    within(Duration.ofSeconds(60), condition);
  }

  static void within(Duration limit, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("still not so after " + limit);
      }
      LockSupport.parkNanos(STEP.toNanos());
    }
  }
}
