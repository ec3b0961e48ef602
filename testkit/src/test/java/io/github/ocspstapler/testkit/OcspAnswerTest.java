package io.github.ocspstapler.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads the answers with BouncyCastle, which had no part in writing them. */
final class OcspAnswerTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:30:15.250Z");
  private static final Instant SECOND = Instant.parse("2026-03-01T12:30:15Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final TestCa CA = TestCa.builder("Issuer").clock(CLOCK).buildCa();
  private static final TestCertificate SITE = CA.leaf("example.com");

  @Test
  void good_default_isSignedByTheIssuerForSevenDays() throws Exception {
    BasicOCSPResp basic = parse(OcspAnswer.good(SITE).clock(CLOCK));

    SingleResp single = basic.getResponses()[0];
    assertThat(basic.getResponses()).hasSize(1);
    assertThat(single.getCertStatus()).isEqualTo(CertificateStatus.GOOD);
    assertThat(single.getThisUpdate().toInstant()).isEqualTo(SECOND);
    assertThat(single.getNextUpdate().toInstant()).isEqualTo(SECOND.plus(Duration.ofDays(7)));
    assertThat(basic.getProducedAt().toInstant()).isEqualTo(SECOND);
    assertThat(single.getCertID().getSerialNumber()).isEqualTo(SITE.serialNumber());
    assertThat(matchesIssuer(single, CA)).isTrue();
    assertThat(basic.getCerts()).isEmpty();
    assertThat(basic.getResponderId()).isEqualTo(new RespID(nameOf(CA)));
    assertThat(isSignedBy(basic, CA.certificate())).isTrue();
  }

  @Test
  void revoked_withReason_tellsTimeAndReason() throws Exception {
    Instant at = Instant.parse("2026-02-01T00:00:00Z");

    BasicOCSPResp basic = parse(OcspAnswer.revoked(SITE, at, 4));

    RevokedStatus status = (RevokedStatus) basic.getResponses()[0].getCertStatus();
    assertThat(status.getRevocationTime().toInstant()).isEqualTo(at);
    assertThat(status.getRevocationReason()).isEqualTo(4);
  }

  @Test
  void revoked_withoutReason_hasNone() throws Exception {
    BasicOCSPResp basic = parse(OcspAnswer.revoked(SITE, SECOND));

    RevokedStatus status = (RevokedStatus) basic.getResponses()[0].getCertStatus();
    assertThat(status.hasRevocationReason()).isFalse();
  }

  @Test
  void unknown_isUnknown() throws Exception {
    BasicOCSPResp basic = parse(OcspAnswer.unknown(SITE));

    assertThat(basic.getResponses()[0].getCertStatus()).isInstanceOf(UnknownStatus.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 6})
  void error_status_isAllThereIs(int status) throws Exception {
    byte[] der = OcspAnswer.error(status).der();

    assertThat(der).containsExactly(0x30, 3, 0x0A, 1, status);
    assertThat(new OCSPResp(der).getStatus()).isEqualTo(status);
    assertThat(new OCSPResp(der).getResponseObject()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "RSA_2048, SHA256_WITH_RSA",
    "RSA_2048, SHA384_WITH_RSA",
    "RSA_2048, SHA512_WITH_RSA",
    "RSA_2048, SHA1_WITH_RSA",
    "RSA_2048, MD5_WITH_RSA",
    "RSA_2048, RSASSA_PSS_SHA256",
    "RSA_2048, RSASSA_PSS_SHA384",
    "RSA_2048, RSASSA_PSS_SHA512",
    "EC_P256, SHA1_WITH_ECDSA",
    "EC_P256, SHA256_WITH_ECDSA",
    "EC_P384, SHA384_WITH_ECDSA",
    "EC_P521, SHA512_WITH_ECDSA",
    "ED25519, ED25519"
  })
  void signatureAlgorithm_any_isVerifiedByAnotherProvider(
      KeyAlgorithm key, SignatureAlgorithm algorithm) throws Exception {
    TestCa ca = TestCa.builder("Issuer").keyAlgorithm(key).buildCa();
    OcspAnswer answer = OcspAnswer.good(ca.leaf("example.com")).signatureAlgorithm(algorithm);

    BasicOCSPResp basic = parse(answer);

    assertThat(isSignedBy(basic, ca.certificate())).isTrue();
    assertThat(isSignedBy(parse(answer.corruptSignature()), ca.certificate())).isFalse();
  }

  @Test
  void signatureAlgorithm_ofAnotherKind_isRefused() {
    OcspAnswer answer = OcspAnswer.good(SITE).signatureAlgorithm(SignatureAlgorithm.ED25519);

    assertThatIllegalArgumentException()
        .isThrownBy(answer::der)
        .withMessage("cannot sign with ED25519 and a key of kind EC");
  }

  @Test
  void signedBy_delegate_embedsItsCertificate() throws Exception {
    TestCertificate delegate = CA.delegate();

    BasicOCSPResp basic = parse(OcspAnswer.good(SITE).signedBy(delegate));

    assertThat(basic.getCerts())
        .containsExactly(new JcaX509CertificateHolder(delegate.certificate()));
    assertThat(isSignedBy(basic, delegate.certificate())).isTrue();
    assertThat(basic.getResponderId())
        .isEqualTo(new RespID(new X500Name("CN=Test OCSP Responder")));
  }

  @Test
  void responderByKey_namesTheHashOfTheKey() throws Exception {
    BasicOCSPResp basic = parse(OcspAnswer.good(SITE).responderByKey());

    RespID expected =
        new RespID(
            new JcaX509CertificateHolder(CA.certificate()).getSubjectPublicKeyInfo(),
            digests().get(RespID.HASH_SHA1));
    assertThat(basic.getResponderId()).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(CertHash.class)
  void hash_any_namesTheIssuerWithIt(CertHash hash) throws Exception {
    SingleResp single = parse(OcspAnswer.good(SITE).hash(hash)).getResponses()[0];

    assertThat(single.getCertID().getHashAlgOID()).isEqualTo(new ASN1ObjectIdentifier(hash.oid()));
    assertThat(matchesIssuer(single, CA)).isTrue();
  }

  @Test
  void hashParameters_absent_areAbsent() throws Exception {
    OcspAnswer answer = OcspAnswer.good(SITE).clock(CLOCK);

    Map<String, String> with = read(answer);
    Map<String, String> without = read(answer.each(single -> single.hashParameters(false)));

    assertThat(with.get("hash algorithm")).isEqualTo("06052b0e03021a" + "0500");
    assertThat(without.get("hash algorithm")).isEqualTo("06052b0e03021a");
  }

  @Test
  void and_secondSingle_followsTheFirst() throws Exception {
    OcspAnswer twice =
        OcspAnswer.good(SITE).and(SingleAnswer.revoked(SITE, SECOND).hash(CertHash.SHA256));

    SingleResp[] singles = parse(twice).getResponses();

    assertThat(singles).hasSize(2);
    assertThat(singles[0].getCertStatus()).isEqualTo(CertificateStatus.GOOD);
    assertThat(singles[1].getCertStatus()).isInstanceOf(RevokedStatus.class);
    assertThat(singles[1].getCertID().getHashAlgOID().getId()).isEqualTo(CertHash.SHA256.oid());
  }

  @Test
  void noNextUpdate_leavesItOut() throws Exception {
    assertThat(parse(OcspAnswer.good(SITE).noNextUpdate()).getResponses()[0].getNextUpdate())
        .isNull();
  }

  @Test
  void times_set_areThose() throws Exception {
    Instant earlier = SECOND.minus(Duration.ofDays(2));
    Instant later = SECOND.plus(Duration.ofDays(1));

    BasicOCSPResp basic =
        parse(
            OcspAnswer.good(SITE)
                .producedAt(earlier)
                .thisUpdate(SECOND)
                .nextUpdate(later)
                .validity(Duration.ofDays(99)));

    assertThat(basic.getProducedAt().toInstant()).isEqualTo(earlier);
    assertThat(basic.getResponses()[0].getThisUpdate().toInstant()).isEqualTo(SECOND);
    assertThat(basic.getResponses()[0].getNextUpdate().toInstant()).isEqualTo(later);
  }

  @ParameterizedTest
  @ValueSource(strings = {"20260301123015.5Z", "20260301123015.250Z", "20260301133015+0100", "x"})
  void timeTexts_any_areWrittenAsTheyAre(String text) throws Exception {
    Map<String, String> fields =
        read(
            OcspAnswer.good(SITE)
                .producedAtText(text)
                .each(single -> single.thisUpdateText(text).nextUpdateText(text)));

    assertThat(fields)
        .containsEntry("producedAt", text)
        .containsEntry("thisUpdate", text)
        .containsEntry("nextUpdate", text)
        .containsEntry("signed by", "issuer");
  }

  @Test
  void nonce_isAnOctetStringInTheExtension() throws Exception {
    BasicOCSPResp basic = parse(OcspAnswer.good(SITE).nonce(new byte[] {1, 2, 3}));

    assertThat(
            basic.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce).getExtnValue().getOctets())
        .containsExactly(4, 3, 1, 2, 3);
  }

  @Test
  void extension_uncritical_isThere() throws Exception {
    BasicOCSPResp basic =
        parse(
            OcspAnswer.of(SingleAnswer.good(SITE).extension("1.2.3", false, new byte[] {5, 0}))
                .extension("1.2.4", true, new byte[] {5, 0}));

    SingleResp single = basic.getResponses()[0];
    assertThat(single.getExtension(new ASN1ObjectIdentifier("1.2.3")).isCritical()).isFalse();
    assertThat(basic.getExtension(new ASN1ObjectIdentifier("1.2.4")).isCritical()).isTrue();
    assertThat(isSignedBy(basic, CA.certificate())).isTrue();
  }

  @Test
  void good_bySerialNumber_needsNoCertificate() throws Exception {
    SingleResp single =
        parse(OcspAnswer.of(SingleAnswer.good(CA, BigInteger.TEN))).getResponses()[0];

    assertThat(single.getCertID().getSerialNumber()).isEqualTo(BigInteger.TEN);
    assertThat(matchesIssuer(single, CA)).isTrue();
  }

  @Test
  void good_selfSigned_isItsOwnIssuer() throws Exception {
    SingleResp single = parse(OcspAnswer.good(CA.held())).getResponses()[0];

    assertThat(matchesIssuer(single, CA)).isTrue();
  }

  @Test
  void copies_changed_leaveTheOriginal() throws Exception {
    OcspAnswer good = OcspAnswer.good(SITE).clock(CLOCK);
    Map<String, String> before = read(good);

    OcspAnswer changed =
        good.signedBy(TestCa.root()).noNextUpdate().extension("1.2.3", true, new byte[0]);

    assertThat(read(changed)).isNotEqualTo(before);
    assertThat(read(good)).isEqualTo(before);
  }

  @Test
  void truncated_byMore_isThatMuchShorter() {
    OcspAnswer good = OcspAnswer.good(SITE).clock(CLOCK).tamper(der -> new byte[20]);

    assertThat(good.truncated(5).der()).hasSize(15);
    assertThat(good.truncated(50).der()).isEmpty();
  }

  @Test
  void der_nobodyToSign_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> OcspAnswer.of().der())
        .withMessage("an answer without single answers needs signedBy(...)");
  }

  @Test
  void responseType_other_isRefusedByAReader() throws Exception {
    OCSPResp response = new OCSPResp(OcspAnswer.good(SITE).responseType("1.2.3").der());

    // BouncyCastle hands an unknown type on as bytes.
    assertThat(response.getResponseObject()).isNotInstanceOf(BasicOCSPResp.class);
  }

  private static BasicOCSPResp parse(OcspAnswer answer) throws OCSPException, IOException {
    return (BasicOCSPResp) new OCSPResp(answer.der()).getResponseObject();
  }

  private static Map<String, String> read(OcspAnswer answer) throws Exception {
    return AnswerReader.read(answer.der(), CA.certificate(), NOW);
  }

  private static boolean isSignedBy(BasicOCSPResp basic, X509Certificate signer) throws Exception {
    return basic.isSignatureValid(
        new JcaContentVerifierProviderBuilder()
            .setProvider(new BouncyCastleProvider())
            .build(signer));
  }

  private static boolean matchesIssuer(SingleResp single, TestCa ca) throws Exception {
    return single
        .getCertID()
        .matchesIssuer(new JcaX509CertificateHolder(ca.certificate()), digests());
  }

  private static DigestCalculatorProvider digests() throws Exception {
    return new JcaDigestCalculatorProviderBuilder().setProvider(new BouncyCastleProvider()).build();
  }

  private static X500Name nameOf(TestCa ca) {
    return X500Name.getInstance(ca.certificate().getSubjectX500Principal().getEncoded());
  }
}
