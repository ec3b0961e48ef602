package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.CertificateStatus.Revoked;
import io.github.ocspstapler.ocsp.RevocationReason;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testsupport.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From "good" to "revoked" and back, as clients see it in the JDK's own TLS. */
@Timeout(60)
class RevocationTest {
  private static final String CACHE_LIFETIME = "jdk.tls.stapling.cacheLifetime";

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void hold_setAndLifted_takesTheStapleAndBringsItBack(String protocol) throws Exception {
    try (Scene scene = new Scene(Situation.HOLD_LIFTED, false, StaplePolicy.LENIENT)) {
      SSLContext first = scene.server();
      scene.settle();
      assertThat(scene.shows(first, protocol)).isEqualTo("good");

      scene.hold();
      assertThat(scene.shows(scene.server(), protocol)).isEqualTo("no staple");

      scene.liftHold();
      assertThat(scene.shows(scene.server(), protocol)).isEqualTo("good");
      assertThat(scene.world.events.all())
          .containsExactly("localhost: stapled", "localhost: revoked", "localhost: stapled");
    }
  }

  /** One and the same context: the JDK's own cache is in front of us, and bounded. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void revoked_contextThatHasStapledIt_staplesNothingOnceTheJdksCacheHasEnded(String protocol)
      throws Exception {
    System.setProperty(CACHE_LIFETIME, "1"); // so that nobody has to wait for 30
    try (Scene scene = new Scene(Situation.REVOKED, false, StaplePolicy.LENIENT)) {
      SSLContext server = scene.server();
      scene.settle();
      assertThat(scene.shows(server, protocol)).isEqualTo("good");

      scene.revoke();

      assertThat(scene.world.stapler.staple(scene.site.certificate())).isEmpty();
      Callable<String> shown = () -> scene.shows(server, protocol);
      assertThat(Eventually.holds(Duration.ofSeconds(20), () -> "no staple".equals(get(shown))))
          .isTrue();
    } finally {
      System.clearProperty(CACHE_LIFETIME);
    }
  }

  /** Refusing does not wait for the JDK's cache. */
  @Test
  void revoked_underStrict_isRefusedFromTheNextHandshakeOfTheSameContext() throws Exception {
    try (Scene scene = new Scene(Situation.REVOKED, false, StaplePolicy.STRICT)) {
      SSLContext server = scene.server();
      scene.settle();
      assertThat(scene.shows(server, "TLSv1.3")).isEqualTo("good");

      scene.revoke();

      assertThat(scene.shows(server, "TLSv1.3")).isEqualTo("alert");
    }
  }

  @Test
  void jdksCache_asTheStaplerSetsIt_isWhatTheGuideSays() throws Exception {
    try (JsseDelivery delivery =
        JsseDelivery.install(certId -> Optional.empty(), JsseDelivery.Mode.IN_PROCESS)) {
      assertThat(delivery.mode()).isEqualTo(JsseDelivery.Mode.IN_PROCESS);

      String seconds = System.getProperty(CACHE_LIFETIME);

      assertThat(Files.readString(Path.of("../docs/guide/policies.md")))
          .contains("for up to " + seconds + " seconds");
      assertThat(Files.readString(Path.of("../docs/guide/sslcontext.md")))
          .contains("for up to " + seconds + " seconds");
      assertThat(Files.readString(Path.of("../README.md")))
          .contains("for up to " + seconds + " s more");
    }
  }

  @Test
  void revoked_listener_isToldWhenAndWhy() {
    List<Revoked> told = new ArrayList<>();
    StaplerListener listener =
        new StaplerListener() {
          @Override
          public void revoked(StapleStatus status, Revoked revoked) {
            told.add(revoked);
          }
        };
    try (World world = new World(builder -> builder.listener(listener))) {
      TestCertificate leaf = world.stapled("a.test");
      Instant now = world.now();
      world.responders.everywhere(
          InMemoryResponders.revoked(Duration.ofDays(7), RevocationReason.KEY_COMPROMISE));

      for (int i = 0; i < 3; i++) {
        var unused = world.stapler.refresh(World.chain(leaf));
        world.scheduler.runDue();
      }

      assertThat(told)
          .containsExactly(new Revoked(now, Optional.of(RevocationReason.KEY_COMPROMISE)));
    }
  }

  private static String get(Callable<String> shown) {
    try {
      return shown.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
