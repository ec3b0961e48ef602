package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.ocspstapler.ocsp.OcspException.Refused;
import io.github.ocspstapler.ocsp.OcspException.Rejected;
import io.github.ocspstapler.ocsp.OcspException.Unreachable;
import io.github.ocspstapler.testkit.CertHash;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.RecordedRequest;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.math.BigInteger;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a question is put: method, hash, nonce, and what follows from the answers. */
class AskingTest {
  private final TestCa ca = TestCa.root();
  private final TestResponder responder = TestResponder.start(ca);
  private final TestCertificate site = ca.leaf("example.com", responder.url());
  private final OcspClient client = OcspClient.create();

  @AfterEach
  void close() {
    client.close();
    responder.close();
  }

  private OcspResponse query(TestCertificate certificate) throws OcspException {
    return client.query(certificate.certificate(), certificate.issuerCertificate());
  }

  private <T extends OcspException> T failure(TestCertificate certificate, Class<T> type) {
    return catchThrowableOfType(type, () -> query(certificate));
  }

  private static byte[] expectedRequest(TestCertificate certificate, AlgorithmIdentifier hash)
      throws Exception {
    return new OCSPReqBuilder()
        .addRequest(
            new CertificateID(
                new JcaDigestCalculatorProviderBuilder().build().get(hash),
                new JcaX509CertificateHolder(certificate.issuerCertificate()),
                certificate.serialNumber()))
        .build()
        .getEncoded();
  }

  private static String inUrl(byte[] request) {
    return URLEncoder.encode(
        Base64.getEncoder().encodeToString(request), StandardCharsets.US_ASCII);
  }

  private List<String> methods() {
    return responder.requests().stream().map(RecordedRequest::method).toList();
  }

  private List<CertHash> hashes() {
    return responder.requests().stream().map(request -> request.hash().orElseThrow()).toList();
  }

  // C1

  @Test
  void query_goodCertificate_returnsEverythingTheAnswerSays() throws Exception {
    responder.maxAge(Duration.ofHours(3)).age(Duration.ofSeconds(9)).etags(true);

    OcspResponse response = query(site);

    Instant now = Instant.now();
    assertThat(response.status()).isEqualTo(new CertificateStatus.Good());
    assertThat(response.thisUpdate()).isBetween(now.minusSeconds(60), now);
    assertThat(response.nextUpdate().orElseThrow()).isAfter(now);
    assertThat(response.signer()).isEqualTo(ca.certificate());
    assertThat(response.responder()).hasValue(responder.uri());
    assertThat(response.httpFreshness().maxAge()).hasValue(Duration.ofHours(3));
    assertThat(response.httpFreshness().age()).hasValue(Duration.ofSeconds(9));
    assertThat(response.httpFreshness().date()).isPresent();
    assertThat(response.httpValidator().orElseThrow().etag()).isPresent();
  }

