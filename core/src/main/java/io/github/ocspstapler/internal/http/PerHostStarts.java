package io.github.ocspstapler.internal.http;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Starts requests on an executor, those to one host one after the other: a host whose name look-up
 * hangs takes one thread, and leaves the others to other hosts. It costs nothing, since the JVM
 * looks up a name once at a time anyway.
 *
 * <p>Thread-safe; never blocks its caller.
 */
final class PerHostStarts {
  private final Executor executor;

  /** What waits behind a start under way, by host; guarded by itself. */
  private final Map<String, Queue<Runnable>> waiting = new HashMap<>();

  PerHostStarts(Executor executor) {
    this.executor = executor;
  }

  /**
   * Runs the task when those before it to the same host have run.
   *
   * @throws RejectedExecutionException if the executor takes no more
   */
  void execute(String host, Runnable task) {
    synchronized (waiting) {
      Queue<Runnable> behind = waiting.get(host);
      if (behind != null) {
        behind.add(task);
        return;
      }
      waiting.put(host, new ArrayDeque<>());
    }
    boolean taken = false;
    try {
      executor.execute(() -> runAll(host, task));
      taken = true;
    } finally {
      if (!taken) {
        forget(host);
      }
    }
  }

  // Those that came behind it meanwhile are bounded by their deadlines, as any that are rejected.
  private void forget(String host) {
    synchronized (waiting) {
      waiting.remove(host);
    }
  }

  private void runAll(String host, Runnable first) {
    Runnable task = first;
    while (task != null) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        // It has nobody to tell, and those behind it must not suffer.
        System.getLogger("io.github.ocspstapler")
            .log(System.Logger.Level.WARNING, "a request was not started", e);
      }
      task = next(host);
    }
  }

  private @Nullable Runnable next(String host) {
    synchronized (waiting) {
      Queue<Runnable> behind = waiting.get(host);
      Runnable task = behind == null ? null : behind.poll();
      if (task == null) {
        waiting.remove(host);
      }
      return task;
    }
  }
}
