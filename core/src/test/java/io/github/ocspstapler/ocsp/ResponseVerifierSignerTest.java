package io.github.ocspstapler.ocsp;

import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.BAD_SIGNATURE;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.MALFORMED;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.SIGNER_NOT_AUTHORISED;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.SIGNER_NOT_FOUND;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.SIGNER_NOT_VALID;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.WEAK_ALGORITHM;
import static io.github.ocspstapler.ocsp.Verification.CA;
import static io.github.ocspstapler.ocsp.Verification.CLOCK;
import static io.github.ocspstapler.ocsp.Verification.DEFAULTS;
import static io.github.ocspstapler.ocsp.Verification.NOW;
import static io.github.ocspstapler.ocsp.Verification.SITE;
import static io.github.ocspstapler.ocsp.Verification.aboutSite;
import static io.github.ocspstapler.ocsp.Verification.good;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.internal.der.DerWriter;
import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.SignatureAlgorithm;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may sign: R2, R3, R4, R5, R12, R14. */
class ResponseVerifierSignerTest {

  @Test
  @Tag("R3")
  void signature_ofIssuer_isAccepted() throws Exception {
    OcspResponse response = DEFAULTS.verify(good());

    assertThat(response.signer()).isEqualTo(CA.certificate());
  }

  @Test
  @Tag("R4")
  void signature_ofIssuerNamedByKey_isAccepted() throws Exception {
    assertThat(DEFAULTS.verify(good().responderByKey()).signer()).isEqualTo(CA.certificate());
  }

  @Test
  @Tag("R2")
  void signature_corrupt_isRejected() {
    assertThat(DEFAULTS.rejection(good().corruptSignature())).isEqualTo(BAD_SIGNATURE);
  }

  @Test
  @Tag("R2")
  void signature_overOtherBytes_isRejected() {
    // After signing, "good" [0] becomes "unknown" [2]: well-formed, and not what was signed.
    OcspAnswer forged = good().tamper(bytes -> replaceOnce(bytes, "8000180f", "8200180f"));

    assertThat(DEFAULTS.rejection(forged)).isEqualTo(BAD_SIGNATURE);
  }

  @Test
  @Tag("R3")
  void signature_ofUnrelatedCaWithSameName_isRejected() {
    TestCa impostor = TestCa.builder("Test CA").clock(CLOCK).buildCa();

    assertThat(DEFAULTS.rejection(good().signedBy(impostor).embedNothing()))
        .isEqualTo(BAD_SIGNATURE);
    assertThat(DEFAULTS.rejection(good().signedBy(impostor))).isIn(BAD_SIGNATURE);
  }

  @Test
  @Tag("R3")
  void signature_ofSiteItself_isRejected() {
    assertThat(DEFAULTS.rejection(good().signedBy(SITE))).isEqualTo(SIGNER_NOT_AUTHORISED);
  }

  @Test
  @Tag("R3")
  void delegate_appointedByIssuer_isAccepted() throws Exception {
    TestCertificate delegate = CA.delegate();

    assertThat(DEFAULTS.verify(good().signedBy(delegate)).signer())
        .isEqualTo(delegate.certificate());
    assertThat(DEFAULTS.verify(good().signedBy(delegate).responderByKey()).signer())
        .isEqualTo(delegate.certificate());
  }

  @Test
  @Tag("R3")
  void delegate_withoutOcspSigning_isRejected() {
    TestCertificate delegate = CA.delegateBuilder().ocspSigning(false).build();

    assertThat(DEFAULTS.rejection(good().signedBy(delegate))).isEqualTo(SIGNER_NOT_AUTHORISED);
  }

  @Test
  @Tag("R3")
  void delegate_withAnyExtendedKeyUsage_isRejected() {
    TestCertificate delegate = CA.delegateBuilder().extendedKeyUsages("2.5.29.37.0").build();

    assertThat(DEFAULTS.rejection(good().signedBy(delegate))).isEqualTo(SIGNER_NOT_AUTHORISED);
  }

  @Test
  @Tag("R3")
  void delegate_ofAnotherCa_isRejected() {
    TestCertificate delegate = TestCa.builder("Other CA").clock(CLOCK).buildCa().delegate();

    assertThat(DEFAULTS.rejection(good().signedBy(delegate))).isEqualTo(SIGNER_NOT_AUTHORISED);
  }

