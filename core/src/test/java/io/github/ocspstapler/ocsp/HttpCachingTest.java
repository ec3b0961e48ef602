package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.ocspstapler.ocsp.OcspException.Refused;
import io.github.ocspstapler.ocsp.OcspException.Rejected;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.RecordedRequest;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** L13: what is asked for again, what is not, and what a head tells about the time. */
class HttpCachingTest {
  private final TestCa ca = TestCa.root();
  private final TestResponder responder = TestResponder.start(ca);
  private final TestCertificate site = ca.leaf("example.com", responder.url());
  private final OcspClient client = OcspClient.create();

  @AfterEach
  void close() {
    client.close();
    responder.close();
  }

  private OcspResponse query() throws OcspException {
    return client.query(site.certificate(), site.issuerCertificate());
  }

  private OcspResponse refresh(OcspClient asking, byte[] held, HttpValidator validator)
      throws Exception {
    try {
      return asking
          .refreshAsync(site.certificate(), site.issuerCertificate(), held, validator)
          .get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private OcspResponse refresh(OcspResponse held) throws Exception {
    return refresh(client, held.encoded(), held.httpValidator().orElseThrow());
  }

  private List<String> sent(String header) {
    return responder.requests().stream().map(r -> r.header(header).orElse("none")).toList();
  }

  private HttpValidator tag(String etag) {
    return new HttpValidator(responder.uri(), Optional.of(etag), Optional.empty());
  }

  private byte[] expired() {
    Instant old = Instant.now().minus(30, ChronoUnit.DAYS);
    return OcspAnswer.good(site).thisUpdate(old).nextUpdate(old.plusSeconds(3600)).der();
  }

  private Fault expiredAnswer() {
    Instant old = Instant.now().minus(30, ChronoUnit.DAYS);
    return Fault.answer(answer -> answer.thisUpdate(old).nextUpdate(old.plusSeconds(3600)));
  }

  // Conditional questions

  @Test
  void refresh_nothingNewer_isTheAnswerAtHandWithTheNewHead() throws Exception {
    responder.etags(true);
    OcspResponse first = query();
    responder.maxAge(Duration.ofHours(3));
    long before = responder.bytesSent();

    OcspResponse second = refresh(first);

    assertThat(second).isEqualTo(first);
    assertThat(second.httpFreshness().maxAge()).hasValue(Duration.ofHours(3));
    assertThat(second.httpValidator()).isEqualTo(first.httpValidator());
    assertThat(responder.bytesSent()).isEqualTo(before);
    String etag = first.httpValidator().orElseThrow().etag().orElseThrow();
    assertThat(sent("If-None-Match")).containsExactly("none", etag);
    assertThat(sent("If-Modified-Since")).containsExactly("none", "none");
    assertThat(sent("Cache-Control")).containsOnly("none");
  }

  @Test
  void refresh_somethingNewer_isThat() throws Exception {
    responder.etags(true);
    OcspResponse first = query();
    responder.revoke(site, Instant.now().minusSeconds(60));

    OcspResponse second = refresh(first);

    assertThat(second.status()).isInstanceOf(CertificateStatus.Revoked.class);
    assertThat(second.httpValidator()).isPresent().isNotEqualTo(first.httpValidator());
    assertThat(responder.requestCount()).isEqualTo(2);
  }

  @Test
  void refresh_dateInsteadOfATag_asksByTheDate() throws Exception {
    responder.lastModified(true);
    OcspResponse first = query();

    OcspResponse second = refresh(first);

    assertThat(second).isEqualTo(first);
    assertThat(sent("If-Modified-Since").get(1)).endsWith(" GMT");
    assertThat(sent("If-None-Match")).containsExactly("none", "none");
    assertThat(responder.bytesSent()).isEqualTo(first.encoded().length);
  }

  @Test
  void refresh_notModifiedWithoutATag_keepsTheValidator() throws Exception {
    OcspResponse first = query();
    responder.fault(Fault.http(304));

    OcspResponse second = refresh(client, first.encoded(), tag("\"a\""));

    assertThat(second).isEqualTo(first);
    assertThat(second.httpValidator()).hasValue(tag("\"a\""));
  }

  // A 304 vouches for nothing: what is at hand is verified again.
  @Test
  void refresh_notModifiedAndTheAnswerAtHandExpired_asksAgainWithoutCondition() throws Exception {
    responder.fault(Fault.http(304).times(1));

    OcspResponse response = refresh(client, expired(), tag("\"a\""));

    assertThat(response.encoded()).isNotEqualTo(expired());
    assertThat(sent("If-None-Match")).containsExactly("\"a\"", "none");
    assertThat(sent("Cache-Control")).containsExactly("none", "none");
  }

  @Test
  void refresh_alwaysNotModified_neverMakesAForgedAnswerGood() {
    byte[] forged = OcspAnswer.good(site).signedBy(TestCa.root("Mallory")).der();
    responder.fault(Fault.http(304));

    Throwable failure = catchThrowable(() -> refresh(client, forged, tag("\"a\"")));

    assertThat(failure)
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected ->
                assertThat(rejected.reason()).isEqualTo(Rejected.Reason.SIGNER_NOT_AUTHORISED));
    assertThat(responder.requestCount()).isEqualTo(2);
  }

  @Test
  void query_notModifiedUnasked_isRefusedAtOnce() {
    responder.fault(Fault.http(304));

    Refused failure = catchThrowableOfType(Refused.class, this::query);

    assertThat(failure.httpStatus()).isEqualTo(304);
    assertThat(failure).hasMessageContaining("had no condition");
    assertThat(responder.requestCount()).isEqualTo(1);
  }

  @Test
  void refresh_validatorOfAnotherResponder_isNotSent() throws Exception {
    OcspResponse first = query();
    URI other = URI.create("http://other.test/");

    refresh(
        client, first.encoded(), new HttpValidator(other, Optional.of("\"a\""), Optional.empty()));

    assertThat(sent("If-None-Match")).containsExactly("none", "none");
  }

  @Test
  void refresh_byPostOrWithNonce_isWithoutCondition() throws Exception {
    responder.etags(true);
    OcspResponse first = query();
    responder.acceptGet(false);

    OcspResponse posted = refresh(first);

    assertThat(posted.httpValidator()).isEmpty();
    assertThat(sent("If-None-Match").get(2)).isEqualTo("none");
    responder.acceptGet(true).clearRequests();
    try (OcspClient nonces = OcspClient.builder().nonce(true).build()) {
      refresh(nonces, first.encoded(), first.httpValidator().orElseThrow());
    }
    assertThat(sent("If-None-Match")).containsExactly("none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "\"", "\"a\"b\"", "\"a b\"", "\"\r\nX: y\"", "\"\u00e9\""})
  void validator_tagThatCannotBeSent_isRefused(String etag) {
    assertThatThrownBy(() -> tag(etag))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("etag: ");
  }

  @Test
  void validator_dateThatCannotBeSent_isRefused() {
    Optional<Instant> never = Optional.of(Instant.MAX);

    assertThatThrownBy(() -> new HttpValidator(responder.uri(), Optional.empty(), never))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("lastModified: ");
    assertThatThrownBy(() -> new HttpValidator(responder.uri(), Optional.empty(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"ETag,\"\u00e9\"", "Last-Modified,'Wed, 06 Nov +12345 08:49:37 GMT'"})
  void query_validatorThatCannotBeSent_isNone(String name, String value) throws Exception {
    responder.header(name, value);

    assertThat(query().httpValidator()).isEmpty();
  }

  // Past the caches

  @ParameterizedTest
  @CsvSource({"Age,7", "Via,1.1 cache.test", "X-Cache,HIT from cache.test"})
  void query_expiredAnswerFromACache_isAskedForOncePastIt(String mark, String value)
      throws Exception {
    responder.header(mark, value).fault(expiredAnswer().times(1));

    query();

    assertThat(sent("Cache-Control")).containsExactly("none", "no-cache");
  }

  @Test
  void query_expiredAnswerFromTheOrigin_isRejectedAtOnce() {
    responder.age(Duration.ZERO).fault(expiredAnswer());

    Rejected failure = catchThrowableOfType(Rejected.class, this::query);

    assertThat(failure.reason()).isEqualTo(Rejected.Reason.EXPIRED);
    assertThat(sent("Cache-Control")).containsExactly("none");
  }

  @Test
  void query_expiredPastTheCacheToo_isRejectedAfterTwoRequests() {
    responder.age(Duration.ofDays(29)).fault(expiredAnswer());

    Rejected failure = catchThrowableOfType(Rejected.class, this::query);

    assertThat(failure.reason()).isEqualTo(Rejected.Reason.EXPIRED);
    assertThat(sent("Cache-Control")).containsExactly("none", "no-cache");
  }

  @Test
  void refresh_cacheKeepsWhatHasExpired_asksPastItWithoutCondition() throws Exception {
    responder.header("Via", "1.1 cache.test").fault(expiredAnswer().times(1));

    refresh(client, expired(), tag("\"a\""));

    assertThat(sent("If-None-Match")).containsExactly("\"a\"", "none");
    assertThat(sent("Cache-Control")).containsExactly("none", "no-cache");
  }

  // The responder understands requests that are meant for a proxy, and is the proxy here.
  @Test
  void query_expiredAnswerThroughAProxy_isAskedForOncePastIt() throws Exception {
    responder.fault(expiredAnswer().times(1));
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), responder.port());
    TestCertificate far = ca.leaf("far.test", "http://far.test/");
    try (OcspClient proxied = OcspClient.builder().proxy(ProxySelector.of(address)).build()) {

      proxied.query(far.certificate(), ca.certificate());
    }

    assertThat(responder.requests())
        .extracting(RecordedRequest::target)
        .allMatch(target -> target.startsWith("http://far.test/"));
    assertThat(sent("Cache-Control")).containsExactly("none", "no-cache");
  }

  @Test
  void query_manyQuestions_neverForbidCaching() throws Exception {
    responder.etags(true).fault(Fault.error(6).times(1));

    query();
    query();

    assertThat(sent("Cache-Control")).containsOnly("none");
    assertThat(sent("Pragma")).containsOnly("none");
  }

  // The clocks; X7

  private Rejected rejectedAt(Duration offset) {
    Clock clock = Clock.offset(Clock.systemUTC(), offset);
    try (OcspClient asking = OcspClient.builder().clock(clock).build()) {
      return catchThrowableOfType(
          Rejected.class, () -> asking.query(site.certificate(), site.issuerCertificate()));
    }
  }

  @Test
  void query_ourClockBehind_saysSo() {
    Rejected failure = rejectedAt(Duration.ofMinutes(-7));

    assertThat(failure.reason()).isEqualTo(Rejected.Reason.NOT_YET_VALID);
    assertThat(failure).hasMessageEndingWith("this clock is 7 minutes behind the responder's");
    assertThat(failure.clockSkew().orElseThrow())
        .isBetween(Duration.ofSeconds(410), Duration.ofSeconds(430));
  }

  @Test
  void query_ourClockAhead_saysSo() {
    Rejected failure = rejectedAt(Duration.ofDays(30));

    assertThat(failure.reason()).isEqualTo(Rejected.Reason.EXPIRED);
    assertThat(failure).hasMessageEndingWith("this clock is 30 days ahead of the responder's");
    assertThat(failure.clockSkew().orElseThrow()).isNegative();
  }

  @Test
  void query_answerThatWaitedInACache_ageCounts() {
    responder.dateSkew(Duration.ofHours(-2)).age(Duration.ofHours(2)).fault(expiredAnswer());

    Rejected failure = catchThrowableOfType(Rejected.class, this::query);

    assertThat(failure.clockSkew()).isEmpty();
  }

  @Test
  void query_clocksAgree_blamesTheAnswer() {
    responder.fault(expiredAnswer());

    Rejected failure = catchThrowableOfType(Rejected.class, this::query);

    assertThat(failure.clockSkew()).isEmpty();
    assertThat(failure).hasMessageNotContaining("clock");
  }

  @Test
  void query_forgedAnswerOfAnotherTime_isForgedAboveAll() {
    responder
        .dateSkew(Duration.ofDays(2))
        .fault(Fault.answer(answer -> answer.signedBy(TestCa.root("Mallory"))));

    Rejected failure = catchThrowableOfType(Rejected.class, this::query);

    assertThat(failure.clockSkew()).isEmpty();
  }

  @Test
  void query_responderWithAnotherClock_answersWithTheSkew() throws Exception {
    responder.dateSkew(Duration.ofHours(1));

    Duration skew = query().httpFreshness().clockSkew().orElseThrow();

    assertThat(skew).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
  }

  // What is remembered of a responder

  @Test
  void learned_afterTheLadder_isWhereItEnded() throws Exception {
    responder.acceptGet(false).acceptHashes(io.github.ocspstapler.testkit.CertHash.SHA256);
    assertThat(client.learned(responder.uri()))
        .isEqualTo(new OcspClient.Learned(false, Optional.empty()));

    query();

    assertThat(client.learned(responder.uri()))
        .isEqualTo(new OcspClient.Learned(true, Optional.of(CertIdHash.SHA256)));
  }
}
