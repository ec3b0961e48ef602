package io.github.ocspstapler.cli;

import io.github.ocspstapler.testsupport.FreePort;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A server that others wrote, on a free port, until it is closed. */
final class RunningTool implements AutoCloseable {
  private static final long LIMIT = TimeUnit.SECONDS.toNanos(60);
  private static final long STEP = TimeUnit.MILLISECONDS.toNanos(10);

  private final Process process;
  private final int port;

  private RunningTool(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts {@code openssl s_server}; it is ready when it returns. */
  static RunningTool sServer(Path folder, String... arguments) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(OutsideTool.require("openssl", "openssl").toString());
    line.addAll(List.of("s_server", "-accept", "127.0.0.1:PORT", "-naccept", "100"));
    line.addAll(List.of(arguments));
    return start(folder, "ACCEPT", line);
  }

  /**
   * Starts a program.
   *
   * @param ready what its output says when it is
   * @param line the command line, where PORT stands for the port
   */
  static RunningTool start(Path folder, String ready, List<String> line) throws IOException {
    int port = FreePort.next();
    Path log = folder.resolve("tool-" + port + ".log");
    Process process =
        new ProcessBuilder(
                line.stream().map(word -> word.replace("PORT", Integer.toString(port))).toList())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    RunningTool tool = new RunningTool(process, port);
    long start = System.nanoTime();
    while (!Files.readString(log).contains(ready)) {
      if (!process.isAlive() || System.nanoTime() - start > LIMIT) {
        tool.close();
        throw new AssertionError(line + " is not ready: " + Files.readString(log));
      }
      LockSupport.parkNanos(STEP);
    }
    return tool;
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new UncheckedIOException(new IOException("does not end: " + process));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