  @Test
  @Tag("R3")
  void delegate_ofCaWithSameNameAndOtherKey_isRejected() {
    TestCertificate delegate = TestCa.builder("Test CA").clock(CLOCK).buildCa().delegate();

    assertThat(DEFAULTS.rejection(good().signedBy(delegate))).isEqualTo(SIGNER_NOT_AUTHORISED);
  }

  @Test
  @Tag("R3")
  void delegate_ofIntermediateBelowIssuer_isRejected() {
    TestCa intermediate = CA.intermediate("Intermediate CA");
    TestCertificate delegate = intermediate.delegate();

    OcspAnswer answer =
        good().signedBy(delegate).embed(delegate.certificate(), intermediate.certificate());

    assertThat(DEFAULTS.rejection(answer)).isEqualTo(SIGNER_NOT_AUTHORISED);
  }

  @Test
  @Tag("R3")
  void delegate_ofParentOfIssuer_isRejected() {
    TestCa intermediate = CA.intermediate("Intermediate CA");
    TestCertificate site = intermediate.leaf("site.test");

    OcspAnswer answer = OcspAnswer.good(site).clock(CLOCK).signedBy(CA.delegate());

    assertThat(
            DEFAULTS.rejection(
                answer, Question.about(site.certificate(), intermediate.certificate())))
        .isEqualTo(SIGNER_NOT_AUTHORISED);
  }

  @Test
  @Tag("R3")
  void delegate_mayNotSignByItsKeyUsage_isRejected() {
    TestCertificate delegate =
        CA.delegateBuilder().extension("2.5.29.15", true, bytes("03020520")).build();

    assertThat(DEFAULTS.rejection(good().signedBy(delegate))).isEqualTo(SIGNER_NOT_AUTHORISED);
  }

  @Test
  @Tag("R3")
  void delegate_withUnknownCriticalExtension_isRejected() {
    TestCertificate delegate =
        CA.delegateBuilder().extension("1.2.3.4.5", true, bytes("0500")).build();

    assertThat(DEFAULTS.rejection(good().signedBy(delegate))).isEqualTo(SIGNER_NOT_AUTHORISED);
  }

  @Test
  @Tag("R3")
  void delegate_behindOthers_isFound() throws Exception {
    TestCertificate delegate = CA.delegate();
    X509Certificate sameNameNoRight = CA.delegateBuilder().ocspSigning(false).build().certificate();

    OcspAnswer answer =
        good()
            .signedBy(delegate)
            .embed(SITE.certificate(), sameNameNoRight, delegate.certificate());

    assertThat(DEFAULTS.verify(answer).signer()).isEqualTo(delegate.certificate());
  }

  @Test
  void certificates_tooMany_areRejected() {
    TestCertificate delegate = CA.delegate();
    X509Certificate[] many =
        Collections.nCopies(SignerCheck.MAX_CERTIFICATES + 1, SITE.certificate())
            .toArray(new X509Certificate[0]);

    assertThat(DEFAULTS.rejection(good().signedBy(delegate).embed(many))).isEqualTo(MALFORMED);
  }

  @Test
  @Tag("R3")
  void responder_configuredByHand_isAcceptedWithoutAnyRight() throws Exception {
    TestCertificate own = TestCa.builder("Own CA").clock(CLOCK).buildCa().leaf("ocsp.test");

    assertThat(DEFAULTS.rejection(good().signedBy(own))).isEqualTo(SIGNER_NOT_AUTHORISED);
    assertThat(DEFAULTS.trust(own).verify(good().signedBy(own)).signer())
        .isEqualTo(own.certificate());
    assertThat(DEFAULTS.trust(own).verify(good().signedBy(own).embedNothing()).signer())
        .isEqualTo(own.certificate());
  }

  @Test
  @Tag("R2")
  @Tag("R3")
  void responder_configuredByHandButNotTheSigner_isRejected() {
    TestCertificate own = TestCa.builder("Own CA").clock(CLOCK).buildCa().leaf("ocsp.test");
    Verification trusting = DEFAULTS.trust(own);

    assertThat(trusting.rejection(good().signedBy(own).embedNothing().corruptSignature()))
        .isEqualTo(BAD_SIGNATURE);
    assertThat(trusting.rejection(good().signedBy(SITE).responderIdOf(own).embedNothing()))
        .isEqualTo(BAD_SIGNATURE);
  }

