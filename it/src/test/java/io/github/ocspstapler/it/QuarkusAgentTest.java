package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C6, T3, T4: a Quarkus application as its plug-in packages it, with the agent. */
class QuarkusAgentTest {
  private static final Path APPLICATION = Path.of("quarkus/target/quarkus-app/quarkus-run.jar");

  @TempDir private Path folder;

  private final int port = FreePort.next();
  private TestSite site;
  private RunningProgram server;

  @BeforeEach
  void start() throws Exception {
    assertThat(APPLICATION)
        .as("run ./mvnw -Pquarkus -pl it/quarkus package -DskipTests before this test")
        .exists();
    site = new TestSite(folder);
    List<String> application =
        List.of(
            "-Dquarkus.http.host=127.0.0.1",
            "-Dquarkus.http.insecure-requests=disabled",
            "-Dquarkus.http.ssl-port=" + port,
            "-Dquarkus.http.ssl.certificate.key-store-file=" + site.keyStore(),
            "-Dquarkus.http.ssl.certificate.key-store-password=" + TestSite.PASSWORD,
            "-jar",
            APPLICATION.toString());
    List<String> line = AgentJar.java(folder.resolve("store"), application);
    server = RunningProgram.start(port, folder.resolve("log"), "Listening on: ", line);
  }

  @AfterEach
  void stop() {
    server.close();
    site.close();
  }

  @Test
  void keyStoreInItsConfiguration_openssl_isStapled() throws Exception {
    site.assertStapled(port);

    assertThat(Files.readString(folder.resolve("log")))
        .contains("The OCSP Stapler agent staples what this server serves");
  }
}
