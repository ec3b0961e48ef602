package io.github.ocspstapler.internal.inprocess;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One OCSP fetch of the JDK, answered from memory: a GET when something stands behind the
 * responder's URL, else a POST.
 *
 * <p>Not thread-safe, as any {@code URLConnection}: confined to the thread that fetches. "None" is
 * an {@link IOException}: the JDK then goes on with the handshake at once and caches nothing.
 */
final class StapleConnection extends HttpURLConnection {
  private static final String GET_PREFIX =
      StapleUrlHandlerProvider.RESPONDER_URI.getRawPath() + "/";

  private final RequestBody posted = new RequestBody();
  private byte @Nullable [] answer; // null before it is asked for, and if there is none

  StapleConnection(URL url) {
    super(url);
  }

  @Override
  public void connect() {
    if (!connected) {
      connected = true;
      answer = ask().orElse(null);
    }
  }

  @Override
  public void disconnect() {
    // Nothing is open.
  }

  @Override
  public boolean usingProxy() {
    return false;
  }

  @Override
  public OutputStream getOutputStream() {
    return posted;
  }

  @Override
  public int getResponseCode() throws IOException {
    response();
    return HTTP_OK;
  }

  @Override
  public String getResponseMessage() throws IOException {
    response();
    return "OK";
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new ByteArrayInputStream(response());
  }

  @Override
  public long getContentLengthLong() {
    connect();
    return answer == null ? -1 : answer.length;
  }

  @Override
  public @Nullable String getHeaderField(@Nullable String name) {
    if ("content-type".equalsIgnoreCase(name)) {
      return "application/ocsp-response";
    }
    return "content-length".equalsIgnoreCase(name) ? Long.toString(getContentLengthLong()) : null;
  }

  private byte[] response() throws IOException {
    connect();
    if (answer == null) {
      throw new NoStapleException();
    }
    return answer;
  }

  private Optional<byte[]> ask() {
    InProcessResponder responder = StapleUrlHandlerProvider.responder();
    if (responder == null) {
      return Optional.empty();
    }
    String path = url.getPath();
    return path.startsWith(GET_PREFIX)
        ? responder.get(path.substring(GET_PREFIX.length()))
        : responder.post(posted.toByteArray());
  }

  /** What means "no staple" to the JDK's fetch; an everyday answer, so without a stack trace. */
  private static final class NoStapleException extends IOException {
    private static final long serialVersionUID = 1L;

    NoStapleException() {
      super("no current staple is kept for this certificate");
    }

    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  /** A request being posted; what exceeds the limit is dropped and makes the whole too long. */
  private static final class RequestBody extends OutputStream {
    private static final int KEPT = InProcessResponder.MAX_REQUEST_BYTES + 1;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream(128);

    @Override
    public void write(int b) {
      if (kept.size() < KEPT) {
        kept.write(b);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      kept.write(bytes, offset, Math.min(length, KEPT - kept.size()));
    }

    byte[] toByteArray() {
      return kept.toByteArray();
    }
  }
}
