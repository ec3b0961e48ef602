package io.github.ocspstapler.ocsp;

import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.BAD_PRODUCED_AT;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.CRITICAL_EXTENSION;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.EXPIRED;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.MALFORMED;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.NOT_YET_VALID;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.TOO_LARGE;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.WRONG_CERT_ID;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.WRONG_ISSUER;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.WRONG_NONCE;
import static io.github.ocspstapler.ocsp.Verification.CA;
import static io.github.ocspstapler.ocsp.Verification.CLOCK;
import static io.github.ocspstapler.ocsp.Verification.DEFAULTS;
import static io.github.ocspstapler.ocsp.Verification.NOW;
import static io.github.ocspstapler.ocsp.Verification.SITE;
import static io.github.ocspstapler.ocsp.Verification.aboutSite;
import static io.github.ocspstapler.ocsp.Verification.good;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.ocspstapler.internal.der.DerWriter;
import io.github.ocspstapler.ocsp.OcspException.Refused;
import io.github.ocspstapler.ocsp.OcspException.Rejected;
import io.github.ocspstapler.testkit.CertHash;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.SingleAnswer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the answer says, about whom and when: R1, R6 to R11, R13, R15, L2, L6, L9. */
class ResponseVerifierAnswerTest {
  private static final byte[] NONCE = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final String NONCE_OID = "1.3.6.1.5.5.7.48.1.2";
  private static final String ARCHIVE_CUTOFF = "1.3.6.1.5.5.7.48.1.6";
  private static final byte[] NULL = {5, 0};

  // R1: about this certificate.

  @ParameterizedTest
  @Tag("R1")
  @Tag("L2")
  @EnumSource(
      value = CertHash.class,
      names = {"SHA1", "SHA256", "SHA384", "SHA512"})
  void certId_byAnyHash_isRecomputed(CertHash hash) throws Exception {
    assertThat(DEFAULTS.verify(good().hash(hash)).status()).isEqualTo(new CertificateStatus.Good());
  }

  @Test
  @Tag("R1")
  void certId_withoutHashParameters_isTheSame() throws Exception {
    OcspAnswer answer = good().each(single -> single.hashParameters(false));

    assertThat(DEFAULTS.verify(answer).status()).isEqualTo(new CertificateStatus.Good());
  }

  @Test
  @Tag("R1")
  void certId_differentInAnyField_isRejected() {
    byte[] other = new byte[20];
    Stream.<OcspAnswer>of(
            good().each(single -> single.serialNumber(SITE.serialNumber().add(BigInteger.ONE))),
            good().each(single -> single.issuerNameHash(other)),
            good().each(single -> single.issuerKeyHash(other)),
            good().each(single -> single.issuerKeyHash(new byte[0])),
            good().each(single -> single.hashOid("2.16.840.1.101.3.4.2.1")),
            good().each(single -> single.hashOid("1.2.840.113549.2.5")))
        .forEach(answer -> assertThat(DEFAULTS.rejection(answer)).isEqualTo(WRONG_CERT_ID));
  }

  @Test
  @Tag("R1")
  void certId_ofSameSerialAtAnotherCa_isRejected() {
    TestCa other = TestCa.builder("Other CA").clock(CLOCK).buildCa();
    OcspAnswer answer =
        OcspAnswer.of(SingleAnswer.good(other, SITE.serialNumber())).clock(CLOCK).signedBy(CA);

    assertThat(DEFAULTS.rejection(answer)).isEqualTo(WRONG_CERT_ID);
  }

  @ParameterizedTest
  @Tag("R1")
  @ValueSource(strings = {"0", "-1", "7f", "80", "ff0000000000000000000000000000000000000000"})
  void serialNumber_ofAnySize_isMatched(String hex) throws Exception {
    TestCertificate odd = CA.leafBuilder("odd.test").serialNumber(new BigInteger(hex, 16)).build();

    OcspResponse response =
        DEFAULTS.verify(
            OcspAnswer.good(odd).clock(CLOCK), Question.about(odd.certificate(), CA.certificate()));

    assertThat(response.status()).isEqualTo(new CertificateStatus.Good());
  }

