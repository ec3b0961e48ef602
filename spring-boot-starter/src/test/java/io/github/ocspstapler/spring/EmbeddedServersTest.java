package io.github.ocspstapler.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCertificate;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** C8, C9, X2, T3, T4, S1: the embedded servers, unmodified, seen by openssl. */
class EmbeddedServersTest {
  @TempDir private Path folder;

  private Site site;

  @BeforeEach
  void startResponder() throws Exception {
    site = Site.in(folder);
  }

  @AfterEach
  void stopResponder() {
    site.close();
  }

  @ParameterizedTest
  @EnumSource
  void handshake_responderHangs_isStapledFromTheFirstOn(Server server) {
    try (Server.Running running = server.start(site)) {
      site.responder.fault(Fault.hang());

      String tls13 = site.handshake(running.port(), "-tls1_3");
      String tls12 = site.handshake(running.port(), "-tls1_2");

      assertThat(tls13).contains("Cert Status: good").contains("Verify return code: 0 (ok)");
      assertThat(tls12).contains("Cert Status: good").contains("Verify return code: 0 (ok)");
    }
  }

  @ParameterizedTest
  @EnumSource
  void bundle_filesReplaced_newCertificateIsStapledFromItsFirstHandshakeOn(Server server)
      throws Exception {
    TestCertificate next = site.ca.leaf("localhost", site.responder.url());
    try (Server.Running running =
        server.start(
            site,
            "--spring.ssl.bundle.pem.web.reload-on-update=true",
            "--spring.ssl.bundle.watch.file.quiet-period=200ms")) {
      assertThat(site.handshake(running.port())).contains(serial(site.certificate()));

      site.use(next);
      String[] first = new String[1];
      Eventually.until(() -> {
        first[0] = site.handshake(running.port(), "-showcerts", "-text");
        return first[0].contains("Cert Status") && first[0].contains(serial(next));
      });

      assertThat(first[0]).contains("Cert Status: good").contains("Verify return code: 0 (ok)");
    }
  }

  /** As in the certificate's ID inside the staple. */
  private static String serial(TestCertificate certificate) {
    String hex = certificate.serialNumber().toString(16).toUpperCase(Locale.ROOT);
    return "Serial Number: " + (hex.length() % 2 == 0 ? hex : "0" + hex);
  }

  @Test
  void certificateInServerSslItself_handshake_isStapled() {
    try (Server.Running running =
        Server.TOMCAT.startBare(
            "--server.ssl.certificate=" + site.file("server.pem"),
            "--server.ssl.certificate-private-key=" + site.file("server.key"))) {

      assertThat(site.handshake(running.port())).contains("Cert Status: good");
    }
  }

  @Test
  void restart_responderDown_firstHandshakeIsStapledFromTheStore() {
    String store = "--ocsp-stapler.store.directory=" + folder.resolve("staples");
    Server.TOMCAT.start(site, store).close();
    site.responder.goDown();

    try (Server.Running running = Server.TOMCAT.start(site, store)) {
      assertThat(site.handshake(running.port())).contains("Cert Status: good");
    }
  }

  @Test
  void disabled_handshake_isNotStapled() {
    try (Server.Running running = Server.TOMCAT.start(site, "--ocsp-stapler.enabled=false")) {
      String handshake = site.handshake(running.port());

      assertThat(handshake)
          .contains("OCSP response: no response sent")
          .contains("Verify return code: 0 (ok)");
    }
  }
}
