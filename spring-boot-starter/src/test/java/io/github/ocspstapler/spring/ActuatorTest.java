package io.github.ocspstapler.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C19: health, endpoint and meters, as they are served. */
class ActuatorTest {
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

  private Server.Running start(String... more) {
    String[] arguments = {
      "--management.endpoints.web.exposure.include=*",
      "--management.endpoint.health.show-details=always",
      "--ocsp-stapler.go-live-wait=" + (more.length == 0 ? "20s" : more[0]),
    };
    return Server.TOMCAT.start(site, arguments);
  }

  @Test
  void health_stapled_isUp() throws Exception {
    try (Server.Running running = start()) {
      HttpResponse<String> health = site.get(running.port(), HEALTH);

      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(health.body())
          .contains("\"status\":\"UP\"")
          .contains("\"stapling\":\"up\"")
          .contains("\"delivery\":\"in-process\"")
          .contains("\"certificates\":{\"stapled\":2}");
    }
  }

  @Test
  void health_revoked_isOutOfService() throws Exception {
    site.responder.revoke(site.certificate(), Instant.parse("2026-01-02T03:04:05Z"));
    try (Server.Running running = start("0s")) {
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
    try (Server.Running running = start("0s")) {
      Eventually.until(() -> site.get(running.port(), HEALTH).statusCode() == 503);
    }
  }

  @Test
  void health_responderDown_isUpWithTheDetail() throws Exception {
    site.responder.goDown();
    try (Server.Running running = start("0s")) {
      Eventually.until(() -> site.get(running.port(), HEALTH).body().contains("\"unavailable\":2"));

      HttpResponse<String> health = site.get(running.port(), HEALTH);

      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(health.body()).contains("\"stapling\":\"degraded\"");
    }
  }

  @Test
  void endpoint_paged_listsEachCertificateOnce() throws Exception {
    try (Server.Running running = start()) {
      String first = site.get(running.port(), "/actuator/ocspstapler?size=1").body();
      String second = site.get(running.port(), "/actuator/ocspstapler?size=1&page=1").body();
      String third = site.get(running.port(), "/actuator/ocspstapler?size=1&page=2").body();
      String revoked = site.get(running.port(), "/actuator/ocspstapler?state=revoked").body();

      assertThat(first)
          .contains("\"total\":2")
          .contains("\"name\":\"CN=Spring Boot CA\"")
          .contains("\"state\":\"stapled\"")
          .contains("\"responder\":\"" + site.responder.url());
      assertThat(second)
          .contains("\"name\":\"localhost\"")
          .contains("\"serialNumber\":\"" + site.certificate().serialNumber().toString(16) + "\"");
      assertThat(third).contains("\"certificates\":[]");
      assertThat(revoked).contains("\"total\":0");
    }
  }

  @Test
  void endpoint_beyondAnyBound_isBounded() throws Exception {
    try (Server.Running running = start()) {
      String huge =
          site.get(running.port(), "/actuator/ocspstapler?size=2147483647&page=2147483647").body();
      String negative = site.get(running.port(), "/actuator/ocspstapler?size=-1&page=-1").body();

      assertThat(huge).contains("\"size\":100").contains("\"certificates\":[]");
      assertThat(negative).contains("\"size\":1,").contains("\"page\":0").contains("\"total\":2");
    }
  }

  @Test
  void meters_afterTheFirstStaples_countThem() throws Exception {
    try (Server.Running running = start()) {
      String requests =
          site.get(running.port(), "/actuator/metrics/ocsp.requests?tag=status:good").body();
      String kept =
          site.get(running.port(), "/actuator/metrics/ocsp.certificate.count?tag=status:stapled")
              .body();

      assertThat(requests).contains("\"value\":2.0");
      assertThat(kept).contains("\"value\":2.0");
    }
  }
}
