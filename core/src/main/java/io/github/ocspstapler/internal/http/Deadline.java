package io.github.ocspstapler.internal.http;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One moment by which a row of exchanges must be over, however slowly bytes still trickle in.
 * Thread-safe.
 */
public final class Deadline {
  private final Duration timeout;
  private final CompletableFuture<Void> passed = new CompletableFuture<>();
  private final Future<?> timer;

  private Deadline(Duration timeout, ScheduledExecutorService scheduler) {
    this.timeout = timeout;
    this.timer =
        scheduler.schedule(() -> passed.complete(null), timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Returns the deadline that passes after this time.
   *
   * @throws RejectedExecutionException if the scheduler has been shut down
   */
  public static Deadline after(Duration timeout, ScheduledExecutorService scheduler) {
    return new Deadline(timeout, scheduler);
  }

  /** Fails the future with {@link HttpFailure.Kind#TIMEOUT} when this passes, at once if it has. */
  public void bound(CompletableFuture<?> future) {
    whenPassed(future::completeExceptionally);
  }

  /**
   * Gives the action the failure that says so when this passes, at once if it has. It runs on the
   * scheduler's thread, and must be short.
   */
  public void whenPassed(Consumer<HttpFailure> action) {
    var unused =
        passed.thenRun(() ->
            action.accept(
                new HttpFailure(
                    HttpFailure.Kind.TIMEOUT,
                    "no complete answer within " + timeout.toMillis() + " ms",
                    null)));
  }

  /** Forgets the deadline: it never passes. */
  public void cancel() {
    timer.cancel(false);
  }
}
