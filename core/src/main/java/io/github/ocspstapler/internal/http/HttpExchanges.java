package io.github.ocspstapler.internal.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes HTTP/1.1 exchanges that are bounded in bytes, time and redirects, whatever the peer does.
 *
 * <p>Thread-safe; never blocks its caller. It starts no thread of its own, and its callbacks run on
 * the executor it is given.
 */
public final class HttpExchanges {
  // HTTP/1.1 throughout: the h2c upgrade that java.net.http offers by default confuses responders.
  private static final HttpClient.Version VERSION = HttpClient.Version.HTTP_1_1;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final Supplier<HttpClient> client;
  private final PerHostStarts starts;
  private final Clock clock;
  private final int maxBodyBytes;
  private final int maxRedirects;

  /**
   * Makes the exchanges of one client.
   *
   * @param client gives the client when it is first needed; it must not follow redirects itself
   * @param executor what a request is started on, since that may block in a name look-up
   * @param clock what the dates of a head are compared with
   * @param maxBodyBytes the largest body that is read
   * @param maxRedirects how many redirects are followed
   */
  public HttpExchanges(
      Supplier<HttpClient> client,
      Executor executor,
      Clock clock,
      int maxBodyBytes,
      int maxRedirects) {
    this.client = client;
    this.starts = new PerHostStarts(executor);
    this.clock = clock;
    this.maxBodyBytes = maxBodyBytes;
    this.maxRedirects = maxRedirects;
  }

  /**
   * Returns whether a URL is one to ask: http or https, with a host, and without the user
   * information that serves only to disguise the host (RFC 9110 section 4.2.4).
   *
   * @param uri the URL
   * @return whether it may be asked
   */
  public static boolean isAskable(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return (scheme.equals("http") || scheme.equals("https"))
        && uri.getHost() != null
        && uri.getRawUserInfo() == null
        && uri.getPort() <= 65535;
  }

  /**
   * Sends the call and follows its redirects.
   *
   * @param call what to send
   * @param deadline when all of it must be over
   * @return the answer, or a failure that is a {@link HttpFailure}; completing it in any way aborts
   *     the exchange and drops its connection
   */
  public CompletableFuture<HttpAnswer> send(HttpCall call, Deadline deadline) {
    Exchange exchange = new Exchange(call);
    deadline.bound(exchange.answer);
    try {
      starts.execute(host(call.uri()), () -> exchange.hop(call.uri(), call.body()));
    } catch (RejectedExecutionException e) {
      exchange.fail(HttpFailure.Kind.IO, "the client is shut down", e);
    }
    return exchange.answer;
  }

  /**
   * Returns whether a request to this URL goes through an HTTP proxy, which may be a cache.
   *
   * @param uri the URL
   * @return whether it does, as far as the one who chooses proxies says
   */
  public boolean isProxied(URI uri) {
    ProxySelector chooser = client.get().proxy().orElse(ProxySelector.getDefault());
    if (chooser == null || chooser instanceof PinnedAddresses) {
      return false; // the latter names the responder itself
    }
    try {
      return chooser.select(uri).stream().anyMatch(proxy -> proxy.type() == Proxy.Type.HTTP);
    } catch (RuntimeException e) {
      return false; // a user's code; without it, nothing is sent either
    }
  }

  private static String host(URI uri) {
    return String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
  }

  /** One call on its way: its steps follow each other, only aborting may come from aside. */
  private final class Exchange {
    private final HttpCall call;
    private final CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();

    // Written by the one step under way, read by whoever aborts.
    private volatile @Nullable CompletableFuture<?> running;

    // Confined to the steps.
    private int redirects;
    private boolean repeated;

    Exchange(HttpCall call) {
      this.call = call;
      var unused = answer.whenComplete((value, failure) -> abort());
    }

    private void abort() {
      CompletableFuture<?> sent = running;
      if (sent != null) {
        sent.cancel(true);
      }
    }