  @Test
  @Tag("R1")
  void issuer_ofAnotherName_isRejectedBeforeAnythingElse() {
    TestCa other = TestCa.builder("Other CA").clock(CLOCK).buildCa();
    Question question = Question.about(SITE.certificate(), other.certificate());

    assertThat(DEFAULTS.rejection(new byte[0], question)).isEqualTo(WRONG_ISSUER);
  }

  @Test
  @Tag("R1")
  void issuer_ofSameNameAndOtherKey_isRejected() {
    TestCa renewed = TestCa.builder("Test CA").clock(CLOCK).buildCa();
    Question question = Question.about(SITE.certificate(), renewed.certificate());

    OcspAnswer answer = OcspAnswer.of(SingleAnswer.good(renewed, SITE.serialNumber())).clock(CLOCK);

    assertThat(DEFAULTS.rejection(answer, question)).isEqualTo(WRONG_ISSUER);
  }

  @Test
  @Tag("R1")
  void issuer_ofOtherKeyIdentifierAndSameKey_isTheIssuer() throws Exception {
    X509Certificate relabelled = relabelled();
    Question question = Question.about(SITE.certificate(), relabelled);

    assertThat(DEFAULTS.verify(good(), question).signer()).isEqualTo(relabelled);
    assertThat(verifier("SunEC").verify(good().der(), question, null, HttpFreshness.NONE).signer())
        .isEqualTo(relabelled);
  }

  @Test
  @Tag("R1")
  void issuer_ofOtherKeyIdentifierThatTheProviderCannotCheck_isRejected() {
    Question question = Question.about(SITE.certificate(), relabelled());

    Rejected rejected =
        catchThrowableOfType(
            Rejected.class,
            () -> verifier("SUN").verify(good().der(), question, null, HttpFreshness.NONE));

    assertThat(rejected.reason()).isEqualTo(WRONG_ISSUER);
  }

  @Test
  @Tag("R1")
  void certId_nameHashedAsTheCertificateSpellsIt_isTheSame() throws Exception {
    X509Certificate shouting =
        TestCa.builder("TEST CA").clock(CLOCK).keyPair(CA.keyPair()).buildCa().certificate();

    Question question = Question.about(SITE.certificate(), shouting);
    Question aboutSerial = Question.about(SITE.serialNumber(), shouting);

    assertThat(DEFAULTS.verify(good(), question).status()).isEqualTo(new CertificateStatus.Good());
    // With a serial number alone nobody knows how the certificate spells it.
    assertThat(DEFAULTS.rejection(good(), aboutSerial)).isEqualTo(WRONG_CERT_ID);
  }

  @Test
  void question_aboutSerialOnly_isAnswered() throws Exception {
    Question question = Question.about(SITE.serialNumber(), CA.certificate());

    assertThat(DEFAULTS.verify(good(), question).status()).isEqualTo(new CertificateStatus.Good());
  }

  // R11, R13: the status.

  @Test
  @Tag("R11")
  void status_revoked_isAnAnswerWithTimeAndReason() throws Exception {
    Instant at = NOW.minus(Duration.ofDays(3));

    assertThat(DEFAULTS.verify(OcspAnswer.revoked(SITE, at, 1).clock(CLOCK)).status())
        .isEqualTo(new CertificateStatus.Revoked(at, Optional.of(RevocationReason.KEY_COMPROMISE)));
    assertThat(DEFAULTS.verify(OcspAnswer.revoked(SITE, at).clock(CLOCK)).status())
        .isEqualTo(new CertificateStatus.Revoked(at, Optional.empty()));
  }

  @Test
  @Tag("R11")
  void status_revokedForUnassignedReason_isRevokedAllTheSame() throws Exception {
    assertThat(DEFAULTS.verify(OcspAnswer.revoked(SITE, NOW, 7).clock(CLOCK)).status())
        .isEqualTo(new CertificateStatus.Revoked(NOW, Optional.empty()));
  }

  @Test
  @Tag("R11")
  void status_unknown_isAnAnswer() throws Exception {
    assertThat(DEFAULTS.verify(OcspAnswer.unknown(SITE).clock(CLOCK)).status())
        .isEqualTo(new CertificateStatus.Unknown());
  }

