package io.github.ocspstapler;

import static java.util.Objects.requireNonNull;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.StaplerHealth.Status;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.jsse.KeyManagerWrapper;
import io.github.ocspstapler.jsse.StapleSource;
import io.github.ocspstapler.jsse.StaplingKeyManager;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.store.StapleStore;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a verified, fresh OCSP staple in memory for every certificate that a TLS server serves, and
 * hands it to the JDK's TLS.
 *
 * <pre>{@code
 * try (Stapler stapler = Stapler.builder().build()) {
 *   SSLContext tls = SSLContext.getInstance("TLS");
 *   tls.init(new KeyManager[] {stapler.wrap(keyManager)}, null, null);
 *   stapler.awaitStapled(Duration.ofSeconds(30));
 *   startServer(tls);
 * }
 * }</pre>
 *
 * <p>Build it before {@code SSLContext.getInstance}: the JDK decides there whether a context can
 * staple. Responses are fetched in the background, never in a handshake, and no handshake waits for
 * one but the first of a must-staple certificate ({@link Builder#mustStapleWait}). A response that
 * cannot be verified is never served, nor a staple that has ended, even if nothing renews it.
 *
 * <p>Thread-safe. It lives until {@link #close()}, or until neither it nor a key manager it wrapped
 * is referenced any more. Its threads are daemons.
 */
public final class Stapler implements KeyManagerWrapper, AutoCloseable {
  private final Clock clock;
  final Roster roster; // tests look into it
  private final Engine engine;
  private final Discovery discovery;
  final Handshakes handshakes; // tests shake hands
  private final Ending ending;

  private Stapler(Settings settings) {
    this.clock = settings.clock;
    this.roster = new Roster();
    this.ending = new Ending();
    // What runs in the background must not keep alive what tells it that nobody needs it any more.
    WeakReference<Stapler> self = new WeakReference<>(this);
    this.engine = new Engine(settings, roster, () -> self.get() == null, ending);
    this.discovery = new Discovery(settings, roster, engine);
    this.handshakes = new Handshakes(settings, discovery, engine);
    ending.engine = engine;
    ending.discovery = discovery;
    ending.client = settings.ownedClient;
    ending.scheduler = settings.ownedScheduler;
  }

  /**
   * Starts to build a stapler.
   *
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Wraps a key manager: every certificate it serves is stapled from now on.
   *
   * <p>Starts at once on all chains that it can list, and on any other when it is first served;
   * that first handshake goes on without a staple. Chains of one certificate, or without the
   * certificate's issuer, are passed through untouched. It is listed again from time to time, so
   * that one that was reloaded is noticed.
   *
   * <p>May block as the key manager does while it lists, but not for all of a long list: what takes
   * more than a tenth of a second goes on in the background, and {@link #awaitStapled} waits for
   * it.
   *
   * @param keyManager what chooses the certificate
   * @return a key manager that chooses the same
   * @throws IllegalStateException if the stapler is closed
   */
  @Override
  public X509ExtendedKeyManager wrap(X509ExtendedKeyManager keyManager) {
    requireNonNull(keyManager, "keyManager");
    if (engine.isClosed()) {
      throw new IllegalStateException("the stapler is closed");
    }
    discovery.watch(new Listing(keyManager));
    return new StaplingKeyManager(keyManager, handshakes.gate(keyManager));
  }

  /**
   * Starts on a chain and keeps it until its certificate expires. Does not block.
   *
   * @param chain the certificate, then its issuer, and so on
   * @return completes with the certificate's status after the first attempt, whatever came of it;
   *     at once if that is over, and when the stapler is closed; never exceptionally. Dependent
   *     actions run on the scheduler's threads and should not block
   * @throws IllegalArgumentException if the chain is empty
   */
  public CompletableFuture<StapleStatus> preload(List<X509Certificate> chain) {
    KeptCertificate kept = admit(chain);
    return kept == null
        ? CompletableFuture.completedFuture(notKept(chain))
        : engine.firstAttempt(kept);
  }

  /**
   * Asks about a chain's certificate now, whatever is planned; joins a request in flight. Does not
   * block.
   *
   * @param chain the certificate, then its issuer, and so on; kept from now on, as by {@link
   *     #preload}
   * @return completes with the certificate's status after the attempt, as {@link #preload} does
   * @throws IllegalArgumentException if the chain is empty
   */
  public CompletableFuture<StapleStatus> refresh(List<X509Certificate> chain) {
    KeptCertificate kept = admit(chain);
    return kept == null ? CompletableFuture.completedFuture(notKept(chain)) : engine.refresh(kept);
  }

  /**
   * Asks about a certificate that is kept already, whatever is planned; joins a request in flight.
   * Does not block.
   *
   * @param certificate the certificate
   * @return completes with the certificate's status after the attempt, as {@link #preload} does;
   *     empty if it is not kept
   */
  public Optional<CompletableFuture<StapleStatus>> refresh(X509Certificate certificate) {
    KeptCertificate kept = roster.find(requireNonNull(certificate, "certificate"));
    return kept == null ? Optional.empty() : Optional.of(engine.refresh(kept));
  }

  /**
   * Stops keeping a certificate: it is asked about no more, and has no staple. Does not block.
   *
   * <p>It comes back when it is preloaded, or when a wrapped key manager lists or serves it. The
   * issuers in its chain stay, as others may need them.
   *
   * @param certificate the certificate
   * @return whether it was kept
   */
  public boolean forget(X509Certificate certificate) {
    KeptCertificate kept = roster.find(requireNonNull(certificate, "certificate"));
    return kept != null && engine.forget(kept);
  }

  private @Nullable KeptCertificate admit(List<X509Certificate> chain) {
    return discovery.admit(List.copyOf(requireChain(chain)), true, null, 0);
  }

  private StapleStatus notKept(List<X509Certificate> chain) {
    X509Certificate leaf = chain.get(0);
    KeptCertificate stranger = KeptCertificate.stranger(leaf, clock.millis());
    if (engine.isClosed()) {
      stranger.snapshot =
          new Snapshot(null, State.PENDING, RefreshPlan.NEVER, "the stapler is closed", 0);
    }
    return stranger.status(stranger.snapshot, clock.millis());
  }

  private static List<X509Certificate> requireChain(List<X509Certificate> chain) {
    if (requireNonNull(chain, "chain").isEmpty()) {
      throw new IllegalArgumentException("chain: empty (expected: the certificate, its issuer, …)");
    }
    return chain;
  }

  /**
   * Waits until every kept certificate that can have a staple has one, intermediates included, and
   * every certificate that a key manager listed when it was wrapped is kept.
   *
   * @param timeout how long to wait at most
   * @return whether all have one; false if time is up or the stapler was closed
   * @throws InterruptedException if the waiting thread is interrupted
   */
  public boolean awaitStapled(Duration timeout) throws InterruptedException {
    return engine.awaitStapled(requireNonNull(timeout, "timeout"));
  }

  /**
   * Returns the staple to send now for a certificate, or empty if none is current.
   *
   * <p>Never blocks and takes no lock: safe on an event loop.
   *
   * @param certificate the certificate
   * @return its staple
   */
  public Optional<Staple> staple(X509Certificate certificate) {
    KeptCertificate kept = roster.find(requireNonNull(certificate, "certificate"));
    return kept == null ? Optional.empty() : kept.snapshot.present(clock.millis());
  }

  /**
   * Returns what is known about a chain's certificate. Does not block.
   *
   * @param chain the certificate, then its issuer, and so on
   * @return its status, or empty if it is not kept
   * @throws IllegalArgumentException if the chain is empty
   */
  public Optional<StapleStatus> status(List<X509Certificate> chain) {
    KeptCertificate kept = roster.find(requireChain(chain).get(0));
    return kept == null
        ? Optional.empty()
        : Optional.of(kept.status(kept.snapshot, clock.millis()));
  }

  /**
   * Lists all kept certificates. Does not block; reads every certificate's fields, so with many
   * certificates {@link #summary}, {@link #statuses(Set)} or {@link #worstFirst(Set, int, int)} is
   * for often.
   *
   * @return a row for each, in no particular order
   */
  public List<StapleStatus> statuses() {
    return roster.statuses(clock.millis());
  }

  /**
   * Lists the kept certificates that are in one of some states, a row at a time: for many
   * certificates, where only some are of interest. Does not block.
   *
   * <pre>{@code
   * stapler.statuses(EnumSet.of(State.UNAVAILABLE, State.REVOKED)).limit(100).toList();
   * }</pre>
   *
   * @param states the states
   * @return a row for each, in no particular order, made when it is taken: a certificate that comes
   *     or goes meanwhile may be in it or not
   */
  public Stream<StapleStatus> statuses(Set<State> states) {
    return roster.statuses(Set.copyOf(states), clock.millis());
  }

  /**
   * Lists the kept certificates that are in one of some states, the worst first: by {@linkplain
   * StapleStatus#severity severity}, then those without a staple, then by which ends first, then by
   * name. Does not block.
   *
   * <p>Looks at each certificate for a moment, and puts into order and makes rows of only so many
   * as are taken from the stream. What is skipped is taken, too: for pages there is {@link
   * #worstFirst(Set, int, int)}.
   *
   * @param states the states
   * @return a row for each, as they were when this was called; an ordered, sequential stream
   */
  public Stream<StapleStatus> worstFirst(Set<State> states) {
    return new WorstFirst(roster.all(), Set.copyOf(states), clock.millis()).stream();
  }

  /**
   * Returns a page of {@link #worstFirst(Set)}, and makes no rows but its own: for a listing of any
   * length. Does not block.
   *
   * @param states the states
   * @param offset how many rows come before the page, not negative
   * @param limit rows of the page at most, not negative
   * @return the page; empty behind the last
   * @throws IllegalArgumentException if {@code offset} or {@code limit} is negative
   */
  public List<StapleStatus> worstFirst(Set<State> states, int offset, int limit) {
    Set<State> wanted = Set.copyOf(states);
    if (offset < 0 || limit < 0) {
      throw new IllegalArgumentException(
          "offset, limit: " + offset + ", " + limit + " (expected: not negative)");
    }
    return new WorstFirst(roster.all(), wanted, clock.millis()).page(offset, limit);
  }

  /**
   * Lists the responder hosts that kept certificates are asked about at. Waits for no request.
   *
   * @return a row for each, in no particular order
   */
  public List<ResponderStatus> responders() {
    return engine.responders();
  }

  /**
   * Returns all kept certificates in a few numbers. Waits for no request, and costs the same for
   * any number of certificates: it may be asked for often.
   *
   * @return the numbers as of now
   */
  public StaplerSummary summary() {
    return engine.summary();
  }

  /**
   * Returns how the stapler does, for health checks. Waits for no request, and looks at no
   * certificate that is well: it may be asked for often.
   *
   * <p>A certificate that was rotated out counts until it is forgotten: an hour after its key
   * manager stopped listing it.
   *
   * @return the health as of now
   */
  public StaplerHealth health() {
    if (engine.isClosed()) {
      return new StaplerHealth(Status.DEGRADED, "the stapler is closed");
    }
    StaplerHealth health = engine.health();
    JsseDelivery installed = ending.delivery;
    if (health.status() == Status.UP
        && installed != null
        && installed.mode() == JsseDelivery.Mode.OFF) {
      return new StaplerHealth(Status.DEGRADED, installed.description());
    }
    return health;
  }

  /**
   * Returns how staples reach the JDK's TLS, as far as this process allows.
   *
   * @return the way that was found to work; {@link JsseDelivery.Mode#OFF} if none was, if none was
   *     asked for, and when the stapler is closed
   */
  public JsseDelivery.Mode delivery() {
    JsseDelivery installed = ending.delivery;
    return installed == null ? JsseDelivery.Mode.OFF : installed.mode();
  }

  /**
   * Stops: nothing is answered and nothing is asked any more, requests in flight are given up, and
   * pending futures are completed. Key managers it wrapped go on choosing.
   *
   * <p>Returns when all that was started by {@link Builder#build()} has ended, which takes well
   * below a second even if a responder hangs, and up to two more if the store is slow to take the
   * last staples. A client or scheduler given to the builder stays open.
   */
  @Override
  public void close() {
    ending.run();
  }

  Optional<byte[]> response(ByteBuffer certId) {
    return response(roster, clock, certId);
  }

  private static Optional<byte[]> response(Roster roster, Clock clock, ByteBuffer certId) {
    KeptCertificate kept = roster.find(certId);
    Staple staple = kept == null ? null : kept.snapshot.served(clock.millis());
    return staple == null ? Optional.empty() : Optional.of(staple.shared());
  }

  /** What a stapler is built from. Not thread-safe. */
  public static final class Builder {
    /** Default of {@link #maxConcurrency}: {@value}. */
    public static final int DEFAULT_MAX_CONCURRENCY = 64;

    /** Default of {@link #maxConcurrency} for one host: {@value}. */
    public static final int DEFAULT_MAX_CONCURRENCY_PER_HOST = 32;

    /** Default of {@link #maxCertificates}: {@value}. */
    public static final int DEFAULT_MAX_CERTIFICATES = 100_000;

    private final Settings settings = new Settings(Clock.systemUTC());
    private JsseDelivery.Mode delivery = JsseDelivery.Mode.AUTOMATIC;

    private Builder() {}

    /**
     * Sets what asks the responders. By default, a client with default settings, closed with the
     * stapler.
     *
     * @param client a client; it stays the caller's and is not closed
     * @return this
     */
    public Builder client(OcspClient client) {
      settings.client = requireNonNull(client, "client");
      return this;
    }

    /**
     * Sets what tells the time: when to ask, and what may still be served. By default the system's.
     *
     * @param clock a clock; called in handshakes
     * @return this
     */
    public Builder clock(Clock clock) {
      settings.clock = requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Sets what wakes the stapler up. By default two daemon threads of its own.
     *
     * @param scheduler a scheduler; it stays the caller's and is not shut down. A key manager that
     *     blocks while it is listed again blocks one of its threads
     * @return this
     */
    public Builder scheduler(ScheduledExecutorService scheduler) {
      settings.scheduler = requireNonNull(scheduler, "scheduler");
      return this;
    }

    /**
     * Sets who is told of what happens to staples. By default only the log.
     *
     * @param listener a listener
     * @return this
     */
    public Builder listener(StaplerListener listener) {
      settings.listener = requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Sets where to count. By default nowhere.
     *
     * @param metrics the metrics
     * @return this
     */
    public Builder metrics(StaplerMetrics metrics) {
      settings.metrics = requireNonNull(metrics, "metrics");
      return this;
    }

    /**
     * Sets where staples survive a restart, and are shared with other processes. By default
     * nowhere.
     *
     * <p>Whatever it holds is verified again before it is used. It is used in the background, but
     * for one case: the first handshake of a certificate whose staple is still to be looked up
     * waits for that, a second at most. While it fails, staples are kept in memory as without it.
     *
     * @param store a store; it stays the caller's
     * @return this
     */
    public Builder store(StapleStore store) {
      settings.store = requireNonNull(store, "store");
      return this;
    }

    /**
     * Sets how many requests may be in flight at once. By default {@value #DEFAULT_MAX_CONCURRENCY}
     * and {@value #DEFAULT_MAX_CONCURRENCY_PER_HOST}.
     *
     * @param total in all, at least 1
     * @param perHost to one responder host, at least 1
     * @return this
     */
    public Builder maxConcurrency(int total, int perHost) {
      settings.maxConcurrency = atLeastOne(total, "total");
      settings.maxConcurrencyPerHost = atLeastOne(perHost, "perHost");
      return this;
    }

    /**
     * Sets how many certificates are kept; beyond, those unseen for longest are forgotten. By
     * default {@value #DEFAULT_MAX_CERTIFICATES}.
     *
     * @param certificates their number, at least 1
     * @return this
     */
    public Builder maxCertificates(int certificates) {
      settings.maxCertificates = atLeastOne(certificates, "certificates");
      return this;
    }

    /**
     * Sets how long a certificate is kept that no server chooses any more. By default 7 days. One
     * that a wrapped key manager lists, or that was preloaded, is kept anyway; one that its key
     * manager no longer lists is forgotten after an hour.
     *
     * @param unseen the time, positive
     * @return this
     */
    public Builder forgetUnseenAfter(Duration unseen) {
      settings.forgetUnseenAfter = positive(unseen, "unseen");
      return this;
    }

    /**
     * Sets the pauses after failures: random below a bound that doubles from {@code first} to
     * {@code longest}, or to an eighth of what the staple at hand still lasts if that is less. By
     * default 10 seconds and 1 hour.
     *
     * @param first the bound after the first failure, at least a millisecond
     * @param longest the greatest bound, not below {@code first}
     * @return this
     */
    public Builder retry(Duration first, Duration longest) {
      settings.firstRetry = positive(first, "first");
      if (first.toMillis() == 0) {
        throw new IllegalArgumentException("first: " + first + " (expected: at least PT0.001S)");
      }
      settings.longestRetry = requireNonNull(longest, "longest");
      if (longest.compareTo(first) < 0 || longest.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException("longest: " + longest + " (expected: first..PT24H)");
      }
      return this;
    }

    /**
     * Sets how long before {@code nextUpdate} a staple is no longer served, for clients whose
     * clocks are ahead. By default 5 minutes; never more than an eighth of the staple's validity.
     *
     * @param margin the time, not negative
     * @return this
     */
    public Builder stopServingBefore(Duration margin) {
      if (requireNonNull(margin, "margin").isNegative()) {
        throw new IllegalArgumentException("margin: " + margin + " (expected: not negative)");
      }
      settings.stopBefore = margin;
      return this;
    }

    /**
     * Sets which certificates may be sent without a staple. By default all: {@link
     * StaplePolicy#LENIENT}.
     *
     * @param policy the policy
     * @return this
     */
    public Builder policy(StaplePolicy policy) {
      settings.policy = requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Sets what to serve while a certificate is revoked. By default nothing else: the revoked
     * certificate goes on without a staple, or is refused, as the {@link StaplePolicy} has it.
     *
     * @param replacement names another certificate of the same key manager
     * @return this
     */
    public Builder replacement(Replacement replacement) {
      settings.replacement = requireNonNull(replacement, "replacement");
      return this;
    }

    /**
     * Sets how long the first handshake of a must-staple certificate (RFC 7633), or of another that
     * the {@link StaplePolicy} would refuse, waits for its first staple, where it may: on a
     * blocking socket's own thread, never in an {@code SSLEngine}. By default 2 seconds. No other
     * handshake ever waits, nor one after the first attempt.
     *
     * @param wait the time, zero to a minute
     * @return this
     */
    public Builder mustStapleWait(Duration wait) {
      if (requireNonNull(wait, "wait").isNegative() || wait.compareTo(Duration.ofMinutes(1)) > 0) {
        throw new IllegalArgumentException("wait: " + wait + " (expected: PT0S..PT1M)");
      }
      settings.mustStapleWait = wait;
      return this;
    }

    /**
     * Serves the CA's "revoked" answer for a revoked certificate, so that clients learn of it. By
     * default nothing is served.
     *
     * @return this
     */
    public Builder relayRevoked() {
      settings.relayRevoked = true;
      return this;
    }

    /**
     * Sets how staples reach the JDK's TLS. By default the best way that is proven to work in this
     * process.
     *
     * @param mode the way
     * @return this
     */
    public Builder delivery(JsseDelivery.Mode mode) {
      this.delivery = requireNonNull(mode, "mode");
      return this;
    }

    /**
     * Shows the stapler to JMX, as a {@link StaplerMXBean} of the platform's MBean server. By
     * default it is not shown, and that server is not touched.
     *
     * @param name what tells it from other staplers of this process: {@code
     *     io.github.ocspstapler:type=Stapler,name=NAME}; letters, digits, dots, hyphens and
     *     underscores
     * @return this
     */
    public Builder jmx(String name) {
      if (!requireNonNull(name, "name").matches("[\\w.-]+")) {
        throw new IllegalArgumentException(
            "name: " + name + " (expected: letters, digits, '.', '-', '_')");
      }
      settings.jmxName = name;
      return this;
    }

    /** For tests: answers from memory. */
    Builder source(ResponseSource source) {
      settings.source = source;
      return this;
    }

    /** For tests: where the store is read and written, which is on threads of its own otherwise. */
    Builder storeExecutor(Executor executor) {
      settings.storeExecutor = executor;
      return this;
    }

    /** For tests: known dice. Used under the engine's lock only. */
    Builder random(RandomGenerator random) {
      settings.random = random;
      return this;
    }

    /**
     * Builds the stapler and installs its delivery.
     *
     * @return a stapler that keeps nothing yet
     * @throws IllegalStateException if it cannot be shown to {@link #jmx}: the name is in use, or
     *     this runtime lacks the module {@code java.management}
     */
    public Stapler build() {
      Settings settled = settings.settled();
      Stapler stapler = new Stapler(settled);
      stapler.engine.start();
      if (delivery != JsseDelivery.Mode.OFF) {
        Roster roster = stapler.roster;
        Clock time = settled.clock;
        StapleSource answers = certId -> response(roster, time, certId);
        stapler.ending.delivery = JsseDelivery.install(answers, delivery);
      }
      if (settled.jmxName != null) {
        show(stapler, settled.jmxName);
      }
      settled.metrics.watch(stapler);
      return stapler;
    }

    private static void show(Stapler stapler, String name) {
      try {
        stapler.ending.unregister = ManagedStapler.register(stapler, name);
      } catch (IllegalStateException e) {
        stapler.close();
        throw e;
      } catch (LinkageError e) {
        stapler.close();
        throw new IllegalStateException("jmx: this runtime lacks the module java.management", e);
      }
    }

    private static int atLeastOne(int value, String name) {
      if (value < 1) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
      }
      return value;
    }

    private static Duration positive(Duration value, String name) {
      if (requireNonNull(value, name).isNegative() || value.isZero()) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: positive)");
      }
      return value;
    }
  }
}
