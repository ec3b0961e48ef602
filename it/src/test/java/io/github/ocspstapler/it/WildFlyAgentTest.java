package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.FreePort;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C6, T3, T4: WildFly as its project publishes it, started by its own script, with the agent. Its
 * zip has 250 MB, so that only {@code -Pwildfly} runs this.
 */
class WildFlyAgentTest {
  private static final Path ALL = Path.of("target", "wildfly");

  private static final String CONTEXT =
      "<server-ssl-context name=\"applicationSSC\" key-manager=\"applicationKM\"";

  // Without it, WildFly speaks TLS 1.2 only.
  private static final String TLS_1_3 =
      " cipher-suite-names=\"TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256\"";

  @TempDir private Path folder;

  private final int port = FreePort.next();
  private TestSite site;
  private RunningProgram wildFly;

  @BeforeEach
  void start() throws Exception {
    assertThat(ALL).as("this test runs with -Pwildfly").exists();
    site = new TestSite(folder);
    Path home = home();
    Path base = folder.resolve("standalone");
    copy(home.resolve("standalone"), base);
    Path configuration = base.resolve("configuration");
    Files.copy(site.keyStore(), configuration.resolve("application.keystore"));
    String xml = Files.readString(configuration.resolve("standalone.xml"));
    String password = "clear-text=\"" + TestSite.PASSWORD + "\"";
    Files.writeString(
        configuration.resolve("standalone.xml"),
        xml.replace("clear-text=\"password\"", password) // the key store's, and its key's
            .replace(CONTEXT + "/>", CONTEXT + TLS_1_3 + "/>"));
    Path conf = folder.resolve("standalone.conf");
    Files.writeString(
        conf,
        Files.readString(home.resolve("bin/standalone.conf"))
            + "\nJAVA_OPTS=\"$JAVA_OPTS %s -Docspstapler.store=%s\"\n"
                .formatted(AgentJar.option(), folder.resolve("store")));
    List<String> line =
        List.of(
            OutsideTool.require("env", "coreutils").toString(),
            "JAVA_HOME=" + System.getProperty("java.home"),
            "RUN_CONF=" + conf,
            "sh",
            home.resolve("bin/standalone.sh").toString(),
            "-b=127.0.0.1",
            "-Djboss.server.base.dir=" + base,
            "-Djboss.https.port=" + port,
            "-Djboss.http.port=0",
            "-Djboss.management.http.port=0");
    wildFly = RunningProgram.start(port, folder.resolve("log"), "WFLYSRV0025", line);
  }

  private static Path home() throws IOException {
    try (Stream<Path> unpacked = Files.list(ALL)) {
      return unpacked.findFirst().orElseThrow().toAbsolutePath();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) { // folders first
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  @AfterEach
  void stop() {
    wildFly.close();
    site.close();
  }

  @Test
  void standaloneConf_openssl_isStapledAndLogsAsWildFlyDoes() throws Exception {
    site.assertStapled(port);

    assertThat(Files.readString(folder.resolve("log")))
        .containsPattern(
            "INFO +\\[io\\.github\\.ocspstapler\\S*\\] .*The OCSP Stapler agent staples")
        .doesNotContain("ERROR");
  }
}