  @ParameterizedTest
  @Tag("R11")
  @ValueSource(strings = {"8300", "800100", "a000", "a100", "0500", "82020500"})
  void status_malformed_isRejected(String hex) {
    OcspAnswer answer = good().each(single -> single.status(HexFormat.of().parseHex(hex)));

    assertThat(DEFAULTS.rejection(answer)).isEqualTo(MALFORMED);
  }

  @Test
  @Tag("R13")
  void singles_oursNotFirst_isFound() throws Exception {
    SingleAnswer other = SingleAnswer.revoked(CA.leaf("other.test"), NOW);

    OcspAnswer answer = OcspAnswer.of(other, SingleAnswer.good(SITE)).clock(CLOCK);

    assertThat(DEFAULTS.verify(answer).status()).isEqualTo(new CertificateStatus.Good());
  }

  @Test
  @Tag("R13")
  void singles_none_areRejected() {
    assertThat(DEFAULTS.rejection(OcspAnswer.of().clock(CLOCK).signedBy(CA)))
        .isEqualTo(WRONG_CERT_ID);
  }

  @Test
  @Tag("R13")
  void singles_sameTwice_worstCountsInAnyOrder() throws Exception {
    SingleAnswer good = SingleAnswer.good(SITE);
    SingleAnswer revoked = SingleAnswer.revoked(SITE, NOW);
    SingleAnswer unknown = SingleAnswer.unknown(SITE);

    for (OcspAnswer answer :
        new OcspAnswer[] {
          OcspAnswer.of(good, unknown, revoked),
          OcspAnswer.of(revoked, good),
          OcspAnswer.of(good, revoked.hash(CertHash.SHA256))
        }) {
      assertThat(DEFAULTS.verify(answer.clock(CLOCK)).status())
          .isInstanceOf(CertificateStatus.Revoked.class);
    }
    assertThat(DEFAULTS.verify(OcspAnswer.of(unknown, good).clock(CLOCK)).status())
        .isEqualTo(new CertificateStatus.Unknown());
  }

  @Test
  @Tag("R13")
  void singles_revokedAndExpiredBesideGood_areRejected() {
    SingleAnswer expired =
        SingleAnswer.revoked(SITE, NOW)
            .thisUpdate(NOW.minus(Duration.ofDays(9)))
            .nextUpdate(NOW.minus(Duration.ofDays(2)));

    assertThat(DEFAULTS.rejection(OcspAnswer.of(SingleAnswer.good(SITE), expired).clock(CLOCK)))
        .isEqualTo(EXPIRED);
  }

  @Test
  @Tag("R13")
  void singles_sameStatusTwice_earlierEndCounts() throws Exception {
    SingleAnswer shorter = SingleAnswer.good(SITE).nextUpdate(NOW.plusSeconds(60));
    SingleAnswer longer = SingleAnswer.good(SITE).hash(CertHash.SHA256);
    SingleAnswer endless = SingleAnswer.good(SITE).noNextUpdate();

    for (OcspAnswer answer :
        new OcspAnswer[] {
          OcspAnswer.of(shorter, longer, endless), OcspAnswer.of(endless, longer, shorter)
        }) {
      assertThat(DEFAULTS.verify(answer.clock(CLOCK)).nextUpdate()).contains(NOW.plusSeconds(60));
    }
  }

  @Test
  void singles_tooMany_areRejected() {
    SingleAnswer[] many = new SingleAnswer[ResponseParser.MAX_SINGLES + 1];
    Arrays.fill(many, SingleAnswer.good(SITE));

    assertThat(DEFAULTS.rejection(OcspAnswer.of(many).clock(CLOCK))).isEqualTo(MALFORMED);
  }

  // R10: the response's status.

