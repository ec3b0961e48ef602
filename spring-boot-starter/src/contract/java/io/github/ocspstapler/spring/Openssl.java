package io.github.ocspstapler.spring;

import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A TLS client that is not Java's. */
final class Openssl {
  private static final long SECONDS = 60;

  private Openssl() {}

  /** Shakes hands and returns what openssl says about it. */
  static String client(int port, Path root, String... more) {
    List<String> line = new ArrayList<>();
    line.add(OutsideTool.require("openssl", "openssl").toString());
    line.addAll(List.of("s_client", "-status", "-connect", "127.0.0.1:" + port));
    line.addAll(List.of("-servername", "localhost", "-CAfile", root.toString()));
    line.addAll(List.of(more));
    try {
      Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
      CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> read(process));
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return output.join();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String read(Process process) {
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "unreadable: " + e;
    }
  }
}
