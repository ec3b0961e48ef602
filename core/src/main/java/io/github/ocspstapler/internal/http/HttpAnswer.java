package io.github.ocspstapler.internal.http;

/** What came back: a status other than a redirect, the head's values and the whole body. */
public final class HttpAnswer {
  private final int status;
  private final HttpHead head;
  private final byte[] body;
  private final boolean toGet;

  HttpAnswer(int status, HttpHead head, byte[] body, boolean toGet) {
    this.status = status;
    this.head = head;
    this.body = body;
    this.toGet = toGet;
  }

  /** Returns the HTTP status. */
  public int status() {
    return status;
  }

  /** Returns what the head says. */
  public HttpHead head() {
    return head;
  }

  /** Returns the body, not copied; cut off at the limit if the status is not 200. */
  public byte[] body() {
    return body;
  }

  /** Returns whether a GET was sent: only then are its validators those of the URL. */
  public boolean isToGet() {
    return toGet;
  }
}
