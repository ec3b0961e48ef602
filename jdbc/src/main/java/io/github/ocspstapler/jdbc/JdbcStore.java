package io.github.ocspstapler.jdbc;

import static java.util.Objects.requireNonNull;

import io.github.ocspstapler.store.FleetStore;
import io.github.ocspstapler.store.StoredStaple;
import java.io.Closeable;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * A {@link FleetStore} in a database: PostgreSQL, MariaDB, or H2.
 *
 * <p>Staples are the rows of one table and leases those of another. A lease is timed by the
 * database's clock, not by the nodes'. News is looked for every few seconds, since JDBC cannot be
 * told of it. Like every store it need not be trusted, nor be there: what it returns is verified
 * again, and nodes fetch for themselves while it fails.
 *
 * <p>Thread-safe. Each method takes one connection, for a few statements, each of them ended after
 * {@link Builder#timeout} and a transaction of its own. How long a connection is waited for is the
 * data source's matter. Whatever the database, the data source or the way there does wrong is an
 * {@link IOException}. There is nothing to close but the data source, which is yours.
 *
 * <pre>{@code
 * JdbcStore store = JdbcStore.builder(dataSource).build();
 * store.createTables(); // unless somebody else has
 * Stapler stapler = Stapler.builder().store(store).build();
 * }</pre>
 */
public final class JdbcStore implements FleetStore {
  /** Whoever has a clock that is behind may still use an entry for so long. */
  private static final Duration KEPT_EXPIRED = Duration.ofDays(1);

  private static final int SAVE_ATTEMPTS = 10;

  /** The year 9999, beyond which other programs cannot count. */
  private static final long NEVER = 253_402_300_799L;

  private final Database database;
  private final Tables tables;
  private final Duration newsInterval;

  /** Tells this node's leases and rows from those of others. */
  private final String origin = UUID.randomUUID().toString();

  private final AtomicLong signatures = new AtomicLong();

  private JdbcStore(Builder builder) {
    this.database = new Database(builder.dataSource, builder.timeout);
    this.tables = new Tables(builder.tablePrefix);
    this.newsInterval = builder.newsInterval;
  }

  /**
   * Returns a builder.
   *
   * @param dataSource where connections come from: best a pool, with a short time-out for getting
   *     one. Stays open, and gets its connections back as they were
   * @return a new builder
   */
  public static Builder builder(DataSource dataSource) {
    return new Builder(requireNonNull(dataSource, "dataSource"));
  }

  /**
   * Creates the two tables, if they are not there. Never called by the store itself: a user of the
   * database that may not create tables has somebody else do it.
   *
   * @throws IOException if that fails, or this user may not
   */
  public void createTables() throws IOException {
    var unused =
        database.run(session -> {
          for (String definition : tables.definitions(session.product())) {
            session.define(definition);
          }
          return true;
        });
  }

  @Override
  public Optional<StoredStaple> load(String fingerprint) throws IOException {
    return database
        .run(session -> session.bytes(tables.load(), fingerprint))
        .filter(value -> value.length > 0)
        .map(StoredStaple::decode);
  }

  @Override
  public void save(String fingerprint, StoredStaple staple) throws IOException {
    long end = Math.max(0, Math.min(NEVER, staple.validUntil().getEpochSecond()));
    Object[] values = {staple.encode(), end, signature(), fingerprint};
    if (!database.run(session -> replaceOrAdd(session, values))) {
      throw new IOException("database: " + tables + " has no such row, and takes no new one");
    }
  }

  /** Another node may add or remove it between the two. */
  private boolean replaceOrAdd(Database.Session session, Object[] values) throws SQLException {
    for (int i = 0; i < SAVE_ATTEMPTS; i++) {
      if (session.change(tables.replace(), values) > 0 || session.insert(tables.add(), values)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void remove(String fingerprint) throws IOException {
    var unused = database.run(session -> session.change(tables.remove(), fingerprint));
  }

  @Override
  public void removeExpired(Instant now) throws IOException {
    long end = now.minus(KEPT_EXPIRED).getEpochSecond();
    var unused =
        database.run(session ->
            session.change(tables.removeExpired(), end)
                + session.change(tables.removeEndedLeases()));
  }

  @Override
  public Optional<Lease> lease(String fingerprint, Duration term) throws IOException {
    String owner = signature();
    boolean taken =
        database.run(session ->
            session.change(tables.takeEndedLease(term), owner, fingerprint) > 0
                || session.insert(tables.takeFreeLease(term), owner, fingerprint, fingerprint));
    return taken ? Optional.of(() -> release(fingerprint, owner)) : Optional.empty();
  }

  private void release(String fingerprint, String owner) throws IOException {
    var unused = database.run(session -> session.change(tables.releaseLease(), fingerprint, owner));
  }

  @Override
  public Closeable watch(Consumer<String> saved) {
    requireNonNull(saved, "saved");
    return new JdbcNews(database, tables, newsInterval, origin, saved).started();
  }

  private String signature() {
    return origin + "-" + signatures.incrementAndGet();
  }

  @Override
  public String toString() {
    return "database table " + tables;
  }

  /** Collects what a {@link JdbcStore} needs. Not thread-safe. */
  public static final class Builder {
    private final DataSource dataSource;
    private String tablePrefix = "ocsp_";
    private Duration timeout = Duration.ofSeconds(2);
    private Duration newsInterval = Duration.ofSeconds(5);

    private Builder(DataSource dataSource) {
      this.dataSource = dataSource;
    }

    /**
     * Sets what the names of both tables, {@code …staples} and {@code …leases}, begin with: {@code
     * ocsp_} if not set.
     *
     * @param prefix at most 32 letters of ASCII, digits and underscores, with a schema before it or
     *     not: {@code tls.ocsp_}
     * @return this
     * @throws IllegalArgumentException if it is anything else
     */
    public Builder tablePrefix(String prefix) {
      this.tablePrefix = Tables.checkedPrefix(requireNonNull(prefix, "prefix"));
      return this;
    }

    /**
     * Sets after how long a statement is ended: two seconds if not set. A connection that does not
     * even answer to that is given up a second later, if its driver can.
     *
     * @param timeout from a second to a minute; JDBC counts whole seconds, so it is rounded up
     * @return this
     */
    public Builder timeout(Duration timeout) {
      if (timeout.compareTo(Duration.ofSeconds(1)) < 0
          || timeout.compareTo(Duration.ofMinutes(1)) > 0) {
        throw new IllegalArgumentException("timeout: " + timeout + " (expected: 1 s..1 min)");
      }
      this.timeout = timeout;
      return this;
    }

    /**
     * Sets how often to look for what other nodes have saved: every five seconds if not set.
     *
     * @param interval from a second to an hour
     * @return this
     */
    public Builder newsInterval(Duration interval) {
      if (interval.compareTo(Duration.ofSeconds(1)) < 0
          || interval.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException("newsInterval: " + interval + " (expected: 1 s..1 h)");
      }
      this.newsInterval = interval;
      return this;
    }

    /**
     * Returns the store. Does not block: it connects when it is used.
     *
     * @return a new store
     */
    public JdbcStore build() {
      return new JdbcStore(this);
    }
  }
}
