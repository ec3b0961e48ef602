package io.github.ocspstapler.internal.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Collects a body up to a limit and drops the connection at the first byte beyond it, so that a
 * responder cannot make its client hold or even read more.
 */
public final class CappedBody implements BodySubscriber<CappedBody.Content> {

  /** An answer: its body's bytes, and whether there would have been more. */
  public record Content(
      int status, HttpHeaders headers, ByteArrayOutputStream bytes, boolean cut) {}

  private final int limit;
  private final ResponseInfo head;
  private final CompletableFuture<Content> collected;
  private final CompletableFuture<Content> result = new CompletableFuture<>();

  // Confined to the subscription's signals, which come one after the other.
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private Flow.@Nullable Subscription subscription;

  private CappedBody(int limit, ResponseInfo head, CompletableFuture<Content> collected) {
    this.limit = limit;
    this.head = head;
    this.collected = collected;
  }

  /**
   * Returns what makes one for each response.
   *
   * @param limit how many bytes are kept
   */
  public static BodyHandler<Content> handler(int limit) {
    return handler(limit, new CompletableFuture<>());
  }

  /**
   * Returns what makes one for a single response.
   *
   * @param limit how many bytes are kept
   * @param collected completed with the answer, before {@code java.net.http} gets it
   */
  // Static, so that it refers to no client: java.net.http keeps the last handler as long as a
  // connection, and lives on while somebody refers to the client.
  public static BodyHandler<Content> handler(int limit, CompletableFuture<Content> collected) {
    return head -> new CappedBody(limit, head, collected);
  }

  @Override
  public CompletionStage<Content> getBody() {
    return result;
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    if (subscription != null) {
      newSubscription.cancel();
      return;
    }
    subscription = newSubscription;
    newSubscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      int room = limit - bytes.size();
      byte[] chunk = new byte[Math.min(room, buffer.remaining())];
      buffer.get(chunk);
      bytes.writeBytes(chunk);
      if (buffer.hasRemaining()) {
        if (subscription != null) {
          subscription.cancel();
        }
        complete(true);
        return;
      }
    }
  }

  @Override
  public void onError(Throwable failure) {
    result.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    complete(false);
  }

  private void complete(boolean cut) {
    Content content = new Content(head.statusCode(), head.headers(), bytes, cut);
    collected.complete(content);
    result.complete(content);
  }
}
