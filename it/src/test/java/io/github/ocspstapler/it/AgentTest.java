package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testsupport.Command;
import io.github.ocspstapler.testsupport.Eventually;
import io.github.ocspstapler.testsupport.FreePort;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C6, T3, T4: the agent in the JVM of a server that knows nothing of stapling. */
class AgentTest {
  @TempDir private Path folder;

  private final int port = FreePort.next();
  private TestSite site;
  private @Nullable RunningProgram server;

  @BeforeEach
  void startResponder() throws Exception {
    site = new TestSite(folder);
  }

  @AfterEach
  void stop() {
    kill();
    site.close();
  }

  private void kill() {
    RunningProgram running = server;
    if (running != null) {
      running.close();
    }
  }

  @Test
  void httpsServer_keysReloaded_staysStapled() throws Exception {
    start();
    site.assertStapled(port);
    assertThat(log()).contains("The OCSP Stapler agent staples what this server serves");

    site.renew();
    reload();

    site.assertStapled(port);
  }

  @Test
  void httpsServer_defaultContext_isStapled() throws Exception {
    List<String> options =
        List.of(
            "-Djavax.net.ssl.keyStore=" + site.keyStore(),
            "-Djavax.net.ssl.keyStorePassword=" + TestSite.PASSWORD);
    launch(AgentJar.run(store(), options, PlainServerProgram.class, Integer.toString(port)));
    site.assertStapled(port);
  }

  // S1: the store is the agent's own.
  @Test
  void kill_restartWithResponderDown_firstHandshakeIsStapled() throws Exception {
    start();
    site.assertStapled(port);
    Eventually.until(() -> stored() == 2); // leaf and intermediate
    kill();
    site.responder().goDown();

    start();
    assertThat(site.handshake(port, "-status").output()).contains("Cert Status: good");
  }

  // X2
  @Test
  void handshake_responderHangsFromTheStart_goesOnBare() throws Exception {
    site.responder().fault(Fault.hang());
    start();
    site.assertServedBare(port);
  }

  @Test
  void premain_idleProgram_leavesLoggingHttpAndManagementAlone() throws Exception {
    Path classes = folder.resolve("classes");
    List<String> options =
        List.of("-Xlog:class+load:file=" + classes.toString().replace(":", "\\:"));
    List<String> line = AgentJar.run(store(), options, IdleProgram.class);
    Command idle =
        Command.run(Path.of(line.get(0)), line.subList(1, line.size()).toArray(String[]::new));
    assertThat(idle).isEqualTo(new Command(0, ""));

    List<String> loaded = Files.readAllLines(classes);

    assertThat(loaded)
        .anyMatch(loading -> loading.contains(".agent.Agent "))
        .noneMatch(loading ->
            loading.matches(
                ".*\\] (java\\.util\\.logging\\.|java\\.net\\.http\\.|jdk\\.internal\\.net\\.http\\."
                    + "|javax\\.management\\.|java\\.lang\\.management\\.|sun\\.management\\."
                    + "|java\\.lang\\.System\\$LoggerFinder|sun\\.security\\.ssl\\.SSL).*"));
  }

  @Test
  void premain_twice_isOnceAndSaysSo() throws Exception {
    start(List.of(AgentJar.option()));
    site.assertStapled(port);
    assertThat(log()).contains("is in this JVM already");
  }

  @Test
  void library_sameJvm_serversAreStapledByTheAgent() throws Exception {
    List<String> line =
        new ArrayList<>(
            ChildJvm.of(
                StapledServerProgram.class,
                site.keyStore().toString(),
                folder.resolve("library").toString()));
    line.addAll(1, List.of(AgentJar.option(), "-Docspstapler.store=" + store()));
    Path log = folder.resolve("log");
    server = RunningProgram.start(0, log, "\n", line);
    Eventually.until(() -> Files.readString(log).lines().anyMatch(said -> said.matches("\\d+")));
    int itsPort =
        Files.readString(log)
            .lines()
            .filter(said -> said.matches("\\d+"))
            .mapToInt(Integer::parseInt)
            .findFirst()
            .orElseThrow();

    site.assertStapled(itsPort);
    assertThat(log()).contains("Another copy of this library in this JVM");
  }

  @Test
  void settings_unknownKeyAndBadValue_areSaidAndTheServerIsStapled() throws Exception {
    Path file = Files.writeString(folder.resolve("agent.properties"), "ocspstapler.stoer=/x\n");
    List<String> options = List.of("-Docspstapler.config=" + file, "-Docspstapler.nonce=maybe");
    start(options);
    site.assertStapled(port);
    assertThat(log())
        .contains("WARNING: ocspstapler.stoer in " + file + " is no setting")
        .contains("WARNING: system property ocspstapler.nonce = maybe is ignored");
  }

