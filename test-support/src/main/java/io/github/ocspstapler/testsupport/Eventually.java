package io.github.ocspstapler.testsupport;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread or process is about to bring about. */
public final class Eventually {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration STEP = Duration.ofMillis(10);

  private Eventually() {}

  /**
   * What is waited for.
   *
   * @param <E> what looking may throw
   */
  @FunctionalInterface
  public interface Condition<E extends Exception> {
    /** Returns whether it is so now. */
    boolean holds() throws E;
  }

  /** Waits a minute at the most. */
  public static <E extends Exception> void until(Condition<E> condition) throws E {
    within(LIMIT, condition);
  }

  /** Looks only so often, if looking changes something. */
  public static <E extends Exception> void until(Duration step, Condition<E> condition) throws E {
    expect(LIMIT, step, condition);
  }

  /** Waits so long at the most. */
  public static <E extends Exception> void within(Duration limit, Condition<E> condition) throws E {
    expect(limit, STEP, condition);
  }

  /** Returns whether the condition came to hold within the limit. */
  public static <E extends Exception> boolean holds(Duration limit, Condition<E> condition)
      throws E {
    return holds(limit, STEP, condition);
  }

  private static <E extends Exception> void expect(
      Duration limit, Duration step, Condition<E> condition) throws E {
    if (!holds(limit, step, condition)) {
      throw new AssertionError("still not so after " + limit);
    }
  }

  private static <E extends Exception> boolean holds(
      Duration limit, Duration step, Condition<E> condition) throws E {
    long end = System.nanoTime() + limit.toNanos();
    long start = System.nanoTime();
    while (!condition.holds()) {
      long now = System.nanoTime();
      if (now - end > 0) {
        return false;
      }
      // Who looks must not keep those busy who are waited for, nor stop looking because it is slow.
      long rest = Math.min(9 * (now - start), limit.toNanos() / 20);
      LockSupport.parkNanos(Math.max(step.toNanos(), rest));
      start = System.nanoTime();
    }
    return true;
  }
}