    void hop(URI uri, byte @Nullable [] body) {
      if (answer.isDone()) {
        return;
      }
      try {
        CompletableFuture<CappedBody.Content> collected = new CompletableFuture<>();
        CompletableFuture<HttpResponse<CappedBody.Content>> sent =
            client.get().sendAsync(request(uri, body), CappedBody.handler(maxBodyBytes, collected));
        running = sent;
        if (answer.isDone()) {
          sent.cancel(true);
        }
        var unused =
            sent.whenComplete((response, failure) ->
                arrived(
                    uri,
                    body,
                    response == null ? collected.getNow(null) : response.body(),
                    failure));
        // Completed by java.net.http itself, it would be by CompletableFuture's default executor.
        // Where there are one or two processors, that starts a thread each time (before JDK 25).
        var unusedEarly = collected.thenAccept(content -> sent.complete(null));
      } catch (PinnedAddresses.Refusal e) {
        answer.completeExceptionally(e.failure());
      } catch (IllegalArgumentException e) {
        fail(HttpFailure.Kind.FORBIDDEN, "not a URL to ask: " + e.getMessage(), e);
      } catch (RuntimeException e) {
        fail(HttpFailure.Kind.IO, "the request could not be sent: " + e, e);
      } catch (Error e) {
        answer.completeExceptionally(e); // nobody else would: this is a task of a pool
      }
    }

    private HttpRequest request(URI uri, byte @Nullable [] body) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .version(VERSION)
              .header("Accept", "application/ocsp-response")
              .header("User-Agent", "ocsp-stapler");
      call.headers().forEach(request::header);
      if (body == null) {
        return request.GET().build();
      }
      return request
          .header("Content-Type", "application/ocsp-request")
          .POST(HttpRequest.BodyPublishers.ofByteArray(body))
          .build();
    }

    private void arrived(
        URI uri,
        byte @Nullable [] body,
        CappedBody.@Nullable Content content,
        @Nullable Throwable failure) {
      if (answer.isDone()) {
        return;
      }
      if (content == null || failure != null) {
        broken(uri, body, failure);
      } else if (REDIRECTS.contains(content.status())) {
        redirect(uri, body, content);
      } else {
        complete(content);
      }
    }

    private void complete(CappedBody.Content content) {
      int status = content.status();
      if (status == 200 && content.cut()) {
        answer.completeExceptionally(
            new HttpFailure(
                HttpFailure.Kind.TOO_LARGE,
                status,
                "body of more than " + maxBodyBytes + " bytes",
                null));
        return;
      }
      HttpHead head = HttpHead.of(name -> content.headers().allValues(name), clock.instant());
      byte[] body = content.bytes().toByteArray();
      answer.complete(new HttpAnswer(status, head, body, call.body() == null));
    }

    // An OCSP request keeps its method when it is sent elsewhere: a GET of the target alone would
    // ask nothing. Only 303 says in so many words that the answer itself lies there.
    private void redirect(URI uri, byte @Nullable [] body, CappedBody.Content content) {
      int status = content.status();
      if (++redirects > maxRedirects) {
        refuse(status, "more than " + maxRedirects + " redirects", null);
        return;
      }
      Optional<String> location = content.headers().firstValue("Location");
      if (location.isEmpty()) {
        refuse(status, "redirect " + status + " without Location", null);
        return;
      }
      URI target;
      try {
        target = resolve(uri, location.get().strip());
      } catch (URISyntaxException | IllegalArgumentException e) {
        refuse(status, "redirect " + status + " to a Location that is no URL", e);
        return;
      }
      if (!isAskable(target)) {
        answer.completeExceptionally(
            new HttpFailure(
                HttpFailure.Kind.FORBIDDEN,
                status,
                "redirect to " + target + " (expected: http or https, a host, no user information)",
                null));
        return;
      }
      continueAt(target, status == 303 ? null : body);
    }

