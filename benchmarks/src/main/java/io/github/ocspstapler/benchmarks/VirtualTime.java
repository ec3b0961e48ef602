package io.github.ocspstapler.benchmarks;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Time for hundreds of millions of events, in milliseconds: the testkit's ManualScheduler without
 * the log that it keeps of each, and with many machines on one clock, any of which can be killed.
 *
 * <p>Confined to one thread, which runs everything; what is due at the same millisecond runs in the
 * order in which it was scheduled.
 */
final class VirtualTime {
  private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

  private final PriorityQueue<Task<?>> queue = new PriorityQueue<>();
  private long now = START;
  private long submissions;
  private long events;

  /** Milliseconds since the simulation began. */
  long elapsed() {
    return now - START;
  }

  /** How many tasks have run. */
  long events() {
    return events;
  }

  Clock clock() {
    return new VirtualClock(ZoneOffset.UTC);
  }

  /** Runs all that is due until so many milliseconds after the beginning, in order. */
  void runUntil(long end) {
    for (Task<?> next = queue.peek();
        next != null && next.due <= START + end;
        next = queue.peek()) {
      queue.remove();
      now = Math.max(now, next.due);
      if (!next.isCancelled() && next.machine.alive) {
        events++;
        next.run();
      }
    }
    now = Math.max(now, START + end);
  }

  /** A machine's scheduler. */
  Machine machine() {
    return new Machine();
  }

  private final class VirtualClock extends Clock {
    private final ZoneId zone;

    VirtualClock(ZoneId zone) {
      this.zone = zone;
    }

    @Override
    public ZoneId getZone() {
      return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
      return new VirtualClock(other);
    }

    @Override
    public long millis() {
      return now;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(now);
    }
  }

  /** Runs tasks until it is killed, and none from then on. */
  final class Machine extends AbstractExecutorService implements ScheduledExecutorService {
    private boolean alive = true;

    void kill() {
      alive = false;
    }

    @Override
    public void execute(Runnable command) {
      var unused = schedule(command, 0, TimeUnit.MILLISECONDS);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
      return schedule(
          () -> {
            command.run();
            return null;
          },
          delay,
          unit);
    }

    @Override
    public <V extends @Nullable Object> ScheduledFuture<V> schedule(
        Callable<V> callable, long delay, TimeUnit unit) {
      long due = now + Math.max(0, unit.toMillis(delay));
      Task<V> task = new Task<>(this, callable, due, submissions++);
      queue.add(task);
      return task;
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
        Runnable command, long initialDelay, long period, TimeUnit unit) {
      throw new UnsupportedOperationException("no stapler asks for it");
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable command, long initialDelay, long delay, TimeUnit unit) {
      throw new UnsupportedOperationException("no stapler asks for it");
    }

    @Override
    public void shutdown() {
      kill();
    }

    @Override
    public List<Runnable> shutdownNow() {
      kill();
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return !alive;
    }

    @Override
    public boolean isTerminated() {
      return !alive;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return !alive;
    }
  }

  private final class Task<V extends @Nullable Object> extends FutureTask<V>
      implements ScheduledFuture<V> {
    private final Machine machine;
    private final long due;
    private final long order;

    Task(Machine machine, Callable<V> callable, long due, long order) {
      super(callable);
      this.machine = machine;
      this.due = due;
      this.order = order;
    }

    /** What fails must not be overlooked: the simulation ends with it. */
    @Override
    protected void setException(Throwable failure) {
      throw new IllegalStateException("a task failed", failure);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(due - now, TimeUnit.MILLISECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      Task<?> that = (Task<?>) other;
      int byTime = Long.compare(due, that.due);
      return byTime != 0 ? byTime : Long.compare(order, that.order);
    }
  }
}
