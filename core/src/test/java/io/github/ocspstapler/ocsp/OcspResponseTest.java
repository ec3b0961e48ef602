package io.github.ocspstapler.ocsp;

import static io.github.ocspstapler.ocsp.Verification.CA;
import static io.github.ocspstapler.ocsp.Verification.CLOCK;
import static io.github.ocspstapler.ocsp.Verification.DEFAULTS;
import static io.github.ocspstapler.ocsp.Verification.NOW;
import static io.github.ocspstapler.ocsp.Verification.SITE;
import static io.github.ocspstapler.ocsp.Verification.aboutSite;
import static io.github.ocspstapler.ocsp.Verification.good;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.TestCertificate;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class OcspResponseTest {

  @Test
  @Tag("C1")
  void fields_ofAnswer_areThere() throws Exception {
    URI responder = URI.create("http://ocsp.test/");
    byte[] bytes = good().thisUpdate(NOW.minusSeconds(60)).producedAt(NOW.minusSeconds(30)).der();

    OcspResponse response =
        DEFAULTS.verifier().verify(bytes, aboutSite(), responder, HttpFreshness.NONE);

    assertThat(response.status()).isEqualTo(new CertificateStatus.Good());
    assertThat(response.thisUpdate()).isEqualTo(NOW.minusSeconds(60));
    assertThat(response.producedAt()).isEqualTo(NOW.minusSeconds(30));
    assertThat(response.nextUpdate()).contains(NOW.plus(Duration.ofDays(7)));
    assertThat(response.validUntil()).isEqualTo(NOW.plus(Duration.ofDays(7)));
    assertThat(response.signer()).isEqualTo(CA.certificate());
    assertThat(response.responder()).contains(responder);
    assertThat(response.httpFreshness()).isSameAs(HttpFreshness.NONE);
  }

  @Test
  @Tag("T7")
  void encoded_changedByAnyone_staysAsReceived() throws Exception {
    byte[] received = good().der();
    byte[] original = received.clone();

    OcspResponse response = DEFAULTS.verify(received, aboutSite());
    received[20] ^= 1;
    response.encoded()[20] ^= 1;

    assertThat(response.encoded()).isEqualTo(original);
  }

  @Test
  void validUntil_delegateExpiresFirst_isItsExpiry() throws Exception {
    TestCertificate delegate = CA.delegateBuilder().notAfter(NOW.plusSeconds(90)).build();

    assertThat(DEFAULTS.verify(good().signedBy(delegate)).validUntil())
        .isEqualTo(NOW.plusSeconds(90));
  }

  @Test
  void response_equalsAnotherOfTheSameBytesAboutTheSame() throws Exception {
    byte[] bytes = good().der();
    OcspResponse response = DEFAULTS.verify(bytes, aboutSite());

    assertThat(DEFAULTS.at(NOW.plusSeconds(9)).verify(bytes, aboutSite()))
        .isEqualTo(response)
        .hasSameHashCodeAs(response);
    assertThat(DEFAULTS.verify(good().thisUpdate(NOW.minusSeconds(1)))).isNotEqualTo(response);
  }

  @Test
  void toString_ofAnyStatus_isASentence() throws Exception {
    String serial = SITE.serialNumber().toString(16);

    assertThat(DEFAULTS.verify(good()))
        .hasToString(
            "serial "
                + serial
                + " is good as of 2026-06-01T12:00:00Z, until 2026-06-08T12:00:00Z,"
                + " says \"CN=Test CA\"");
    assertThat(DEFAULTS.verify(OcspAnswer.revoked(SITE, NOW, 4).clock(CLOCK)).toString())
        .contains("is revoked since 2026-06-01T12:00:00Z (superseded) as of");
    assertThat(DEFAULTS.verify(OcspAnswer.unknown(SITE).clock(CLOCK)).toString())
        .contains("is unknown to the responder as of");
  }

  @Test
  void message_withForeignName_cannotWriteToATerminal() {
    TestCertificate hostile = CA.leafBuilder("x").subject("CN=a\u001b[31m\u0085b").build();

    var rejected =
        org.assertj.core.api.Assertions.catchThrowable(
            () -> DEFAULTS.verify(good().signedBy(hostile)));

    assertThat(rejected.getMessage()).contains("CN=a?[31m?b").doesNotContain("\u001b");
  }
}