    // The target's name look-up may block: not on the thread that delivers responses.
    private void continueAt(URI target, byte @Nullable [] body) {
      try {
        starts.execute(host(target), () -> hop(target, body));
      } catch (RejectedExecutionException e) {
        fail(HttpFailure.Kind.IO, "the client is shut down", e);
      } catch (Error e) {
        answer.completeExceptionally(e); // no thread left, for example
      }
    }

    private void refuse(int status, String message, @Nullable Throwable cause) {
      answer.completeExceptionally(
          new HttpFailure(HttpFailure.Kind.REDIRECT, status, message, cause));
    }

    private void broken(URI uri, byte @Nullable [] body, @Nullable Throwable thrown) {
      Throwable failure =
          thrown instanceof CompletionException && thrown.getCause() != null
              ? thrown.getCause()
              : thrown;
      // A kept-alive connection may be closed by the peer just as a request goes out. The JDK sends
      // a GET again by itself but not a POST; an OCSP request changes nothing, so once more is
      // safe.
      boolean closed = failure instanceof IOException && !isOtherThanClosed(failure);
      if (closed && body != null && !repeated) {
        repeated = true;
        continueAt(uri, body);
        return;
      }
      answer.completeExceptionally(failure(failure));
    }

    private boolean isOtherThanClosed(Throwable failure) {
      return failure instanceof HttpTimeoutException
          || failure instanceof ConnectException
          || failure instanceof NoRouteToHostException
          || failure instanceof UnknownHostException
          || failure instanceof ProtocolException
          || failure instanceof javax.net.ssl.SSLException;
    }

    void fail(HttpFailure.Kind kind, String message, @Nullable Throwable cause) {
      answer.completeExceptionally(new HttpFailure(kind, message, cause));
    }
  }

  private static HttpFailure failure(@Nullable Throwable failure) {
    if (failure instanceof HttpConnectTimeoutException) {
      return new HttpFailure(HttpFailure.Kind.CONNECT, "no connection in time", failure);
    }
    if (failure instanceof HttpTimeoutException) {
      return new HttpFailure(HttpFailure.Kind.TIMEOUT, "no answer in time", failure);
    }
    if (failure instanceof UnknownHostException
        || (failure != null && failure.getCause() instanceof UnresolvedAddressException)) {
      return new HttpFailure(HttpFailure.Kind.DNS, "host name does not resolve", failure);
    }
    if (failure instanceof ConnectException || failure instanceof NoRouteToHostException) {
      return new HttpFailure(HttpFailure.Kind.CONNECT, "no connection" + because(failure), failure);
    }
    return new HttpFailure(HttpFailure.Kind.IO, "the connection broke" + because(failure), failure);
  }

  private static String because(@Nullable Throwable failure) {
    String message = failure == null ? null : failure.getMessage();
    return message == null ? "" : ": " + message;
  }

  // RFC 3986 5.2, where java.net.URI still follows RFC 2396: an empty base path, and a reference
  // that is a query only. The fragment stays here: java.net.http would send it to a proxy.
  static URI resolve(URI base, String reference) throws URISyntaxException {
    URI parsed = new URI(reference);
    URI target;
    if (reference.startsWith("?")) {
      target = new URI(root(base) + path(base) + reference);
    } else if (parsed.isAbsolute() || parsed.getRawAuthority() != null) {
      target = base.resolve(parsed);
    } else {
      target = new URI(root(base) + path(base)).resolve(parsed);
    }
    return withoutFragment(target);
  }

  private static String root(URI base) {
    return base.getScheme() + "://" + base.getRawAuthority();
  }

  private static String path(URI base) {
    return base.getRawPath().isEmpty() ? "/" : base.getRawPath();
  }

  /** Returns the URL without its fragment, which is never sent (RFC 9110 section 4.2.5). */
  public static URI withoutFragment(URI uri) {
    String text = uri.toString();
    int fragment = text.indexOf('#');
    return fragment < 0 ? uri : URI.create(text.substring(0, fragment));
  }
}
