package io.github.ocspstapler.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.examples.ClientOnly;
import io.github.ocspstapler.examples.HttpsServerExample;
import io.github.ocspstapler.examples.JettyExample;
import io.github.ocspstapler.examples.NettyExample;
import io.github.ocspstapler.examples.PlainServer;
import io.github.ocspstapler.examples.SecurityProviderExample;
import io.github.ocspstapler.examples.TomcatExample;
import io.github.ocspstapler.examples.VertxExample;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C1, C8: the projects under examples/, each started as a program. */
class ExamplesTest {
  private static final String PASSWORD = "changeit";
  private static final int MOST_LINES = 60;

  @TempDir private Path folder;

  private TestResponder responder;
  private TestCertificate site;
  private OutsideClient client;

  @BeforeEach
  void startResponder() throws Exception {
    TestCa root = TestCa.root("Examples Root");
    responder = TestResponder.start(root);
    site = root.leaf("localhost", responder.url());
    client = new OutsideClient(folder, root.held());
    try (OutputStream out = Files.newOutputStream(folder.resolve("keys.p12"))) {
      site.keyStore(PASSWORD.toCharArray()).store(out, PASSWORD.toCharArray());
    }
  }

  @AfterEach
  void stopResponder() {
    responder.close();
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        HttpsServerExample.class,
        JettyExample.class,
        NettyExample.class,
        SecurityProviderExample.class,
        TomcatExample.class,
        VertxExample.class
      })
  void server_started_isStapled(Class<?> example) throws Exception {
    String keys = folder.resolve("keys.p12").toString();
    Process server = start(example, keys, PASSWORD, "0", folder.resolve("staples").toString());
    try {
      String said = firstLine(server);

      assertThat(said).matches("\\d+ stapled: true");
      int port = Integer.parseInt(said.substring(0, said.indexOf(' ')));
      assertThat(client.seesStaple(port, Protocol.TLS_1_3, site)).isTrue();
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  @Test
  void plainServer_withTheAgent_isStapled() throws Exception {
    Path agent = Checkout.root().resolve("agent/target/ocsp-stapler-agent.jar");
    assertThat(agent).as("run ./mvnw -pl agent -am package -DskipTests before").exists();
    String classes = codeOf(PlainServer.class); // nothing of ours beside it
    List<String> options = List.of("-javaagent:" + agent, "-Docspstapler.store=none");
    String keys = folder.resolve("keys.p12").toString();
    Process server = start(options, classes, PlainServer.class, keys, PASSWORD, "0");
    try {
      String said = firstLine(server);

      int port = Integer.parseInt(said.substring(0, said.indexOf(' ')));
      assertThat(seesStapleSoon(port)).isTrue();
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  /** The agent fetches in the background; no handshake waits for it. */
  private boolean seesStapleSoon(int port) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!client.seesStaple(port, Protocol.TLS_1_3, site)) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
    }
    return true;
  }

  @Test
  void client_asksTheResponder_saysGood() throws Exception {
    Path chain = Files.writeString(folder.resolve("chain.pem"), site.chainPem());

    String said = firstLine(start(ClientOnly.class, chain.toString()));

    assertThat(said).startsWith("Good[] as of ");
  }

  @Test
  void examples_source_isShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    List<Path> sources = sources();
    for (Path source : sources) {
      long lines =
          Files.readAllLines(source).stream()
              .map(String::strip)
              .filter(line -> !line.isEmpty() && !line.matches("(//|/\\*|\\*|import |package ).*"))
              .count();
      if (lines > MOST_LINES) {
        tooLong.add(source + ": " + lines);
      }
    }

    assertThat(sources).hasSizeGreaterThan(5);
    assertThat(tooLong).isEmpty();
  }

  static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Checkout.root().resolve("examples"))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static String codeOf(Class<?> program) throws Exception {
    return Path.of(program.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  private Process start(Class<?> example, String... arguments) throws IOException {
    String own = System.getProperty("java.class.path");
    String classPath = System.getProperty("surefire.test.class.path", own); // else a jar of jars
    return start(List.of(), classPath, example, arguments);
  }

  private Process start(
      List<String> options, String classPath, Class<?> example, String... arguments)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    line.addAll(options);
    line.addAll(List.of("-cp", classPath, example.getName()));
    line.addAll(List.of(arguments));
    File errors = folder.resolve("errors").toFile();
    return new ProcessBuilder(line).directory(folder.toFile()).redirectError(errors).start();
  }

  private String firstLine(Process process) throws IOException {
    try (BufferedReader said = process.inputReader()) {
      String line = said.readLine();
      assertThat(line).as(() -> "errors: " + errors()).isNotNull();
      return line;
    }
  }

  private String errors() {
    try {
      return Files.readString(folder.resolve("errors"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
