package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.Command;
import io.github.ocspstapler.testsupport.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C6, T3, T4: a Kafka broker that is its own controller, with the agent. */
class KafkaAgentTest {
  private static final Path JARS = Path.of("kafka", "target", "lib");

  private static final String PROPERTIES =
      """
      process.roles=broker,controller
      node.id=1
      controller.quorum.voters=1@127.0.0.1:CONTROLLER
      controller.listener.names=CONTROLLER
      listeners=SSL://127.0.0.1:PORT,CONTROLLER://127.0.0.1:CONTROLLER
      advertised.listeners=SSL://localhost:PORT
      inter.broker.listener.name=SSL
      listener.security.protocol.map=CONTROLLER:PLAINTEXT,SSL:SSL
      ssl.keystore.type=PKCS12
      ssl.keystore.location=KEYSTORE
      ssl.keystore.password=changeit
      ssl.key.password=changeit
      ssl.truststore.type=PEM
      ssl.truststore.location=ANCHOR
      log.dirs=DATA
      """;

  private static final String LOGGING =
      """
      status = error
      appender.console.type = Console
      appender.console.name = console
      appender.console.layout.type = PatternLayout
      appender.console.layout.pattern = %p %c: %m%n
      rootLogger.level = info
      rootLogger.appenderRef.console.ref = console
      """;

  @TempDir private Path folder;

  private final int port = FreePort.next();
  private TestSite site;
  private RunningProgram broker;

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(folder);
    int controller = FreePort.next();
    Path properties =
        Files.writeString(
            folder.resolve("server.properties"),
            PROPERTIES
                .replace(":CONTROLLER\n", ":" + controller + "\n")
                .replace("PORT", Integer.toString(port))
                .replace("KEYSTORE", site.keyStore().toString())
                .replace("ANCHOR", site.trustAnchor().toString())
                .replace("DATA", folder.resolve("data").toString()));
    Files.writeString(folder.resolve("log4j2.properties"), LOGGING);
    Command formatted =
        run(
            kafka(
                List.of(),
                "kafka.tools.StorageTool",
                "format",
                "--cluster-id",
                "AAAAAAAAAAAAAAAAAAAAAQ",
                "--config",
                properties.toString()));
    assertThat(formatted.status()).as(formatted.output()).isZero();
    List<String> agent =
        List.of(AgentJar.option(), "-Docspstapler.store=" + folder.resolve("store"));
    broker =
        RunningProgram.start(
            port,
            folder.resolve("log"),
            "Kafka Server started",
            kafka(agent, "kafka.Kafka", properties.toString()));
  }

  @AfterEach
  void stop() {
    broker.close();
    site.close();
  }

  @Test
  void sslListener_openssl_isStapled() throws Exception {
    site.assertStapled(port);

    assertThat(Files.readString(folder.resolve("log")))
        .contains("The OCSP Stapler agent staples what this server serves");
  }

  /** The command line that Kafka's scripts make. */
  private List<String> kafka(List<String> options, String program, String... arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    line.add("-Dlog4j2.configurationFile=" + folder.resolve("log4j2.properties"));
    line.addAll(options);
    line.addAll(List.of("-cp", JARS + "/*", program));
    line.addAll(List.of(arguments));
    return line;
  }

  private static Command run(List<String> line) {
    return Command.run(Path.of(line.get(0)), line.subList(1, line.size()).toArray(String[]::new));
  }
}