  @Test
  @Tag("R3")
  void responder_configuredByHandAndExpired_isRejected() {
    TestCertificate own = CA.leafBuilder("ocsp.test").notAfter(NOW.minusSeconds(1)).build();

    assertThat(DEFAULTS.trust(own).rejection(good().signedBy(own).embedNothing()))
        .isEqualTo(SIGNER_NOT_VALID);
  }

  @Test
  @Tag("R4")
  void responderId_spelledDifferently_isTheSameName() throws Exception {
    // "Test CA" as PrintableString instead of UTF8String, before it is signed.
    OcspAnswer answer =
        good().tamperTbs(tbs -> replaceOnce(tbs, "0c0754657374204341", "130754657374204341"));

    assertThat(DEFAULTS.verify(answer).signer()).isEqualTo(CA.certificate());
  }

  @Test
  @Tag("R3")
  void certificate_ofIssuersOwnKeyUnderAnotherName_isTheIssuer() throws Exception {
    X509Certificate renamed =
        TestCa.builder("Renamed CA").clock(CLOCK).keyPair(CA.keyPair()).buildCa().certificate();
    TestCertificate alias =
        TestCa.builder("Renamed CA").clock(CLOCK).keyPair(CA.keyPair()).buildCa().held();

    OcspAnswer answer = good().responderIdOf(alias).embed(renamed);

    assertThat(DEFAULTS.verify(answer).signer()).isEqualTo(CA.certificate());
  }

  @Test
  @Tag("R4")
  void responderId_ofSomeoneElse_isRejected() {
    assertThat(DEFAULTS.rejection(good().responderIdOf(SITE))).isEqualTo(SIGNER_NOT_FOUND);
    assertThat(DEFAULTS.rejection(good().responderByKey().responderIdOf(SITE)))
        .isEqualTo(SIGNER_NOT_FOUND);
  }

  @Test
  @Tag("R4")
  void responderId_ofSomeoneElse_isShownInTheMessage() {
    assertThatThrownBy(() -> DEFAULTS.verify(good().responderIdOf(SITE)))
        .hasMessageContaining("site.test");
    assertThatThrownBy(() -> DEFAULTS.verify(good().responderByKey().responderIdOf(SITE)))
        .hasMessageContaining("key hash");
  }

  @Test
  @Tag("R4")
  void responderId_ofIssuerOverDelegatesSignature_isRejected() {
    OcspAnswer answer = good().signedBy(CA.delegate()).responderIdOf(CA.held());

    assertThat(DEFAULTS.rejection(answer)).isEqualTo(BAD_SIGNATURE);
  }

  @Test
  @Tag("R4")
  void delegate_notSentAlong_isRejected() {
    assertThat(DEFAULTS.rejection(good().signedBy(CA.delegate()).embedNothing()))
        .isEqualTo(SIGNER_NOT_FOUND);
  }

  @Test
  @Tag("R5")
  void delegate_expired_isRejected() {
    TestCertificate delegate = CA.delegateBuilder().notAfter(NOW.minusSeconds(1)).build();

    assertThat(DEFAULTS.rejection(good().signedBy(delegate))).isEqualTo(SIGNER_NOT_VALID);
  }

  @Test
  @Tag("R5")
  void delegate_expiresLater_isRejectedFromThenOnThoughSeenBefore() throws Exception {
    TestCertificate delegate = CA.delegateBuilder().notAfter(NOW.plus(Duration.ofHours(1))).build();
    byte[] response = good().signedBy(delegate).der();
    var clock = new SettableClock(NOW);
    var verifier =
        new ResponseVerifier(clock, Duration.ofMinutes(5), Duration.ZERO, false, List.of(), null);

    OcspResponse before = verifier.verify(response, aboutSite(), null, HttpFreshness.NONE);
    clock.set(NOW.plus(Duration.ofHours(1)).plusSeconds(1));

    assertThat(before.validUntil()).isEqualTo(NOW.plus(Duration.ofHours(1)));
    assertThatThrownBy(() -> verifier.verify(response, aboutSite(), null, HttpFreshness.NONE))
        .isInstanceOfSatisfying(
            OcspException.Rejected.class, e -> assertThat(e.reason()).isEqualTo(SIGNER_NOT_VALID));
  }

