package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.FreePort;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C6, T3, T4: a Micronaut application on its Netty server, with the agent. */
class MicronautAgentTest {
  private static final Path TARGET = Path.of("micronaut", "target");

  @TempDir private Path folder;

  private final int port = FreePort.next();
  private TestSite site;
  private RunningProgram server;

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(folder);
    List<String> application =
        List.of(
            "-Dmicronaut.server.host=127.0.0.1",
            "-Dmicronaut.server.ssl.enabled=true",
            "-Dmicronaut.server.ssl.port=" + port,
            "-Dmicronaut.server.ssl.key-store.path=file:" + site.keyStore(),
            "-Dmicronaut.server.ssl.key-store.type=PKCS12",
            "-Dmicronaut.server.ssl.key-store.password=" + TestSite.PASSWORD,
            "-cp",
            TARGET.resolve("classes") + File.pathSeparator + TARGET.resolve("lib") + "/*",
            "io.github.ocspstapler.it.micronaut.Application");
    List<String> line = AgentJar.java(folder.resolve("store"), application);
    server = RunningProgram.start(port, folder.resolve("log"), "Startup completed in", line);
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
