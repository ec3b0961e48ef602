package io.github.ocspstapler.status;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpServer;
import io.github.ocspstapler.Stapler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server that shows what a {@link Stapler} keeps: as a page ({@code /}), as JSON ({@code
 * /api/staples}, {@code /api/summary}), as metrics of Prometheus ({@code /metrics}) and to probes
 * ({@code /health}, {@code /health/live}, {@code /health/ready}).
 *
 * <pre>{@code
 * StatusMetrics metrics = StatusMetrics.create();
 * Stapler stapler = Stapler.builder().metrics(metrics).build();
 * StatusServer status = StatusServer.builder(stapler).metrics(metrics).port(9464).start();
 * }</pre>
 *
 * <p>It listens on the loopback interface unless told otherwise, and then wants a token from
 * everybody who reads. It is read-only, but that who has the token may have a responder asked. It
 * speaks plain HTTP: where a token travels through a network, put TLS in front.
 *
 * <p>Thread-safe. Its threads are daemons, at most {@value #MAX_THREADS}; it shares none with the
 * stapler, and whoever keeps it busy delays nobody but other readers.
 */
public final class StatusServer implements AutoCloseable {
  private static final int MAX_THREADS = 4;
  private static final int MAX_WAITING = 64;
  private static final long IDLE_SECONDS = 30;

  private final HttpServer server;
  private final ThreadPoolExecutor workers;

  private StatusServer(HttpServer server, ThreadPoolExecutor workers) {
    this.server = server;
    this.workers = workers;
  }

  /**
   * Starts to build a server.
   *
   * @param stapler what is shown; it stays the caller's and is not closed
   * @return a builder with the defaults
   */
  public static Builder builder(Stapler stapler) {
    return new Builder(requireNonNull(stapler, "stapler"));
  }

  /**
   * Returns where it listens.
   *
   * @return the address and the port
   */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /**
   * Returns the page's URL.
   *
   * @return a URL for a browser on this machine
   */
  public URI uri() {
    InetAddress address = address().getAddress();
    String host = address.isAnyLocalAddress() ? "127.0.0.1" : address.getHostAddress();
    boolean v6 = host.contains(":");
    return URI.create("http://" + (v6 ? "[" + host + "]" : host) + ":" + address().getPort() + "/");
  }

  /** Stops listening, and gives up requests in flight. Does not wait. */
  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }

  private static ThreadPoolExecutor workers() {
    ThreadFactory daemons =
        task -> {
          Thread thread = new Thread(task, "ocsp-stapler-status");
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
  private void listen() {
    CompletableFuture.runAsync(
            server::start,
            task -> {
              Thread starter = new Thread(task, "ocsp-stapler-status-start");
              starter.setDaemon(true);
              starter.start();
            })
        .join();
  }

  /** What a server is built from. Not thread-safe. */
  public static final class Builder {
    private final Stapler stapler;
    private final Set<String> hostNames = new HashSet<>();
    private InetAddress address = InetAddress.getLoopbackAddress();
    private int port;
    private boolean readersToo;
    private Optional<String> token = Optional.empty();
    private Clock clock = Clock.systemUTC();
    private LongSupplier nanoTime = System::nanoTime;
    private @Nullable StatusMetrics metrics;

    private Builder(Stapler stapler) {
      this.stapler = stapler;
    }

    /**
     * Sets what the stapler counts with; without, there are no charts and fewer metrics.
     *
     * @param metrics the stapler's
     * @return this
     */
    public Builder metrics(StatusMetrics metrics) {
      this.metrics = requireNonNull(metrics, "metrics");
      return this;
    }

    /**
     * Sets where to listen. By default on the loopback interface; anywhere else a {@linkplain
     * #token token} is a must.
     *
     * @param address an address of this machine
     * @return this
     */
    public Builder address(InetAddress address) {
      this.address = requireNonNull(address, "address");
      return this;
    }

    /**
     * Sets the port. By default a free one.
     *
     * @param port 1 to 65535, or 0 for a free one
     * @return this
     */
    public Builder port(int port) {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
      }
      this.port = port;
      return this;
    }

    /**
     * Sets what allows to have a responder asked now, and, if this is not the loopback interface,
     * to read. It is sent as {@code Authorization: Bearer …}. By default there is none, and nobody
     * can.
     *
     * @param token at least 16 characters that nobody can guess
     * @return this
     */
    public Builder token(String token) {
      this.token = Optional.of(requireNonNull(token, "token"));
      return this;
    }

    /**
     * Wants the {@linkplain #token token} from readers on this machine as well: for a machine with
     * other users, or with a reverse proxy in front, for which everybody is on this machine.
     *
     * @return this
     */
    public Builder requireTokenToRead() {
      this.readersToo = true;
      return this;
    }

    /**
     * Adds a name that browsers reach this server by. Addresses and {@code localhost} need not be
     * named; a request for any other name is refused (DNS rebinding).
     *
     * @param name a host's name, without a port
     * @return this
     */
    public Builder hostName(String name) {
      hostNames.add(requireNonNull(name, "name").toLowerCase(Locale.ROOT));
      return this;
    }

    /**
     * Sets what tells the time. By default the system's.
     *
     * @param clock the stapler's clock
     * @return this
     */
    public Builder clock(Clock clock) {
      this.clock = requireNonNull(clock, "clock");
      return this;
    }

    /** For tests: what tells how much time has passed. */
    Builder nanoTime(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      return this;
    }

    /**
     * Starts the server.
     *
     * @return a server that listens
     * @throws IllegalArgumentException if the token is too short
     * @throws IllegalStateException if a token is needed to read, and there is none
     * @throws IOException if it cannot listen there
     */
    public StatusServer start() throws IOException {
      Access access = new Access(token, address, readersToo, hostNames);
      Listing listing = new Listing(stapler, nanoTime);
      Documents documents = new Documents(stapler, listing, metrics, clock);
      Site site = new Site(stapler, access, listing, documents, nanoTime);
      HttpServer http = HttpServer.create(new InetSocketAddress(address, port), MAX_WAITING);
      StatusServer server = new StatusServer(http, workers());
      http.createContext("/", site::handle);
      http.setExecutor(server.workers);
      server.listen();
      return server;
    }
  }
}
