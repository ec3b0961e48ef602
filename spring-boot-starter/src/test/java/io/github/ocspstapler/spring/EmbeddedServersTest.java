package io.github.ocspstapler.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.jsse.OcspStaplerProvider;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testsupport.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.SslBundles;

/** C8, C9, C19, X2, T3, T4, S1: the embedded servers, unmodified, seen by openssl. */
class EmbeddedServersTest {
  /** Longer than a handshake takes, and than an application takes to start: it must wait. */
  private static final Duration SLOW = Duration.ofMillis(700);

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
  void handshake_responderSlowThenHangs_isStapledFromTheFirstOnAndCounted(Server server) {
    site.responder.latency(SLOW);
    try (Server.Running running = server.start(site, "--ocsp-stapler.go-live-wait=60s")) {
      site.responder.fault(Fault.hang());

      String tls13 = site.handshake(running.port(), "-tls1_3");
      String tls12 = site.handshake(running.port(), "-tls1_2");

      assertThat(tls13).contains("Cert Status: good").contains("Verify return code: 0 (ok)");
      assertThat(tls12).contains("Cert Status: good").contains("Verify return code: 0 (ok)");
      assertThat(running.resolves("true")).isEqualTo(2);
      assertThat(running.resolves("false")).isZero();
    }
    assertThat(Security.getProvider(OcspStaplerProvider.NAME)).isNull();
  }

  // C9. Spring Boot itself does not reload Jetty's bundles: see below.
  @ParameterizedTest
  @EnumSource(names = {"TOMCAT", "REACTOR_NETTY"})
  void bundle_filesReplaced_newCertificateIsStapledFromItsFirstHandshakeOn(Server server)
      throws Exception {
    TestCertificate next = site.ca.leaf("localhost", site.responder.url());
    try (Server.Running running =
        server.start(
            site,
            "--spring.ssl.bundle.pem.web.reload-on-update=true",
            "--spring.ssl.bundle.watch.file.quiet-period=200ms",
            "--ocsp-stapler.go-live-wait=60s")) {
      assertThat(site.handshake(running.port())).contains(site.certificate().pem());
      site.responder.latency(SLOW);

      site.use(next);
      AtomicReference<String> first = new AtomicReference<>("");
      Eventually.until(() -> {
        first.set(site.handshake(running.port()));
        return first.get().contains(next.pem());
      });

      assertThat(first.get()).contains("Cert Status: good").contains("Verify return code: 0 (ok)");
    }
  }