  @Test
  void statusPort_set_pageApiMetricsAndHealthAnswer() throws Exception {
    int statusPort = FreePort.next();
    String page = "http://127.0.0.1:" + statusPort + "/";
    start(List.of("-Docspstapler.status-port=" + statusPort));

    site.assertStapled(port);

    assertThat(get(page)).contains("200", "<title>OCSP Stapler</title>");
    assertThat(get(page + "app.js")).startsWith("200 ");
    assertThat(get(page + "api/staples"))
        .contains("200 ", "\"name\":\"localhost\",\"state\":\"stapled\"");
    assertThat(get(page + "health/ready")).contains("200 ", "UP");
    assertThat(get(page + "metrics"))
        .startsWith("200 ")
        .containsPattern("(?m)^ocsp_resolves_total\\{[^}]*\\} [1-9]");
    assertThat(log()).contains("The OCSP Stapler agent's status page is " + page);
  }

  @Test
  void statusAddress_everyInterfaceWithoutToken_onlyThePageIsMissing() throws Exception {
    int statusPort = FreePort.next();
    start(
        List.of("-Docspstapler.status-port=" + statusPort, "-Docspstapler.status-address=0.0.0.0"));

    site.assertStapled(port);

    assertThatThrownBy(() -> get("http://127.0.0.1:" + statusPort + "/"))
        .isInstanceOf(ConnectException.class);
    assertThat(log().lines().filter(line -> line.contains("without its status page")))
        .singleElement()
        .asString()
        .startsWith("WARNING: ")
        .contains("0.0.0.0 port " + statusPort, "expected: a token");
  }

  @Test
  @SuppressWarnings("BanJNDI") // asks this machine only
  void jmx_named_showsWhatIsStapled() throws Exception {
    int jmxPort = FreePort.next();
    start(
        List.of(
            "-Docspstapler.jmx=main",
            "-Dcom.sun.management.jmxremote.port=" + jmxPort,
            "-Dcom.sun.management.jmxremote.host=127.0.0.1",
            "-Djava.rmi.server.hostname=127.0.0.1",
            "-Dcom.sun.management.jmxremote.authenticate=false",
            "-Dcom.sun.management.jmxremote.ssl=false"));

    site.assertStapled(port);

    String url = "service:jmx:rmi:///jndi/rmi://127.0.0.1:" + jmxPort + "/jmxrmi";
    try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(url))) {
      // A domain of its own: an application that has the library too keeps its names.
      ObjectName name = new ObjectName("io.github.ocspstapler.agent.core:type=Stapler,name=main");
      CompositeData summary =
          (CompositeData) connector.getMBeanServerConnection().getAttribute(name, "Summary");
      assertThat(summary.get("stapled")).isEqualTo(2); // leaf and intermediate
    }
  }

  // S8. On JDK 17 this server closes the connection without an alert, see RefusalTest.
  @Test
  void policy_strictAndResponderDown_handshakesAreRefused() throws Exception {
    site.responder().goDown();
    start(List.of("-Docspstapler.policy=strict"));

    for (String protocol : List.of("-tls1_2", "-tls1_3")) {
      assertThat(site.handshake(port, protocol, "-status").output())
          .as(protocol)
          .contains("no peer certificate available");
    }
  }

  @Test
  void settings_disabled_doesNothing() throws Exception {
    start(List.of("-Docspstapler.enabled=false"));
    site.assertServedBare(port);
    assertThat(site.responder().requestCount()).isZero();
  }

  @Test
  void start_userHasSetAResponder_isLeftAloneAndSaysSo() throws Exception {
    String users = "jdk.tls.stapling.responderURI=http://127.0.0.1:1/";
    start(List.of("-D" + users));
    assertThat(site.handshake(port, "-status").output()).contains("Verify return code: 0 (ok)");
    assertThat(log()).contains("OCSP Stapler agent does nothing. " + users);
  }

  @Test
  void start_withoutTheHttpClient_serverServesBare() throws Exception {
    List<String> options =
        List.of("--limit-modules=java.instrument,java.logging,jdk.httpserver,jdk.crypto.ec");
    start(options);
    site.assertServedBare(port);
    assertThat(log()).contains("could not start; nothing is stapled");
  }

  private void start(List<String> options) throws Exception {
    launch(
        AgentJar.run(
            store(),
            options,
            PlainServerProgram.class,
            Integer.toString(port),
            site.keyStore().toString()));
  }

  private void launch(List<String> line) {
    server = RunningProgram.start(port, folder.resolve("log"), PlainServerProgram.READY, line);
  }

  private void start() throws Exception {
    start(List.of());
  }

  private Path store() {
    return folder.resolve("store");
  }

  private long stored() throws Exception {
    if (!Files.isDirectory(store())) {
      return 0;
    }
    try (Stream<Path> files = Files.list(store())) {
      return files.filter(file -> file.toString().endsWith(".ocsp")).count();
    }
  }

  private String log() throws Exception {
    return Files.readString(folder.resolve("log"));
  }

  /** The status and the body. */
  private static String get(String uri) throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString());
    return response.statusCode() + " " + response.body();
  }

  private void reload() {
    Path curl = OutsideTool.require("curl", "curl");
    String anchor = site.trustAnchor().toString();
    String url = "https://localhost:" + port + "/reload";
    Command done =
        Command.run(curl, "--silent", "--fail", "--noproxy", "*", "--cacert", anchor, url);
    assertThat(done.status()).isZero();
  }
}
