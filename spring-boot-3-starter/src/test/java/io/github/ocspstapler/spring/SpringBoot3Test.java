package io.github.ocspstapler.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testsupport.Eventually;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.web.embedded.jetty.JettyServletWebServerFactory;
import org.springframework.boot.web.embedded.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.reactive.server.ReactiveWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.servlet.server.ServletWebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** C8, C9, C19, X2, S8: the starter for Spring Boot 4 on 3.5, and what 3.5 has in addition. */
class SpringBoot3Test {
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

  /** All three are on this class path: an application chooses by a bean. */
  enum Server {
    TOMCAT("servlet", TomcatOnly.class),
    JETTY("servlet", JettyOnly.class),
    REACTOR_NETTY("reactive", NettyOnly.class);

    private final String type;
    private final Class<?> choice;

    Server(String type, Class<?> choice) {
      this.type = type;
      this.choice = choice;
    }

    ConfigurableApplicationContext start(Site site, String... more) {
      List<String> all = new ArrayList<>(site.bundle());
      all.add("--spring.main.web-application-type=" + type);
      all.addAll(List.of("--server.port=0", "--server.address=127.0.0.1"));
      all.addAll(List.of("--spring.main.banner-mode=off", "--logging.level.root=WARN"));
      all.add("--management.endpoints.web.exposure.include=*");
      all.add("--management.endpoint.health.show-details=always");
      all.add("--ocsp-stapler.go-live-wait=20s");
      all.addAll(List.of(more));
      Class<?>[] sources = {Application.class, choice};
      return new SpringApplication(sources).run(all.toArray(String[]::new));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class TomcatOnly {
    @Bean
    ServletWebServerFactory servers() {
      return new TomcatServletWebServerFactory();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class JettyOnly {
    @Bean
    ServletWebServerFactory servers() {
      return new JettyServletWebServerFactory();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class NettyOnly {
    @Bean
    ReactiveWebServerFactory servers() {
      return new NettyReactiveWebServerFactory();
    }
  }

  private static int port(ConfigurableApplicationContext running) {
    return running.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  private static double stapledHandshakes(ConfigurableApplicationContext running) {
    MeterRegistry meters = running.getBean(MeterRegistry.class);
    return meters.get("ocsp.resolves").tag("stapled", "true").functionCounter().count();
  }

  @ParameterizedTest
  @EnumSource
  void handshake_responderHangs_isStapledCountedListedAndInTheHealth(Server server)
      throws Exception {
    assertThat(SpringBootVersion.getVersion()).startsWith("3.5.");
    try (ConfigurableApplicationContext running = server.start(site)) {
      site.responder.fault(Fault.hang());

      String tls13 = site.handshake(port(running), "-tls1_3");
      String tls12 = site.handshake(port(running), "-tls1_2");
      double counted = stapledHandshakes(running);
      String listing = site.get(port(running), "/actuator/ocspstapler?q=localhost").body();
      String health = site.get(port(running), "/actuator/health/ocspStapler").body();

      assertThat(tls13).contains("Cert Status: good").contains("Verify return code: 0 (ok)");
      assertThat(tls12).contains("Cert Status: good").contains("Verify return code: 0 (ok)");
      assertThat(counted).isEqualTo(2);
      assertThat(listing).contains("\"total\":1,").contains("\"name\":\"localhost\"");
      assertThat(health).contains("\"status\":\"UP\"").contains("\"stapled\":2");
    }
  }

  @Test
  void policyStrict_filesReplacedThenRevoked_isStapledThenRefusedAndOutOfService()
      throws Exception {
    TestCertificate next = site.ca.leaf("localhost", site.responder.url());
    try (ConfigurableApplicationContext running =
        Server.TOMCAT.start(
            site,
            "--ocsp-stapler.policy=strict",
            "--spring.ssl.bundle.pem.web.reload-on-update=true",
            "--spring.ssl.bundle.watch.file.quiet-period=200ms")) {
      assertThat(site.handshake(port(running))).contains(site.certificate().pem());
      AtomicReference<String> first = new AtomicReference<>("");

      site.use(next);
      Eventually.until(() -> {
        first.set(site.handshake(port(running)));
        return first.get().contains(next.pem());
      });
      site.responder.revoke(next, Instant.now());
      running.getBean(Stapler.class).refresh(next.certificate());
      Eventually.until(
          () -> site.handshake(port(running)).contains("no peer certificate available"));

      assertThat(first.get()).contains("Cert Status: good");
      HealthIndicator health = running.getBean("ocspStaplerHealthIndicator", HealthIndicator.class);
      assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
    }
  }

  @Test
  void engine_asked_ofReactorNettyOnly() {
    AtomicInteger asked = new AtomicInteger();
    ReactorNettyEngine engine =
        new ReactorNettyEngine(() -> {
          asked.incrementAndGet();
          return false;
        });
    TomcatServletWebServerFactory tomcat = new TomcatServletWebServerFactory();
    NettyReactiveWebServerFactory netty = new NettyReactiveWebServerFactory();
    tomcat.setSsl(Ssl.forBundle("web"));
    netty.setSsl(Ssl.forBundle("web"));

    engine.customize(tomcat);
    int byTomcat = asked.get();
    engine.customize(netty);

    assertThat(byTomcat).isZero();
    assertThat(asked).hasValue(1);
  }
}
