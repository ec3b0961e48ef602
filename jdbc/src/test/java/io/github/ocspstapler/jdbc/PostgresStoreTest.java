package io.github.ocspstapler.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.ocspstapler.store.FleetStoreContract;
import io.github.ocspstapler.store.StoredStaple;
import io.github.ocspstapler.testsupport.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store on a real PostgreSQL, and all that can be wrong with one. */
class PostgresStoreTest extends FleetStoreContract {
  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir private static Path folder;

  private static PostgresServer server;
  private JdbcStore store;

  @BeforeAll
  static void startServer() throws Exception {
    server = PostgresServer.start(folder);
  }

  @AfterAll
  static void stopServer() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void start() throws Exception {
    server.execute(
        "DROP SCHEMA public CASCADE",
        "CREATE SCHEMA public",
        "GRANT USAGE ON SCHEMA public TO PUBLIC", // as in every new database
        "DROP ROLE IF EXISTS app");
    store = on(server.dataSource(PostgresServer.OWNER));
    store.createTables();
  }

  /** With a time-out that a busy machine does not reach. */
  private static JdbcStore on(DataSource dataSource) {
    return JdbcStore.builder(dataSource).timeout(Duration.ofSeconds(30)).build();
  }

  private static JdbcStore impatient(DataSource dataSource) {
    return JdbcStore.builder(dataSource).timeout(Duration.ofSeconds(1)).build();
  }

  @Override
  protected JdbcStore store() {
    return store;
  }