  @ParameterizedTest
  @Tag("R10")
  @Tag("L15")
  @CsvSource({
    "1, MALFORMED_REQUEST, malformedRequest",
    "2, INTERNAL_ERROR, internalError",
    "3, TRY_LATER, tryLater",
    "5, SIG_REQUIRED, sigRequired",
    "6, UNAUTHORIZED, unauthorized"
  })
  void responseStatus_error_isRefused(int status, Refused.Reason reason, String name) {
    URI responder = URI.create("http://ocsp.test/");
    byte[] response = OcspAnswer.error(status).der();

    Refused refused =
        catchThrowableOfType(
            Refused.class,
            () -> DEFAULTS.verifier().verify(response, aboutSite(), responder, HttpFreshness.NONE));

    assertThat(refused.reason()).isEqualTo(reason);
    assertThat(refused.responder()).contains(responder);
    assertThat(refused.httpStatus()).isEqualTo(200);
    assertThat(refused.reasonName()).isEqualToIgnoringCase(reason.name());
    assertThat(refused).hasMessageContaining(name);
  }

  @Test
  @Tag("R10")
  void responseStatus_errorWithAnswerAlong_isRefused() {
    byte[] response = good().responseStatus(3).der();

    Refused refused =
        catchThrowableOfType(Refused.class, () -> DEFAULTS.verify(response, aboutSite()));

    assertThat(refused.reason()).isEqualTo(Refused.Reason.TRY_LATER);
    assertThat(refused.httpStatus()).isZero();
  }

  @ParameterizedTest
  @Tag("R10")
  @ValueSource(ints = {4, 7, 127, 256})
  void responseStatus_unassigned_isRejected(int status) {
    assertThat(DEFAULTS.rejection(OcspAnswer.error(status))).isEqualTo(MALFORMED);
  }

  @Test
  @Tag("R10")
  void response_successfulWithoutBytesOrOfOtherType_isRejected() {
    assertThat(DEFAULTS.rejection(good().noResponseBytes())).isEqualTo(MALFORMED);
    assertThat(DEFAULTS.rejection(good().responseType("1.3.6.1.5.5.7.48.1.9")))
        .isEqualTo(MALFORMED);
  }

  @Test
  @Tag("S2")
  void response_notOne_isRejected() {
    for (byte[] junk :
        new byte[][] {
          {},
          "<html>503</html>".getBytes(StandardCharsets.US_ASCII),
          good().trailingBytes((byte) 0).der(),
          good().truncated(100).der()
        }) {
      assertThat(DEFAULTS.rejection(junk, aboutSite())).isEqualTo(MALFORMED);
    }
    assertThat(DEFAULTS.rejection(new byte[ResponseVerifier.MAX_BYTES + 1], aboutSite()))
        .isEqualTo(TOO_LARGE);
    assertThat(DEFAULTS.rejection(new byte[ResponseVerifier.MAX_BYTES], aboutSite()))
        .isEqualTo(MALFORMED);
  }

  @Test
  void response_everyPrefixOfOne_isRejected() {
    byte[] whole = good().der();

    for (int length = 0; length < whole.length; length++) {
      assertThat(DEFAULTS.rejection(Arrays.copyOf(whole, length), aboutSite()))
          .isEqualTo(MALFORMED);
    }
  }

  // R6, R7, R8, L6: the times.

  @Test
  @Tag("R6")
  void thisUpdate_inTheFuture_isAcceptedWithinTheSkewOnly() throws Exception {
    OcspAnswer answer = good().producedAt(NOW);

    assertThat(DEFAULTS.verify(answer.thisUpdate(NOW.plusSeconds(300))).thisUpdate())
        .isEqualTo(NOW.plusSeconds(300));
    assertThat(DEFAULTS.rejection(answer.thisUpdate(NOW.plusSeconds(301))))
        .isEqualTo(NOT_YET_VALID);
  }

  @Test
  @Tag("R7")
  void nextUpdate_past_isAcceptedWithinTheSkewOnly() throws Exception {
    OcspAnswer answer = good().thisUpdate(NOW.minus(Duration.ofDays(1)));

    assertThat(DEFAULTS.verify(answer.nextUpdate(NOW.minusSeconds(300))).validUntil())
        .isEqualTo(NOW.minusSeconds(300));
    assertThat(DEFAULTS.rejection(answer.nextUpdate(NOW.minusSeconds(301)))).isEqualTo(EXPIRED);
  }

