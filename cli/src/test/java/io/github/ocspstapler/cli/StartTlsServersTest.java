package io.github.ocspstapler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testsupport.FreePort;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code probe --starttls} at real servers. Dovecot and slapd staple nothing, and need not here.
 */
class StartTlsServersTest {
  @TempDir private Path folder;

  private Path root;
  private Path chain;
  private Path key;
  private int port;
  private @Nullable Process server;

  @BeforeEach
  void issue() throws Exception {
    TestCa ca = TestCa.root("StartTLS root");
    // RSA: Debian's slapd uses GnuTLS, which does not read the JDK's PEM of an EC key.
    TestCertificate site =
        ca.leafBuilder("localhost").sans("localhost").keyAlgorithm(KeyAlgorithm.RSA_2048).build();
    root = Files.writeString(folder.resolve("root.pem"), ca.held().pem());
    chain = Files.writeString(folder.resolve("chain.pem"), site.chainPem());
    key = Files.writeString(folder.resolve("key.pem"), site.privateKeyPem());
    port = FreePort.next();
  }

  @AfterEach
  void stop() throws Exception {
    Process running = server;
    if (running != null) {
      running.destroy();
      if (!running.waitFor(10, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    }
  }

  private void start(String... command) throws Exception {
    Path log = folder.resolve("server.log");
    Process started =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    server = started;
    WatchWorld.eventually(() -> {
      assertThat(started.isAlive()).as(Files.readString(log)).isTrue();
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return socket.isConnected();
      } catch (IOException e) {
        return false;
      }
    });
  }

  private void assertProbed(String protocol) {
    Cli run =
        Cli.run(
            "probe",
            "localhost:" + port,
            "--starttls",
            protocol,
            "--cafile",
            root,
            "--timeout",
            "PT30S");

    assertThat(run.out())
        .as(run.err())
        .startsWith("OK ")
        .contains("TLS 1.3  handshake", "TLS 1.2  handshake");
    assertThat(run.status()).isZero();
  }

  @Test
  void slapd_isProbedBehindStartTls() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("slapd.conf"),
            """
            TLSCACertificateFile %s
            TLSCertificateFile %s
            TLSCertificateKeyFile %s
            database config
            """
                .formatted(root, chain, key));

    start(
        OutsideTool.require("slapd", "slapd").toString(),
        "-d",
        "none", // in the foreground, and errors said
        "-f",
        config.toString(),
        "-h",
        "ldap://127.0.0.1:" + port + "/");

    assertProbed("ldap");
  }

  @Test
  void dovecot_isProbedBehindStartTls() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("dovecot.conf"),
            """
            base_dir = %1$s/run
            state_dir = %1$s/state
            log_path = /dev/stderr
            protocols = imap
            listen = 127.0.0.1
            ssl = required
            ssl_cert = <%2$s
            ssl_key = <%3$s
            service imap-login {
              inet_listener imap {
                port = %4$d
              }
              inet_listener imaps {
                port = 0
              }
            }
            passdb {
              driver = static
            }
            userdb {
              driver = static
            }
            %5$s
            """
                .formatted(folder, chain, key, port, withoutRoot()));

    start(
        OutsideTool.require("dovecot", "dovecot-imapd").toString(), "-F", "-c", config.toString());

    assertProbed("imap");
  }

  /** What Dovecot needs to know where it cannot become users of its own. */
  private String withoutRoot() throws IOException {
    PosixFileAttributes mine = Files.readAttributes(folder, PosixFileAttributes.class);
    return mine.owner().getName().equals("root")
        ? ""
        : """
        default_internal_user = %1$s
        default_internal_group = %2$s
        default_login_user = %1$s
        service anvil {
          chroot =
        }
        service imap-login {
          chroot =
        }
        """
            .formatted(mine.owner().getName(), mine.group().getName());
  }
}