  @Test
  @Tag("R5")
  void delegate_notYetValid_isRejectedBeyondTheSkew() throws Exception {
    TestCertificate early = CA.delegateBuilder().notBefore(NOW.plusSeconds(300)).build();
    TestCertificate tooEarly = CA.delegateBuilder().notBefore(NOW.plusSeconds(301)).build();

    assertThat(DEFAULTS.verify(good().signedBy(early)).signer()).isEqualTo(early.certificate());
    assertThat(DEFAULTS.rejection(good().signedBy(tooEarly))).isEqualTo(SIGNER_NOT_VALID);
  }

  @Test
  @Tag("R5")
  void delegate_withoutNoCheck_isAccepted() throws Exception {
    TestCertificate delegate = CA.delegateBuilder().noCheck(false).build();

    assertThat(DEFAULTS.verify(good().signedBy(delegate)).signer())
        .isEqualTo(delegate.certificate());
  }

  @Test
  void delegate_knownToOneIssuer_isUnknownToAnother() throws Exception {
    TestCa other = TestCa.builder("Test CA").clock(CLOCK).buildCa();
    TestCertificate otherSite = other.leaf("site.test");
    TestCertificate delegate = CA.delegate();
    ResponseVerifier verifier = DEFAULTS.verifier();
    verifier.verify(good().signedBy(delegate).der(), aboutSite(), null, HttpFreshness.NONE);

    byte[] forged = OcspAnswer.good(otherSite).clock(CLOCK).signedBy(delegate).der();

    assertThatThrownBy(() ->
            verifier.verify(
                forged,
                Question.about(otherSite.certificate(), other.certificate()),
                null,
                HttpFreshness.NONE))
        .isInstanceOfSatisfying(
            OcspException.Rejected.class,
            e -> assertThat(e.reason()).isEqualTo(SIGNER_NOT_AUTHORISED));
  }

  @ParameterizedTest
  @Tag("R14")
  @CsvSource({
    "RSA_2048, SHA256_WITH_RSA",
    "RSA_2048, SHA384_WITH_RSA",
    "RSA_2048, SHA512_WITH_RSA",
    "RSA_2048, RSASSA_PSS_SHA256",
    "RSA_2048, RSASSA_PSS_SHA384",
    "RSA_2048, RSASSA_PSS_SHA512",
    "EC_P256, SHA256_WITH_ECDSA",
    "EC_P384, SHA384_WITH_ECDSA",
    "EC_P521, SHA512_WITH_ECDSA",
    "ED25519, ED25519"
  })
  void algorithm_strong_isAccepted(KeyAlgorithm key, SignatureAlgorithm algorithm)
      throws Exception {
    TestCertificate delegate = CA.delegateBuilder().keyAlgorithm(key).build();

    OcspAnswer answer = good().signedBy(delegate).signatureAlgorithm(algorithm);

    assertThat(DEFAULTS.verify(answer).signer()).isEqualTo(delegate.certificate());
    assertThat(DEFAULTS.rejection(answer.corruptSignature())).isEqualTo(BAD_SIGNATURE);
  }

  @Test
  @Tag("R12")
  void algorithm_sha1_isRejectedUnlessAllowed() throws Exception {
    OcspAnswer answer = good().signatureAlgorithm(SignatureAlgorithm.SHA1_WITH_ECDSA);

    assertThatThrownBy(() -> DEFAULTS.verify(answer))
        .isInstanceOfSatisfying(
            OcspException.Rejected.class, e -> assertThat(e.reason()).isEqualTo(WEAK_ALGORITHM))
        .hasMessageContaining("which rests on SHA-1");
    assertThat(DEFAULTS.allowSha1().verify(answer).signer()).isEqualTo(CA.certificate());
  }

  @Test
  @Tag("R12")
  void algorithm_sha1OnDelegatesCertificate_isRejectedUnlessAllowed() throws Exception {
    TestCertificate delegate =
        CA.delegateBuilder().signatureAlgorithm(SignatureAlgorithm.SHA1_WITH_ECDSA).build();

    assertThat(DEFAULTS.rejection(good().signedBy(delegate))).isEqualTo(WEAK_ALGORITHM);
    assertThat(DEFAULTS.allowSha1().verify(good().signedBy(delegate)).signer())
        .isEqualTo(delegate.certificate());
  }

