package io.github.ocspstapler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testsupport.FreePort;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon's files in real servers, as a real client sees them. */
class WatchServersTest {
  private static final String NAME = "www.example.test";

  @TempDir private Path folder;

  private WatchWorld world;
  private TestCertificate leaf;
  private @Nullable Process server;
  private int port;

  @BeforeEach
  void issue() throws Exception {
    world = new WatchWorld(folder);
    leaf = world.site(NAME);
    port = FreePort.next();
  }

  @AfterEach
  void close() throws Exception {
    Process running = server;
    if (running != null) {
      running.destroy();
      if (!running.waitFor(30, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    }
    world.close();
  }

  private void start(List<String> command) throws Exception {
    Path log = folder.resolve("server.log");
    Process started =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    server = started;
    WatchWorld.eventually(() -> {
      assertThat(started.isAlive()).as(Files.readString(log)).isTrue();
      return WatchWorld.stapled(port, NAME, "-tls1_3").contains("BEGIN CERTIFICATE");
    });
  }

  private long pid() {
    return Objects.requireNonNull(server).pid();
  }

  private void once() throws Exception {
    Cli run = Cli.run("watch", "--once", world.config());
    assertThat(run.status()).as(run.out() + run.err()).isZero();
  }

  private Path startHaproxy() throws Exception {
    Path socket = folder.resolve("admin.sock");
    Path config =
        Files.writeString(
            folder.resolve("haproxy.cfg"),
            """
            global
              stats socket %s mode 600 level admin
            defaults
              mode http
              timeout connect 5s
              timeout client 5s
              timeout server 5s
            frontend tls
              bind 127.0.0.1:%d ssl crt %s
              http-request return status 200
            """
                .formatted(socket, port, world.certificates));
    start(
        List.of(
            OutsideTool.require("haproxy", "haproxy").toString(), "-db", "-f", config.toString()));
    return socket;
  }

  @Test
  void haproxy_loadsTheFileAtItsStart() throws Exception {
    once();

    startHaproxy();

    for (String protocol : List.of("-tls1_2", "-tls1_3")) {
      assertThat(WatchWorld.stapled(port, NAME, protocol)).contains("Cert Status: good");
    }
  }

  @Test
  void haproxy_isHandedANewerResponseWhileItRuns() throws Exception {
    once();
    Path socket = startHaproxy();
    world.responder.revoke(leaf, Instant.now().minusSeconds(60), 1);
    Files.delete(world.ocsp(NAME));

    try (Watch watch = Watch.start(world.settings("haproxy: " + socket))) {
      watch.look();

      WatchWorld.eventually(
          () -> WatchWorld.stapled(port, NAME, "-tls1_3").contains("Cert Status: revoked"));
    }
  }

  @Test
  void haproxy_withAnEmptyFileAtItsStart_takesTheFirstResponse() throws Exception {
    Files.createFile(world.ocsp(NAME));
    Path socket = startHaproxy();
    String before = WatchWorld.stapled(port, NAME, "-tls1_3");

    try (Watch watch = Watch.start(world.settings("haproxy: " + socket))) {
      watch.look();

      WatchWorld.eventually(
          () -> WatchWorld.stapled(port, NAME, "-tls1_3").contains("Cert Status: good"));
    }

    assertThat(before).contains("OCSP response: no response sent");
  }

  @Test
  void nginx_servesTheFileAndTheHookReloadsIt() throws Exception {
    once();
    String nginx = OutsideTool.require("nginx", "nginx-light").toString();
    Path pem = world.certificates.resolve(NAME + ".pem");
    Files.writeString(
        folder.resolve("nginx.conf"),
        """
        daemon off;
        worker_processes 1;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log;
        events {}
        http {
          access_log off;
          server {
            listen 127.0.0.1:%2$d ssl;
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_certificate %3$s;
            ssl_certificate_key %3$s;
            ssl_stapling on;
            ssl_stapling_file %3$s.ocsp;
          }
        }
        """
            .formatted(folder, port, pem));
    List<String> nginxHere =
        List.of(nginx, "-p", folder.toString(), "-c", folder.resolve("nginx.conf").toString());
    start(nginxHere);
    String before = WatchWorld.stapled(port, NAME, "-tls1_3");

    revoke("hook: {command: [" + String.join(", ", nginxHere) + ", -s, reload]}");

    assertThat(before).contains("Cert Status: good");
  }

  /** Revokes the certificate, and has the daemon write that and run this hook. */
  private void revoke(String hook) throws Exception {
    world.responder.revoke(leaf, Instant.now().minusSeconds(60), 1);
    Files.delete(world.ocsp(NAME));
    try (Watch watch = Watch.start(world.settings(hook))) {
      watch.look();

      WatchWorld.eventually(
          () -> WatchWorld.stapled(port, NAME, "-tls1_2").contains("Cert Status: revoked"));
    }
  }

  @Test
  void lighttpd_servesTheFileAndReadsItAgainWhenRestartedGracefully() throws Exception {
    once();
    Path lighttpd = OutsideTool.require("lighttpd", "lighttpd-mod-openssl");
    Path pem = world.certificates.resolve(NAME + ".pem");
    Path config =
        Files.writeString(
            folder.resolve("lighttpd.conf"),
            """
            server.modules = ("mod_openssl")
            server.bind = "127.0.0.1"
            server.port = %1$d
            server.document-root = "%2$s"
            ssl.engine = "enable"
            ssl.pemfile = "%3$s"
            ssl.stapling-file = "%3$s.ocsp"
            """
                .formatted(port, folder, pem));
    start(List.of(lighttpd.toString(), "-D", "-f", config.toString()));
    String before = WatchWorld.stapled(port, NAME, "-tls1_3");

    revoke("hook: {command: [kill, -USR1, \"" + pid() + "\"]}");

    assertThat(before).contains("Cert Status: good");
  }

  @Test
  void hitch_servesTheFileAndTheHookReloadsItUnlessItIsRevoked() throws Exception {
    once();
    Path hitch = OutsideTool.require("hitch", "hitch");
    boolean root = System.getProperty("user.name").equals("root"); // whose workers it refuses
    Path pem = world.certificates.resolve(NAME + ".pem");
    Path config =
        Files.writeString(
            folder.resolve("hitch.conf"),
            """
            frontend = "[127.0.0.1]:%1$d"
            backend = "[127.0.0.1]:%1$d"
            workers = 1
            tls-protos = TLSv1.2 TLSv1.3
            %3$s
            pem-file = {
              cert = "%2$s"
              ocsp-resp-file = "%2$s.ocsp"
            }
            """
                .formatted(port, pem, root ? "user = \"nobody\"" : ""));
    start(List.of(hitch.toString(), "--config=" + config));
    String before = WatchWorld.stapled(port, NAME, "-tls1_3");
    String end = before.lines().filter(line -> line.contains("Next Update")).findFirst().get();
    String hook = "hook: {command: [kill, -HUP, \"" + pid() + "\"]}";

    world.responder.validity(Duration.ofDays(30));
    Files.delete(world.ocsp(NAME));
    try (Watch watch = Watch.start(world.settings(hook))) {
      watch.look();

      WatchWorld.eventually(() -> {
        String now = WatchWorld.stapled(port, NAME, "-tls1_3");
        return now.contains("Cert Status: good") && !now.contains(end);
      });
    }
    world.responder.revoke(leaf, Instant.now().minusSeconds(60), 1);
    Files.delete(world.ocsp(NAME));
    try (Watch watch = Watch.start(world.settings(hook))) {
      watch.look();

      Path log = folder.resolve("server.log");
      WatchWorld.eventually(() -> Files.readString(log).contains("Config reload failed"));
    }

    assertThat(before).contains("Cert Status: good");
    assertThat(Files.readString(folder.resolve("server.log"))).contains("has status revoked");
    assertThat(WatchWorld.stapled(port, NAME, "-tls1_2")).contains("Cert Status: good");
  }
}
