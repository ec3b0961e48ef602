package io.github.ocspstapler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.ocspstapler.store.FleetStore;
import io.github.ocspstapler.store.StoredStaple;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.params.SetParams;

/**
 * A {@link FleetStore} in Redis or Valkey.
 *
 * <p>A staple is one value, {@code PREFIX FINGERPRINT}, that Redis drops when the staple ends; a
 * lease is a key of the same name with {@code :lease} behind it; news is published on the channel
 * {@code PREFIX news}. Like every store it need not be trusted, nor be there: what it returns is
 * verified again, and nodes fetch for themselves while it fails.
 *
 * <p>Thread-safe. Each method waits for Redis as long as its client does: a {@link Builder#timeout}
 * here, or whatever the given client was told. Whatever Redis or the way there does wrong is an
 * {@link IOException}.
 *
 * <pre>{@code
 * RedisStore store = RedisStore.builder().uri(URI.create("rediss://app:secret@redis.internal:6379")).build();
 * Stapler stapler = Stapler.builder().store(store).build();
 * }</pre>
 */
public final class RedisStore implements FleetStore, AutoCloseable {
  /** Redis need not keep longer what says that it never ends. */
  private static final Duration LONGEST = Duration.ofDays(366);

  private static final String CHANNEL = "news";

  private static final String RELEASE =
      "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

  private final UnifiedJedis redis;
  private final @Nullable UnifiedJedis toClose;
  private final String name;
  private final String prefix;
  private final Clock clock;

  /** Tells this node's leases and messages from those of others. */
  private final String origin = UUID.randomUUID().toString();

  private final AtomicLong leases = new AtomicLong();

  private RedisStore(Builder builder) {
    UnifiedJedis given = builder.client;
    URI uri = builder.uri;
    if ((given == null) == (uri == null)) {
      throw new IllegalStateException("expected: either a client or a uri");
    }
    if (uri != null) {
      this.redis = Connections.to(uri, builder.timeout, builder.sslOptions);
      this.toClose = redis;
      this.name = uri.getScheme() + "://" + Connections.address(uri); // no password
    } else {
      this.redis = requireNonNull(given);
      this.toClose = null;
      this.name = "redis";
    }
    this.prefix = builder.keyPrefix;
    this.clock = builder.clock;
  }

  /**
   * Returns a builder. It needs either a {@link Builder#client} or a {@link Builder#uri}.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Optional<StoredStaple> load(String fingerprint) throws IOException {
    // No more of it than can be of use: whoever can write here could put anything.
    byte[] value = tell(() -> redis.getrange(key(fingerprint), 0, StoredStaple.MAX_ENCODED));
    return value == null || value.length == 0
        ? Optional.empty()
        : Optional.of(StoredStaple.decode(value));
  }

  @Override
  public void save(String fingerprint, StoredStaple staple) throws IOException {
    Instant now = clock.instant();
    if (!staple.validUntil().isAfter(now)) {
      remove(fingerprint);
      return;
    }
    Instant longest = now.plus(LONGEST);
    Instant end = staple.validUntil().isBefore(longest) ? staple.validUntil() : longest;
    long millis = Math.max(1, Duration.between(now, end).toMillis());
    byte[] value = staple.encode();
    // Relative, because it is Redis's clock that counts.
    var unused = tell(() -> redis.set(key(fingerprint), value, SetParams.setParams().px(millis)));
    publish(fingerprint);
  }

  /** It was saved, whether anybody hears of it or not. */
  private void publish(String fingerprint) {
    try {
      redis.publish(prefix + CHANNEL, origin + " " + fingerprint);
    } catch (RuntimeException e) {
      // Others look into the store anyway.
    }
  }

  @Override
  public Optional<Lease> lease(String fingerprint, Duration term) throws IOException {
    String key = prefix + fingerprint + ":lease";
    String owner = origin + "-" + leases.incrementAndGet();
    SetParams ifAbsent = SetParams.setParams().nx().px(Math.max(1, term.toMillis()));
    return tell(() -> redis.set(key, owner, ifAbsent)) == null
        ? Optional.empty()
        : Optional.of(() -> release(key, owner));
  }

