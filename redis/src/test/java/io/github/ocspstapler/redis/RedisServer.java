package io.github.ocspstapler.redis;

import io.github.ocspstapler.testsupport.Eventually;
import io.github.ocspstapler.testsupport.FreePort;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.RedisClient;

/**
 * A real redis-server, or valkey-server, on a free port of this machine, that keeps nothing on the
 * disk unless it is told to.
 */
final class RedisServer implements AutoCloseable {
  static final String REDIS = "redis-server";
  static final String VALKEY = "valkey-server";

  private final Path program;
  private final Path folder;
  private final List<String> options;
  private final int port;
  private Process process;

  private RedisServer(String program, Path folder, List<String> options) throws Exception {
    this.program = OutsideTool.require(program, program);
    this.folder = folder;
    this.options = options;
    this.port = FreePort.next();
    this.process = start();
  }

  /** Starts one, and waits until it serves. */
  static RedisServer start(Path folder, String... options) throws Exception {
    return start(REDIS, folder, List.of(options));
  }

  /** Starts that program. */
  static RedisServer start(String program, Path folder, List<String> options) throws Exception {
    return new RedisServer(program, folder, options);
  }

  /** Starts one that watches another, and has a replica take over within seconds. */
  static RedisServer sentinel(Path folder, String name, RedisServer master) throws Exception {
    Path settings = folder.resolve("sentinel.conf"); // it writes there what it finds out
    Files.writeString(
        settings,
        """
        sentinel monitor NAME 127.0.0.1 PORT 1
        sentinel down-after-milliseconds NAME 500
        sentinel failover-timeout NAME 2000
        """
            .replace("NAME", name)
            .replace("PORT", String.valueOf(master.port())));
    return new RedisServer(REDIS, folder, List.of(settings.toString(), "--sentinel"));
  }

  /** Returns what {@code --cluster-port} said. */
  int clusterPort() {
    return Integer.parseInt(options.get(options.indexOf("--cluster-port") + 1));
  }

  /** Says whether this Sentinel has found somebody who could take over. */
  boolean knowsAReplica() throws Exception {
    return Files.readString(folder.resolve("redis.log")).contains("+slave ");
  }

  int port() {
    return port;
  }

  URI uri() {
    return URI.create("redis://127.0.0.1:" + port);
  }

  RedisClient client() {
    return RedisClient.create("127.0.0.1", port);
  }

  private Process start() throws Exception {
    List<String> line = new ArrayList<>(List.of(program.toString()));
    boolean tls = options.contains("--tls-port");
    boolean sentinel = options.contains("--sentinel"); // whose file of settings comes first
    if (sentinel) {
      line.addAll(options);
    }
    line.addAll(List.of("--bind", "127.0.0.1", "--dir", folder.toString()));
    line.addAll(List.of("--port", tls ? "0" : String.valueOf(port)));
    if (!sentinel) {
      line.addAll(List.of("--save", "", "--appendonly", "no"));
      options.forEach(option -> line.add(option.equals("PORT") ? String.valueOf(port) : option));
    }
    Path log = folder.resolve("redis.log");
    Process started =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      Eventually.until(() -> {
        if (!started.isAlive()) {
          throw new AssertionError(Files.readString(log));
        }
        String said = Files.readString(log);
        return said.contains("Ready to accept connections") || said.contains("Sentinel ID is");
      });
    } catch (Throwable e) {
      started.destroyForcibly();
      throw e;
    }
    return started;
  }

  /** Ends it as kill -9 does. */
  void kill() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("does not end: " + process);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts it again, on the same port, and empty unless it keeps its data on the disk. */
  void restart() throws Exception {
    process = start();
  }

  /** Has the operating system stop it where it is, so that it accepts connections and no more. */
  void freeze() throws Exception {
    signal("STOP");
  }

  void thaw() throws Exception {
    signal("CONT");
  }

  private void signal(String name) throws Exception {
    int status =
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    if (status != 0) {
      throw new AssertionError("kill ended with " + status);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
