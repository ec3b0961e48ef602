package io.github.ocspstapler.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One HTTP request and the means to answer it. Confined to the thread of its connection. */
final class HttpExchange {
  private static final int MAX_LINE = 64 * 1024;
  private static final int MAX_BODY = 1024 * 1024;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final CountDownLatch down;
  private final AtomicLong bytesSent;
  private final Map<String, String> responseHeaders = new LinkedHashMap<>();
  private boolean ended;

  final String method;
  final String target;
  final Map<String, String> headers;
  final byte[] body;

  private HttpExchange(
      Socket socket,
      InputStream in,
      OutputStream out,
      CountDownLatch down,
      AtomicLong bytesSent,
      String[] requestLine,
      Map<String, String> headers,
      byte[] body) {
    this.socket = socket;
    this.in = in;
    this.out = out;
    this.down = down;
    this.bytesSent = bytesSent;
    this.method = requestLine[0];
    this.target = requestLine[1];
    this.headers = headers;
    this.body = body;
  }

  /** Returns the connection's next request, or null if the client has closed it. */
  static @Nullable HttpExchange read(
      Socket socket, InputStream in, OutputStream out, CountDownLatch down, AtomicLong bytesSent)
      throws IOException {
    String first = readLine(in);
    if (first == null) {
      return null;
    }
    String[] requestLine = first.split(" ", -1);
    if (requestLine.length != 3) {
      throw new IOException("not a request line: " + first);
    }
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = readLine(in); line != null && !line.isEmpty(); line = readLine(in)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(line.substring(0, colon), line.substring(colon + 1).trim());
      }
    }
    byte[] body = in.readNBytes(bodyLength(headers));
    return new HttpExchange(socket, in, out, down, bytesSent, requestLine, headers, body);
  }

  private static int bodyLength(Map<String, String> headers) throws IOException {
    String value = headers.getOrDefault("Content-Length", "0");
    try {
      int length = Integer.parseInt(value);
      if (length >= 0 && length <= MAX_BODY) {
        return length;
      }
    } catch (NumberFormatException e) {
      // Refused below, like a number that is out of range.
    }
    throw new IOException("Content-Length: " + value + " (expected: 0.." + MAX_BODY + ")");
  }

  private static @Nullable String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return null;
      }
      if (line.size() == MAX_LINE) {
        throw new IOException("a header line of more than " + MAX_LINE + " bytes");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  boolean ended() {
    return ended;
  }

  void header(String name, String value) {
    responseHeaders.put(name, value);
  }

  /** Sends a whole response. */
  void respond(int status, String contentType, byte[] content) throws IOException {
    boolean bodiless = status == 304 || method.equals("HEAD");
    if (!bodiless) {
      header("Content-Type", contentType);
      header("Content-Length", Integer.toString(content.length));
    }
    writeHead(status);
    if (!bodiless) {
      write(content, 0, content.length);
    }
    out.flush();
    endIfAsked();
  }

  /** Sends the head at once and the body a byte at a time. */
  void drip(byte[] content, Duration interval) throws IOException, InterruptedException {
    header("Content-Type", "application/ocsp-response");
    header("Content-Length", Integer.toString(content.length));
    writeHead(200);
    out.flush();
    for (int i = 0; i < content.length; i++) {
      pause(interval);
      write(content, i, 1);
      out.flush();
    }
    endIfAsked();
  }

  /** Sends a body of any size in chunks, so that the client cannot know the size beforehand. */
  void flood(long size) throws IOException {
    header("Content-Type", "application/ocsp-response");
    header("Transfer-Encoding", "chunked");
    writeHead(200);
    byte[] chunk = new byte[16 * 1024];
    for (long left = size; left > 0; left -= chunk.length) {
      int length = (int) Math.min(left, chunk.length);
      text(Integer.toHexString(length) + "\r\n");
      write(chunk, 0, length);
      text("\r\n");
    }
    text("0\r\n\r\n");
    out.flush();
    endIfAsked();
  }

  /** Promises the whole body, sends half of it and closes the connection. */
  void cutOff(byte[] content) throws IOException {
    header("Content-Type", "application/ocsp-response");
    header("Content-Length", Integer.toString(content.length));
    writeHead(200);
    write(content, 0, content.length / 2);
    out.flush();
    ended = true;
  }

  /** Sends nothing until the client gives up or the responder goes down. */
  void hang() throws IOException {
    ended = true;
    while (in.read() >= 0) {
      // A pipelined request would be hung as well.
    }
  }

  /** Closes the connection with a TCP reset. */
  void reset() throws IOException {
    ended = true;
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Waits for real time to pass; throws when the responder goes down meanwhile. */
  void pause(Duration duration) throws IOException, InterruptedException {
    if (!duration.isZero() && down.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new EOFException("the responder went down");
    }
  }

  private void endIfAsked() {
    String connection = headers.getOrDefault("Connection", "");
    if (connection.toLowerCase(Locale.ROOT).contains("close")) {
      ended = true;
    }
  }

  private void writeHead(int status) throws IOException {
    StringBuilder head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(status).append(' ').append(reason(status)).append("\r\n");
    responseHeaders.forEach(
        (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    text(head.append("\r\n").toString());
  }

  private void text(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    bytesSent.addAndGet(length);
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 302 -> "Found";
      case 304 -> "Not Modified";
      case 307 -> "Temporary Redirect";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 429 -> "Too Many Requests";
      case 500 -> "Internal Server Error";
      case 503 -> "Service Unavailable";
      default -> "Status";
    };
  }
}