  /** If Spring Boot reloads Jetty one day, this fails, and Jetty belongs into the test above. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bundle_filesReplacedOnJetty_springBootGoesOnWithTheOldCertificate(boolean stapled)
      throws Exception {
    TestCertificate old = site.certificate();
    TestCertificate next = site.ca.leaf("localhost", site.responder.url());
    try (Server.Running running =
        Server.JETTY.start(
            site,
            "--spring.ssl.bundle.pem.web.reload-on-update=true",
            "--spring.ssl.bundle.watch.file.quiet-period=200ms",
            "--ocsp-stapler.enabled=" + stapled)) {
      AtomicBoolean told = new AtomicBoolean();
      SslBundles bundles = running.context().getBean(SslBundles.class);
      // The last handler: all that Spring Boot and we do about the update is done before.
      bundles.addBundleUpdateHandler("web", updated -> told.set(true));

      site.use(next);
      Eventually.until(told::get);

      assertThat(site.handshake(running.port()))
          .contains(old.pem())
          .doesNotContain(next.pem())
          .contains(stapled ? "Cert Status: good" : "OCSP response: no response sent");
    }
  }

  // C19
  @Test
  void handshake_bareAndProviderThereAlready_isCountedByThatOneOnly() {
    site.responder.goDown();
    AtomicInteger wrapped = new AtomicInteger();
    OcspStaplerProvider others =
        new OcspStaplerProvider(keyManager -> {
          wrapped.incrementAndGet();
          return keyManager;
        });
    Security.insertProviderAt(others, 1);
    try (Server.Running running = Server.TOMCAT.start(site, "--ocsp-stapler.go-live-wait=0s")) {
      var unused = site.handshake(running.port());

      assertThat(wrapped).hasPositiveValue();
      assertThat(running.resolves("false")).isZero();
      assertThat(Security.getProvider(OcspStaplerProvider.NAME)).isSameAs(others);
    } finally {
      Security.removeProvider(OcspStaplerProvider.NAME);
    }
  }

  // C19
  @Test
  void twoApplications_firstIsClosed_secondIsCountedBeforeAndAfterAReload() throws Exception {
    TestCertificate next = site.ca.leaf("localhost", site.responder.url());
    AtomicInteger handshakes = new AtomicInteger(1);
    try (Server.Running first = Server.TOMCAT.start(site, "--ocsp-stapler.go-live-wait=60s");
        Server.Running second =
            Server.TOMCAT.start(
                site,
                "--spring.ssl.bundle.pem.web.reload-on-update=true",
                "--spring.ssl.bundle.watch.file.quiet-period=200ms",
                "--ocsp-stapler.go-live-wait=60s")) {
      var unused = site.handshake(first.port()) + site.handshake(second.port());
      assertThat(first.resolves("true")).isEqualTo(1);
      assertThat(second.resolves("true")).isEqualTo(1);

      first.context().close();
      site.use(next);
      Eventually.until(() -> {
        handshakes.incrementAndGet();
        return site.handshake(second.port()).contains(next.pem());
      });

      assertThat(second.resolves("true")).isEqualTo(handshakes.get());
    }
    assertThat(Security.getProvider(OcspStaplerProvider.NAME)).isNull();
  }

  @Test
  void certificateInServerSslItself_handshake_isStapled() {
    try (Server.Running running =
        Server.TOMCAT.startBare(
            "--server.ssl.certificate=" + site.file("server.pem"),
            "--server.ssl.certificate-private-key=" + site.file("server.key"))) {

      assertThat(site.handshake(running.port())).contains("Cert Status: good");
      assertThat(running.resolves("true")).isEqualTo(1);
    }
  }

  @Test
  void restart_responderDown_firstHandshakeIsStapledFromTheStore() throws Exception {
    Path staples = folder.resolve("staples");
    String store = "--ocsp-stapler.store.directory=" + staples;
    byte[] der = site.certificate().certificate().getEncoded();
    byte[] fingerprint = MessageDigest.getInstance("SHA-256").digest(der);
    Path notes = staples.resolve(HexFormat.of().formatHex(fingerprint) + ".properties");
    try (Server.Running before =
        Server.TOMCAT.start(site, store, "--ocsp-stapler.go-live-wait=60s")) {
      assertThat(before.port()).isPositive();
      Eventually.until(() -> Files.exists(notes)); // closing waits for a slow disk a moment only
    }
    site.responder.goDown();

    try (Server.Running running = Server.TOMCAT.start(site, store)) {
      assertThat(site.handshake(running.port())).contains("Cert Status: good");
    }
  }

  // S8: a key manager that the server makes for itself holds to the policy, too.
  @ParameterizedTest
  @EnumSource
  void policyStrict_goodThenRevoked_isStapledThenRefused(Server server) throws Exception {
    try (Server.Running running =
        server.start(site, "--ocsp-stapler.policy=strict", "--ocsp-stapler.go-live-wait=60s")) {
      String stapled = site.handshake(running.port());

      site.responder.revoke(site.certificate(), Instant.now());
      running.stapler().refresh(site.certificate().certificate());

      assertThat(stapled).contains("Cert Status: good").contains("Verify return code: 0 (ok)");
      Eventually.until(
          () -> site.handshake(running.port()).contains("no peer certificate available"));
    }
    assertThat(Security.getProvider(OcspStaplerProvider.NAME)).isNull();
  }

  // S8
  @ParameterizedTest
  @CsvSource({"must-staple, false", "lenient, true", "must-staple, true"})
  void policy_responderDown_refusesMustStapleOnlyIfItSaysSo(String policy, boolean mustStaple)
      throws Exception {
    if (mustStaple) {
      site.use(
          site.ca.leafBuilder("localhost").ocspUrls(site.responder.url()).mustStaple().build());
    }
    site.responder.goDown();

    try (Server.Running running =
        Server.TOMCAT.start(
            site, "--ocsp-stapler.policy=" + policy, "--ocsp-stapler.go-live-wait=0s")) {
      String expected =
          mustStaple && policy.equals("must-staple")
              ? "no peer certificate available"
              : "OCSP response: no response sent";
      assertThat(site.handshake(running.port())).contains(expected);
      if (policy.equals("lenient")) {
        assertThat(running.resolves("false")).isEqualTo(1);
      }
    }
  }

  @Test
  void policyStrict_providerThereAlready_stopsTheApplicationAndLeavesItThere() {
    OcspStaplerProvider others = new OcspStaplerProvider(keyManager -> keyManager);
    Security.insertProviderAt(others, 1);
    try {
      assertThatThrownBy(() -> Server.TOMCAT.start(site, "--ocsp-stapler.policy=strict"))
          .hasRootCauseInstanceOf(InvalidConfigurationPropertyValueException.class)
          .rootCause()
          .hasMessageContaining("ocsp-stapler.policy");

      assertThat(Security.getProvider(OcspStaplerProvider.NAME)).isSameAs(others);
    } finally {
      Security.removeProvider(OcspStaplerProvider.NAME);
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
