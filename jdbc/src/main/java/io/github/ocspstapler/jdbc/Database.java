package io.github.ocspstapler.jdbc;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/**
 * A data source's connections, each used for a few statements that end in time and are each a
 * transaction of their own. Whatever goes wrong is an {@link IOException}. Thread-safe.
 */
final class Database {
  /** Transactions that the database chose to end for another's sake are begun so often. */
  private static final int ATTEMPTS = 5;

  /** After the statement's time, so that a database that is merely slow can say so itself. */
  private static final int NETWORK_GRACE_MILLIS = 1_000;

  /** "Unique violation" of PostgreSQL and H2, and what MariaDB says. */
  private static final Set<String> ALREADY_THERE = Set.of("23505", "23000");

  private final DataSource dataSource;
  private final int timeoutSeconds;

  Database(DataSource dataSource, Duration timeout) {
    this.dataSource = dataSource;
    this.timeoutSeconds = Math.toIntExact(timeout.plusMillis(999).toSeconds());
  }

  /** Statements on one connection. */
  interface Task<T> {
    T with(Session session) throws SQLException;
  }

  <T> T run(Task<T> task) throws IOException {
    try {
      for (int attempt = 1; ; attempt++) {
        try (Connection connection = dataSource.getConnection()) {
          return bounded(connection, task);
        } catch (SQLException e) {
          if (attempt == ATTEMPTS || !isRolledBack(e)) {
            throw e;
          }
        }
      }
    } catch (SQLException | RuntimeException e) { // pools and their wrappers throw both
      throw new IOException(sentence(e), e);
    }
  }

  private <T> T bounded(Connection connection, Task<T> task) throws SQLException {
    try (Bounds bounds = new Bounds(connection)) {
      bounds.set();
      return task.with(new Session(connection));
    }
  }

  /** A pool gets its connection back as it was. */
  private final class Bounds implements AutoCloseable {
    private final Connection connection;
    private final boolean autoCommit;
    private final int networkTimeout;
    private final int longest = timeoutSeconds * 1_000 + NETWORK_GRACE_MILLIS;
    private final boolean unbounded;

    Bounds(Connection connection) throws SQLException {
      this.connection = connection;
      this.autoCommit = connection.getAutoCommit();
      this.networkTimeout = networkTimeout(connection);
      this.unbounded = networkTimeout == 0 || networkTimeout > longest;
    }

    void set() throws SQLException {
      if (!autoCommit) {
        connection.setAutoCommit(true);
      }
      // The query time-out relies on a server that answers; one that hangs would be waited for.
      if (unbounded) {
        connection.setNetworkTimeout(Runnable::run, longest);
      }
    }

    @Override
    public void close() throws SQLException {
      if (connection.isClosed()) {
        return;
      }
      if (unbounded) {
        connection.setNetworkTimeout(Runnable::run, networkTimeout);
      }
      if (!autoCommit) {
        connection.setAutoCommit(false);
      }
    }
  }

  /** Returns 0 for none; -1 if the driver knows no such thing. */
  private static int networkTimeout(Connection connection) throws SQLException {
    try {
      return connection.getNetworkTimeout();
    } catch (SQLFeatureNotSupportedException e) {
      return -1;
    }
  }

  /** The standard's class 40. */
  private static boolean isRolledBack(SQLException e) {
    return e.getSQLState() != null && e.getSQLState().startsWith("40");
  }

  private static boolean isAlreadyThere(SQLException e) {
    return e.getSQLState() != null && ALREADY_THERE.contains(e.getSQLState());
  }

  /** The first line of each message: the rest is the statement, or a position in it. */
  private static String sentence(Exception e) {
    Throwable cause = e.getCause();
    String because = cause == null ? "" : " (" + firstLine(cause) + ")";
    String state =
        e instanceof SQLException sql && sql.getSQLState() != null
            ? " [" + sql.getSQLState() + "]"
            : "";
    return "database: " + firstLine(e) + because + state;
  }

  private static String firstLine(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getName() : e.getMessage();
    return message.lines().findFirst().orElse("").strip();
  }

  /** Statements on one connection. Confined to the task's thread. */
  final class Session {
    private final Connection connection;

    private Session(Connection connection) {
      this.connection = connection;
    }

    String product() throws SQLException {
      return connection.getMetaData().getDatabaseProductName();
    }

    /** Does what is without effect the second time. */
    void define(String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.setQueryTimeout(timeoutSeconds);
        try {
          statement.execute(sql);
        } catch (SQLException e) {
          if (!isAlreadyThere(e)) {
            throw e;
          }
          statement.execute(sql); // PostgreSQL's IF NOT EXISTS minds who does the same meanwhile
        }
      }
    }

    /** Returns how many rows it changed. */
    int change(String sql, Object... values) throws SQLException {
      try (PreparedStatement statement = prepared(sql, values)) {
        return statement.executeUpdate();
      }
    }

    /** Returns whether it is there now because of this; not if another row has the same key. */
    boolean insert(String sql, Object... values) throws SQLException {
      try {
        return change(sql, values) > 0;
      } catch (SQLException e) {
        if (isAlreadyThere(e)) {
          return false;
        }
        throw e;
      }
    }

    /** Returns the first column of the first row. */
    Optional<byte[]> bytes(String sql, Object... values) throws SQLException {
      try (PreparedStatement statement = prepared(sql, values);
          ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.ofNullable(rows.getBytes(1)) : Optional.empty();
      }
    }

    /** Returns all rows, of two strings each, but no more than a limit. */
    List<Pair> pairs(int limit, String sql) throws SQLException {
      try (PreparedStatement statement = prepared(sql)) {
        statement.setMaxRows(limit);
        try (ResultSet rows = statement.executeQuery()) {
          List<Pair> pairs = new ArrayList<>();
          while (rows.next()) {
            pairs.add(new Pair(rows.getString(1), rows.getString(2)));
          }
          return pairs;
        }
      }
    }

    private PreparedStatement prepared(String sql, Object... values) throws SQLException {
      PreparedStatement statement = connection.prepareStatement(sql);
      try {
        statement.setQueryTimeout(timeoutSeconds);
        for (int i = 0; i < values.length; i++) {
          statement.setObject(i + 1, values[i]);
        }
        return statement;
      } catch (SQLException | RuntimeException e) {
        statement.close();
        throw e;
      }
    }
  }

  /** A row of two columns. */
  record Pair(String first, String second) {}
}
