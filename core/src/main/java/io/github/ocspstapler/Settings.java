package io.github.ocspstapler;

import static java.util.Objects.requireNonNull;

import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.store.StapleStore;
import java.time.Clock;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Stapler.Builder} has collected, as the parts of a stapler read it. Not thread-safe:
 * written by the builder, and not any more once it is {@link #settled}.
 */
final class Settings implements Cloneable {
  Clock clock;
  StaplerListener listener = new StaplerListener() {};
  StaplerMetrics metrics = new StaplerMetrics() {};
  RandomGenerator random = new SplittableRandom();
  int maxConcurrency = Stapler.Builder.DEFAULT_MAX_CONCURRENCY;
  int maxConcurrencyPerHost = Stapler.Builder.DEFAULT_MAX_CONCURRENCY_PER_HOST;
  int maxCertificates = Stapler.Builder.DEFAULT_MAX_CERTIFICATES;
  Duration forgetUnseenAfter = Duration.ofDays(7);
  Duration mustStapleWait = Duration.ofSeconds(2);
  StaplePolicy policy = StaplePolicy.LENIENT;
  @Nullable Replacement replacement;
  boolean relayRevoked;
  @Nullable String jmxName;
  Duration firstRetry = RefreshPlan.DEFAULT.firstRetry();
  Duration longestRetry = RefreshPlan.DEFAULT.longestRetry();
  Duration stopBefore = RefreshPlan.DEFAULT.stopBefore();
  @Nullable StapleStore store;
  @Nullable Executor storeExecutor;
  @Nullable OcspClient client;
  @Nullable ScheduledExecutorService scheduler;
  @Nullable ResponseSource source;

  /** What was made here, and ends with the stapler. */
  @Nullable OcspClient ownedClient;

  @Nullable ScheduledExecutorService ownedScheduler;

  Settings(Clock clock) {
    this.clock = clock;
  }

  /** Returns a copy without gaps, so that each stapler has its own client and scheduler. */
  Settings settled() {
    Settings copy = copy();
    if (copy.scheduler == null) {
      copy.ownedScheduler = ownScheduler();
      copy.scheduler = copy.ownedScheduler;
    }
    if (copy.source == null) {
      OcspClient asking = copy.client;
      if (asking == null) {
        asking = OcspClient.builder().clock(clock).build();
        copy.ownedClient = asking;
      }
      copy.source = new ClientSource(asking, clock);
    }
    return copy;
  }

  private Settings copy() {
    try {
      return (Settings) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  private static ScheduledExecutorService ownScheduler() {
    AtomicInteger threads = new AtomicInteger();
    ScheduledThreadPoolExecutor pool =
        new ScheduledThreadPoolExecutor(
            2, work -> new Ending.TimerThread(work, threads.incrementAndGet()));
    pool.setRemoveOnCancelPolicy(true);
    return pool;
  }

  RefreshPlan plan() {
    return new RefreshPlan(firstRetry, longestRetry, stopBefore);
  }

  ScheduledExecutorService requireScheduler() {
    return requireNonNull(scheduler);
  }

  StapleStore requireStore() {
    return requireNonNull(store);
  }

  ResponseSource requireSource() {
    return requireNonNull(source);
  }
}