  @Test
  @Tag("R7")
  void nextUpdate_beforeThisUpdate_isRejected() {
    OcspAnswer answer = good().thisUpdate(NOW).nextUpdate(NOW.minusSeconds(1));

    assertThat(DEFAULTS.rejection(answer)).isEqualTo(EXPIRED);
  }

  @Test
  @Tag("L6")
  void nextUpdate_absent_isAcceptedForTheMaximumAge() throws Exception {
    OcspAnswer answer = good().noNextUpdate();
    Verification hour = DEFAULTS.maxAge(Duration.ofHours(1));

    OcspResponse response = hour.verify(answer.thisUpdate(NOW.minus(Duration.ofHours(1))));

    assertThat(response.nextUpdate()).isEmpty();
    assertThat(response.validUntil()).isEqualTo(NOW);
    assertThat(hour.rejection(answer.thisUpdate(NOW.minus(Duration.ofHours(1)).minusSeconds(1))))
        .isEqualTo(EXPIRED);
  }

  @Test
  @Tag("L6")
  void nextUpdate_absent_isRejectedIfMaximumAgeIsZero() {
    assertThat(DEFAULTS.maxAge(Duration.ZERO).rejection(good().noNextUpdate())).isEqualTo(EXPIRED);
  }

  @Test
  @Tag("L6")
  void nextUpdate_present_isWhatCountsHoweverOld() throws Exception {
    OcspAnswer answer = good().thisUpdate(NOW.minus(Duration.ofDays(30)));

    assertThat(DEFAULTS.maxAge(Duration.ZERO).verify(answer).nextUpdate())
        .contains(NOW.plus(Duration.ofDays(7)));
  }

  @Test
  @Tag("L6")
  void maximumAge_endless_doesNotOverflow() throws Exception {
    Verification endless = DEFAULTS.maxAge(Duration.ofSeconds(Long.MAX_VALUE));

    assertThat(endless.verify(good().noNextUpdate()).validUntil()).isEqualTo(Instant.MAX);
  }

  @Test
  @Tag("R8")
  void producedAt_aDayBeforeThisUpdateOrLongAfter_isAccepted() throws Exception {
    TestCertificate old =
        CA.leafBuilder("old.test").notBefore(NOW.minus(Duration.ofDays(60))).build();
    Question question = Question.about(old.certificate(), CA.certificate());
    OcspAnswer answer = OcspAnswer.good(old).clock(CLOCK);

    assertThat(
            DEFAULTS
                .verify(answer.producedAt(NOW.minus(Duration.ofDays(1))), question)
                .thisUpdate())
        .isEqualTo(NOW);
    assertThat(
            DEFAULTS
                .verify(answer.thisUpdate(NOW.minus(Duration.ofDays(6))), question)
                .producedAt())
        .isEqualTo(NOW);
  }

  @Test
  @Tag("R8")
  void producedAt_inTheFuture_isAcceptedWithinTheSkewOnly() throws Exception {
    assertThat(DEFAULTS.verify(good().producedAt(NOW.plusSeconds(300))).producedAt())
        .isEqualTo(NOW.plusSeconds(300));
    assertThat(DEFAULTS.rejection(good().producedAt(NOW.plusSeconds(301))))
        .isEqualTo(BAD_PRODUCED_AT);
  }

  @Test
  @Tag("R8")
  void producedAt_outsideTheCertificatesValidity_isRejected() throws Exception {
    TestCertificate expired = CA.leafBuilder("old.test").notAfter(NOW.minusSeconds(60)).build();
    TestCertificate future =
        CA.leafBuilder("new.test")
            .validity(NOW.plusSeconds(301), NOW.plus(Duration.ofDays(90)))
            .build();

    assertThat(
            DEFAULTS.rejection(
                OcspAnswer.good(expired).clock(CLOCK),
                Question.about(expired.certificate(), CA.certificate())))
        .isEqualTo(BAD_PRODUCED_AT);
    assertThat(
            DEFAULTS.rejection(
                OcspAnswer.good(future).clock(CLOCK),
                Question.about(future.certificate(), CA.certificate())))
        .isEqualTo(BAD_PRODUCED_AT);
    // With a serial number alone nobody knows when that is.
    assertThat(
            DEFAULTS.verify(
                OcspAnswer.good(expired).clock(CLOCK),
                Question.about(expired.serialNumber(), CA.certificate())))
        .isNotNull();
  }

