package io.github.ocspstapler;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Calls of users' code: made in the order in which they were added, one at a time, on an executor's
 * thread, so that code that blocks holds up no handshake and no request.
 *
 * <p>Thread-safe. {@link #add} may be called under a lock, the others must not be.
 */
final class Mailbox {
  private final Executor executor;
  private final Queue<Runnable> pending = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicInteger working = new AtomicInteger();

  Mailbox(Executor executor) {
    this.executor = executor;
  }

  /** Adds a call; it throws nothing. */
  void add(Runnable call) {
    pending.add(call);
  }

  /** Sees to it that the executor makes all pending calls. Does not block. */
  void deliver() {
    if (pending.isEmpty() || !scheduled.compareAndSet(false, true)) {
      return;
    }
    try {
      executor.execute(this::work);
    } catch (RejectedExecutionException e) {
      work(); // shut down: this is the last thread there is
    } catch (Throwable e) {
      scheduled.set(false); // no thread to be had: the engine's next wake-up tries again
    }
  }

  /** Makes all pending calls in this thread, unless another one is at it. */
  void work() {
    scheduled.set(false);
    if (working.getAndIncrement() != 0) {
      return;
    }
    boolean ended = false;
    try {
      int missed = 1;
      do {
        for (Runnable next = pending.poll(); next != null; next = pending.poll()) {
          next.run();
        }
        missed = working.addAndGet(-missed);
      } while (missed != 0);
      ended = true;
    } finally {
      if (!ended) {
        working.set(0); // what is left comes with the next delivery
      }
    }
  }
}
