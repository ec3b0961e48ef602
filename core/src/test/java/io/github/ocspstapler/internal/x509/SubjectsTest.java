package io.github.ocspstapler.internal.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspException;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

/** A stranger's name does not get at the log or the terminal. */
class SubjectsTest {
  private static final TestCa CA = TestCa.root();
  private static final TestCertificate EVIL =
      CA.leafBuilder("example.com").subject("CN=evil\\0AWARNING forged\\1B[2J").build();

  @Test
  void evil_certificate_isEvilIndeed() {
    assertThat(EVIL.certificate().getSubjectX500Principal().toString()).contains("\n", "\u001b");
  }

  @Test
  void of_lineBreakAndEscape_isOneLine() {
    assertThat(Subjects.of(EVIL.certificate()))
        .contains("evil?WARNING forged?[2J")
        .doesNotContain("\n", "\u001b");
  }

  @Test
  void query_lineBreakAndEscapeInTheSubject_failsWithOneLine() {
    try (OcspClient client = OcspClient.create()) {
      OcspException failure =
          catchThrowableOfType(
              OcspException.class, () -> client.query(EVIL.certificate(), CA.certificate()));

      assertThat(failure).hasMessageContaining("evil?WARNING");
      assertThat(String.valueOf(failure.getMessage())).doesNotContain("\n", "\u001b");
    }
  }

  @Test
  void query_lineBreakAndEscapeInTheIssuersName_failsWithOneLine() {
    try (OcspClient client = OcspClient.create()) {
      OcspException failure =
          catchThrowableOfType(
              OcspException.class, () -> client.query(CA.certificate(), EVIL.certificate()));

      assertThat(failure).hasMessageContaining("evil?WARNING");
      assertThat(String.valueOf(failure.getMessage())).doesNotContain("\n", "\u001b");
    }
  }

  @Test
  void plain_lineSeparatorsAndReversedWriting_areReplaced() {
    assertThat(Subjects.plain("a\u2028b\u2029c\u202ed\u0085e")).isEqualTo("a?b?c?d?e");
  }

  @Test
  void plain_otherLanguages_stay() {
    assertThat(Subjects.plain("Zürich 東京 😀")).isEqualTo("Zürich 東京 😀");
  }

  @Test
  void of_longName_isCut() {
    assertThat(Subjects.of(new X500Principal("CN=" + "x".repeat(60_000)))).hasSize(203);
  }
}
