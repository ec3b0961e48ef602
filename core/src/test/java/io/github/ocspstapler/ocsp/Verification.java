package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.ocspstapler.ocsp.OcspException.Rejected;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * A verifier as a test wants it, and the CA and site that most tests are about. Immutable.
 *
 * @param now the verifier's time
 * @param clockSkew its clock skew
 * @param maxAge its maximum age where nextUpdate is absent
 * @param sha1 whether it believes SHA-1 signatures
 * @param trusted its responders configured by hand
 */
record Verification(
    Instant now, Duration clockSkew, Duration maxAge, boolean sha1, List<X509Certificate> trusted) {

  static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  static final Duration SKEW = Duration.ofMinutes(5);
  static final TestCa CA = TestCa.builder("Test CA").clock(CLOCK).buildCa();
  static final TestCertificate SITE = CA.leaf("site.test");

  static final Verification DEFAULTS =
      new Verification(NOW, SKEW, Duration.ofHours(1), false, List.of());

  static OcspAnswer good() {
    return OcspAnswer.good(SITE).clock(CLOCK);
  }

  static Question aboutSite() {
    return Question.about(SITE.certificate(), CA.certificate());
  }

  Verification at(Instant time) {
    return new Verification(time, clockSkew, maxAge, sha1, trusted);
  }

  Verification maxAge(Duration duration) {
    return new Verification(now, clockSkew, duration, sha1, trusted);
  }

  Verification allowSha1() {
    return new Verification(now, clockSkew, maxAge, true, trusted);
  }

  Verification trust(TestCertificate responder) {
    return new Verification(now, clockSkew, maxAge, sha1, List.of(responder.certificate()));
  }

  ResponseVerifier verifier() {
    return new ResponseVerifier(
        Clock.fixed(now, ZoneOffset.UTC), clockSkew, maxAge, sha1, trusted, null);
  }

  OcspResponse verify(OcspAnswer answer) throws OcspException {
    return verify(answer.der(), aboutSite());
  }

  OcspResponse verify(OcspAnswer answer, Question question) throws OcspException {
    return verify(answer.der(), question);
  }

  OcspResponse verify(byte[] response, Question question) throws OcspException {
    return verifier().verify(response, question, null, HttpFreshness.NONE);
  }

  Rejected.Reason rejection(OcspAnswer answer) {
    return rejection(answer.der(), aboutSite());
  }

  Rejected.Reason rejection(OcspAnswer answer, Question question) {
    return rejection(answer.der(), question);
  }

  Rejected.Reason rejection(byte[] response, Question question) {
    Rejected rejected = catchThrowableOfType(Rejected.class, () -> verify(response, question));
    assertThat(rejected).as("it was accepted").isNotNull();
    assertThat(rejected).message().isNotBlank().doesNotContain("null");
    return rejected.reason();
  }
}
