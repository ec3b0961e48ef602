package io.github.ocspstapler.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler without threads, and its clock: time passes only when a test says so, and tasks run
 * in the thread of the test.
 *
 * <pre>{@code
 * ManualScheduler scheduler = ManualScheduler.create();
 * scheduler.schedule(this::refresh, 6, TimeUnit.HOURS);
 * scheduler.advance(Duration.ofHours(6)); // refresh() runs here, and sees clock() at its due time
 * }</pre>
 *
 * <p>Two kinds of time, as on a real machine: delays follow elapsed time, which only {@link
 * #advance} moves, and {@link #clock()} follows elapsed time plus the jumps of {@link #jumpClock}.
 *
 * <p>Everything handed over is queued, by {@link #execute} too, and runs in order of its due time,
 * and of submission where that is equal, within {@link #runDue()}, {@link #advance} or {@link
 * #runUntil}, in the calling thread. What a task throws is caught by its future, as with every
 * executor; what an {@link #execute}d command throws reaches the caller of {@code advance}.
 *
 * <p>Thread-safe for submissions and cancellations from any thread. Only one thread at a time may
 * run tasks: others wait for it, and a task that does so itself is refused.
 *
 * <p>After {@link #shutdown()} nothing more is accepted and periodic tasks stop; what else is
 * queued still runs when its time comes, as with the JDK's scheduler. {@link #shutdownNow()} drops
 * it.
 */
public final class ManualScheduler extends AbstractExecutorService
    implements ScheduledExecutorService {
  private static final Instant DEFAULT_START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration SETTLE_LIMIT = Duration.ofSeconds(20);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ReentrantLock runner = new ReentrantLock();
  private final Clock clock = new ManualClock(ZoneOffset.UTC);

  // All guarded by lock.
  private final PriorityQueue<Task<?>> queue =
      new PriorityQueue<>(
          Comparator.<Task<?>>comparingLong(task -> task.due)
              .thenComparingLong(task -> task.order));
  private final List<LogEntry> log = new ArrayList<>();
  private final Instant start;
  private long elapsed;
  private Duration jumped = Duration.ZERO;
  private long submissions;
  private boolean shutdown;
  private @Nullable BooleanSupplier idle;

  private ManualScheduler(Instant start) {
    this.start = start;
  }

  /**
   * Returns a new scheduler whose clock shows 2026-01-01T00:00:00Z.
   *
   * @return the scheduler
   */
  public static ManualScheduler create() {
    return startingAt(DEFAULT_START);
  }

  /**
   * Returns a new scheduler.
   *
   * @param start what its clock shows
   * @return the scheduler
   */
  public static ManualScheduler startingAt(Instant start) {
    return new ManualScheduler(requireNonNull(start, "start"));
  }

  /**
   * Returns the clock, which shows the same as {@link #now()} at any time.
   *
   * @return a live, thread-safe clock in UTC
   */
  public Clock clock() {
    return clock;
  }

  /**
   * Returns what the clock shows.
   *
   * @return the virtual wall-clock time
   */
  public Instant now() {
    lock.lock();
    try {
      return start.plusNanos(elapsed).plus(jumped);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets time pass, and runs every task that comes due in it, in order, with the clock at each
   * task's due time: those too that are queued meanwhile, by tasks or by other threads.
   *
   * @param duration how much time, zero or more
   * @throws IllegalStateException if called by a task, or if {@link #settleWith} was used and work
   *     elsewhere did not end within 20 seconds of real time
   */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("duration: " + duration + " (expected: zero or more)");
    }
    startRunning();
    try {
      long target = Math.addExact(elapsedNanos(), duration.toNanos());
      while (true) {
        settle();
        Task<?> task = pollDue(target);
        if (task == null) {
          break;
        }
        task.run();
      }
    } finally {
      runner.unlock();
    }
  }

  /** Runs what is due now, without letting time pass: {@code advance(Duration.ZERO)}. */
  public void runDue() {
    advance(Duration.ZERO);
  }

  /**
   * Moves the wall clock, as an administrator or NTP does: no time passes, no delay gets shorter,
   * nothing runs.
   *
   * @param jump how far, backwards if negative
   */
  public void jumpClock(Duration jump) {
    requireNonNull(jump, "jump");
    lock.lock();
    try {
      jumped = jumped.plus(jump);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Runs what is due now, and what other threads hand over as due, until something is so. Virtual
   * time stands still; blocks for real time.
   *
   * @param condition asked after each task and at least every few milliseconds
   * @param limit how long to wait, in real time
   * @return whether the condition came true
   */
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    startRunning();
    try {
      long deadline = System.nanoTime() + limit.toNanos();
      while (!condition.getAsBoolean()) {
        Task<?> task = pollDue(elapsedNanos());
        if (task != null) {
          task.run();
        } else if (System.nanoTime() - deadline >= 0) {
          return false;
        } else {
          awaitChange();
        }
      }
      return true;
    } finally {
      runner.unlock();
    }
  }

  /**
   * Makes {@link #advance} wait, in real time, for work that tasks have started on other threads,
   * before it runs another task or lets time pass: so an HTTP exchange that a task starts takes no
   * virtual time.
   *
   * @param idle whether no such work is under way; called from {@code advance}'s thread
   */
  public void settleWith(BooleanSupplier idle) {
    requireNonNull(idle, "idle");
    lock.lock();
    try {
      this.idle = idle;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns how many tasks are queued, due or not.
   *
   * @return their number
   */
  public int pending() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns the time until the next task is due, or empty if none is queued.
   *
   * @return the time, zero if one is due already
   */
  public Optional<Duration> nextDue() {
    lock.lock();
    try {
      Task<?> next = queue.peek();
      return next == null
          ? Optional.empty()
          : Optional.of(Duration.ofNanos(Math.max(0, next.due - elapsed)));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns what happened so far: what was scheduled, run, cancelled and dropped.
   *
   * @return an immutable copy, the oldest first
   */
  public List<LogEntry> log() {
    lock.lock();
    try {
      return List.copyOf(log);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void execute(Runnable command) {
    requireNonNull(command, "command");
    Task<@Nullable Void> task = new Task<>(command, () -> call(command), 0, 0, true);
    enqueue(task);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    requireNonNull(command, "command");
    Task<?> task =
        new Task<@Nullable Void>(command, () -> call(command), unit.toNanos(delay), 0, false);
    enqueue(task);
    return task;
  }

  @Override
  public <V extends @Nullable Object> ScheduledFuture<V> schedule(
      Callable<V> callable, long delay, TimeUnit unit) {
    requireNonNull(callable, "callable");
    Task<V> task = new Task<>(callable, callable, unit.toNanos(delay), 0, false);
    enqueue(task);
    return task;
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    requireNonNull(command, "command");
    requirePositive(period, "period");
    Task<?> task =
        new Task<@Nullable Void>(
            command, () -> call(command), unit.toNanos(initialDelay), unit.toNanos(period), false);
    enqueue(task);
    return task;
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    // A task takes no virtual time, unless it advances another scheduler: rate and delay agree.
    requirePositive(delay, "delay");
    return scheduleAtFixedRate(command, initialDelay, delay, unit);
  }

  @Override
  public void shutdown() {
    lock.lock();
    try {
      shutdown = true;
      for (Task<?> task : List.copyOf(queue)) {
        if (task.period > 0) {
          task.cancel(false);
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Runnable> shutdownNow() {
    lock.lock();
    try {
      shutdown = true;
      List<Runnable> dropped = List.copyOf(queue);
      for (Task<?> task : List.copyOf(queue)) {
        record(LogEntry.Action.DROPPED, task, Duration.ZERO);
      }
      queue.clear();
      changed.signalAll();
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isShutdown() {
    lock.lock();
    try {
      return shutdown;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isTerminated() {
    lock.lock();
    try {
      return shutdown && queue.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Waits in real time: somebody must run or drop what is still queued. */
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    long left = unit.toNanos(timeout);
    lock.lockInterruptibly();
    try {
      while (!isTerminated()) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(Task<?> task) {
    lock.lock();
    try {
      if (shutdown) {
        throw new RejectedExecutionException("the scheduler is shut down: " + task.name);
      }
      long delay = Math.max(0, task.initialDelay);
      task.due = delay > Long.MAX_VALUE - elapsed ? Long.MAX_VALUE : elapsed + delay;
      task.order = submissions++;
      queue.add(task);
      record(LogEntry.Action.SCHEDULED, task, Duration.ofNanos(delay));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Task<?> pollDue(long target) {
    lock.lock();
    try {
      Task<?> next = queue.peek();
      if (next == null || next.due > target) {
        elapsed = Math.max(elapsed, target);
        return null;
      }
      queue.remove();
      elapsed = Math.max(elapsed, next.due);
      record(LogEntry.Action.RUN, next, Duration.ZERO);
      changed.signalAll();
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void settle() {
    BooleanSupplier settled = idle();
    long deadline = System.nanoTime() + SETTLE_LIMIT.toNanos();
    while (settled != null && !settled.getAsBoolean()) {
      Task<?> task = pollDue(elapsedNanos());
      if (task != null) {
        task.run();
      } else if (System.nanoTime() - deadline >= 0) {
        throw new IllegalStateException("work elsewhere is still under way after " + SETTLE_LIMIT);
      } else {
        awaitChange();
      }
    }
  }

  private @Nullable BooleanSupplier idle() {
    lock.lock();
    try {
      return idle;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a submission, for a millisecond at most. */
  private void awaitChange() {
    long left = TimeUnit.MILLISECONDS.toNanos(1);
    lock.lock();
    try {
      long before = submissions;
      while (submissions == before && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for other threads", e);
    } finally {
      lock.unlock();
    }
  }

  private void startRunning() {
    if (runner.isHeldByCurrentThread()) {
      throw new IllegalStateException("a task must not advance the scheduler that runs it");
    }
    runner.lock();
  }

  private long elapsedNanos() {
    lock.lock();
    try {
      return elapsed;
    } finally {
      lock.unlock();
    }
  }

  /** Called with the lock held. */
  private void record(LogEntry.Action action, Task<?> task, Duration delay) {
    log.add(new LogEntry(start.plusNanos(elapsed).plus(jumped), action, task.name, delay));
  }

  private static @Nullable Void call(Runnable command) {
    command.run();
    return null;
  }

  private static void requirePositive(long value, String name) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: more than zero)");
    }
  }

  /**
   * One thing that happened in a {@link ManualScheduler}.
   *
   * @param at what the clock showed
   * @param action what happened
   * @param task the task's {@code toString()}
   * @param delay when it was scheduled: for how long from then; else zero
   */
  public record LogEntry(Instant at, Action action, String task, Duration delay) {

    /** What can happen to a task. */
    public enum Action {
      /** It was queued. */
      SCHEDULED,
      /** It was run. */
      RUN,
      /** It was cancelled before it ran. */
      CANCELLED,
      /** It was dropped by {@link ManualScheduler#shutdownNow()}. */
      DROPPED
    }
  }

  private final class Task<V extends @Nullable Object> extends FutureTask<V>
      implements RunnableScheduledFuture<V> {
    final String name;
    final long initialDelay;
    final long period;
    private final boolean rethrow;
    // Guarded by lock.
    long due;
    long order;

    Task(Object named, Callable<V> callable, long initialDelay, long period, boolean rethrow) {
      super(callable);
      this.name = named.toString();
      this.initialDelay = initialDelay;
      this.period = period;
      this.rethrow = rethrow;
    }

    @Override
    public void run() {
      if (period == 0) {
        super.run();
      } else if (super.runAndReset()) {
        again();
      }
    }

    @Override
    protected void setException(Throwable thrown) {
      super.setException(thrown);
      if (rethrow) {
        throw sneaky(thrown);
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      lock.lock();
      try {
        if (queue.remove(this)) {
          record(LogEntry.Action.CANCELLED, this, Duration.ZERO);
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      return cancelled;
    }

    @Override
    public boolean isPeriodic() {
      return period > 0;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      lock.lock();
      try {
        return unit.convert(due - elapsed, TimeUnit.NANOSECONDS);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }

    @Override
    public String toString() {
      return name;
    }

    private void again() {
      lock.lock();
      try {
        if (shutdown || isCancelled()) {
          return;
        }
        due += period;
        order = submissions++;
        queue.add(this);
        record(LogEntry.Action.SCHEDULED, this, Duration.ofNanos(Math.max(0, due - elapsed)));
      } finally {
        lock.unlock();
      }
    }

    private static RuntimeException sneaky(Throwable thrown) {
      if (thrown instanceof Error error) {
        throw error;
      }
      return thrown instanceof RuntimeException runtime
          ? runtime
          : new IllegalStateException(thrown);
    }
  }

  private final class ManualClock extends Clock {
    private final ZoneId zone;

    ManualClock(ZoneId zone) {
      this.zone = zone;
    }

    @Override
    public ZoneId getZone() {
      return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
      return new ManualClock(other);
    }

    @Override
    public Instant instant() {
      return now();
    }
  }
}
