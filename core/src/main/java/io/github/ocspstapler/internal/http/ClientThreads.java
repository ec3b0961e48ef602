package io.github.ocspstapler.internal.http;

import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one client, all daemons that end by themselves after a while without work, so that
 * a client that is dropped without being closed costs nothing: a few that start requests, a few
 * that serve {@code java.net.http}, one per processor that verifies, one that watches deadlines,
 * two that say that one has passed.
 *
 * <p>Thread-safe.
 */
public final class ClientThreads implements AutoCloseable {
  /** Threads may hang in a name look-up that cannot be interrupted; some must be left. */
  private static final int MAX_EXCHANGE_THREADS = 16;

  private static final int MAX_HTTP_THREADS = 4;

  /** A caller's callback may block one in spite of what it is told. */
  private static final int MIN_VERIFY_THREADS = 2;

  private static final int LATE_THREADS = 2;

  private static final String EXCHANGE = "exchange";
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration CLOSING = Duration.ofMillis(500);

  private final ThreadPoolExecutor exchanges = pool(EXCHANGE, MAX_EXCHANGE_THREADS);
  private final ThreadPoolExecutor http = pool("http", MAX_HTTP_THREADS);
  private final ThreadPoolExecutor verification =
      pool("verify", Math.max(MIN_VERIFY_THREADS, Runtime.getRuntime().availableProcessors()));
  private final ThreadPoolExecutor lateness = pool("late", LATE_THREADS);
  private final ScheduledThreadPoolExecutor timer;

  // All three: guarded by this.
  private @Nullable HttpClient httpClient;
  private @Nullable ThreadGroup selectorGroup;
  private boolean closed;

  /** Makes threads of which none is running yet. */
  public ClientThreads() {
    timer = new ScheduledThreadPoolExecutor(1, factory("deadline"));
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(IDLE.toNanos(), TimeUnit.NANOSECONDS);
    timer.allowCoreThreadTimeOut(true);
  }

  /** Returns what starts requests: its tasks may block in name look-ups. */
  public Executor exchanges() {
    return exchanges;
  }

  /** Returns what verifies: its tasks use the processor and never wait. */
  public Executor verification() {
    return verification;
  }

  /** Returns what goes on after a deadline has passed, also if all that verify are busy. */
  public Executor lateness() {
    return lateness;
  }

  /** Returns what watches deadlines: its tasks are short. */
  public ScheduledExecutorService timer() {
    return timer;
  }

  /**
   * Returns the HTTP client, made at the first call.
   *
   * @param connectTimeout how long a connection may take to come about
   * @param proxy what chooses the proxy; null for the JVM's own
   * @throws RejectedExecutionException if this is closed
   */
  public synchronized HttpClient httpClient(
      Duration connectTimeout, @Nullable ProxySelector proxy) {
    if (closed) {
      throw new RejectedExecutionException("closed");
    }
    HttpClient client = httpClient;
    if (client == null) {
      HttpClient.Builder builder =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(connectTimeout)
              .sslContext(ownSslContext())
              .executor(new HttpExecutor(http));
      if (proxy != null) {
        builder.proxy(proxy);
      }
      client = buildInGroup(builder);
      httpClient = client;
    }
    return client;
  }

