package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.http.Deadline;
import io.github.ocspstapler.internal.http.HttpAnswer;
import io.github.ocspstapler.internal.http.HttpCall;
import io.github.ocspstapler.internal.http.HttpExchanges;
import io.github.ocspstapler.internal.http.HttpFailure;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One responder asked one question until it answers or there is no other way to put it: by GET if
 * that fits, by POST if it does not or was not understood, and in each form of the question, all
 * within one deadline.
 *
 * <p>Its steps follow each other; {@link #result} may be completed from anywhere, which aborts the
 * exchange under way. It is always completed: by what a step throws, and when the deadline passes
 * even if no thread is left to verify.
 *
 * @param <T> what an answer is judged to be
 */
final class Attempt<T> {
  // RFC 9919 section 6: the whole URL, after encoding.
  private static final int MAX_GET_URL = 255;

  /** Turns an answer with status 200, or 304 to a question with a condition, into a value. */
  @FunctionalInterface
  interface Judge<T> {
    T judge(HttpAnswer answer) throws OcspException;
  }

  /**
   * A request, and the judge of its answer.
   *
   * @param held names the answer at hand: only another one is asked for, by GET
   */
  record Asked<T>(OcspRequest request, Judge<T> judge, @Nullable HttpValidator held) {
    Asked(OcspRequest request, Judge<T> judge) {
      this(request, judge, null);
    }
  }

  private final HttpExchanges exchanges;
  private final Executor verification;
  private final Executor lateness;
  private final ResponderMemory memory;
  private final URI responder;
  private final List<Supplier<Asked<T>>> forms;
  private final Deadline deadline;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  // Written by the one step under way, read by whoever aborts.
  private volatile @Nullable CompletableFuture<?> running;

  // Added to by the steps, read also when the deadline passes.
  private final List<OcspException> failures = new CopyOnWriteArrayList<>();

  // All confined to the steps.
  private int form;
  private boolean posting;
  private boolean fellBack;
  private boolean unconditionally; // what is at hand is of no use
  private boolean pastCaches; // the next request only
  private boolean wentPastCaches;

  /**
   * Prepares an attempt; nothing is sent yet.
   *
   * @param verification runs what judges answers
   * @param lateness runs what a passed deadline leads to, callbacks of strangers included
   * @param forms the question in the forms to try, at least one; each is asked for a new request
   *     every time it is sent, so that no nonce is sent twice
   */
  Attempt(
      HttpExchanges exchanges,
      Executor verification,
      Executor lateness,
      ResponderMemory memory,
      URI responder,
      List<Supplier<Asked<T>>> forms,
      Deadline deadline) {
    this.exchanges = exchanges;
    this.verification = verification;
    this.lateness = lateness;
    this.memory = memory;
    this.responder = responder;
    this.forms = forms;
    this.deadline = deadline;
    this.posting = memory.needsPost(responder);
    var unused = result.whenComplete((value, failure) -> end());
    deadline.whenPassed(this::late);
  }

  /** Returns the future of the outcome; it fails with an {@link OcspException}. */
  CompletableFuture<T> result() {
    return result;
  }

  private void late(HttpFailure timeout) {
    try {
      lateness.execute(() -> giveUp(timeout));
    } catch (RejectedExecutionException | Error e) {
      giveUp(timeout);
    }
  }

  private void giveUp(HttpFailure timeout) {
    List<OcspException> all = new ArrayList<>(failures);
    if (all.stream().noneMatch(HttpOutcome::isTimeout)) { // the exchange may have said so before
      all.add(HttpOutcome.failed(responder, timeout));
    }
    result.completeExceptionally(FailureRank.mostTelling(all));
  }

  private void end() {
    deadline.cancel();
    CompletableFuture<?> exchange = running;
    if (exchange != null) {
      exchange.cancel(true);
    }
  }

  /** Sends the question, and again in other ways as its answers suggest. */
  void step() {
    if (result.isDone()) {
      return;
    }
    try {
      Asked<T> asked = forms.get(form).get();
      URI getUri = posting ? responder : asked.request().getUri(responder);
      boolean post = posting || getUri.toString().length() > MAX_GET_URL;
      HttpValidator held = post || unconditionally ? null : asked.held();
      HttpCall call =
          post ? HttpCall.post(responder, asked.request().encoded()) : get(getUri, held);
      CompletableFuture<HttpAnswer> exchange = exchanges.send(call, deadline);
      running = exchange;
      if (result.isDone()) {
        exchange.cancel(true);
      }
      var unused =
          exchange
              .handleAsync(
                  (answer, failure) -> answered(asked, post, held != null, answer, failure),
                  verification)
              .exceptionally(this::broken);
    } catch (Throwable e) {
      // This may be a callback, where nobody would see it, and the result never come.
      result.completeExceptionally(e);
    }
  }

  private HttpCall get(URI uri, @Nullable HttpValidator held) {
    HttpCall call = HttpCall.get(uri);
    if (pastCaches) {
      pastCaches = false;
      call = call.bypassingCaches();
    }
    if (held == null) {
      return call;
    }
    return held.etag().isPresent()
        ? call.ifNoneMatch(held.etag().get())
        : call.ifModifiedSince(held.lastModified().orElseThrow());
  }

  // The executor has refused, or could not make a thread.
  private boolean broken(Throwable failure) {
    return result.completeExceptionally(
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure);
  }

  private boolean answered(
      Asked<T> asked,
      boolean post,
      boolean conditional,
      @Nullable HttpAnswer answer,
      @Nullable Throwable failure) {
    if (result.isDone()) {
      return false;
    }
    try {
      T value = settle(asked, conditional, answer, failure);
      if (fellBack) {
        memory.needsPostFromNowOn(responder);
      }
      result.complete(value);
    } catch (OcspException e) {
      failures.add(e);
      if (fellBack && HttpOutcome.isUnderstood(e)) {
        memory.needsPostFromNowOn(responder);
      }
      if (isOtherWayLeft(e, post, conditional, answer)) {
        step();
      } else {
        result.completeExceptionally(FailureRank.mostTelling(failures));
      }
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
    return result.isDone();
  }

  private T settle(
      Asked<T> asked, boolean conditional, @Nullable HttpAnswer answer, @Nullable Throwable failure)
      throws OcspException {
    if (answer == null) {
      throw HttpOutcome.failed(
          responder, failure == null ? new IllegalStateException("no outcome") : failure);
    }
    HttpOutcome.requireAnswer(responder, answer, conditional);
    try {
      return asked.judge().judge(answer);
    } catch (OcspException.Refused e) {
      throw HttpOutcome.completed(e, responder, answer);
    } catch (OcspException.Rejected e) {
      throw HttpOutcome.completed(e, responder, answer);
    }
  }

  // Each way is taken at most once: without a condition, past the caches, a POST instead of GETs,
  // the next form.
  private boolean isOtherWayLeft(
      OcspException failure, boolean post, boolean conditional, @Nullable HttpAnswer answer) {
    if (conditional && answer != null && answer.status() == HttpOutcome.NOT_MODIFIED) {
      unconditionally = true;
      pastCaches = goesPastCaches(failure, answer);
      return true;
    }
    if (!post && HttpOutcome.isGetNotUnderstood(failure)) {
      posting = true;
      fellBack = true;
      return true;
    }
    if (!post && answer != null && goesPastCaches(failure, answer)) {
      unconditionally = true;
      pastCaches = true;
      return true;
    }
    if (HttpOutcome.isOtherHashWorthwhile(failure) && form + 1 < forms.size()) {
      form++;
      return true;
    }
    return false;
  }

  // RFC 5019 section 6.2, kept by RFC 9919: caches are told to stand aside only after an expired
  // answer that one of them may have kept too long, and once.
  private boolean goesPastCaches(OcspException failure, HttpAnswer answer) {
    boolean wanted =
        !wentPastCaches
            && HttpOutcome.isStale(failure)
            && (answer.head().throughCache() || exchanges.isProxied(responder));
    wentPastCaches |= wanted;
    return wanted;
  }
}
