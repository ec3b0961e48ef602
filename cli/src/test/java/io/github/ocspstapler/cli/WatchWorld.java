package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A folder of certificates, the CA that issued them, and its responder. */
final class WatchWorld implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  final Path folder;
  final Path certificates;
  final TestCa root = TestCa.root("Watch Root");
  final TestResponder responder = TestResponder.start(root);
  final TestCa ca = root.intermediate("Watch CA");

  WatchWorld(Path folder) throws IOException {
    this.folder = folder;
    this.certificates = Files.createDirectories(folder.resolve("certs"));
    responder.add(ca);
  }

  /** Puts chain and key into {@code NAME.pem}, as HAProxy wants them. */
  TestCertificate site(String name) throws IOException {
    TestCertificate leaf = leaf(name);
    write(name + ".pem", leaf.chainPem() + leaf.privateKeyPem());
    return leaf;
  }

  TestCertificate leaf(String name) {
    return ca.leafBuilder(name)
        .sans(name)
        .notBefore(Instant.now().minus(Duration.ofDays(10)))
        .ocspUrls(responder.url())
        .build();
  }

  Path write(String name, String text) throws IOException {
    return Files.writeString(certificates.resolve(name), text);
  }

  /** Writes a configuration that watches the folder, and these lines. */
  Path config(String... lines) throws IOException {
    String text = "certificates: " + certificates + "\n" + String.join("\n", lines) + "\n";
    return Files.writeString(folder.resolve("watch.yaml"), text);
  }

  WatchSettings settings(String... lines) throws Exception {
    return WatchSettings.read(config(lines).toString());
  }

  Path ocsp(String name) {
    return certificates.resolve(name + ".pem.ocsp");
  }

  static void eventually(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("still not so after " + LIMIT);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
    }
  }

  /** What {@code openssl s_client -status} says to a server on this port. */
  static String stapled(int port, String name, String protocol) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(OutsideTool.require("openssl", "openssl").toString(), "s_client"));
    command.addAll(List.of("-connect", "127.0.0.1:" + port, "-servername", name, "-status"));
    command.add(protocol);
    Process client = new ProcessBuilder(command).redirectErrorStream(true).start();
    CompletableFuture<String> said =
        CompletableFuture.supplyAsync(() -> {
          try {
            return new String(client.getInputStream().readAllBytes(), UTF_8);
          } catch (IOException e) {
            return e.toString();
          }
        });
    client.getOutputStream().close();
    if (!client.waitFor(60, TimeUnit.SECONDS)) {
      client.destroyForcibly();
    }
    return said.join();
  }

  @Override
  public void close() {
    responder.close();
  }
}
