package io.github.ocspstapler.internal.http;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What to send: a GET, or a POST of an OCSP request. Immutable and thread-safe. */
public final class HttpCall {
  private final URI uri;
  private final byte @Nullable [] body;
  private final boolean bypassingCaches;

  private HttpCall(URI uri, byte @Nullable [] body, boolean bypassingCaches) {
    this.uri = uri;
    this.body = body;
    this.bypassingCaches = bypassingCaches;
  }

  /** Returns a GET of this URL. */
  public static HttpCall get(URI uri) {
    return new HttpCall(uri, null, false);
  }

  /** Returns a POST of these bytes, which are not copied. */
  public static HttpCall post(URI uri, byte[] body) {
    return new HttpCall(uri, body, false);
  }

  /** Returns the same call, asking caches on the way for the origin's answer. */
  public HttpCall bypassingCaches() {
    return new HttpCall(uri, body, true);
  }

  URI uri() {
    return uri;
  }

  byte @Nullable [] body() {
    return body;
  }

  boolean bypassesCaches() {
    return bypassingCaches;
  }
}
