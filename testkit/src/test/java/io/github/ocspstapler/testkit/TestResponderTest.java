package io.github.ocspstapler.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a responder says and what it saw; how it fails is in {@link FaultTest}. */
final class TestResponderTest {
  private static final TestCa CA = TestCa.root();

  private final ManualScheduler time = ManualScheduler.create();
  private final OcspExchange exchange = new OcspExchange();
  private TestResponder responder;
  private TestCertificate site;

  @BeforeEach
  void start() {
    responder = TestResponder.builder().ca(CA).clock(time.clock()).start();
    site = CA.leaf("example.com", responder.url());
  }

  @AfterEach
  void stop() {
    responder.close();
  }

  @Test
  void get_goodCertificate_isAnsweredGoodAndSigned() throws Exception {
    HttpResponse<byte[]> response = exchange.get(responder.url(), OcspExchange.request(site));

    BasicOCSPResp basic = OcspExchange.basic(response);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/ocsp-response");
    assertThat(basic.getResponses()[0].getCertStatus()).isEqualTo(CertificateStatus.GOOD);
    assertThat(
            basic.isSignatureValid(new JcaContentVerifierProviderBuilder().build(CA.certificate())))
        .isTrue();
  }

  @Test
  void strangersUnknown_onlyWhatItWasToldAbout_isGood() throws Exception {
    responder.good(site).strangersUnknown();

    HttpResponse<byte[]> told = exchange.get(responder.url(), OcspExchange.request(site));
    HttpResponse<byte[]> stranger = exchange.get(responder.url(), OcspExchange.request(stranger()));

    assertThat(OcspExchange.singles(told).get(0).getCertStatus()).isEqualTo(CertificateStatus.GOOD);
    assertThat(OcspExchange.singles(stranger).get(0).getCertStatus())
        .isInstanceOf(UnknownStatus.class);
  }

  @Test
  void strangersUnauthorized_onlyWhatItWasToldAbout_isAnswered() throws Exception {
    responder.revoke(site, Instant.EPOCH).strangersUnauthorized();

    HttpResponse<byte[]> told = exchange.get(responder.url(), OcspExchange.request(site));
    HttpResponse<byte[]> stranger = exchange.get(responder.url(), OcspExchange.request(stranger()));
    HttpResponse<byte[]> both =
        exchange.get(responder.url(), OcspExchange.request(site, stranger()));

    assertThat(OcspExchange.singles(told).get(0).getCertStatus()).isInstanceOf(RevokedStatus.class);
    assertThat(OcspExchange.status(stranger)).isEqualTo(6);
    assertThat(OcspExchange.status(both)).isEqualTo(6);
  }

  @Test
  void strangersGood_afterwards_isTheDefaultAgain() throws Exception {
    responder.strangersUnauthorized().strangersGood();

    HttpResponse<byte[]> stranger = exchange.get(responder.url(), OcspExchange.request(stranger()));

    assertThat(OcspExchange.singles(stranger).get(0).getCertStatus())
        .isEqualTo(CertificateStatus.GOOD);
  }

  private TestCertificate stranger() {
    return CA.leaf("stranger.example.com", responder.url());
  }

  @Test
  void get_underAPath_isUnderstood() throws Exception {
    String url = responder.url("ocsp/issuing/ca");

    HttpResponse<byte[]> response = exchange.get(url, OcspExchange.request(site));

    assertThat(OcspExchange.singles(response)).hasSize(1);
    assertThat(responder.requests().get(0).target()).startsWith("/ocsp/issuing/ca/");
  }

  @Test
  void post_goodCertificate_isAnsweredGood() throws Exception {
    HttpResponse<byte[]> response = exchange.post(responder.url(), OcspExchange.request(site));

    assertThat(OcspExchange.singles(response).get(0).getCertStatus())
        .isEqualTo(CertificateStatus.GOOD);
  }

