package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.Command;
import io.github.ocspstapler.testsupport.Eventually;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** S1, X12: a whole server is killed (-9) and comes back while its responder is down. */
class RestartTest {
  @TempDir private Path folder;

  private TestResponder responder;
  private Process server;
  private int port;

  @BeforeEach
  void startServer() throws Exception {
    TestCa root = TestCa.root("Restart Root");
    responder = TestResponder.start(root);
    TestCa ca = root.intermediate("Restart CA", responder.url());
    responder.add(ca);
    TestCertificate certificate = ca.leaf("localhost", responder.url());
    Files.writeString(folder.resolve("root.pem"), root.held().pem());
    try (OutputStream out = Files.newOutputStream(folder.resolve("keys.p12"))) {
      certificate.keyStore(StapledServerProgram.PASSWORD).store(out, StapledServerProgram.PASSWORD);
    }
    start();
  }

  @AfterEach
  void stopServer() {
    server.destroyForcibly();
    responder.close();
  }

  @Test
  void kill_restartWithResponderDown_firstHandshakeIsStapled() throws Exception {
    awaitStored(2); // leaf and intermediate
    kill();
    responder.goDown();

    start();
    Command first = handshake();

    assertThat(first.output()).contains("Cert Status: good").contains("Verify return code: 0 (ok)");
  }

  // X12: forged while the server was down.
  @Test
  void kill_entriesForgedMeanwhile_areNeverServedAndAreReplaced() throws Exception {
    awaitStored(2);
    kill();
    Map<Path, byte[]> forgeries = new HashMap<>();
    for (Path entry : entries()) {
      byte[] forged = Files.readAllBytes(entry);
      forged[forged.length / 2] ^= 1;
      Files.write(entry, forged);
      forgeries.put(entry, forged);
    }
    int asked = responder.requests().size();

    start();
    Eventually.until(() -> responder.requests().size() >= asked + 2);
    Eventually.until(() -> handshake().output().contains("Cert Status: good"));
    // A staple is served before it is stored.
    for (Map.Entry<Path, byte[]> forgery : forgeries.entrySet()) {
      Eventually.until(() -> !Arrays.equals(stored(forgery.getKey()), forgery.getValue()));
    }
    awaitStored(2);

    kill();
    responder.goDown();
    start();
    assertThat(handshake().output()).contains("Cert Status: good");
  }

  private void start() throws Exception {
    String keys = folder.resolve("keys.p12").toString();
    server =
        new ProcessBuilder(
                ChildJvm.of(StapledServerProgram.class, keys, folder.resolve("s").toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader said =
        new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
    port = Integer.parseInt(said.readLine());
  }

  private void kill() throws Exception {
    server.destroyForcibly().waitFor();
  }

  private Command handshake() {
    return Command.openssl(
        "s_client",
        "-connect",
        "127.0.0.1:" + port,
        "-status",
        "-CAfile",
        folder.resolve("root.pem").toString());
  }

  private static byte[] stored(Path entry) throws Exception {
    return Files.exists(entry) ? Files.readAllBytes(entry) : new byte[0];
  }

  private void awaitStored(int count) throws Exception {
    Eventually.until(() -> entries().size() == count);
  }

  private List<Path> entries() throws Exception {
    Path store = folder.resolve("s");
    if (!Files.isDirectory(store)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(store)) {
      return files.filter(file -> file.toString().endsWith(".ocsp")).toList();
    }
  }
}
