package io.github.ocspstapler.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C19: health, endpoint and meters of an application that is well, as they are served. */
class ActuatorTest {
  @TempDir private static Path folder;

  private static Site site;
  private static Server.Running running;

  @BeforeAll
  static void startApplication() throws Exception {
    site = Site.in(folder);
    running =
        Server.TOMCAT.start(
            site,
            "--management.endpoints.web.exposure.include=*",
            "--management.endpoint.health.show-details=always",
            "--ocsp-stapler.go-live-wait=20s");
  }

  @AfterAll
  static void stopApplication() {
    running.close();
    site.close();
  }

  @Test
  void health_stapled_isUp() throws Exception {
    HttpResponse<String> health = site.get(running.port(), "/actuator/health/ocspStapler");

    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(health.body())
        .contains("\"status\":\"UP\"")
        .contains("\"stapling\":\"up\"")
        .contains("\"delivery\":\"in-process\"")
        .contains("\"certificates\":{\"stapled\":2}");
  }

  @Test
  void endpoint_paged_listsEachCertificateOnce() throws Exception {
    String first = site.get(running.port(), "/actuator/ocspstapler?size=1").body();
    String second = site.get(running.port(), "/actuator/ocspstapler?size=1&page=1").body();
    String third = site.get(running.port(), "/actuator/ocspstapler?size=1&page=2").body();
    String revoked = site.get(running.port(), "/actuator/ocspstapler?state=revoked").body();

    assertThat(first)
        .contains("\"total\":2")
        .contains("\"state\":\"stapled\"")
        .contains("\"severity\":\"good\"")
        .contains("\"responder\":\"" + site.responder.url());
    // Which of the two is the first, their staples' ends decide.
    assertThat(first + second)
        .containsOnlyOnce("\"name\":\"CN=Spring Boot CA\"")
        .containsOnlyOnce("\"name\":\"localhost\"")
        .contains("\"serialNumber\":\"" + site.certificate().serialNumber().toString(16) + "\"");
    assertThat(third).contains("\"certificates\":[]");
    assertThat(revoked).contains("\"total\":0");
  }

  @Test
  void endpoint_wordsToFind_listsThoseThatMentionThemAll() throws Exception {
    String both = site.get(running.port(), "/actuator/ocspstapler?q=spring+LOCALHOST").body();
    String no = site.get(running.port(), "/actuator/ocspstapler?q=localhost+nowhere").body();

    assertThat(both).contains("\"total\":1,").contains("\"name\":\"localhost\"");
    assertThat(no).contains("\"total\":0,").contains("\"certificates\":[]");
  }

  @Test
  void endpoint_beyondAnyBound_isBounded() throws Exception {
    String huge =
        site.get(running.port(), "/actuator/ocspstapler?size=2147483647&page=2147483647").body();
    String negative = site.get(running.port(), "/actuator/ocspstapler?size=-1&page=-1").body();

    assertThat(huge).contains("\"size\":100").contains("\"certificates\":[]");
    assertThat(negative).contains("\"size\":1,").contains("\"page\":0").contains("\"total\":2");
  }

  @Test
  void meters_afterTheFirstStaples_countThem() throws Exception {
    String requests =
        site.get(running.port(), "/actuator/metrics/ocsp.requests?tag=status:good").body();
    String kept =
        site.get(running.port(), "/actuator/metrics/ocsp.certificate.count?tag=status:stapled")
            .body();

    assertThat(requests).contains("\"value\":2.0");
    assertThat(kept).contains("\"value\":2.0");
  }
}