  @Test
  void request_throughAProxy_isUnderstood() throws Exception {
    HttpClient proxied =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(
                ProxySelector.of(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), responder.port())))
            .build();
    HttpRequest request =
        HttpRequest.newBuilder(
                OcspExchange.getUri("http://ocsp.ca.test/path", OcspExchange.request(site)))
            .build();

    HttpResponse<byte[]> response = proxied.send(request, BodyHandlers.ofByteArray());

    assertThat(OcspExchange.singles(response)).hasSize(1);
    assertThat(responder.requests().get(0).target()).startsWith("http://ocsp.ca.test/path/");
  }

  @Test
  void requests_got_tellWhatWasAsked() throws Exception {
    byte[] nonce = {1, 2, 3, 4, 5, 6, 7, 8};
    byte[] request = OcspExchange.request(CertHash.SHA256, nonce, site);
    time.advance(Duration.ofMinutes(5));

    exchange.get(responder.url(), request);

    RecordedRequest recorded = responder.requests().get(0);
    assertThat(recorded.method()).isEqualTo("GET");
    assertThat(recorded.der()).hasValue(request);
    assertThat(recorded.hash()).hasValue(CertHash.SHA256);
    assertThat(recorded.nonce()).hasValue(nonce);
    assertThat(recorded.serialNumbers()).containsExactly(site.serialNumber());
    assertThat(recorded.isFor(site)).isTrue();
    assertThat(recorded.isFor(CA.leaf("other.example"))).isFalse();
    assertThat(recorded.at()).isEqualTo(time.now());
    assertThat(recorded.header("hOST")).hasValue("127.0.0.1:" + responder.port());
  }

  @Test
  void requests_junk_areRecordedAndMalformed() throws Exception {
    HttpResponse<byte[]> response = exchange.post(responder.url(), new byte[] {1, 2, 3});

    assertThat(OcspExchange.status(response)).isEqualTo(1);
    assertThat(responder.requests().get(0).der()).isEmpty();
    assertThat(responder.requests().get(0).serialNumbers()).isEmpty();
  }

  @Test
  void requestCount_cleared_countsFromZero() throws Exception {
    exchange.post(responder.url(), OcspExchange.request(site));
    exchange.post(responder.url(), OcspExchange.request(site));
    assertThat(responder.requestCount()).isEqualTo(2);
    assertThat(responder.awaitRequests(2, Duration.ZERO)).isTrue();
    assertThat(responder.awaitRequests(3, Duration.ofMillis(10))).isFalse();

    responder.clearRequests();

    assertThat(responder.requestCount()).isZero();
    assertThat(responder.requests()).isEmpty();
  }

  @Test
  void keptRequests_few_keepsTheLatest() throws Exception {
    try (TestResponder small = TestResponder.builder().ca(CA).keptRequests(1).start()) {
      exchange.post(small.url("first"), OcspExchange.request(site));
      exchange.post(small.url("second"), OcspExchange.request(site));

      assertThat(small.requests()).extracting(RecordedRequest::target).containsExactly("/second");
      assertThat(small.requestCount()).isEqualTo(2);
    }
  }

  @Test
  void connections_manyRequests_stayOpen() throws Exception {
    for (int i = 0; i < 10; i++) {
      exchange.post(responder.url(), OcspExchange.request(site));
    }

    assertThat(responder.connectionCount()).isEqualTo(1);
  }

  @Test
  void revoke_certificate_untilUnrevoked() throws Exception {
    Instant at = Instant.parse("2025-12-24T18:00:00Z");

    responder.revoke(site, at, 1);

    RevokedStatus revoked = (RevokedStatus) ask(site).getCertStatus();
    assertThat(revoked.getRevocationTime().toInstant()).isEqualTo(at);
    assertThat(revoked.getRevocationReason()).isEqualTo(1);
    assertThat(ask(CA.leaf("other.example")).getCertStatus()).isEqualTo(CertificateStatus.GOOD);
    responder.unrevoke(site);
    assertThat(ask(site).getCertStatus()).isEqualTo(CertificateStatus.GOOD);
  }

  @Test
  void revoke_withoutReason_namesNone() throws Exception {
    responder.revoke(site, time.now());

    assertThat(((RevokedStatus) ask(site).getCertStatus()).hasRevocationReason()).isFalse();
  }

  @Test
  void unknown_certificate_isUnknown() throws Exception {
    responder.unknown(site);

    assertThat(ask(site).getCertStatus()).isInstanceOf(UnknownStatus.class);
  }

  @Test
  void answer_times_followTheClock() throws Exception {
    time.advance(Duration.ofHours(30));
    responder.validity(Duration.ofHours(12));

    SingleResp single = ask(site);

    assertThat(single.getThisUpdate().toInstant()).isEqualTo(time.now());
    assertThat(single.getNextUpdate().toInstant()).isEqualTo(time.now().plus(Duration.ofHours(12)));
  }

  @Test
  void noNextUpdate_isLeftOut() throws Exception {
    responder.noNextUpdate();

    assertThat(ask(site).getNextUpdate()).isNull();
    try (TestResponder built = TestResponder.builder().ca(CA).noNextUpdate().start()) {
      HttpResponse<byte[]> response = exchange.post(built.url(), OcspExchange.request(site));
      assertThat(OcspExchange.singles(response).get(0).getNextUpdate()).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void answer_anyHash_usesTheSame(CertHash hash) throws Exception {
    SingleResp single =
        OcspExchange.singles(exchange.post(responder.url(), OcspExchange.request(hash, null, site)))
            .get(0);

    assertThat(single.getCertID().getHashAlgOID().getId()).isEqualTo(hash.oid());
  }

  @Test
  void acceptHashes_others_areUnauthorized() throws Exception {
    responder.acceptHashes(CertHash.SHA256);

    HttpResponse<byte[]> sha1 =
        exchange.post(responder.url(), OcspExchange.request(CertHash.SHA1, null, site));
    HttpResponse<byte[]> sha256 =
        exchange.post(responder.url(), OcspExchange.request(CertHash.SHA256, null, site));

    assertThat(OcspExchange.status(sha1)).isEqualTo(6);
    assertThat(OcspExchange.status(sha256)).isEqualTo(0);
  }

  @Test
  void dualAnswers_on_saysItTwice() throws Exception {
    responder.dualAnswers(true);

    HttpResponse<byte[]> response = exchange.post(responder.url(), OcspExchange.request(site));

    assertThat(OcspExchange.singles(response))
        .extracting(single -> single.getCertID().getHashAlgOID().getId())
        .containsExactly(CertHash.SHA1.oid(), CertHash.SHA256.oid());
  }

  @Test
  void nonce_sent_isEchoedUnlessToldNotTo() throws Exception {
    byte[] request = OcspExchange.request(CertHash.SHA1, new byte[] {9, 9}, site);

    BasicOCSPResp echoed = OcspExchange.basic(exchange.post(responder.url(), request));
    responder.echoNonce(false);
    BasicOCSPResp silent = OcspExchange.basic(exchange.post(responder.url(), request));

    assertThat(
            echoed
                .getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce)
                .getExtnValue()
                .getOctets())
        .containsExactly(4, 2, 9, 9);
    assertThat(silent.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce)).isNull();
  }

  @Test
  void request_otherCa_isUnauthorizedUntilAdded() throws Exception {
    TestCa other = TestCa.root("Other");
    byte[] request = OcspExchange.request(other.leaf("example.org"));

    assertThat(OcspExchange.status(exchange.post(responder.url(), request))).isEqualTo(6);
    responder.add(other);

    assertThat(OcspExchange.status(exchange.post(responder.url(), request))).isEqualTo(0);
  }

  @Test
  void request_severalCertificates_isAnsweredInOrder() throws Exception {
    TestCertificate second = CA.leaf("second.example");
    responder.revoke(second, time.now());

    List<SingleResp> singles =
        OcspExchange.singles(exchange.post(responder.url(), OcspExchange.request(site, second)));

    assertThat(singles).hasSize(2);
    assertThat(singles.get(0).getCertStatus()).isEqualTo(CertificateStatus.GOOD);
    assertThat(singles.get(1).getCertStatus()).isInstanceOf(RevokedStatus.class);
  }

  @Test
  void signer_delegate_signsForItsCa() throws Exception {
    TestCertificate delegate = CA.delegate();
    responder.signer(CA, delegate);

    BasicOCSPResp basic =
        OcspExchange.basic(exchange.post(responder.url(), OcspExchange.request(site)));

    assertThat(
            basic.isSignatureValid(
                new JcaContentVerifierProviderBuilder().build(delegate.certificate())))
        .isTrue();
  }

  @Test
  void signOnce_sameQuestion_getsTheSameBytesUntilSomethingChanges() throws Exception {
    try (TestResponder once =
        TestResponder.builder()
            .signer(CA, CA.delegate())
            .clock(time.clock())
            .validity(Duration.ofHours(10))
            .signOnce()
            .start()) {
      byte[] request = OcspExchange.request(site);
      byte[] first = exchange.post(once.url(), request).body();

      time.advance(Duration.ofHours(5).minusSeconds(1));
      assertThat(exchange.post(once.url(), request).body()).isEqualTo(first);
      time.advance(Duration.ofSeconds(1));
      byte[] second = exchange.post(once.url(), request).body();
      assertThat(second).isNotEqualTo(first);
      once.revoke(site, time.now());

      assertThat(OcspExchange.singles(exchange.post(once.url(), request)).get(0).getCertStatus())
          .isInstanceOf(RevokedStatus.class);
    }
  }

  @Test
  void cacheHeaders_set_areSent() throws Exception {
    responder
        .maxAge(Duration.ofHours(2))
        .expires(Duration.ofHours(3))
        .age(Duration.ofMinutes(1))
        .dateSkew(Duration.ofDays(-1))
        .header("X-Test", "yes");

    HttpResponse<byte[]> response = exchange.get(responder.url(), OcspExchange.request(site));

    assertThat(header(response, "Cache-Control"))
        .isEqualTo("max-age=7200, public, no-transform, must-revalidate");
    assertThat(header(response, "Expires")).isEqualTo("Thu, 01 Jan 2026 03:00:00 GMT");
    assertThat(header(response, "Date")).isEqualTo("Wed, 31 Dec 2025 00:00:00 GMT");
    assertThat(header(response, "Age")).isEqualTo("60");
    assertThat(header(response, "X-Test")).isEqualTo("yes");
  }

  @Test
  void clearHeaders_after_onlyTheDateIsLeft() throws Exception {
    responder.maxAge(Duration.ofHours(2)).age(Duration.ZERO).etags(true).header("X-Test", "yes");

    responder.clearHeaders();

    assertThat(exchange.get(responder.url(), OcspExchange.request(site)).headers().map())
        .containsOnlyKeys("date", "content-type", "content-length");
  }

  @Test
  void etags_unchangedAnswer_isNotSentAgain() throws Exception {
    responder.etags(true);
    byte[] request = OcspExchange.request(site);
    String etag = header(exchange.get(responder.url(), request), "ETag");

    HttpResponse<byte[]> same = exchange.get(responder.url(), request, "If-None-Match", etag);
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.body()).isEmpty();
    assertThat(header(same, "ETag")).isEqualTo(etag);

    responder.revoke(site, time.now());
    HttpResponse<byte[]> changed = exchange.get(responder.url(), request, "If-None-Match", etag);
    assertThat(changed.statusCode()).isEqualTo(200);
  }

  @Test
  void etags_listOrWeakTagOrAny_match() throws Exception {
    responder.etags(true);
    byte[] request = OcspExchange.request(site);
    String etag = header(exchange.get(responder.url(), request), "ETag");

    for (String tags : List.of("\"x\", " + etag, "W/" + etag, "*")) {
      assertThat(exchange.get(responder.url(), request, "If-None-Match", tags).statusCode())
          .isEqualTo(304);
    }
    assertThat(exchange.get(responder.url(), request, "If-None-Match", "\"x\"").statusCode())
        .isEqualTo(200);
    assertThat(exchange.post(responder.url(), request).statusCode()).isEqualTo(200);
  }

  @Test
  void lastModified_unchangedAnswer_isNotSentAgain() throws Exception {
    responder.lastModified(true);
    byte[] request = OcspExchange.request(site);
    String date = header(exchange.get(responder.url(), request), "Last-Modified");

    assertThat(exchange.get(responder.url(), request, "If-Modified-Since", date).statusCode())
        .isEqualTo(304);
    for (String other : List.of("Wed, 31 Dec 1986 00:00:00 GMT", "soon")) {
      assertThat(exchange.get(responder.url(), request, "If-Modified-Since", other).statusCode())
          .isEqualTo(200);
    }
    // RFC 9110 13.1.3: a tag is asked about instead.
    HttpResponse<byte[]> both =
        exchange.get(responder.url(), request, "If-Modified-Since", date, "If-None-Match", "\"x\"");
    assertThat(both.statusCode()).isEqualTo(200);
  }

  @Test
  void acceptGet_not_isMethodNotAllowed() throws Exception {
    responder.acceptGet(false);

    assertThat(exchange.get(responder.url(), OcspExchange.request(site)).statusCode())
        .isEqualTo(405);
    assertThat(exchange.post(responder.url(), OcspExchange.request(site)).statusCode())
        .isEqualTo(200);
  }

  @Test
  void goDown_thenComeUp_refusesThenAnswersOnTheSamePort() throws Exception {
    int port = responder.port();
    ask(site);

    responder.goDown();

    assertThat(responder.isUp()).isFalse();
    assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> ask(site));
    responder.comeUp();
    assertThat(responder.isUp()).isTrue();
    assertThat(ask(site).getCertStatus()).isEqualTo(CertificateStatus.GOOD);
    assertThat(responder.port()).isEqualTo(port);
  }

  @Test
  void comeUp_closed_isRefused() {
    responder.close();

    assertThatIllegalStateException().isThrownBy(responder::comeUp);
  }

  @Test
  void close_twice_endsEveryThread() throws Exception {
    ask(site);
    String prefix = "test-responder-";
    List<Thread> before =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith(prefix))
            .toList();
    assertThat(before).isNotEmpty();

    responder.close();
    responder.close();

    for (Thread thread : before) {
      thread.join(10_000);
      assertThat(thread.isAlive()).isFalse();
    }
  }

  private SingleResp ask(TestCertificate certificate) throws Exception {
    return OcspExchange.singles(exchange.post(responder.url(), OcspExchange.request(certificate)))
        .get(0);
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("none");
  }
}