  @Test
  @Tag("R8")
  void producedAt_afterExpiryByResponderThatRemembers_isAccepted() throws Exception {
    TestCertificate expired = CA.leafBuilder("old.test").notAfter(NOW.minusSeconds(60)).build();
    Question question = Question.about(expired.certificate(), CA.certificate());
    byte[] digest = CertHash.SHA256.of(expired.certificate().getEncoded());

    OcspAnswer answer = OcspAnswer.good(expired).clock(CLOCK);
    OcspAnswer archived =
        answer.each(s -> s.extension(ARCHIVE_CUTOFF, false, time("20200101000000Z")));
    OcspAnswer forgotten =
        answer.each(s -> s.extension(ARCHIVE_CUTOFF, false, time("20260601120000Z")));
    OcspAnswer named = answer.each(s -> s.extension("1.3.36.8.3.13", false, certHash(digest)));
    OcspAnswer misnamed =
        answer.each(s -> s.extension("1.3.36.8.3.13", false, certHash(new byte[32])));

    OcspAnswer garbled = answer.each(s -> s.extension("1.3.36.8.3.13", false, NULL));

    assertThat(DEFAULTS.verify(archived, question)).isNotNull();
    assertThat(DEFAULTS.rejection(forgotten, question)).isEqualTo(BAD_PRODUCED_AT);
    assertThat(DEFAULTS.verify(named, question)).isNotNull();
    assertThat(DEFAULTS.rejection(misnamed, question)).isEqualTo(BAD_PRODUCED_AT);
    assertThat(DEFAULTS.rejection(garbled, question)).isEqualTo(BAD_PRODUCED_AT);
  }

  @Test
  @Tag("X14")
  void nextUpdate_afterTheCertificatesOwnExpiry_isAccepted() throws Exception {
    TestCertificate last = CA.leafBuilder("last.test").notAfter(NOW.plusSeconds(60)).build();

    assertThat(
            DEFAULTS
                .verify(
                    OcspAnswer.good(last).clock(CLOCK),
                    Question.about(last.certificate(), CA.certificate()))
                .validUntil())
        .isEqualTo(NOW.plus(Duration.ofDays(7)));
  }

  @ParameterizedTest
  @Tag("L9")
  @CsvSource({
    "20260601115959.5Z, 2026-06-01T11:59:59.5Z",
    "20260601115959.679Z, 2026-06-01T11:59:59.679Z",
    "20260601115959.500000000Z, 2026-06-01T11:59:59.5Z"
  })
  void time_withFraction_isAccepted(String text, Instant expected) throws Exception {
    assertThat(DEFAULTS.verify(good().producedAtText(text)).producedAt()).isEqualTo(expected);
  }

  @ParameterizedTest
  @Tag("L9")
  @ValueSource(
      strings = {
        "202606011159Z",
        "20260601115959",
        "20260601115959+0000",
        "20260601115959.Z",
        "20260601115959,5Z",
        "20260601115959.1234567890Z",
        "20260601115960Z",
        "20260601240000Z",
        "20260230115959Z",
        "20261301115959Z",
        "2026060111595/Z",
        "20260601 15959Z",
        "260601115959Z",
        ""
      })
  void time_notStrict_isRejected(String text) {
    assertThat(DEFAULTS.rejection(good().producedAtText(text))).isEqualTo(MALFORMED);
    assertThat(DEFAULTS.rejection(good().each(s -> s.thisUpdateText(text)))).isEqualTo(MALFORMED);
    assertThat(DEFAULTS.rejection(good().each(s -> s.nextUpdateText(text)))).isEqualTo(MALFORMED);
  }

  // R9: extensions, the nonce among them.

  @Test
  @Tag("R9")
  void extension_unknown_isRejectedIfCriticalAndIgnoredElse() throws Exception {
    assertThat(DEFAULTS.verify(good().extension("1.2.3", false, NULL))).isNotNull();
    assertThat(DEFAULTS.verify(good().each(s -> s.extension("1.2.3", false, NULL)))).isNotNull();
    assertThat(DEFAULTS.rejection(good().extension("1.2.3", true, NULL)))
        .isEqualTo(CRITICAL_EXTENSION);
    assertThat(DEFAULTS.rejection(good().each(s -> s.extension("1.2.3", true, NULL))))
        .isEqualTo(CRITICAL_EXTENSION);
  }

