package io.github.ocspstapler.it;

import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Tomcat as its project publishes it, started by its own script, with the agent. */
final class StandAloneTomcat {
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
                     protocol="org.apache.coyote.http11.Http11NioProtocol" MORE>
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

  private StandAloneTomcat() {}

  /**
   * Starts it with its log in {@code folder/log}.
   *
   * @param more attributes of the connector
   * @param environment more variables, such as {@code A=b}
   */
  static RunningProgram start(
      Path folder, int port, TestSite site, String more, String... environment) throws IOException {
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
            .replace("KEYSTORE", site.keyStore().toString())
            .replace(" MORE", more));
    List<String> line = new ArrayList<>();
    line.add(OutsideTool.require("env", "coreutils").toString());
    line.addAll(List.of(environment));
    line.addAll(
        List.of(
            "JAVA_HOME=" + System.getProperty("java.home"),
            "CATALINA_BASE=" + base,
            "CATALINA_OPTS=" + AgentJar.option() + " -Docspstapler.store=" + folder.resolve("s"),
            "sh",
            home.resolve("bin/catalina.sh").toString(),
            "run"));
    return RunningProgram.start(port, folder.resolve("log"), "Server startup in", line);
  }

  private static Path home() throws IOException {
    try (Stream<Path> unpacked = Files.list(ALL)) {
      return unpacked.findFirst().orElseThrow().toAbsolutePath();
    }
  }
}
