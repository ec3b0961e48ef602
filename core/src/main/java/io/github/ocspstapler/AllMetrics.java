package io.github.ocspstapler;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Metrics that count in several others, whichever of them fail. As thread-safe as these. */
final class AllMetrics implements StaplerMetrics {
  private final List<StaplerMetrics> all;

  AllMetrics(List<StaplerMetrics> all) {
    this.all = all;
  }

  @Override
  public void resolved(boolean stapled) {
    each(metrics -> metrics.resolved(stapled));
  }

  @Override
  public void refused() {
    each(StaplerMetrics::refused);
  }

  @Override
  public void requested(String status, Duration took) {
    each(metrics -> metrics.requested(status, took));
  }

  @Override
  public void failed(String reason) {
    each(metrics -> metrics.failed(reason));
  }

  @Override
  public void breaker(String host, ResponderStatus.Breaker state) {
    each(metrics -> metrics.breaker(host, state));
  }

  @Override
  public void watch(Stapler stapler) {
    each(metrics -> metrics.watch(stapler));
  }

  /** Calls each; what the first threw that failed is thrown at the end, with the others in it. */
  private void each(Consumer<StaplerMetrics> call) {
    Throwable failure = null;
    for (StaplerMetrics metrics : all) {
      try {
        call.accept(metrics);
      } catch (RuntimeException | Error e) {
        failure = joined(failure, e);
      }
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  @SuppressWarnings("ReferenceEquality") // a throwable cannot be suppressed in itself
  private static Throwable joined(@Nullable Throwable first, Throwable next) {
    if (first == null) {
      return next;
    }
    if (first != next) {
      first.addSuppressed(next);
    }
    return first;
  }
}
