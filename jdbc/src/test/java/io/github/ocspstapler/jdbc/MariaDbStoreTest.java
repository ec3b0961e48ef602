package io.github.ocspstapler.jdbc;

import io.github.ocspstapler.store.FleetStoreContract;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The store on a real MariaDB. */
class MariaDbStoreTest extends FleetStoreContract {
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
    try (Connection connection = server.dataSource("").getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP DATABASE IF EXISTS staples");
      statement.execute("CREATE DATABASE staples");
    }
    store = JdbcStore.builder(server.dataSource("staples")).timeout(Duration.ofSeconds(30)).build();
    store.createTables();
  }

  @Override
  protected JdbcStore store() {
    return store;
  }
}
