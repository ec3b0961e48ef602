package io.github.ocspstapler.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A program that serves on a port of this machine until it is closed. */
final class RunningProgram implements AutoCloseable {
  private static final long NANOS = TimeUnit.SECONDS.toNanos(120); // of a whole server

  private static final long STEP = TimeUnit.MILLISECONDS.toNanos(10);

  private final Process process;
  private final int port;

  private RunningProgram(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it and waits until its log says that it is ready. (Trying to connect instead would upset
   * {@code openssl ocsp}, which serves nobody after a connection without a request.)
   */
  static RunningProgram start(int port, Path log, String ready, List<String> line) {
    try {
      Process process =
          new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
      RunningProgram program = new RunningProgram(process, port);
      program.awaitReady(log, ready);
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady(Path log, String ready) throws IOException {
    long start = System.nanoTime();
    while (!Files.readString(log).contains(ready)) {
      if (!process.isAlive() || System.nanoTime() - start > NANOS) {
        close();
        throw new AssertionError("not ready: " + Files.readString(log));
      }
      LockSupport.parkNanos(STEP);
    }
  }

  String url() {
    return "http://127.0.0.1:" + port + "/";
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly); // of a script that waits for it
    process.destroyForcibly();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("does not end: " + process);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
