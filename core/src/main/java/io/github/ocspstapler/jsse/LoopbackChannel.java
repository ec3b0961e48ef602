package io.github.ocspstapler.jsse;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.ocspstapler.internal.inprocess.InProcessResponder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * The way through a tiny HTTP responder on 127.0.0.1, under a random path.
 *
 * <p>Its threads are daemons, at most {@value #MAX_THREADS}, and end when nobody asks. Any process
 * of this machine can reach the port. With the path, it could learn the responses that every TLS
 * client is sent anyway; without, it could keep the threads busy, and then handshakes wait for
 * their staple as long as the JDK lets them (jdk.tls.stapling.responseTimeout): in-process delivery
 * has no such neighbours.
 */
final class LoopbackChannel implements Channel {
  /** As many as the JDK has fetching at a time for one SSLContext. */
  static final int MAX_THREADS = 8;

  /** The URLs of such channels, those of other copies of this library included. */
  static final Pattern OURS = Pattern.compile("http://127\\.0\\.0\\.1:\\d{1,5}/[0-9a-f]{32}");

  private static final int MAX_WAITING = 256;
  private static final long IDLE_SECONDS = 5;
  private static final int TOKEN_BYTES = 16;
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final HttpServer server;
  private final ThreadPoolExecutor workers;
  private final InProcessResponder responder;
  private final String path;

  private LoopbackChannel(
      HttpServer server, ThreadPoolExecutor workers, InProcessResponder responder, String path) {
    this.server = server;
    this.workers = workers;
    this.responder = responder;
    this.path = path;
  }

  static LoopbackChannel open(InProcessResponder responder) throws IOException {
    byte[] token = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(token);
    String path = "/" + HexFormat.of().formatHex(token);
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0),
            MAX_WAITING);
    LoopbackChannel channel = new LoopbackChannel(server, workers(), responder, path);
    server.createContext(path, channel::handle);
    server.setExecutor(channel.workers);
    channel.start();
    return channel;
  }

  private static ThreadPoolExecutor workers() {
    String name = "ocsp-stapler-loopback-" + COUNT.incrementAndGet();
    ThreadFactory daemons =
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        };
    ThreadPoolExecutor workers =
        new ThreadPoolExecutor(
            MAX_THREADS,
            MAX_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            daemons);
    workers.allowCoreThreadTimeOut(true);
    return workers;
  }

  // The server's dispatcher thread is a daemon only if the thread that starts it is one.
  private void start() {
    Thread starter = new Thread(server::start, "ocsp-stapler-loopback-start");
    starter.setDaemon(true);
    starter.start();
    boolean interrupted = false;
    while (true) {
      try {
        starter.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public JsseDelivery.Mode mode() {
    return JsseDelivery.Mode.LOOPBACK;
  }

  @Override
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  @Override
  public String description() {
    return "over loopback, 127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      // The server writes header and body apart and leaves Nagle's algorithm on: on a connection
      // that stays, the body waits some 40 ms for the acknowledgement of the header (measured).
      exchange.getResponseHeaders().set("Connection", "close");
      Optional<byte[]> response = answer(exchange);
      if (response.isEmpty()) {
        // Not an OCSP error status: this is read faster, and never taken for an answer.
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", "application/ocsp-response");
      exchange.sendResponseHeaders(200, response.get().length);
      exchange.getResponseBody().write(response.get());
    }
  }

  private Optional<byte[]> answer(HttpExchange exchange) throws IOException {
    String asked = exchange.getRequestURI().getRawPath();
    if (asked.equals(path) && exchange.getRequestMethod().equals("POST")) {
      return responder.post(
          exchange.getRequestBody().readNBytes(InProcessResponder.MAX_REQUEST_BYTES + 1));
    }
    if (asked.startsWith(path + "/") && exchange.getRequestMethod().equals("GET")) {
      return responder.get(asked.substring(path.length() + 1));
    }
    return Optional.empty();
  }
}
