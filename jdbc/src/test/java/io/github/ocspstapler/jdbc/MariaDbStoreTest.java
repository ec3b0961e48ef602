package io.github.ocspstapler.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.store.FleetStoreContract;
import io.github.ocspstapler.testsupport.Eventually;
import java.io.Closeable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store on a real MariaDB. */
class MariaDbStoreTest extends FleetStoreContract {
  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir private static Path folder;

  private static MariaDbServer server;
  private JdbcStore store;

  @BeforeAll
  static void startServer() throws Exception {
    server = MariaDbServer.start(folder);
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void start() throws Exception {
    execute("", "DROP DATABASE IF EXISTS staples", "CREATE DATABASE staples");
    store = JdbcStore.builder(server.dataSource("staples")).timeout(Duration.ofSeconds(30)).build();
    store.createTables();
  }

  private static void execute(String database, String... statements) throws SQLException {
    try (Connection connection = server.dataSource(database).getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Override
  protected JdbcStore store() {
    return store;
  }

  private static JdbcStore told(String... atFirst) throws SQLException {
    return JdbcStore.builder(server.dataSource("staples", atFirst))
        .timeout(Duration.ofSeconds(30))
        .build();
  }

  private static JdbcStore at(Instant time) throws SQLException {
    return told("SET timestamp = " + time.getEpochSecond());
  }

  // 01:59:55, and ten seconds later it is 03:00:05.
  @Test
  void lease_serversClockIsPutForward_endsInTime() throws Exception {
    assertEndsInTime(Instant.parse("2026-03-29T01:00:00Z"));
  }

  // 02:59:55, and ten seconds later it is 02:00:05.
  @Test
  void lease_serversClockIsPutBack_endsInTime() throws Exception {
    assertEndsInTime(Instant.parse("2026-10-25T01:00:00Z"));
  }

  private static void assertEndsInTime(Instant change) throws Exception {
    Duration term = Duration.ofSeconds(10);
    assertThat(at(change.minusSeconds(5)).lease(ONE, term)).isPresent();

    assertThat(at(change.plusSeconds(4)).lease(ONE, term)).isEmpty();
    assertThat(at(change.plusSeconds(6)).lease(ONE, term)).isPresent();
  }

  // Whatever the sessions' time zones are.
  @Test
  void lease_nodeInAnotherTimeZone_isTimedByTheDatabase() throws Exception {
    JdbcStore west = told("SET time_zone = '-11:00'");
    JdbcStore east = told("SET time_zone = '+13:00'");
    assertThat(west.lease(ONE, LONG)).isPresent();
    assertThat(east.lease(OTHER, LONG)).isPresent();

    assertThat(east.lease(ONE, LONG)).isEmpty();
    assertThat(west.lease(OTHER, LONG)).isEmpty();

    execute("staples", "UPDATE ocsp_leases SET ends_at = ends_at - INTERVAL '60' SECOND");
    assertThat(east.lease(ONE, LONG)).isPresent();
    assertThat(west.lease(OTHER, LONG)).isPresent();
  }

  @Test
  void watch_nodeInAnotherTimeZoneSaves_isTold() throws Exception {
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    JdbcStore west =
        JdbcStore.builder(server.dataSource("staples", "SET time_zone = '-11:00'"))
            .newsInterval(Duration.ofSeconds(1))
            .build();
    try (Closeable watch = west.watch(heard::add)) {
      assertThat(watch).isNotNull();

      told("SET time_zone = '+13:00'").save(ONE, staple(1));
      Eventually.until(() -> !heard.isEmpty());
      told("SET time_zone = '-12:00'").save(OTHER, staple(2));
      Eventually.until(() -> heard.size() > 1);

      assertThat(heard).containsExactly(ONE, OTHER);
    }
  }
}
