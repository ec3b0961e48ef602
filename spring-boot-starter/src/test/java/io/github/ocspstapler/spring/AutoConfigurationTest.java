package io.github.ocspstapler.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.Staple;
import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerListener;
import io.github.ocspstapler.StaplerMetrics;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.jsse.StaplingKeyManager;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testsupport.Eventually;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

/** Which beans there are, and which bundles they see: C9, C17. */
class AutoConfigurationTest {
  private static final String PEM = "spring.ssl.bundle.pem.";

  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  SslAutoConfiguration.class,
                  OcspStaplerAutoConfiguration.class,
                  OcspStaplerEndpointAutoConfiguration.class,
                  OcspStaplerHealthContributorAutoConfiguration.class,
                  OcspStaplerMetricsAutoConfiguration.class));

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

  private String[] bundle(String name) {
    return new String[] {
      PEM + name + ".keystore.certificate=" + site.file("server.pem"),
      PEM + name + ".keystore.private-key=" + site.file("server.key")
    };
  }

  private static Stream<String> names(Stapler stapler) {
    return stapler.statuses().stream().map(StapleStatus::name);
  }

  @Test
  void bundle_responderSlow_isStapledBeforeTheApplicationRuns() {
    site.responder.latency(Duration.ofMillis(700));

    application
        .withPropertyValues(bundle("web"))
        .withPropertyValues("ocsp-stapler.go-live-wait=60s")
        .run(context ->
            assertThat(context.getBean(Stapler.class).statuses())
                .extracting(StapleStatus::state)
                .containsExactly(StapleStatus.State.STAPLED, StapleStatus.State.STAPLED));
  }

  @Test
  void bundle_responderHangs_startsWhenTheWaitIsOver() {
    site.responder.fault(Fault.hang());

    application
        .withPropertyValues(bundle("web"))
        .withPropertyValues("ocsp-stapler.go-live-wait=100ms")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void goLive_amongLifecycles_isBeforeWebServers() {
    application.run(context ->
        assertThat(context.getBean(GoLive.class).getPhase())
            .isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE));
  }

  @Test
  void bundle_registeredLater_isKept() {
    application.run(context -> {
      SslBundleRegistry registry = context.getBean(SslBundleRegistry.class);
      PemSslStore store =
          PemSslStore.of(site.certificate().chain(), site.certificate().privateKey());

      registry.registerBundle("later", SslBundle.of(new PemSslStoreBundle(store, null)));

      assertThat(names(context.getBean(Stapler.class))).contains("localhost");
    });
  }

  @Test
  void bundle_notNamedInBundles_isLeftAlone() {
    application
        .withPropertyValues(bundle("client"))
        .withPropertyValues("ocsp-stapler.bundles=web")
        .run(context -> assertThat(names(context.getBean(Stapler.class))).isEmpty());
  }

  @Test
  void keyManager_ofNoBundle_isLeftAlone() {
    TestCertificate client = site.ca.leaf("client.test", site.responder.url());
    application
        .withPropertyValues(bundle("web"))
        .run(context -> {
          KeyManager[] others = keyManagers(client);
          KeyManager[] ours = keyManagers(site.certificate());

          assertThat(others).doesNotHaveAnyElementsOfTypes(StaplingKeyManager.class);
          assertThat(ours).hasOnlyElementsOfType(StaplingKeyManager.class);
          assertThat(names(context.getBean(Stapler.class))).doesNotContain("client.test");
        });
  }

  /** As a server makes them for itself. */
  private static KeyManager[] keyManagers(TestCertificate certificate) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    X509Certificate[] chain = certificate.chain().toArray(X509Certificate[]::new);
    keys.setKeyEntry("key", certificate.privateKey(), new char[0], chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, new char[0]);
    return factory.getKeyManagers();
  }

  @Test
  void bundle_trustOnly_hasNothingToStaple() {
    application
        .withPropertyValues(PEM + "peers.truststore.certificate=" + site.file("root.pem"))
        .run(context -> assertThat(names(context.getBean(Stapler.class))).isEmpty());
  }

  @Test
  void bundle_unreadable_doesNotStopTheApplication() {
    application
        .withPropertyValues(
            "spring.ssl.bundle.jks.broken.keystore.location=" + site.file("root.pem"))
        .run(context -> assertThat(context).hasNotFailed());
  }

  // C9: whatever the server makes of it, it goes on with the certificate that it has.
  @Test
  void bundle_unreadableWhenUpdated_keepsWhatItHeld() {
    application
        .withPropertyValues(bundle("web"))
        .run(context -> {
          SslBundleRegistry registry = context.getBean(SslBundleRegistry.class);

          registry.updateBundle("web", SslBundle.of(unreadable()));

          assertThat(keyManagers(site.certificate()))
              .hasOnlyElementsOfType(StaplingKeyManager.class);
        });
  }

  private static SslStoreBundle unreadable() {
    PemSslStoreDetails missing = PemSslStoreDetails.forCertificate("missing.pem");
    return new PemSslStoreBundle(missing, null);
  }

  @Test
  void stapler_ofTheUsers_takesThePlace() {
    Stapler own = Stapler.builder().delivery(JsseDelivery.Mode.OFF).build();

    application
        .withBean(Stapler.class, () -> own)
        .withPropertyValues(bundle("web"))
        .run(context -> {
          assertThat(context.getBean(Stapler.class)).isSameAs(own);
          assertThat(names(own)).contains("localhost");
        });
  }

  @Test
  void customizerAndListener_ofTheUsers_areUsed() {
    List<String> heard = new CopyOnWriteArrayList<>();
    StaplerListener listener =
        new StaplerListener() {
          @Override
          public void stapled(StapleStatus status, Staple staple) {
            heard.add(status.name());
          }
        };
    StaplerMetrics metrics =
        new StaplerMetrics() {
          @Override
          public void requested(String status, Duration took) {
            heard.add(status);
          }
        };

    application
        .withBean(StaplerListener.class, () -> listener)
        .withBean(StaplerBuilderCustomizer.class, () -> stapler -> stapler.metrics(metrics))
        .withPropertyValues(bundle("web"))
        .run(context -> Eventually.until(() -> heard.containsAll(List.of("localhost", "good"))));
  }

  @Test
  void enabled_false_hasNoBeans() {
    application
        .withPropertyValues("ocsp-stapler.enabled=false")
        .run(context ->
            assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(Stapler.class)
                .doesNotHaveBean(HealthIndicator.class));
  }

  // That the other configurations are left out then is seen in FatJarTest, whose jar lacks the
  // rest.
  @Test
  void coreAlone_withoutWebServerAndMicrometer_works() {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(SslAutoConfiguration.class, OcspStaplerAutoConfiguration.class))
        .withPropertyValues(bundle("web"))
        .withClassLoader(
            new FilteredClassLoader(
                AbstractConfigurableWebServerFactory.class.getPackageName(),
                MeterRegistry.class.getPackageName()))
        .run(context -> assertThat(names(context.getBean(Stapler.class))).contains("localhost"));
  }

  @Test
  void context_closed_closesTheStapler() {
    Stapler[] used = new Stapler[1];

    application.run(context -> used[0] = context.getBean(Stapler.class));

    assertThat(used[0].health().detail()).contains("closed");
  }
}
