package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.Command;
import io.github.ocspstapler.testsupport.FreePort;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C6, T3, T4: Tomcat as its project publishes it, started by its own script, with the agent. */
class TomcatAgentTest {
  @TempDir private Path folder;

  private final int port = FreePort.next();
  private TestSite site;
  private RunningProgram tomcat;

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(folder);
    tomcat = StandAloneTomcat.start(folder, port, site, "");
  }

  @AfterEach
  void stop() {
    tomcat.close();
    site.close();
  }

  @Test
  void serverXml_certificateReloaded_staysStapled() throws Exception {
    site.assertStapled(port);

    site.renew();
    reload();

    site.assertStapled(port);
    assertThat(Files.readString(folder.resolve("log")))
        .as("Tomcat's own log manager and format, for the agent too")
        .contains("INFO [main] org.apache.catalina.startup.Catalina.start")
        .contains("INFO [main] io.github.ocspstapler.agent.LateStapler.build The OCSP Stapler")
        .doesNotContain("SEVERE");
  }

  /** As its manager does it for an operator. */
  private void reload() {
    Command done =
        Command.run(
            OutsideTool.require("curl", "curl"),
            "--silent",
            "--noproxy",
            "*",
            "--cacert",
            site.trustAnchor().toString(),
            "--user",
            "deploy:secret",
            "https://localhost:" + port + "/manager/text/sslReload");
    assertThat(done.output()).startsWith("OK");
  }
}
