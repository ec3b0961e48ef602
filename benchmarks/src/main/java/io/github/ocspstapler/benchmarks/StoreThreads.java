package io.github.ocspstapler.benchmarks;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A node's threads that wait for its store, on virtual time: each piece of work keeps one of them
 * for a while, and what it does to the store happens at the end of it.
 */
final class StoreThreads implements Executor {
  private final ScheduledExecutorService scheduler;
  private final LongSupplier latency;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int idle;

  StoreThreads(ScheduledExecutorService scheduler, int threads, LongSupplier latency) {
    this.scheduler = scheduler;
    this.idle = threads;
    this.latency = latency;
  }

  @Override
  public void execute(Runnable work) {
    waiting.addLast(work);
    start();
  }

  private void start() {
    while (idle > 0 && !waiting.isEmpty()) {
      Runnable work = waiting.removeFirst();
      idle--;
      var unused =
          scheduler.schedule(
              () -> {
                idle++;
                work.run();
                start();
              },
              latency.getAsLong(),
              TimeUnit.MILLISECONDS);
    }
  }
}
