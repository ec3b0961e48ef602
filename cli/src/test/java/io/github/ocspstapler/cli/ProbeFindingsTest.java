package io.github.ocspstapler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is made of servers that no tool here plays. */
class ProbeFindingsTest {
  private static final TestCa CA = TestCa.root("Findings CA");
  private static final TestCertificate SITE = CA.leaf("site.test", "http://ocsp.test/");
  private static final Duration FAST = Duration.ofMillis(10);

  @Test
  void stapleNowAndThen_isAWarningThatSaysHowOften() {
    List<Finding> findings = findings(version("TLS 1.3", 1, FAST, FAST, null));

    assertThat(findings)
        .anySatisfy(finding -> {
          assertThat(finding.level()).isEqualTo(Level.WARNING);
          assertThat(finding.sentence()).contains("without a staple: 1 of 3");
        });
  }

  @Test
  void handshake_slowerForThoseWhoAsk_isAWarning() {
    Duration slow = Duration.ofMillis(600);

    assertThat(findings(version("TLS 1.2", 3, slow, FAST, null)))
        .anyMatch(finding -> finding.sentence().contains("590.0 ms longer"));
    assertThat(findings(version("TLS 1.2", 3, slow, slow, null)))
        .noneMatch(finding -> finding.sentence().contains("longer"));
  }

  @Test
  void handshake_failingForThoseWhoDoNotAsk_isCriticalAndFirst() {
    List<Finding> findings = findings(version("TLS 1.3", 3, FAST, null, "unexpected_message"));

    assertThat(findings.get(0).level()).isEqualTo(Level.CRITICAL);
    assertThat(findings.get(0).sentence()).contains("asks for no staple: unexpected_message");
  }

  @Test
  void sameFinding_onBothVersions_isSaidOnce() {
    List<Finding> findings =
        findings(version("TLS 1.3", 3, FAST, FAST, null), version("TLS 1.2", 3, FAST, FAST, null));

    assertThat(findings).extracting(Finding::sentence).doesNotHaveDuplicates();
    assertThat(findings).hasSize(1);
  }

  private static List<Finding> findings(ProbeReport.Version... versions) {
    return ProbeFindings.of(
        new ProbeReport(
            new ProbeTarget("site.test", 443),
            Instant.parse("2026-01-02T03:04:05Z"),
            List.of(versions),
            null));
  }

  private static ProbeReport.Version version(
      String name,
      int bare,
      @Nullable Duration with,
      @Nullable Duration without,
      @Nullable String failureWithout) {
    ProbeReport.Certificate leaf =
        new ProbeReport.Certificate(
            SITE.certificate(),
            CA.certificate(),
            List.of(URI.create("http://ocsp.test/")),
            false,
            null,
            null);
    return new ProbeReport.Version(
        name, null, List.of(leaf), bare, with, without, null, failureWithout);
  }
}