  @Test
  void query_revokedCertificate_isAnAnswer() throws Exception {
    Instant at = Instant.now().minus(3, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
    responder.revoke(site, at, 1);

    OcspResponse response = query(site);

    assertThat(response.status())
        .isInstanceOfSatisfying(
            CertificateStatus.Revoked.class,
            revoked -> {
              assertThat(revoked.at()).isEqualTo(at);
              assertThat(revoked.reason()).hasValue(RevocationReason.KEY_COMPROMISE);
            });
  }

  @Test
  void query_unknownCertificate_isAnAnswer() throws Exception {
    responder.unknown(site);

    assertThat(query(site).status()).isEqualTo(new CertificateStatus.Unknown());
  }

  @Test
  void query_answer_keepsItsExactBytes() throws Exception {
    byte[] sent =
        client.queryRaw(
            OcspRequest.of(CertId.of(CertIdHash.SHA1, site.certificate(), ca.certificate())),
            responder.uri());
    responder.fault(Fault.bytes(sent));

    assertThat(query(site).encoded()).isEqualTo(sent);
  }

  // C3, C4, L1 to L3, L11, L12

  @Test
  void query_smallRequest_isSentByGetByteForByte() throws Exception {
    query(site);

    byte[] expected = expectedRequest(site, CertificateID.HASH_SHA1);
    RecordedRequest request = responder.requests().get(0);
    assertThat(request.method()).isEqualTo("GET");
    assertThat(request.target()).isEqualTo("/" + inUrl(expected));
    assertThat(request.header("Accept")).hasValue("application/ocsp-response");
    assertThat(request.header("Upgrade")).isEmpty();
    assertThat(request.header("Cache-Control")).isEmpty();
  }

  @Test
  void query_aiaWithPathAndQuery_keepsBoth() throws Exception {
    TestCertificate other = ca.leaf("example.com", responder.url("ca%201/ocsp?tenant=7"));

    query(other);

    assertThat(responder.requests().get(0).target())
        .isEqualTo(
            "/ca%201/ocsp/" + inUrl(expectedRequest(other, CertificateID.HASH_SHA1)) + "?tenant=7");
  }

  /** The certificate whose GET URL has exactly this many bytes. */
  private TestCertificate certificateWithUrlOf(int length) throws Exception {
    BigInteger serial = BigInteger.valueOf(7).shiftLeft(100);
    TestCertificate probe =
        ca.leafBuilder("example.com").serialNumber(serial).ocspUrls(responder.url()).build();
    int base =
        responder.url().length() + inUrl(expectedRequest(probe, CertificateID.HASH_SHA1)).length();
    String path = "p".repeat(length - base - 1);
    return ca.leafBuilder("example.com").serialNumber(serial).ocspUrls(responder.url(path)).build();
  }

  @Test
  void query_urlOf255Bytes_isSentByGet() throws Exception {
    query(certificateWithUrlOf(255));

    RecordedRequest request = responder.requests().get(0);
    assertThat(request.method()).isEqualTo("GET");
    assertThat("http://127.0.0.1:" + responder.port() + request.target()).hasSize(255);
  }

  @Test
  void query_urlOf256Bytes_isSentByPostByteForByte() throws Exception {
    TestCertificate longer = certificateWithUrlOf(256);

    query(longer);

    RecordedRequest request = responder.requests().get(0);
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.der())
        .hasValueSatisfying(der ->
            assertThat(der)
                .isEqualTo(unchecked(() -> expectedRequest(longer, CertificateID.HASH_SHA1))));
    assertThat(request.header("Content-Type")).hasValue("application/ocsp-request");
    assertThat(request.header("Accept")).hasValue("application/ocsp-response");
  }

  private interface Throwing {
    byte[] get() throws Exception;
  }

