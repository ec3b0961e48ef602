package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.FreePort;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C6, T3, T4: Tomcat as its project publishes it, started by its own script, with the agent. */
class TomcatAgentTest {
  private static final Path ALL = Path.of("target", "tomcat");

  private static final String SERVER =
      """
      <Server port="-1">
        <GlobalNamingResources>
          <Resource name="UserDatabase" auth="Container" type="org.apache.catalina.UserDatabase"
                    factory="org.apache.catalina.users.MemoryUserDatabaseFactory"
                    pathname="conf/tomcat-users.xml" />
        </GlobalNamingResources>
        <Service name="Catalina">
          <Connector port="PORT" address="127.0.0.1" SSLEnabled="true"
                     protocol="org.apache.coyote.http11.Http11NioProtocol">
            <SSLHostConfig>
              <Certificate certificateKeystoreFile="KEYSTORE" certificateKeystoreType="PKCS12"
                           certificateKeystorePassword="changeit" />
            </SSLHostConfig>
          </Connector>
          <Engine name="Catalina" defaultHost="localhost">
            <Realm className="org.apache.catalina.realm.UserDatabaseRealm"
                   resourceName="UserDatabase" />
            <Host name="localhost" appBase="webapps" />
          </Engine>
        </Service>
      </Server>
      """;

  private static final String USERS =
      """
      <tomcat-users>
        <user username="deploy" password="secret" roles="manager-script" />
      </tomcat-users>
      """;

  @TempDir private Path folder;

  private final int port = FreePort.next();
  private TestSite site;
  private RunningProgram tomcat;

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(folder);
    Path home = home();
    Path base = Files.createDirectory(folder.resolve("base"));
    for (String name : List.of("logs", "temp", "webapps", "work")) {
      Files.createDirectory(base.resolve(name));
    }
    Path contexts = Files.createDirectories(base.resolve("conf/Catalina/localhost"));
    for (String name : List.of("conf/web.xml", "conf/logging.properties")) {
      Files.copy(home.resolve(name), base.resolve(name));
    }
    Files.writeString(
        contexts.resolve("manager.xml"),
        "<Context docBase=\"${catalina.home}/webapps/manager\" privileged=\"true\" />");
    Files.writeString(base.resolve("conf/tomcat-users.xml"), USERS);
    Files.writeString(
        base.resolve("conf/server.xml"),
        SERVER
            .replace("PORT", Integer.toString(port))
            .replace("KEYSTORE", site.keyStore().toString()));
    List<String> line =
        List.of(
            OutsideTool.require("env", "coreutils").toString(),
            "JAVA_HOME=" + System.getProperty("java.home"),
            "CATALINA_BASE=" + base,
            "CATALINA_OPTS=" + AgentJar.option() + " -Docspstapler.store=" + folder.resolve("s"),
            "sh",
            home.resolve("bin/catalina.sh").toString(),
            "run");
    tomcat = RunningProgram.start(port, folder.resolve("log"), "Server startup in", line);
  }

  private static Path home() throws Exception {
    try (Stream<Path> unpacked = Files.list(ALL)) {
      return unpacked.findFirst().orElseThrow().toAbsolutePath();
    }
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
