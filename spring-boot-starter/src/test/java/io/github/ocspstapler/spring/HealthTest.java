package io.github.ocspstapler.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.Eventually;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** T6: out of service only when clients refuse the server, or should. */
class HealthTest {
  private static final String HEALTH = "/actuator/health/ocspStapler";

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

  private Server.Running start() {
    return Server.TOMCAT.start(
        site, "--management.endpoint.health.show-details=always", "--ocsp-stapler.go-live-wait=0s");
  }

  @Test
  void health_revoked_isOutOfService() throws Exception {
    site.responder.revoke(site.certificate(), Instant.parse("2026-01-02T03:04:05Z"));
    try (Server.Running running = start()) {
      Eventually.until(() -> site.get(running.port(), HEALTH).statusCode() == 503);

      assertThat(site.get(running.port(), HEALTH).body())
          .contains("\"status\":\"OUT_OF_SERVICE\"")
          .contains("\"stapling\":\"down\"")
          .contains("localhost");
    }
  }

  @Test
  void health_mustStapleWithoutStaple_isOutOfService() throws Exception {
    site.use(site.ca.leafBuilder("localhost").mustStaple().ocspUrls(site.responder.url()).build());
    site.responder.goDown();
    try (Server.Running running = start()) {
      Eventually.until(() -> site.get(running.port(), HEALTH).statusCode() == 503);
    }
  }

  @Test
  void health_responderDown_isUpWithTheDetail() throws Exception {
    site.responder.goDown();
    try (Server.Running running = start()) {
      Eventually.until(() -> site.get(running.port(), HEALTH).body().contains("\"unavailable\":2"));

      HttpResponse<String> health = site.get(running.port(), HEALTH);

      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(health.body()).contains("\"stapling\":\"degraded\"");
    }
  }
}
