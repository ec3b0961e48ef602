package io.github.ocspstapler.status;

import static java.util.Objects.requireNonNull;

import io.github.ocspstapler.StaplerMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a stapler counts, for its {@link StatusServer}: totals since the start, and each minute of
 * the last hour.
 *
 * <pre>{@code
 * StatusMetrics metrics = StatusMetrics.create();
 * Stapler stapler = Stapler.builder().metrics(metrics).build();
 * StatusServer status = StatusServer.builder(stapler).metrics(metrics).start();
 * }</pre>
 *
 * <p>Thread-safe. Counting takes no lock and does not block.
 */
public final class StatusMetrics implements StaplerMetrics {
  private final Clock clock;
  private final LongAdder stapled = new LongAdder();
  private final LongAdder bare = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LastHour stapledByMinute = new LastHour();
  private final LastHour bareByMinute = new LastHour();
  private final LastHour answeredByMinute = new LastHour();
  private final LastHour failedByMinute = new LastHour();
  private final Map<String, Requests> requests = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

  private StatusMetrics(Clock clock) {
    this.clock = clock;
  }

  /**
   * Creates metrics that have counted nothing yet.
   *
   * @return metrics by the system's clock
   */
  public static StatusMetrics create() {
    return create(Clock.systemUTC());
  }

  /**
   * Creates metrics that have counted nothing yet.
   *
   * @param clock tells which minute it is; called in handshakes
   * @return metrics
   */
  public static StatusMetrics create(Clock clock) {
    return new StatusMetrics(requireNonNull(clock, "clock"));
  }

  @Override
  public void resolved(boolean withStaple) {
    (withStaple ? stapled : bare).increment();
    (withStaple ? stapledByMinute : bareByMinute).add(minute());
  }

  @Override
  public void refused() {
    refused.increment();
  }

  @Override
  public void requested(String status, Duration took) {
    requests.computeIfAbsent(status, first -> new Requests()).add(took);
    (isAnswer(status) ? answeredByMinute : failedByMinute).add(minute());
  }

  @Override
  public void failed(String reason) {
    failures.computeIfAbsent(reason, first -> new LongAdder()).increment();
  }

  private static boolean isAnswer(String status) {
    return switch (status) {
      case "good", "revoked", "unknown" -> true;
      default -> false;
    };
  }

  private long minute() {
    return Math.floorDiv(clock.millis(), 60_000L);
  }

  /** How many questions ended in one way, and how long they took together. */
  static final class Requests {
    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    private void add(Duration took) {
      count.increment();
      nanos.add(took.toNanos());
    }

    long count() {
      return count.sum();
    }

    double seconds() {
      return nanos.sum() / 1e9;
    }
  }

  /** Counts of one kind in the last hour, the oldest minute first. */
  record Hour(List<Long> stapled, List<Long> bare, List<Long> answered, List<Long> failed) {}

  Hour lastHour() {
    long now = minute();
    return new Hour(
        stapledByMinute.counts(now),
        bareByMinute.counts(now),
        answeredByMinute.counts(now),
        failedByMinute.counts(now));
  }

  long stapled() {
    return stapled.sum();
  }

  long bare() {
    return bare.sum();
  }

  long refusals() {
    return refused.sum();
  }

  Map<String, Requests> requests() {
    return new TreeMap<>(requests);
  }

  Map<String, LongAdder> failures() {
    return new TreeMap<>(failures);
  }
}
