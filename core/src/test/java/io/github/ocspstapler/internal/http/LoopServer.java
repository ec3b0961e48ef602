package io.github.ocspstapler.internal.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on a loopback address that answers each request with whatever bytes it is told to. */
public final class LoopServer implements AutoCloseable {

  /** Writes the answer to a request. */
  @FunctionalInterface
  public interface Handler {
    /** Answers on the connection, which is closed if this throws. */
    void answer(Request request, Socket connection) throws IOException;
  }

  /** A request as it came: the head's text without its empty line, and the body. */
  public static final class Request {
    private final String head;
    private final byte[] body;

    Request(String head, byte[] body) {
      this.head = head;
      this.body = body;
    }

    /** Returns the text of the head, without its empty line. */
    public String head() {
      return head;
    }

    /** Returns the body. */
    public byte[] body() {
      return body;
    }

    /** Returns the first line. */
    public String line() {
      return head.lines().findFirst().orElseThrow();
    }

    /** Returns the value of a header, or an empty text. */
    public String header(String name) {
      return head.lines()
          .skip(1)
          .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst()
          .orElse("");
    }
  }

  private final ServerSocket server;
  private final Handler handler;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

  private LoopServer(ServerSocket server, Handler handler) {
    this.server = server;
    this.handler = handler;
  }

  /** Starts a server on 127.0.0.1. */
  public static LoopServer start(Handler handler) throws IOException {
    return start("127.0.0.1", 0, handler);
  }

  /** Starts a server on a loopback address; port 0 is any free one. */
  public static LoopServer start(String address, int port, Handler handler) throws IOException {
    LoopServer server =
        new LoopServer(new ServerSocket(port, 50, InetAddress.getByName(address)), handler);
    server.daemon(server::accept);
    return server;
  }

  /** Answers with a status line's rest, for example {@code 200 OK}, header lines and a body. */
  public static void respond(Socket connection, String status, String headers, byte[] body)
      throws IOException {
    String head =
        "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + body.length + "\r\n\r\n";
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    answer.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
    answer.writeBytes(body);
    connection.getOutputStream().write(answer.toByteArray());
  }

  /** Returns the port. */
  public int port() {
    return server.getLocalPort();
  }

  /** Returns the requests so far. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket connection = server.accept();
        connections.add(connection);
        daemon(() -> serve(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = connection.getInputStream();
      for (Request request = read(in); request != null; request = read(in)) {
        requests.add(request);
        handler.answer(request, connection);
      }
    } catch (IOException e) {
      // The client went away, or the handler wants it so.
    } finally {
      connections.remove(connection);
    }
  }

  private static Request read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int c = in.read();
      if (c < 0) {
        return null;
      }
      head.append((char) c);
    }
    Request request = new Request(head.substring(0, head.length() - 4), new byte[0]);
    String length = request.header("Content-Length");
    byte[] body = length.isEmpty() ? new byte[0] : in.readNBytes(Integer.parseInt(length));
    return new Request(request.head(), body);
  }

  private void daemon(Runnable task) {
    Thread thread = new Thread(task, "loop-server-" + port());
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