  private void release(String key, String owner) throws IOException {
    var unused = tell(() -> redis.eval(RELEASE, List.of(key), List.of(owner)));
  }

  @Override
  public Closeable watch(Consumer<String> saved) {
    return new RedisNews(redis, prefix + CHANNEL, origin, requireNonNull(saved, "saved")).started();
  }

  @Override
  public void remove(String fingerprint) throws IOException {
    var unused = tell(() -> redis.del(key(fingerprint)));
  }

  /** Closes the connections that this store made; a client that was given stays open. */
  @Override
  public void close() {
    if (toClose != null) {
      toClose.close();
    }
  }

  private byte[] key(String fingerprint) {
    return (prefix + fingerprint).getBytes(UTF_8);
  }

  private static <T> @Nullable T tell(Supplier<T> command) throws IOException {
    try {
      return command.get();
    } catch (RuntimeException e) { // what Jedis makes of nonsense is not always a JedisException
      Throwable cause = e.getCause();
      String because = cause == null ? "" : " (" + cause.getMessage() + ")";
      throw new IOException("Redis: " + e.getMessage() + because, e);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  /** Collects what a {@link RedisStore} needs. Not thread-safe. */
  public static final class Builder {
    private @Nullable UnifiedJedis client;
    private @Nullable URI uri;
    private SslOptions sslOptions = SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL).build();
    private Duration timeout = Duration.ofSeconds(2);
    private String keyPrefix = "ocsp-stapler:";
    private Clock clock = Clock.systemUTC();

    private Builder() {}

    /**
     * Uses a client of yours, for a Sentinel, a Cluster, or a pool that you share. Give it short
     * time-outs. It stays open when the store is closed.
     *
     * @param client whatever Jedis offers
     * @return this
     */
    public Builder client(UnifiedJedis client) {
      this.client = requireNonNull(client, "client");
      return this;
    }

    /**
     * Connects to one server: {@code redis://USER:PASSWORD@HOST:PORT/DATABASE}, or {@code
     * rediss://} for TLS, on which the server's name is verified. All but the host may be left out;
     * nothing is connected before it is needed.
     *
     * @param uri where; a password in it is told to nobody else
     * @return this
     * @throws IllegalArgumentException if it is no such URI
     */
    public Builder uri(URI uri) {
      this.uri = Connections.checked(requireNonNull(uri, "uri"));
      return this;
    }

    /**
     * Sets whom TLS trusts, and the client's own certificate, if not the JVM's defaults. Of use
     * with a {@link #uri} only.
     *
     * @param options Jedis's; leave its {@link SslVerifyMode} at {@code FULL}
     * @return this
     */
    public Builder sslOptions(SslOptions options) {
      this.sslOptions = requireNonNull(options, "options");
      return this;
    }

    /**
     * Sets how long to wait for a connection, and for an answer: two seconds if not set. Of use
     * with a {@link #uri} only.
     *
     * @param timeout from a millisecond to a minute
     * @return this
     */
    public Builder timeout(Duration timeout) {
      if (timeout.compareTo(Duration.ofMillis(1)) < 0
          || timeout.compareTo(Duration.ofMinutes(1)) > 0) {
        throw new IllegalArgumentException("timeout: " + timeout + " (expected: 1 ms..1 min)");
      }
      this.timeout = timeout;
      return this;
    }

    /**
     * Sets what all keys begin with: {@code ocsp-stapler:} if not set.
     *
     * @param prefix may be empty
     * @return this
     */
    public Builder keyPrefix(String prefix) {
      this.keyPrefix = requireNonNull(prefix, "prefix");
      return this;
    }

    /**
     * Sets the clock that says how long a staple is still valid: the system's if not set.
     *
     * @param clock the clock
     * @return this
     */
    public Builder clock(Clock clock) {
      this.clock = requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Returns the store. Does not block: it connects when it is used.
     *
     * @return a new store
     * @throws IllegalStateException unless there is either a client or a URI
     */
    public RedisStore build() {
      return new RedisStore(this);
    }
  }
}
