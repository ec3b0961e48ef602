package io.github.ocspstapler.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A port of 127.0.0.1 that speaks just enough HTTP/1.1, on bare sockets, so that it can break every
 * rule of it. One thread accepts and one serves each connection, all of them daemons.
 */
final class HttpListener implements AutoCloseable {
  /** Answers one request; called in the thread of the connection. */
  interface Handler {
    void handle(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private static final int BACKLOG = 1024;
  private static final int REOPEN_ATTEMPTS = 400;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Handler handler;
  private final String name = "test-responder-" + NUMBER.incrementAndGet();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytesSent = new AtomicLong();
  private final AtomicInteger accepted = new AtomicInteger();
  private final int port;

  // Guarded by this.
  private @Nullable ServerSocket server;
  private @Nullable Socket placeholder; // has the port while nobody listens, so nobody else gets it
  private CountDownLatch down = new CountDownLatch(1);
  private boolean closed;

  HttpListener(int port, Handler handler) throws IOException {
    this.handler = handler;
    ServerSocket socket = bind(port);
    this.port = socket.getLocalPort();
    listen(socket);
  }

  int port() {
    return port;
  }

  long bytesSent() {
    return bytesSent.get();
  }

  int acceptedConnections() {
    return accepted.get();
  }

  synchronized boolean isOpen() {
    return server != null;
  }

  /** Closes the port and every connection. Does nothing if it is closed already. */
  synchronized void shut() {
    ServerSocket socket = server;
    if (socket == null) {
      return;
    }
    server = null;
    down.countDown();
    closeQuietly(socket);
    for (Socket connection : connections) {
      closeQuietly(connection);
    }
    if (!closed) {
      placeholder = holdPort();
    }
  }

  /** Binds the port without listening on it: whoever connects is refused. */
  private @Nullable Socket holdPort() {
    Socket socket = new Socket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(loopback(), port));
      return socket;
    } catch (IOException e) {
      closeQuietly(socket); // then it is free for others, and usually free again later
      return null;
    }
  }

  private void releasePort() {
    Socket socket = placeholder;
    placeholder = null;
    if (socket != null) {
      closeQuietly(socket);
    }
  }

  /** Opens the same port again. Does nothing if it is open. */
  synchronized void open() throws IOException {
    if (closed) {
      throw new IllegalStateException("the responder is closed");
    }
    if (server == null) {
      releasePort();
      listen(rebind());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    shut();
    releasePort();
  }

  private ServerSocket rebind() throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return bind(port);
      } catch (BindException e) {
        // Somebody else's outgoing connection can sit on the port for a moment.
        if (attempt == REOPEN_ATTEMPTS || pause()) {
          throw e;
        }
      }
    }
  }

  private static boolean pause() {
    try {
      return new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static ServerSocket bind(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(loopback(), port), BACKLOG);
      return socket;
    } catch (IOException e) {
      closeQuietly(socket);
      throw e;
    }
  }

  private static InetAddress loopback() throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }

  private synchronized void listen(ServerSocket socket) {
    server = socket;
    down = new CountDownLatch(1);
    CountDownLatch end = down;
    thread("accept", () -> acceptAll(socket, end));
  }

  private void acceptAll(ServerSocket socket, CountDownLatch end) {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        accepted.incrementAndGet();
        connections.add(connection);
        if (socket.isClosed()) {
          closeQuietly(connection);
        }
        thread("connection", () -> serve(connection, end));
      } catch (IOException e) {
        // Closed, or the peer was gone before it was accepted: the loop's condition knows.
      }
    }
  }

  private void serve(Socket connection, CountDownLatch end) {
    try (connection) {
      connection.setTcpNoDelay(true);
      BufferedInputStream in = new BufferedInputStream(connection.getInputStream());
      BufferedOutputStream out = new BufferedOutputStream(connection.getOutputStream());
      HttpExchange exchange = HttpExchange.read(connection, in, out, end, bytesSent);
      while (exchange != null) {
        handler.handle(exchange);
        if (exchange.ended()) {
          break;
        }
        exchange = HttpExchange.read(connection, in, out, end, bytesSent);
      }
    } catch (IOException e) {
      // The client went away, or the responder went down: what a test wants to happen.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(connection);
    }
  }

  private void thread(String role, Runnable work) {
    Thread thread = new Thread(work, name + "-" + role);
    thread.setDaemon(true);
    thread.start();
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // It is closed for us in any case, and the peer's view of it does not matter.
    }
  }
}
