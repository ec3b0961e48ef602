package io.github.ocspstapler.spring;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread or process is about to bring about. */
final class Eventually {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration STEP = Duration.ofMillis(20);

  private Eventually() {}

  static void until(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("still not so after " + LIMIT);
      }
      LockSupport.parkNanos(STEP.toNanos());
    }
  }
}
