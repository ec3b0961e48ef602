package io.github.ocspstapler.ocsp;

import static io.github.ocspstapler.ocsp.Verification.CA;
import static io.github.ocspstapler.ocsp.Verification.NOW;
import static io.github.ocspstapler.ocsp.Verification.SITE;
import static io.github.ocspstapler.ocsp.Verification.good;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import org.junit.jupiter.api.Test;

class UnverifiedResponseTest {
  @Test
  void fields_ofAnAnswer_areShown() throws Exception {
    byte[] bytes = good().producedAt(NOW.minusSeconds(30)).der();

    UnverifiedResponse response = UnverifiedResponse.parse(bytes);

    assertThat(response.responseStatus()).isZero();
    assertThat(response.producedAt()).contains(NOW.minusSeconds(30));
    assertThat(response.signatureAlgorithm()).isEqualTo("SHA256withECDSA");
    assertThat(response.nonce()).isEmpty();
    assertThat(response.responderName().isPresent())
        .isNotEqualTo(response.responderKeyHash().isPresent());
    assertThat(response.answers())
        .singleElement()
        .satisfies(answer -> {
          assertThat(answer.serialNumber()).isEqualTo(SITE.serialNumber());
          assertThat(answer.status()).isEqualTo(new CertificateStatus.Good());
          assertThat(answer.certId())
              .contains(CertId.of(CertIdHash.SHA1, SITE.certificate(), CA.certificate()));
        });
  }

  @Test
  void signer_thatIsNobody_isShownAllTheSame() throws Exception {
    TestCertificate stranger = TestCa.root("Nobody").delegate();

    UnverifiedResponse response =
        UnverifiedResponse.parse(OcspAnswer.good(SITE).signedBy(stranger).der());

    assertThat(response.certificates()).contains(stranger.certificate().getEncoded());
    assertThat(response.answers()).hasSize(1);
  }

  @Test
  void errorStatus_hasNoAnswer() throws Exception {
    UnverifiedResponse response =
        UnverifiedResponse.parse(new byte[] {0x30, 0x03, 0x0a, 0x01, 0x06});

    assertThat(response.responseStatus()).isEqualTo(6);
    assertThat(response.answers()).isEmpty();
    assertThat(response.producedAt()).isEmpty();
    assertThat(response.certificates()).isEmpty();
  }

  @Test
  void junk_isRejectedAsMalformed() {
    assertThatThrownBy(() -> UnverifiedResponse.parse(new byte[] {0x30, 0x03, 0x0a}))
        .isInstanceOfSatisfying(
            OcspException.Rejected.class,
            e -> assertThat(e.reason()).isEqualTo(OcspException.Rejected.Reason.MALFORMED));
  }
}
