package io.github.ocspstapler.internal.http;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What to send: a GET, or a POST of an OCSP request. Immutable and thread-safe. */
public final class HttpCall {
  private final URI uri;
  private final byte @Nullable [] body;
  private final Map<String, String> headers;

  private HttpCall(URI uri, byte @Nullable [] body, Map<String, String> headers) {
    this.uri = uri;
    this.body = body;
    this.headers = headers;
  }

  /** Returns a GET of this URL. */
  public static HttpCall get(URI uri) {
    return new HttpCall(uri, null, Map.of());
  }

  /** Returns a POST of these bytes, which are not copied. */
  public static HttpCall post(URI uri, byte[] body) {
    return new HttpCall(uri, body, Map.of());
  }

  /** Returns the same call, asking caches on the way for the origin's answer. */
  public HttpCall bypassingCaches() {
    return with("Cache-Control", "no-cache").with("Pragma", "no-cache");
  }

  /** Returns the same call, for what is another than what has this entity tag. */
  public HttpCall ifNoneMatch(String etag) {
    return with("If-None-Match", etag);
  }

  /** Returns the same call, for what has changed since. */
  public HttpCall ifModifiedSince(Instant date) {
    return with("If-Modified-Since", HttpHead.sent(date));
  }

  private HttpCall with(String name, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(name, value);
    return new HttpCall(uri, body, more);
  }

  URI uri() {
    return uri;
  }

  byte @Nullable [] body() {
    return body;
  }

  /** Returns the headers that make it special, by name. */
  Map<String, String> headers() {
    return headers;
  }
}
