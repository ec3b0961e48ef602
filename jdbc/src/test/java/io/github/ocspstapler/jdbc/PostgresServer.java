package io.github.ocspstapler.jdbc;

import io.github.ocspstapler.testsupport.Eventually;
import io.github.ocspstapler.testsupport.FreePort;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.postgresql.ds.PGConnectionPoolDataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ds.common.BaseDataSource;

/** A real PostgreSQL on a free port of this machine, whose data survive a crash of it only. */
final class PostgresServer implements AutoCloseable {
  /** Who everything belongs to. */
  static final String OWNER = "owner";

  private final Path initdb =
      OutsideTool.require(Path.of("/usr/lib/postgresql"), "bin/initdb", "postgresql");
  private final Path data;
  private final Path log;
  private final int port = FreePort.next();
  private Process process;

  private PostgresServer(Path folder) throws Exception {
    this.data = Files.createDirectory(folder.resolve("data"));
    this.log = folder.resolve("postgres.log");
    initialize(folder);
    this.process = start();
  }

  /** Starts one, and waits until it serves. */
  static PostgresServer start(Path folder) throws Exception {
    return new PostgresServer(folder);
  }

  private void initialize(Path folder) throws Exception {
    if (isRoot()) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
      Files.setOwner(
          data,
          data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
    }
    Process made =
        run("initdb", "-D", data.toString(), "-U", OWNER, "-A", "trust", "-E", "UTF8")
            .redirectOutput(log.toFile())
            .start();
    if (made.waitFor() != 0) {
      throw new AssertionError(Files.readString(log));
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /** It refuses to be run by root. */
  private ProcessBuilder run(String program, String... options) {
    List<String> line = new ArrayList<>();
    if (isRoot()) {
      line.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    line.add(initdb.resolveSibling(program).toString());
    line.addAll(List.of(options));
    return new ProcessBuilder(line).directory(new File("/")).redirectErrorStream(true);
  }

  private Process start() throws Exception {
    Process started =
        run(
                "postgres",
                "-D",
                data.toString(),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "port=" + port,
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off")
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    try {
      Eventually.until(() -> {
        if (!started.isAlive()) {
          throw new AssertionError(Files.readString(log));
        }
        return isServing();
      });
    } catch (Throwable e) {
      started.destroyForcibly();
      throw e;
    }
    return started;
  }

  private boolean isServing() {
    try (Connection connection = dataSource(OWNER).getConnection()) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Returns a source of new connections, which are told something at first. */
  DataSource dataSource(String user, String... atFirst) {
    return Connections.told(of(new PGSimpleDataSource(), user), atFirst);
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=" + OWNER;
  }

  /** Returns a pool of the owner's connections, to be disposed of. */
  JdbcConnectionPool pool() {
    JdbcConnectionPool pool =
        JdbcConnectionPool.create(of(new PGConnectionPoolDataSource(), OWNER));
    pool.setLoginTimeout(2);
    return pool;
  }

  private <T extends BaseDataSource> T of(T source, String user) {
    source.setServerNames(new String[] {"127.0.0.1"});
    source.setPortNumbers(new int[] {port});
    source.setDatabaseName("postgres");
    source.setUser(user);
    source.setCancelSignalTimeout(1); // else ten seconds, for a server that hangs
    return source;
  }

  /** Has the owner do something. */
  void execute(String... statements) throws SQLException {
    try (Connection connection = dataSource(OWNER).getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Ends it and all connections at once, as a crash does. */
  void crash() {
    try {
      signal("QUIT", Stream.of(process.toHandle()));
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("does not end: " + process);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts it again, on the same port and with the same data. */
  void restart() throws Exception {
    process = start();
  }

  /** Has the operating system stop it where it is, so that nothing is answered. */
  void freeze() throws Exception {
    signal("STOP", Stream.concat(Stream.of(process.toHandle()), process.descendants()));
  }

  void thaw() throws Exception {
    signal("CONT", Stream.concat(process.descendants(), Stream.of(process.toHandle())));
  }

  /** One of the processes may have ended by itself meanwhile. */
  private static void signal(String name, Stream<ProcessHandle> processes)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("kill", "-" + name));
    processes.forEach(to -> line.add(String.valueOf(to.pid())));
    new ProcessBuilder(line).start().waitFor();
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      crash();
    }
  }
}
