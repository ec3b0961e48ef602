package io.github.ocspstapler.internal.http;

import org.jspecify.annotations.Nullable;

/** An HTTP exchange that brought no answer. Its message is a sentence without the asked URL. */
public final class HttpFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Kind {
    /** The URL, or the address behind it, is one that must not be asked. */
    FORBIDDEN,
    /** The host name did not resolve. */
    DNS,
    /** No connection came about. */
    CONNECT,
    /** The deadline passed. */
    TIMEOUT,
    /** The connection broke, or the peer does not speak HTTP. */
    IO,
    /** The body is larger than allowed. */
    TOO_LARGE,
    /** Too many redirects, or one without a usable target. */
    REDIRECT
  }

  private final Kind kind;
  private final int status;

  HttpFailure(Kind kind, String message, @Nullable Throwable cause) {
    this(kind, 0, message, cause);
  }

  HttpFailure(Kind kind, int status, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.status = status;
  }

  /** Returns what went wrong. */
  public Kind kind() {
    return kind;
  }

  /** Returns the HTTP status at which the exchange ended, or 0 if there was none. */
  public int status() {
    return status;
  }
}
