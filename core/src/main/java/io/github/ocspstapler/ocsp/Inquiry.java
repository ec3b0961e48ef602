package io.github.ocspstapler.ocsp;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One question put to several responders, one after the other, until one answers.
 *
 * <p>Its steps follow each other; {@link #result} may be completed from anywhere, which aborts the
 * attempt under way.
 *
 * @param <T> what an answer is judged to be
 */
final class Inquiry<T> {
  private final List<URI> responders;
  private final Function<URI, Attempt<T>> attempts;
  private final Consumer<URI> answeredBy;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  // Written by the one step under way, read by whoever aborts.
  private volatile @Nullable CompletableFuture<?> running;

  // Both confined to the steps.
  private final List<OcspException> failures = new ArrayList<>();
  private int next;

  /**
   * Prepares an inquiry; nothing is sent yet.
   *
   * @param responders whom to ask, at least one
   * @param attempts prepares the attempt at one of them
   * @param answeredBy is told which answered, before the result is known
   */
  Inquiry(List<URI> responders, Function<URI, Attempt<T>> attempts, Consumer<URI> answeredBy) {
    this.responders = responders;
    this.attempts = attempts;
    this.answeredBy = answeredBy;
    var unused = result.whenComplete((value, failure) -> end());
  }

  /** Returns the future of the outcome; it fails with an {@link OcspException}. */
  CompletableFuture<T> result() {
    return result;
  }

  private void end() {
    CompletableFuture<?> attempt = running;
    if (attempt != null) {
      attempt.cancel(true);
    }
  }

  /** Asks the next responder. */
  void step() {
    if (result.isDone()) {
      return;
    }
    if (next == responders.size()) {
      result.completeExceptionally(FailureRank.mostTelling(failures));
      return;
    }
    try {
      URI responder = responders.get(next++);
      Attempt<T> attempt = attempts.apply(responder);
      running = attempt.result();
      if (result.isDone()) {
        attempt.result().cancel(true);
        return;
      }
      var unused =
          attempt.result().whenComplete((value, failure) -> ended(responder, value, failure));
      attempt.step();
    } catch (Throwable e) {
      // This may be a callback, where nobody would see it, and the result never come.
      result.completeExceptionally(e);
    }
  }

  private void ended(URI responder, @Nullable T value, @Nullable Throwable failure) {
    if (value != null) {
      try {
        answeredBy.accept(responder);
      } finally {
        result.complete(value);
      }
    } else if (failure instanceof OcspException e) {
      failures.add(e);
      step();
    } else if (failure != null) {
      result.completeExceptionally(failure);
    }
  }
}
