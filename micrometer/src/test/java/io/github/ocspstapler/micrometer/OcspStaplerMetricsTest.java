package io.github.ocspstapler.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.ResponderStatus;
import io.github.ocspstapler.StaplePolicy;
import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a Prometheus server sees. */
@Timeout(60)
class OcspStaplerMetricsTest {
  private final MockClock clock = new MockClock();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), clock);
  private final OcspStaplerMetrics metrics = new OcspStaplerMetrics();
  private final TestCa ca = TestCa.root();
  private final TestResponder responder = TestResponder.start(ca);
  private final Stapler stapler =
      Stapler.builder().metrics(metrics).delivery(JsseDelivery.Mode.OFF).build();

  @AfterEach
  void close() {
    stapler.close();
    responder.close();
  }

  // C19
  @Test
  void scrape_beforeAnything_hasEveryNameAtZero() {
    metrics.bindTo(registry);

    assertThat(value("ocsp_resolves_total{stapled=\"true\"}")).hasValue(0.0);
    assertThat(value("ocsp_resolves_total{stapled=\"false\"}")).hasValue(0.0);
    for (String status :
        List.of("good", "revoked", "unknown", "unreachable", "refused", "rejected")) {
      assertThat(value("ocsp_requests_total{status=\"" + status + "\"}")).hasValue(0.0);
      assertThat(value("ocsp_requests_duration_seconds_count{status=\"" + status + "\"}"))
          .hasValue(0.0);
    }
    for (StapleStatus.State state : StapleStatus.State.values()) {
      String status = state.name().toLowerCase(java.util.Locale.ROOT);
      assertThat(value("ocsp_certificate_count{status=\"" + status + "\"}")).hasValue(0.0);
    }
    assertThat(value("ocsp_staple_expiry_seconds")).hasValue(Double.NaN);
  }

  // C19
  @Test
  void scrape_oneGoodAndOneForged_countsBoth() throws Exception {
    metrics.bindTo(registry);
    TestCertificate good = ca.leaf("good.test", responder.url());
    TestCertificate bad = ca.leaf("bad.test", responder.url());
    responder.fault(bad, Fault.html());

    stapler.preload(good.chain()).get(20, TimeUnit.SECONDS);
    stapler.preload(bad.chain()).get(20, TimeUnit.SECONDS);

    assertThat(value("ocsp_requests_total{status=\"good\"}")).hasValue(1.0);
    assertThat(value("ocsp_requests_total{status=\"rejected\"}")).hasValue(1.0);
    assertThat(value("ocsp_requests_duration_seconds_count{status=\"good\"}")).hasValue(1.0);
    assertThat(value("ocsp_requests_duration_seconds_sum{status=\"good\"}"))
        .hasValueSatisfying(seconds -> assertThat(seconds).isPositive());
    assertThat(value("ocsp_failures_total{reason=\"malformed\"}")).hasValue(1.0);
    assertThat(value("ocsp_certificate_count{status=\"stapled\"}")).hasValue(1.0);
    assertThat(value("ocsp_certificate_count{status=\"unavailable\"}")).hasValue(1.0);
    assertThat(value("ocsp_staple_expiry_seconds"))
        .hasValueSatisfying(seconds -> assertThat(seconds).isBetween(60.0, 30 * 86_400.0));
  }

  // C19
  @Test
  void scrape_handshakes_countsWithAndWithoutStaple() throws Exception {
    metrics.bindTo(registry);
    TestCertificate leaf = ca.leaf("good.test", responder.url());
    var wrapped = stapler.wrap(leaf.keyManager());
    assertThat(stapler.awaitStapled(Duration.ofSeconds(20))).isTrue();

    for (int i = 0; i < 3; i++) {
      assertThat(wrapped.chooseEngineServerAlias("EC", null, null)).isNotNull();
    }

    assertThat(value("ocsp_resolves_total{stapled=\"true\"}")).hasValue(3.0);
    assertThat(value("ocsp_resolves_total{stapled=\"false\"}")).hasValue(0.0);
  }

  @Test
  void scrape_refusedHandshakes_areCounted() throws Exception {
    metrics.bindTo(registry);
    assertThat(value("ocsp_refusals_total")).hasValue(0.0);
    responder.fault(Fault.html());
    TestCertificate leaf = ca.leaf("bad.test", responder.url());
    try (Stapler strict =
        Stapler.builder()
            .policy(StaplePolicy.STRICT)
            .metrics(metrics)
            .delivery(JsseDelivery.Mode.OFF)
            .build()) {
      var wrapped = strict.wrap(leaf.keyManager());

      assertThat(wrapped.chooseEngineServerAlias("EC", null, null)).isNull();
    }

    assertThat(value("ocsp_refusals_total")).hasValue(1.0);
  }

  @Test
  void bindTo_afterCounting_totalsAreNotLost() {
    metrics.resolved(true);
    metrics.failed("timeout");
    metrics.requested("unreachable", Duration.ofSeconds(6));

    metrics.bindTo(registry);

    assertThat(value("ocsp_resolves_total{stapled=\"true\"}")).hasValue(1.0);
    assertThat(value("ocsp_failures_total{reason=\"timeout\"}")).hasValue(1.0);
    assertThat(value("ocsp_requests_total{status=\"unreachable\"}")).hasValue(1.0);
  }

  @Test
  void scrape_changesBetween_areSeenBySecondScrape() throws Exception {
    metrics.bindTo(registry);
    assertThat(value("ocsp_certificate_count{status=\"stapled\"}")).hasValue(0.0);

    TestCertificate leaf = ca.leaf("good.test", responder.url());
    stapler.preload(leaf.chain()).get(20, TimeUnit.SECONDS);
    clock.add(Duration.ofSeconds(1));

    assertThat(value("ocsp_certificate_count{status=\"stapled\"}")).hasValue(1.0);
  }

  // C19
  @Test
  void scrape_manyCertificates_hasAsManyMetersAsWithOneAndNoNameInThem() throws Exception {
    metrics.bindTo(registry);
    stapler.preload(ca.leaf("one.test", responder.url()).chain()).get(20, TimeUnit.SECONDS);
    int withOne = registry.getMeters().size();

    for (int i = 0; i < 20; i++) {
      TestCertificate leaf = ca.leaf("many" + i + ".test", responder.url());
      stapler.preload(leaf.chain()).get(20, TimeUnit.SECONDS);
    }

    assertThat(registry.getMeters()).hasSize(withOne);
    assertThat(registry.scrape()).doesNotContain("one.test", "many");
  }

  @Test
  void twoStaplers_oneMetrics_areAddedUp() throws Exception {
    metrics.bindTo(registry);
    try (Stapler other =
        Stapler.builder().metrics(metrics).delivery(JsseDelivery.Mode.OFF).build()) {
      for (Stapler one : List.of(stapler, other)) {
        one.preload(ca.leaf("good.test", responder.url()).chain()).get(20, TimeUnit.SECONDS);
      }

      assertThat(value("ocsp_certificate_count{status=\"stapled\"}")).hasValue(2.0);
      assertThat(value("ocsp_requests_total{status=\"good\"}")).hasValue(2.0);
    }
  }

  @Test
  void responderDown_breakerOpens_isSeenByHostAndInTotal() throws Exception {
    metrics.bindTo(registry);
    responder.fault(Fault.http(503));
    for (int i = 0; i < 5; i++) {
      stapler
          .preload(ca.leaf("s" + i + ".test", responder.url()).chain())
          .get(20, TimeUnit.SECONDS);
    }

    String host = "http://127.0.0.1:" + responder.port();
    assertThat(value("ocsp_responder_breaker{host=\"" + host + "\"}")).hasValue(2.0);
    assertThat(value("ocsp_responder_count{breaker=\"open\"}")).hasValue(1.0);
    assertThat(value("ocsp_responder_count{breaker=\"closed\"}")).hasValue(0.0);
  }

  @Test
  void manyHosts_oneAfterTheOther_onlyTheFirstHaveAGauge() {
    metrics.bindTo(registry);

    for (int i = 0; i < 3 * OcspStaplerMetrics.MAX_HOSTS; i++) {
      metrics.breaker("http://h" + i + ".test", ResponderStatus.Breaker.CLOSED);
    }

    assertThat(registry.scrape().lines().filter(line -> line.startsWith("ocsp_responder_breaker{")))
        .hasSize(OcspStaplerMetrics.MAX_HOSTS);
    assertThat(value("ocsp_responder_breaker{host=\"http://h0.test\"}")).hasValue(Double.NaN);
  }

  @Test
  void bindTo_afterTheBreakerOpened_showsTheHost() throws Exception {
    stapler.preload(ca.leaf("good.test", responder.url()).chain()).get(20, TimeUnit.SECONDS);

    metrics.bindTo(registry);

    String host = "http://127.0.0.1:" + responder.port();
    assertThat(value("ocsp_responder_breaker{host=\"" + host + "\"}")).hasValue(0.0);
  }

  private Optional<Double> value(String series) {
    return registry
        .scrape()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .map(line -> Double.valueOf(line.substring(series.length() + 1)))
        .findFirst();
  }
}
