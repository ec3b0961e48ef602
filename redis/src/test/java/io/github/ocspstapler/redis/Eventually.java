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
    long start = System.nanoTime();
    while (!condition.call()) {
      long now = System.nanoTime();
      if (now - end > 0) {
        throw new AssertionError("still not so after " + limit);
      }
      // Who looks must not keep those busy who are waited for.
      LockSupport.parkNanos(Math.max(STEP.toNanos(), 9 * (now - start)));
      start = System.nanoTime();
    }
  }
}
