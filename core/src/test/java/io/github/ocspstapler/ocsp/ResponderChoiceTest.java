package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.ocspstapler.ocsp.OcspException.Refused;
import io.github.ocspstapler.ocsp.OcspException.Rejected;
import io.github.ocspstapler.ocsp.OcspException.Unreachable;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whom a query asks, in which order, and which of several failures is reported. */
class ResponderChoiceTest {
  private final TestCa ca = TestCa.root();
  private final TestResponder first = TestResponder.start(ca);
  private final TestResponder second = TestResponder.start(ca);
  private final TestCertificate site = ca.leaf("example.com", first.url(), second.url());

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  private static OcspResponse query(OcspClient client, TestCertificate certificate)
      throws OcspException {
    return client.query(certificate.certificate(), certificate.issuerCertificate());
  }

  private static List<URI> responders(OcspClient client, TestCertificate certificate) {
    return client.responders(certificate.certificate(), certificate.issuerCertificate());
  }

  private <T extends OcspException> T failure(
      OcspClient.Builder client, TestCertificate certificate, Class<T> type) {
    try (OcspClient own = client.build()) {
      return catchThrowableOfType(type, () -> query(own, certificate));
    }
  }

  @Test
  void query_severalResponders_asksTheFirstOnly() throws Exception {
    try (OcspClient client = OcspClient.create()) {
      query(client, site);
    }

    assertThat(first.requestCount()).isEqualTo(1);
    assertThat(second.requestCount()).isZero();
  }

  @Test
  void query_firstResponderDown_asksTheSecondAndBeginsThereFromThenOn() throws Exception {
    first.goDown();
    try (OcspClient client = OcspClient.create()) {
      OcspResponse response = query(client, site);
      first.comeUp();
      query(client, site);

      assertThat(response.responder()).hasValue(second.uri());
      assertThat(responders(client, site)).containsExactly(second.uri(), first.uri());
    }
    assertThat(first.requestCount()).isZero();
    assertThat(second.requestCount()).isEqualTo(2);
  }

  @Test
  void query_firstAnswerForged_trustsTheSecond() throws Exception {
    first.fault(Fault.answer(answer -> answer.corruptSignature()));
    try (OcspClient client = OcspClient.create()) {
      assertThat(query(client, site).responder()).hasValue(second.uri());
    }
  }

  @Test
  void query_bothFail_reportsTheMoreTellingWithTheOtherSuppressed() {
    first.goDown();
    second.fault(Fault.answer(answer -> answer.corruptSignature()));

    Rejected failure = failure(OcspClient.builder(), site, Rejected.class);

    assertThat(failure.reason()).isEqualTo(Rejected.Reason.BAD_SIGNATURE);
    assertThat(failure.responder()).hasValue(second.uri());
    assertThat(failure.getSuppressed())
        .singleElement()
        .isInstanceOfSatisfying(
            Unreachable.class,
            other -> assertThat(other.reason()).isEqualTo(Unreachable.Reason.CONNECT));
  }

  @Test
  void query_unauthorizedAndHttpStatus_reportsUnauthorized() {
    first.fault(Fault.http(503));
    second.fault(Fault.error(6));

    Refused failure = failure(OcspClient.builder(), site, Refused.class);

    assertThat(failure.reason()).isEqualTo(Refused.Reason.UNAUTHORIZED);
  }

  @Test
  void responders_urlsOfOtherKinds_areSkipped() throws Exception {
    TestCertificate mixed =
        ca.leaf(
            "example.com",
            "ldap://ca.test/cn=CA",
            "file:///etc/passwd",
            "http://ca.test@127.0.0.1:1/",
            "http:///nowhere",
            first.url() + "#fragment",
            first.url());
    try (OcspClient client = OcspClient.create()) {
      assertThat(responders(client, mixed)).containsExactly(first.uri());
      assertThat(query(client, mixed).responder()).hasValue(first.uri());
    }
  }

  @Test
  void query_ldapOnly_hasNoResponderAndSaysWhy() {
    TestCertificate ldap = ca.leaf("example.com", "ldap://ca.test/cn=CA");

    Unreachable failure = failure(OcspClient.builder(), ldap, Unreachable.class);

    assertThat(failure.reason()).isEqualTo(Unreachable.Reason.NO_RESPONDER);
    assertThat(failure).hasMessageContaining("ldap://ca.test/cn=CA");
  }

  @Test
  void query_noResponderNamed_hasNoResponder() {
    Unreachable failure = failure(OcspClient.builder(), ca.leaf("example.com"), Unreachable.class);

    assertThat(failure.reason()).isEqualTo(Unreachable.Reason.NO_RESPONDER);
    assertThat(failure.responder()).isEmpty();
  }

  @Test
  void query_respondersOfIssuer_replaceThoseNamed() throws Exception {
    TestCertificate silent = ca.leaf("example.com");
    OcspClient.Builder builder =
        OcspClient.builder()
            .respondersOf(ca.certificate().getSubjectX500Principal(), List.of(second.uri()));
    try (OcspClient client = builder.build()) {
      assertThat(query(client, site).responder()).hasValue(second.uri());
      assertThat(query(client, silent).responder()).hasValue(second.uri());
    }
    assertThat(first.requestCount()).isZero();
  }

  @Test
  void query_issuerDisabled_isNotAsked() {
    OcspClient.Builder client =
        OcspClient.builder()
            .respondersOf(ca.certificate().getSubjectX500Principal(), List.of())
            .respondersOf("127.0.0.1", List.of(first.uri()));

    Unreachable failure = failure(client, site, Unreachable.class);

    assertThat(failure.reason()).isEqualTo(Unreachable.Reason.DISABLED);
    assertThat(first.requestCount()).isZero();
  }

  @Test
  void query_respondersOfHost_replaceItWhateverItsCase() throws Exception {
    TestCertificate elsewhere = ca.leaf("example.com", "http://OCSP.ca.test/path");
    OcspClient.Builder builder =
        OcspClient.builder().respondersOf("ocsp.CA.test", List.of(second.uri()));
    try (OcspClient client = builder.build()) {
      assertThat(query(client, elsewhere).responder()).hasValue(second.uri());
    }
  }

  @Test
  void query_oneOfTwoHostsDisabled_asksTheOther() throws Exception {
    TestCertificate two = ca.leaf("example.com", "http://ocsp.ca.test/", second.url());
    try (OcspClient client = OcspClient.builder().respondersOf("ocsp.ca.test", List.of()).build()) {
      assertThat(responders(client, two)).containsExactly(second.uri());
    }
  }

  @Test
  void query_onlyHostDisabled_isNotAsked() {
    OcspClient.Builder client = OcspClient.builder().respondersOf("127.0.0.1", List.of());

    Unreachable failure = failure(client, site, Unreachable.class);

    assertThat(failure.reason()).isEqualTo(Unreachable.Reason.DISABLED);
    assertThat(failure).hasMessageContaining("127.0.0.1");
  }
}
