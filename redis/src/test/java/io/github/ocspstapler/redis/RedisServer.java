package io.github.ocspstapler.redis;

import io.github.ocspstapler.testsupport.FreePort;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.RedisClient;

/** A real redis-server on a free port of this machine, that keeps nothing on the disk. */
final class RedisServer implements AutoCloseable {
  private final Path program = OutsideTool.require("redis-server", "redis-server");
  private final Path folder;
  private final List<String> options;
  private final int port;
  private Process process;

  private RedisServer(Path folder, List<String> options) throws Exception {
    this.folder = folder;
    this.options = options;
    this.port = FreePort.next();
    this.process = start();
  }

  /** Starts one, and waits until it serves. */
  static RedisServer start(Path folder, String... options) throws Exception {
    return new RedisServer(folder, List.of(options));
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
    List<String> line = new ArrayList<>();
    boolean tls = options.contains("--tls-port");
    line.addAll(List.of(program.toString(), "--bind", "127.0.0.1", "--save", ""));
    line.addAll(List.of("--appendonly", "no", "--dir", folder.toString()));
    line.addAll(List.of("--port", tls ? "0" : String.valueOf(port)));
    options.forEach(option -> line.add(option.equals("PORT") ? String.valueOf(port) : option));
    Path log = folder.resolve("redis.log");
    Process started =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      Eventually.until(() -> {
        if (!started.isAlive()) {
          throw new AssertionError(Files.readString(log));
        }
        return Files.readString(log).contains("Ready to accept connections");
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

  /** Starts it again, on the same port and empty. */
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
