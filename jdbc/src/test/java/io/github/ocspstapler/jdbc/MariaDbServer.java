package io.github.ocspstapler.jdbc;

import io.github.ocspstapler.testsupport.Eventually;
import io.github.ocspstapler.testsupport.FreePort;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/**
 * A real MariaDB on a free port of this machine, without users and rights. Its time zone is one
 * whose clocks are changed twice a year.
 */
final class MariaDbServer implements AutoCloseable {
  /** Central Europe's, in the words of POSIX. */
  private static final String ZONE = "CET-1CEST,M3.5.0,M10.5.0/3";

  private final int port = FreePort.next();
  private final Process process;

  private MariaDbServer(Path folder) throws Exception {
    Path log = folder.resolve("mariadb.log");
    List<String> line =
        List.of(
            OutsideTool.require("mariadbd", "mariadb-server-core").toString(),
            "--no-defaults",
            "--user=" + System.getProperty("user.name"),
            "--datadir=" + Files.createDirectory(folder.resolve("mariadb")),
            "--socket=" + folder.resolve("socket"),
            "--bind-address=127.0.0.1",
            "--port=" + port,
            "--skip-grant-tables",
            "--skip-networking=0",
            "--innodb-flush-log-at-trx-commit=0");
    ProcessBuilder program =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
    program.environment().put("TZ", ZONE);
    this.process = program.start();
    try {
      Eventually.until(() -> {
        if (!process.isAlive()) {
          throw new AssertionError(Files.readString(log));
        }
        return isServing();
      });
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  static MariaDbServer start(Path folder) throws Exception {
    return new MariaDbServer(folder);
  }

  private boolean isServing() {
    try (Connection connection = dataSource("").getConnection()) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  String url(String database) {
    return "jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?user=root";
  }

  /** Returns a source of new connections, which are told something at first. */
  DataSource dataSource(String database, String... atFirst) throws SQLException {
    return Connections.told(new MariaDbDataSource(url(database)), atFirst);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new AssertionError("does not end: " + process);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