  @Test
  void save_manyNodesAtOnceAndNoneThere_leavesOneOfThem() throws Exception {
    IntStream.range(0, 50)
        .parallel()
        .forEach(i -> {
          try {
            store.save(ONE, staple(i));
            store.remove(ONE);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    store.save(ONE, staple(1));

    assertThat(store.load(ONE)).hasValue(staple(1));
  }

  @Test
  void save_validForEver_isKept() throws Exception {
    store.save(ONE, endingAt(Instant.MAX));
    store.save(OTHER, endingAt(Instant.MIN));

    assertThat(store.load(ONE)).hasValue(endingAt(Instant.MAX));
    assertThat(store.load(OTHER)).hasValue(endingAt(Instant.MIN));
  }

  // X12: the verifier's business, and never more of it than it would look at.
  @Test
  void load_hugeValue_readsTheBeginningOnly() throws Exception {
    poison(new byte[5_000_000]);

    byte[] response = store.load(ONE).orElseThrow().response();

    assertThat(response).hasSize(StoredStaple.MAX_ENCODED + 1);
  }

  @Test
  void load_foreignBytes_passForAResponse() throws Exception {
    byte[] foreign = "validUntil=never\n\nand more".getBytes(UTF_8);
    poison(foreign);

    assertThat(store.load(ONE).orElseThrow().response()).isEqualTo(foreign);
  }

  private void poison(byte[] value) throws Exception {
    store.save(ONE, staple(1));
    try (Connection connection = server.dataSource(PostgresServer.OWNER).getConnection();
        PreparedStatement poison =
            connection.prepareStatement("UPDATE ocsp_staples SET staple = ?")) {
      poison.setBytes(1, value);
      poison.executeUpdate();
    }
  }

  @Test
  void load_nothingInTheRow_isEmptyUntilItIsReplaced() throws Exception {
    store.save(ONE, staple(1));
    server.execute("ALTER TABLE ocsp_staples ALTER staple DROP NOT NULL");
    server.execute("UPDATE ocsp_staples SET staple = NULL");

    assertThat(store.load(ONE)).isEmpty();

    store.save(ONE, staple(2));
    assertThat(store.load(ONE)).hasValue(staple(2));
  }

  @Test
  void allMethods_tablesMissing_sayWhich() throws Exception {
    server.execute("DROP TABLE ocsp_staples, ocsp_leases");

    String message = "database: ERROR: relation \"ocsp_staples\" does not exist [42P01]";
    assertFails(() -> store.load(ONE), message);
    assertFails(() -> store.save(ONE, staple(1)), message);
    assertFails(() -> store.remove(ONE), message);
    assertFails(() -> store.removeExpired(NOW), message);
    assertFails(() -> store.lease(ONE, LONG), message.replace("staples", "leases"));

    store.createTables();
    store.save(ONE, staple(1));
  }

  /** Something that fails. */
  interface Action {
    void run() throws Exception;
  }

  private static void assertFails(Action action, String message) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(action::run)
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void createTables_manyNodesAtOnce_allSucceed() throws Exception {
    server.execute("DROP TABLE ocsp_staples, ocsp_leases");

    IntStream.range(0, 20)
        .parallel()
        .forEach(i -> {
          try {
            store.createTables();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });

    store.save(ONE, staple(1));
  }

  @Test
  void createTables_prefixWithASchema_keepsThemThere() throws Exception {
    server.execute("CREATE SCHEMA tls");
    JdbcStore elsewhere =
        JdbcStore.builder(server.dataSource(PostgresServer.OWNER)).tablePrefix("tls.x_").build();
    elsewhere.createTables();
    elsewhere.save(ONE, staple(1));

    assertThat(elsewhere.load(ONE)).hasValue(staple(1));
    assertThat(elsewhere).hasToString("database table tls.x_staples");
    assertThat(store.load(ONE)).isEmpty();
    server.execute("DROP TABLE tls.x_staples, tls.x_leases", "DROP SCHEMA tls");
  }

  @Test
  void allMethods_userWithTheGuidesRights_mayDoAllButCreate() throws Exception {
    server.execute("DROP TABLE ocsp_staples, ocsp_leases", "CREATE ROLE app LOGIN");
    String guide = Files.readString(Path.of("../docs/guide/fleet.md"));
    String[] statements =
        Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL)
            .matcher(guide)
            .results()
            .map((MatchResult found) -> found.group(1))
            .toArray(String[]::new);
    server.execute(statements);
    JdbcStore restricted = on(server.dataSource("app"));

    restricted.save(ONE, staple(1));

    assertThat(restricted.load(ONE)).hasValue(staple(1));
    restricted.lease(ONE, LONG).orElseThrow().release();
    assertThat(restricted.lease(ONE, LONG)).isPresent();
    restricted.remove(ONE);
    restricted.removeExpired(NOW);
    assertFails(restricted::createTables, "permission denied for schema public [42501]");
  }

  @Test
  void allMethods_userWithoutRights_fail() throws Exception {
    server.execute("CREATE ROLE app LOGIN");
    JdbcStore refused = on(server.dataSource("app"));

    assertFails(() -> refused.load(ONE), "permission denied for table ocsp_staples [42501]");
    assertFails(() -> refused.save(ONE, staple(1)), "permission denied");
    assertFails(() -> refused.lease(ONE, LONG), "permission denied for table ocsp_leases");
  }

  @Test
  void save_readOnly_failsAndReadsOn() throws Exception {
    store.save(ONE, staple(1));
    JdbcStore reading =
        on(server.dataSource(PostgresServer.OWNER, "SET default_transaction_read_only = on"));

    assertFails(
        () -> reading.save(ONE, staple(2)),
        "database: ERROR: cannot execute UPDATE in a read-only transaction [25006]");
    assertFails(() -> reading.lease(ONE, LONG), "read-only");

    assertThat(reading.load(ONE)).hasValue(staple(1));
  }

  @Test
  void load_tableLocked_failsInTime() throws Exception {
    store.save(ONE, staple(1));
    try (Connection connection = server.dataSource(PostgresServer.OWNER).getConnection();
        Statement lock = connection.createStatement()) {
      connection.setAutoCommit(false);
      lock.execute("LOCK TABLE ocsp_staples IN ACCESS EXCLUSIVE MODE");

      assertFails(
          () -> impatient(server.dataSource(PostgresServer.OWNER)).load(ONE),
          "database: ERROR: canceling statement due to user request [57014]");
    }

    assertThat(store.load(ONE)).hasValue(staple(1));
  }

  @Test
  void load_hangingServer_failsInTime() throws Exception {
    store.save(ONE, staple(1));
    try (Connection connection = server.dataSource(PostgresServer.OWNER).getConnection()) {
      JdbcStore pooled = impatient(Connections.only(connection));
      server.freeze();

      assertFails(() -> pooled.load(ONE), "database: ");

      assertThat(connection.isClosed()).isTrue();
    } finally {
      server.thaw();
    }
    assertThat(store.load(ONE)).hasValue(staple(1));
  }

  @Test
  void load_crashedAndRestarted_failsThenRecovers() throws Exception {
    store.save(ONE, staple(1));
    server.crash();

    assertFails(() -> store.load(ONE), "refused");
    assertFails(() -> store.save(ONE, staple(1)), "refused");
    assertFails(() -> store.lease(ONE, LONG), "refused");

    server.restart();
    assertThat(store.load(ONE)).hasValue(staple(1));
    store.save(ONE, staple(2));
    assertThat(store.load(ONE)).hasValue(staple(2));
  }

  // Whatever the nodes' clocks and time zones are.
  @Test
  void lease_nodeInAnotherTimeZone_isTimedByTheDatabase() throws Exception {
    String zone = "SET TIME ZONE ";
    JdbcStore west = on(server.dataSource(PostgresServer.OWNER, zone + "'Pacific/Pago_Pago'"));
    JdbcStore east = on(server.dataSource(PostgresServer.OWNER, zone + "'Pacific/Kiritimati'"));
    assertThat(west.lease(ONE, LONG)).isPresent();
    assertThat(east.lease(OTHER, LONG)).isPresent();

    assertThat(east.lease(ONE, LONG)).isEmpty();
    assertThat(west.lease(OTHER, LONG)).isEmpty();

    server.execute("UPDATE ocsp_leases SET ends_at = ends_at - INTERVAL '60' SECOND");
    assertThat(east.lease(ONE, LONG)).isPresent();
    assertThat(west.lease(OTHER, LONG)).isPresent();
  }

  @Test
  void removeExpired_endedLeases_removesThoseOnly() throws Exception {
    assertThat(store.lease(ONE, Duration.ofMillis(1))).isPresent();
    assertThat(store.lease(OTHER, LONG)).isPresent();

    Eventually.until(() -> {
      store.removeExpired(NOW);
      return count("ocsp_leases") == 1;
    });

    assertThat(store.lease(OTHER, LONG)).isEmpty();
  }

  private static int count(String table) throws SQLException {
    try (Connection connection = server.dataSource(PostgresServer.OWNER).getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Test
  void save_rolledBackForAnothersSake_isDoneAgain() throws Exception {
    store.save(ONE, staple(1));
    JdbcStore strict =
        on(
            server.dataSource(
                PostgresServer.OWNER, "SET default_transaction_isolation = 'repeatable read'"));
    CompletableFuture<Void> saving;
    try (Connection connection = server.dataSource(PostgresServer.OWNER).getConnection();
        Statement rival = connection.createStatement()) {
      connection.setAutoCommit(false);
      rival.execute("UPDATE ocsp_staples SET saved_by = 'rival'");
      saving =
          CompletableFuture.runAsync(() -> {
            try {
              strict.save(ONE, staple(2));
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
      Eventually.until(() -> count("pg_locks WHERE NOT granted") > 0);
      connection.commit(); // the other's transaction cannot be told as if it came after
    }

    saving.join();

    assertThat(store.load(ONE)).hasValue(staple(2));
  }

  @Test
  void save_connectionWithoutAutoCommit_isKeptAndTheConnectionAsItWas() throws Exception {
    try (Connection connection = server.dataSource(PostgresServer.OWNER).getConnection()) {
      connection.setAutoCommit(false);
      connection.setNetworkTimeout(Runnable::run, 60_000);
      JdbcStore pooled = on(Connections.only(connection));

      pooled.save(ONE, staple(1));

      assertThat(connection.getAutoCommit()).isFalse();
      assertThat(connection.getNetworkTimeout()).isEqualTo(60_000);
      assertThat(store.load(ONE)).hasValue(staple(1));
    }
  }
}