  private static byte[] unchecked(Throwing bytes) {
    try {
      return bytes.get();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  // POST after a GET that was not understood

  @Test
  void query_getNotAllowed_isRepeatedByPostAndThenPostedAtOnce() throws Exception {
    responder.acceptGet(false);

    query(site);
    query(site);

    assertThat(methods()).containsExactly("GET", "POST", "POST");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 405, 406, 410, 411, 413, 414, 415, 422, 500, 501})
  void query_getBlamedByStatus_isRepeatedByPost(int status) throws Exception {
    responder.fault(Fault.http(status).times(1));

    query(site);

    assertThat(methods()).containsExactly("GET", "POST");
  }

  @ParameterizedTest
  @ValueSource(ints = {206, 304, 401, 407, 408, 425, 429, 502, 503, 504})
  void query_otherStatus_isRefusedWithoutPost(int status) {
    responder.fault(Fault.http(status));

    Refused failure = failure(site, Refused.class);

    assertThat(failure.reason()).isEqualTo(Refused.Reason.HTTP_STATUS);
    assertThat(failure.httpStatus()).isEqualTo(status);
    assertThat(failure.responder()).hasValue(responder.uri());
    assertThat(methods()).containsExactly("GET");
  }

  @Test
  void query_getAnsweredWithAPage_isRepeatedByPost() throws Exception {
    responder.fault(Fault.html().times(1));

    query(site);

    assertThat(methods()).containsExactly("GET", "POST");
  }

  @Test
  void query_getMalformedRequest_isRepeatedByPostWithTheSameHash() throws Exception {
    responder.fault(Fault.error(1).times(1));

    query(site);

    assertThat(methods()).containsExactly("GET", "POST");
    assertThat(hashes()).containsExactly(CertHash.SHA1, CertHash.SHA1);
  }

  @Test
  void query_postFailsAsWell_isNotRemembered() throws Exception {
    responder.fault(Fault.http(500).times(2));
    assertThat(failure(site, Refused.class).httpStatus()).isEqualTo(500);

    query(site);

    assertThat(methods()).containsExactly("GET", "POST", "GET");
  }

  // S2: bad answers

  @Test
  void query_pageWithStatus200_isRejectedAndNamesTheMediaType() {
    responder.fault(Fault.html());

    Rejected failure = failure(site, Rejected.class);

    assertThat(failure.reason()).isEqualTo(Rejected.Reason.MALFORMED);
    assertThat(failure).hasMessageContaining("text/html");
    assertThat(methods()).containsExactly("GET", "POST");
  }

  @Test
  void query_forgedAnswer_isRejectedWithoutAskingAgain() {
    responder.fault(Fault.answer(answer -> answer.signedBy(TestCa.root("Mallory"))));

    assertThat(failure(site, Rejected.class)).isNotNull();
    assertThat(methods()).containsExactly("GET");
  }

  // The CertID ladder; L2, L15

  @Test
  void query_responderKnowsSha256Only_isAskedWithItFirstFromThenOn() throws Exception {
    responder.acceptHashes(CertHash.SHA256);

    query(site);
    query(site);

    assertThat(hashes()).containsExactly(CertHash.SHA1, CertHash.SHA256, CertHash.SHA256);
    assertThat(responder.requests().get(1).der())
        .hasValueSatisfying(der ->
            assertThat(der)
                .isEqualTo(
                    unchecked(() ->
                        expectedRequest(
                            site,
                            new AlgorithmIdentifier(
                                NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE)))));
  }

  @Test
  void query_hashesConfigured_areTriedInTheirOrder() {
    responder.fault(Fault.error(6));
    try (OcspClient own =
        OcspClient.builder()
            .certIdHashes(CertIdHash.SHA256, CertIdHash.SHA512, CertIdHash.SHA1)
            .build()) {

      assertThatThrownBy(() -> own.query(site.certificate(), site.issuerCertificate()))
          .isInstanceOf(Refused.class);
    }

    assertThat(hashes()).containsExactly(CertHash.SHA256, CertHash.SHA512, CertHash.SHA1);
  }

  @Test
  void query_unauthorizedThroughout_isRefusedAsSuch() {
    responder.fault(Fault.error(6));

    Refused failure = failure(site, Refused.class);

    assertThat(failure.reason()).isEqualTo(Refused.Reason.UNAUTHORIZED);
    assertThat(failure.httpStatus()).isEqualTo(200);
    assertThat(hashes()).containsExactly(CertHash.SHA1, CertHash.SHA256);
  }

  @Test
  void query_malformedRequestThroughout_endsAfterGetPostAndOtherHash() {
    responder.fault(Fault.error(1));

    Refused failure = failure(site, Refused.class);

    assertThat(failure.reason()).isEqualTo(Refused.Reason.MALFORMED_REQUEST);
    assertThat(methods()).containsExactly("GET", "POST", "POST");
    assertThat(hashes()).containsExactly(CertHash.SHA1, CertHash.SHA1, CertHash.SHA256);
  }

  @Test
  void query_tryLater_isRefusedWithRetryAfterAndNotRepeated() {
    responder.header("Retry-After", "77").fault(Fault.error(3));

    Refused failure = failure(site, Refused.class);

    assertThat(failure.reason()).isEqualTo(Refused.Reason.TRY_LATER);
    assertThat(failure.retryAfter()).hasValue(Duration.ofSeconds(77));
    assertThat(responder.requestCount()).isEqualTo(1);
  }

  @Test
  void query_httpStatusWithRetryAfter_carriesIt() {
    responder.fault(Fault.http(503, Duration.ofMinutes(3)));

    Refused failure = failure(site, Refused.class);

    assertThat(failure.retryAfter()).hasValue(Duration.ofMinutes(3));
  }

  // Nonce

  @Test
  void query_nonceOn_sends32BytesInTheOnlyExtensionAnewEachTime() throws Exception {
    try (OcspClient own = OcspClient.builder().nonce(true).build()) {
      own.query(site.certificate(), site.issuerCertificate());
      own.query(site.certificate(), site.issuerCertificate());
    }

    byte[] first = responder.requests().get(0).nonce().orElseThrow();
    byte[] second = responder.requests().get(1).nonce().orElseThrow();
    assertThat(first).hasSize(32).isNotEqualTo(second);
    OCSPReq request = new OCSPReq(responder.requests().get(0).der().orElseThrow());
    List<?> extensions = request.getExtensionOIDs();
    assertThat(extensions).isEqualTo(List.of(OCSPObjectIdentifiers.id_pkix_ocsp_nonce));
  }

  @Test
  void query_nonceOff_sendsNoExtension() throws Exception {
    query(site);

    OCSPReq request = new OCSPReq(responder.requests().get(0).der().orElseThrow());
    assertThat(request.hasExtensions()).isFalse();
  }

  @Test
  void query_nonceIgnoredByResponder_isAccepted() throws Exception {
    responder.echoNonce(false);
    try (OcspClient own = OcspClient.builder().nonce(true).build()) {

      OcspResponse response = own.query(site.certificate(), site.issuerCertificate());

      assertThat(response.status()).isEqualTo(new CertificateStatus.Good());
    }
  }

  @Test
  void query_otherNonce_isRejected() {
    responder.echoNonce(false).fault(Fault.answer(answer -> answer.nonce(new byte[32])));
    try (OcspClient own = OcspClient.builder().nonce(true).build()) {

      Rejected failure =
          catchThrowableOfType(
              Rejected.class, () -> own.query(site.certificate(), site.issuerCertificate()));

      assertThat(failure.reason()).isEqualTo(Rejected.Reason.WRONG_NONCE);
    }
  }

  // L10 and other questions that are not asked

  @Test
  void query_expiredCertificate_isNotAsked() {
    Instant now = Instant.now();
    TestCertificate expired =
        ca.leafBuilder("example.com")
            .validity(now.minus(90, ChronoUnit.DAYS), now.minusSeconds(2))
            .ocspUrls(responder.url())
            .build();

    Unreachable failure = failure(expired, Unreachable.class);

    assertThat(failure.reason()).isEqualTo(Unreachable.Reason.CERTIFICATE_EXPIRED);
    assertThat(failure.responder()).isEmpty();
    assertThat(responder.requestCount()).isZero();
  }

  @Test
  void query_otherIssuer_isRejectedWithoutAsking() {
    X509Certificate other = TestCa.root("Other").certificate();

    Rejected failure =
        catchThrowableOfType(Rejected.class, () -> client.query(site.certificate(), other));

    assertThat(failure.reason()).isEqualTo(Rejected.Reason.WRONG_ISSUER);
    assertThat(responder.requestCount()).isZero();
  }

  // C2

  @Test
  void queryRaw_anyAnswer_returnsItUnverified() throws Exception {
    byte[] junk = {1, 2, 3};
    responder.fault(Fault.bytes(junk));
    OcspRequest request =
        OcspRequest.of(CertId.of(CertIdHash.SHA256, site.certificate(), ca.certificate()));

    byte[] body = client.queryRaw(request, URI.create(responder.url("raw#fragment")));

    assertThat(body).isEqualTo(junk);
    assertThat(responder.requests().get(0).target()).startsWith("/raw/M").doesNotContain("#");
    assertThat(responder.requests().get(0).hash()).hasValue(CertHash.SHA256);
  }

  @Test
  void queryRaw_getNotAllowed_isRepeatedByPost() throws Exception {
    responder.acceptGet(false);
    OcspRequest request =
        OcspRequest.of(CertId.of(CertIdHash.SHA1, site.certificate(), ca.certificate()));

    byte[] body = client.queryRaw(request, responder.uri());

    assertThat(client.verify(body, site.certificate(), ca.certificate()).status())
        .isEqualTo(new CertificateStatus.Good());
    assertThat(client.verify(body, site.serialNumber(), ca.certificate()).responder()).isEmpty();
    assertThat(methods()).containsExactly("GET", "POST");
  }

  @Test
  void queryRaw_errorStatus_isRefused() {
    responder.fault(Fault.http(503));
    OcspRequest request =
        OcspRequest.of(CertId.of(CertIdHash.SHA1, site.certificate(), ca.certificate()));

    Refused failure =
        catchThrowableOfType(Refused.class, () -> client.queryRaw(request, responder.uri()));

    assertThat(failure.httpStatus()).isEqualTo(503);
  }
}
