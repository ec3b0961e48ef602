package io.github.ocspstapler;

import io.github.ocspstapler.ocsp.HttpValidator;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the requests: starts those that may start, and hands back what comes of them.
 *
 * <p>Thread-safe, and called without the engine's lock.
 */
final class Requests {
  private final ResponseSource source;
  private final @Nullable StoreAccess store;
  private final Clock clock;
  private final Supplier<@Nullable Attempt> next;
  private final BiConsumer<Attempt, Outcome> finished;
  private final BooleanSupplier closed;

  private final AtomicInteger starting = new AtomicInteger();

  /**
   * Creates what makes requests.
   *
   * @param store through which they go, if there is one: another node may be asking
   * @param next returns the attempt to start now, null if there is none
   * @param finished takes what came of an attempt, on any thread
   * @param closed whether nothing is to be asked any more
   */
  Requests(
      ResponseSource source,
      @Nullable StoreAccess store,
      Clock clock,
      Supplier<@Nullable Attempt> next,
      BiConsumer<Attempt, Outcome> finished,
      BooleanSupplier closed) {
    this.source = source;
    this.store = store;
    this.clock = clock;
    this.next = next;
    this.finished = finished;
    this.closed = closed;
  }

  /**
   * Starts whatever may start. One thread at a time does it; whoever comes meanwhile leaves it the
   * work. A source that answers at once therefore makes no recursion.
   */
  void startAll() {
    if (starting.getAndIncrement() != 0) {
      return;
    }
    boolean ended = false;
    try {
      int missed = 1;
      do {
        for (Attempt attempt = next.get(); attempt != null; attempt = next.get()) {
          start(attempt);
        }
        missed = starting.addAndGet(-missed);
      } while (missed != 0);
      ended = true;
    } finally {
      if (!ended) {
        starting.set(0); // the next wake-up goes on
      }
    }
  }

  private void start(Attempt attempt) {
    CompletableFuture<Outcome> exchange;
    try {
      attempt.recorded = FlightRecording.fetchStarted();
      exchange = store == null ? ask(attempt) : store.ask(attempt, this::ask);
    } catch (Throwable e) {
      // Out of memory or of threads, too: the others go on, and this one is tried again.
      exchange = CompletableFuture.failedFuture(e);
    }
    attempt.exchange(exchange);
    if (closed.getAsBoolean()) {
      attempt.cancel(); // close() may have come before there was something to cancel
    }
    var unused = exchange.whenComplete((outcome, failure) -> ended(attempt, outcome, failure));
  }

  private CompletableFuture<Outcome> ask(Attempt attempt) {
    Staple held = attempt.held;
    HttpValidator validator = attempt.validator;
    X509Certificate certificate = attempt.kept.certificate;
    return held == null || validator == null
        ? source.ask(certificate, attempt.issuer)
        : source.refresh(certificate, attempt.issuer, held.shared(), validator);
  }

  private void ended(Attempt attempt, @Nullable Outcome outcome, @Nullable Throwable failure) {
    finished.accept(
        attempt, outcome != null ? outcome : ClientSource.outcome(null, failure, clock.instant()));
    startAll();
  }
}