  @Test
  @Tag("R12")
  void algorithm_md5_isRejectedThoughSha1IsAllowed() {
    TestCertificate delegate = CA.delegateBuilder().keyAlgorithm(KeyAlgorithm.RSA_2048).build();
    OcspAnswer answer =
        good().signedBy(delegate).signatureAlgorithm(SignatureAlgorithm.MD5_WITH_RSA);

    assertThatThrownBy(() -> DEFAULTS.allowSha1().verify(answer))
        .isInstanceOfSatisfying(
            OcspException.Rejected.class, e -> assertThat(e.reason()).isEqualTo(WEAK_ALGORITHM))
        .hasMessageContaining("MD5withRSA")
        .hasMessageNotContaining("which rests on SHA-1");
  }

  @Test
  @Tag("R12")
  void algorithm_unknown_isRejectedByItsNumber() {
    byte[] unknown = DerWriter.sequence(DerWriter.oid(bytes("2a0304")));

    assertThatThrownBy(() -> DEFAULTS.verify(good().statedSignatureAlgorithm(unknown)))
        .isInstanceOfSatisfying(
            OcspException.Rejected.class, e -> assertThat(e.reason()).isEqualTo(WEAK_ALGORITHM))
        .hasMessageContaining("1.2.3.4");
  }

  @Test
  @Tag("R14")
  void algorithm_ofAnotherKindThanTheKey_isRejected() {
    byte[] rsa = SignatureAlgorithm.SHA256_WITH_RSA.algorithmIdentifier();

    assertThat(DEFAULTS.rejection(good().statedSignatureAlgorithm(rsa))).isEqualTo(BAD_SIGNATURE);
  }

  @ParameterizedTest
  @Tag("R12")
  @CsvSource({"1024, true", "1016, false"})
  void key_ofRsa_isAcceptedFrom1024Bits(int bits, boolean accepted) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    TestCertificate delegate = CA.delegateBuilder().keyPair(generator.generateKeyPair()).build();
    OcspAnswer answer =
        good().signedBy(delegate).signatureAlgorithm(SignatureAlgorithm.SHA256_WITH_RSA);

    if (accepted) {
      assertThat(DEFAULTS.verify(answer).signer()).isEqualTo(delegate.certificate());
    } else {
      assertThat(DEFAULTS.rejection(answer)).isEqualTo(WEAK_ALGORITHM);
    }
  }

  // A provider of the user's choice.

  @Test
  @Tag("R2")
  void provider_withoutCertificates_verifiesWithTheJdksCertificates() throws Exception {
    TestCertificate delegate = CA.delegate();

    OcspResponse response = verifyWith(Security.getProvider("SunEC"), good().signedBy(delegate));

    assertThat(response.signer()).isEqualTo(delegate.certificate());
  }

  @Test
  @Tag("R2")
  void provider_withCertificates_readsTheDelegatesToo() throws Exception {
    TestCertificate delegate = CA.delegate();

    OcspResponse response = verifyWith(new BouncyCastleProvider(), good().signedBy(delegate));

    assertThat(response.signer().getClass().getName()).startsWith("org.bouncycastle.");
  }

  @Test
  @Tag("R12")
  void provider_withoutTheAlgorithm_isRejectedAndSaysSo() {
    assertThatThrownBy(() -> verifyWith(Security.getProvider("SUN"), good()))
        .isInstanceOfSatisfying(
            OcspException.Rejected.class, e -> assertThat(e.reason()).isEqualTo(WEAK_ALGORITHM))
        .hasMessageContaining("no JCA provider verifies SHA256withECDSA");
  }

  private static OcspResponse verifyWith(Provider provider, OcspAnswer answer)
      throws OcspException {
    return new ResponseVerifier(
            CLOCK, Duration.ofMinutes(5), Duration.ZERO, false, List.of(), provider)
        .verify(answer.der(), aboutSite(), null, HttpFreshness.NONE);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] replaceOnce(byte[] bytes, String from, String to) {
    String hex = HexFormat.of().formatHex(bytes);
    assertThat(hex).containsOnlyOnce(from);
    return bytes(hex.replace(from, to));
  }
}