  @Test
  @Tag("R9")
  void extension_criticalInAnswerAboutAnother_isNotOurs() throws Exception {
    SingleAnswer other = SingleAnswer.good(CA.leaf("other.test")).extension("1.2.3", true, NULL);

    assertThat(DEFAULTS.verify(OcspAnswer.of(other, SingleAnswer.good(SITE)).clock(CLOCK)))
        .isNotNull();
  }

  @Test
  @Tag("R9")
  void extension_understoodWhereItBelongs_mayBeCritical() throws Exception {
    byte[] cutoff = time("20200101000000Z");

    assertThat(DEFAULTS.verify(good().extension(NONCE_OID, true, nonce(NONCE)))).isNotNull();
    assertThat(DEFAULTS.verify(good().each(s -> s.extension(ARCHIVE_CUTOFF, true, cutoff))))
        .isNotNull();
    assertThat(DEFAULTS.rejection(good().each(s -> s.extension(NONCE_OID, true, nonce(NONCE)))))
        .isEqualTo(CRITICAL_EXTENSION);
    assertThat(DEFAULTS.rejection(good().extension(ARCHIVE_CUTOFF, true, cutoff)))
        .isEqualTo(CRITICAL_EXTENSION);
  }

  @Test
  @Tag("R9")
  void extension_twice_isRejected() {
    assertThat(
            DEFAULTS.rejection(
                good().extension("1.2.3", false, NULL).extension("1.2.3", false, NULL)))
        .isEqualTo(MALFORMED);
  }

  @Test
  @Tag("R9")
  void archiveCutoff_unreadable_isIgnoredUnlessCritical() throws Exception {
    assertThat(DEFAULTS.verify(good().each(s -> s.extension(ARCHIVE_CUTOFF, false, NULL))))
        .isNotNull();
    assertThat(DEFAULTS.rejection(good().each(s -> s.extension(ARCHIVE_CUTOFF, true, NULL))))
        .isEqualTo(MALFORMED);
  }

  @Test
  @Tag("R15")
  void nonce_sent_mustComeBackOrBeAbsent() throws Exception {
    Question question = aboutSite().withNonce(NONCE);
    byte[] other = "0123456789abcdeg".getBytes(StandardCharsets.US_ASCII);

    assertThat(DEFAULTS.verify(good().nonce(NONCE), question)).isNotNull();
    assertThat(DEFAULTS.verify(good(), question)).isNotNull();
    assertThat(DEFAULTS.rejection(good().nonce(other), question)).isEqualTo(WRONG_NONCE);
    assertThat(DEFAULTS.rejection(good().extension(NONCE_OID, false, new byte[0]), question))
        .isEqualTo(WRONG_NONCE);
  }

  @Test
  @Tag("R15")
  void nonce_notSent_isIgnored() throws Exception {
    assertThat(DEFAULTS.verify(good().nonce(NONCE))).isNotNull();
  }

  /** The CA's certificate with the same name and key, and another key identifier. */
  private static X509Certificate relabelled() {
    return TestCa.builder("Test CA")
        .clock(CLOCK)
        .keyPair(CA.keyPair())
        .extension("2.5.29.14", false, DerWriter.octetString(new byte[20]))
        .buildCa()
        .certificate();
  }

  private static ResponseVerifier verifier(String provider) {
    return new ResponseVerifier(
        CLOCK,
        Duration.ofMinutes(5),
        Duration.ZERO,
        false,
        List.of(),
        Security.getProvider(provider));
  }

  private static byte[] nonce(byte[] value) {
    return DerWriter.octetString(value);
  }

  private static byte[] time(String text) {
    return DerWriter.value(0x18, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] certHash(byte[] digest) {
    return DerWriter.sequence(
        CertIdHash.SHA256.algorithmIdentifier(), DerWriter.octetString(digest));
  }
}