  // HttpClient would otherwise make the JVM's default SSLContext, which would then never staple: a
  // context reads the stapling properties when it is made, and ours may come before a stapler's.
  private static SSLContext ownSslContext() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS context: " + e.getMessage(), e);
    }
  }

  // Before JDK 21 an HttpClient cannot be closed. Its selector thread belongs to the group of the
  // thread that makes the client, and ends, closing all connections, when it is interrupted.
  @SuppressWarnings("removal") // On JDK 17, only a daemon group leaves its parent when it empties.
  private HttpClient buildInGroup(HttpClient.Builder builder) {
    ThreadGroup group = new ThreadGroup(rootGroup(), "ocsp-http");
    group.setDaemon(true);
    Building building = new Building(builder);
    Thread maker = new Thread(group, building, "ocsp-http-build", 0, false);
    maker.setDaemon(true);
    maker.setContextClassLoader(ClassLoader.getSystemClassLoader());
    maker.start();
    joinUninterruptibly(maker);
    selectorGroup = group;
    return building.result();
  }

  private static final class Building implements Runnable {
    private final HttpClient.Builder builder;
    // Both: written by the maker, read after it was joined.
    private @Nullable HttpClient client;
    private @Nullable Throwable failure;

    Building(HttpClient.Builder builder) {
      this.builder = builder;
    }

    @Override
    public void run() {
      try {
        client = builder.build();
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }

    HttpClient result() {
      if (client == null) {
        throw new IllegalStateException("no HTTP client: " + failure, failure);
      }
      return client;
    }
  }

  private static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends all threads; waits for them at most a second, and not for itself if called on one. */
  @Override
  public void close() {
    ThreadGroup group;
    synchronized (this) {
      closed = true;
      httpClient = null;
      group = selectorGroup;
      selectorGroup = null;
    }
    if (group != null) {
      group.interrupt();
    }
    exchanges.shutdownNow();
    http.shutdownNow();
    verification.shutdownNow();
    lateness.shutdownNow();
    timer.shutdownNow();
    if (Thread.currentThread() instanceof ClientThread) {
      return;
    }
    try {
      // Within the one second that closing may take altogether.
      awaitEmpty(group);
      boolean ended =
          exchanges.awaitTermination(CLOSING.toMillis() / 2, TimeUnit.MILLISECONDS)
              && http.awaitTermination(CLOSING.toMillis() / 2, TimeUnit.MILLISECONDS)
              && verification.awaitTermination(CLOSING.toMillis() / 2, TimeUnit.MILLISECONDS)
              && lateness.awaitTermination(CLOSING.toMillis() / 2, TimeUnit.MILLISECONDS)
              && timer.awaitTermination(CLOSING.toMillis() / 2, TimeUnit.MILLISECONDS);
      if (!ended) {
        System.getLogger("io.github.ocspstapler")
            .log(
                System.Logger.Level.DEBUG,
                "a thread of the closed OCSP client still hangs in a name look-up; it ends with it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitEmpty(@Nullable ThreadGroup group) throws InterruptedException {
    if (group == null) {
      return;
    }
    Thread[] selectors = new Thread[4];
    int found = group.enumerate(selectors);
    for (int i = 0; i < found; i++) {
      selectors[i].join(CLOSING.toMillis());
    }
  }

  private static ThreadPoolExecutor pool(String role, int threads) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE.toNanos(),
            TimeUnit.NANOSECONDS,
            new LinkedBlockingQueue<>(),
            factory(role));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  // Knows nothing of this object: the HttpClient's selector thread reaches the pool, and must not
  // reach the HttpClient's last reference through it, for without it the thread ends.
  private static ThreadFactory factory(String role) {
    AtomicInteger count = new AtomicInteger();
    return task -> new ClientThread(role, task, count.incrementAndGet());
  }

  /**
   * The executor of the HttpClient, which hands it the start of a request too, name look-up
   * included: that stays on the thread that starts it. All else must not wait behind look-ups.
   */
  private static final class HttpExecutor implements Executor {
    private final Executor pool;

    HttpExecutor(Executor pool) {
      this.pool = pool;
    }

    @Override
    public void execute(Runnable task) {
      if (Thread.currentThread() instanceof ClientThread thread && thread.role.equals(EXCHANGE)) {
        task.run();
      } else {
        pool.execute(task);
      }
    }
  }

  private static final class ClientThread extends Thread {
    private final String role;

    ClientThread(String role, Runnable task, int number) {
      super(rootGroup(), task, "ocsp-" + role + "-" + number, 0, false);
      this.role = role;
      setDaemon(true);
      // Not the caller's: a pool must not keep a redeployed web application's classes alive.
      setContextClassLoader(ClassLoader.getSystemClassLoader());
    }
  }

  // A caller's own group may be gone by the time a thread is needed again.
  private static ThreadGroup rootGroup() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }
}
