package io.github.ocspstapler.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.ocspstapler.store.FleetStoreContract;
import io.github.ocspstapler.store.StoredStaple;
import io.github.ocspstapler.testsupport.Eventually;
import java.io.Closeable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The store on H2 in memory, from a pool; and what has little to do with the database. */
class H2StoreTest extends FleetStoreContract {
  private JdbcConnectionPool pool;
  private JdbcStore store;
  private Closeable watch = () -> {};

  @BeforeEach
  void start() throws Exception {
    pool = JdbcConnectionPool.create("jdbc:h2:mem:staples;DB_CLOSE_DELAY=-1", "", "");
    pool.setLoginTimeout(1);
    store = on(pool);
    store.createTables();
  }

  @AfterEach
  void stop() throws Exception {
    watch.close();
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SHUTDOWN");
    }
    pool.dispose();
  }

  private static JdbcStore on(DataSource dataSource) {
    return JdbcStore.builder(dataSource)
        .timeout(Duration.ofSeconds(30)) // no busy machine reaches it
        .newsInterval(Duration.ofSeconds(1))
        .build();
  }

  @Override
  protected JdbcStore store() {
    return store;
  }

  @Test
  void createTables_again_changesNothing() throws Exception {
    store.save(ONE, staple(1));

    store.createTables();

    assertThat(store.load(ONE)).hasValue(staple(1));
  }

  @Test
  void load_poolExhausted_failsThenRecovers() throws Exception {
    pool.setMaxConnections(1);
    try (Connection taken = pool.getConnection()) {
      assertThat(taken.isClosed()).isFalse();

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> store.load(ONE))
          .withMessage("database: Login timeout [08001]");
    }

    assertThat(store.load(ONE)).isEmpty();
  }

  @Test
  void allMethods_done_giveTheConnectionBack() throws Exception {
    store.save(ONE, staple(1));
    assertThat(store.load(ONE)).isPresent();
    store.lease(ONE, Duration.ofSeconds(1)).orElseThrow().release();
    store.removeExpired(NOW);
    store.remove(ONE);

    assertThat(pool.getActiveConnections()).isZero();
  }

  // The column is as wide as what a verifier takes.
  @Test
  void save_tooLong_failsAndLeavesWhatWasThere() throws Exception {
    store.save(ONE, staple(1));
    StoredStaple tooLong =
        new StoredStaple(new byte[100_000], NOW, Optional.empty(), Optional.empty(), Map.of());

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> store.save(ONE, tooLong))
        .withMessageStartingWith("database: Value too long for column");

    assertThat(store.load(ONE)).hasValue(staple(1));
  }

  @Test
  void load_dataSourceThrowsAnything_isAnIoException() {
    JdbcStore broken =
        on(
            Connections.from(() -> {
              throw new IllegalStateException("closed", new IOException("by you"));
            }));

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> broken.load(ONE))
        .withMessage("database: closed (by you)");
  }

  // What failed first says what is wrong, and decides whether to try again.
  @Test
  void load_failsOnAConnectionThatCannotBePutBack_saysWhyItFailed() throws Exception {
    SQLException broken = new SQLException("broken");
    JdbcStore other = on(Connections.unable(pool, "setNetworkTimeout", 0, broken));
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE ocsp_staples");
    }

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> other.load(ONE))
        .withMessageContaining("OCSP_STAPLES")
        .satisfies(e -> assertThat(e.getCause()).hasSuppressedException(broken));
  }

  @Test
  void watch_anotherNodeSaves_isToldOnceAndNotOfOwn() throws Exception {
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    watch = store.watch(heard::add);
    JdbcStore other = on(pool);

    store.save(OTHER, staple(2));
    other.save(ONE, staple(1));
    Eventually.until(() -> !heard.isEmpty());
    other.save("3".repeat(64), staple(3));
    Eventually.until(() -> heard.size() > 1);

    assertThat(heard).containsExactly(ONE, "3".repeat(64));
  }

  @Test
  void watch_savedWhileTheDatabaseFails_isToldLater() throws Exception {
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    JdbcStore cutOff =
        on(
            Connections.from(() -> {
              if (failures.isEmpty()) {
                failures.add("down");
                throw new SQLException("down");
              }
              return pool.getConnection();
            }));
    watch = cutOff.watch(heard::add);
    store.save(ONE, staple(1));

    Eventually.until(() -> !heard.isEmpty());

    assertThat(failures).hasSize(1);
    assertThat(heard).containsExactly(ONE);
  }

  @Test
  void watch_closed_endsItsThread() throws Exception {
    watch = store.watch(fingerprint -> {});
    Eventually.until(() -> newsThreads() == 1);

    watch.close();

    Eventually.until(() -> newsThreads() == 0);
  }

  private static long newsThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("ocsp-stapler-jdbc-news"))
        .count();
  }

  @Test
  void builder_badSettings_saysWhich() {
    JdbcStore.Builder builder = JdbcStore.builder(pool);

    for (String bad : new String[] {"", "x; DROP TABLE y", "a.b.c", "1st", "ö_", "x".repeat(33)}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.tablePrefix(bad))
          .withMessageStartingWith("tablePrefix: " + bad + " (expected: ");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.timeout(Duration.ofMillis(999)))
        .withMessage("timeout: PT0.999S (expected: 1 s..1 min)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.newsInterval(Duration.ofHours(2)))
        .withMessage("newsInterval: PT2H (expected: 1 s..1 h)");
  }
}
