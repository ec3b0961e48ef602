package io.github.ocspstapler.internal.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.der.DerWriter;
import io.github.ocspstapler.testkit.TestCa;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateFieldsTest {
  private static final TestCa CA = TestCa.root();
  private static final String AIA = "1.3.6.1.5.5.7.1.1";
  private static final String SAN = "2.5.29.17";
  private static final String TLS_FEATURE = "1.3.6.1.5.5.7.1.24";
  private static final byte[] OCSP = DerWriter.oid(bytes("2b06010505073001"));
  private static final byte[] CA_ISSUERS = DerWriter.oid(bytes("2b06010505073002"));

  @Test
  void ocspUrls_several_areInOrder() {
    X509Certificate site =
        CA.leaf("site.test", "http://a.test/x?y=z", "http://b.test").certificate();

    assertThat(CertificateFields.ocspUrls(site))
        .containsExactly(URI.create("http://a.test/x?y=z"), URI.create("http://b.test"));
  }

  @Test
  void ocspUrls_amongOthers_areTheOcspOnes() {
    X509Certificate site =
        with(
            AIA,
            DerWriter.sequence(
                access(CA_ISSUERS, url("http://issuer.test/")),
                access(OCSP, DerWriter.value(0x82, ascii("not-a-url.test"))),
                access(OCSP, url("not a url")),
                access(OCSP, DerWriter.value(0x86, bytes("687474703a2f2fe92f"))),
                access(OCSP, url("")),
                access(OCSP, url("http://" + "a".repeat(3000))),
                access(OCSP, url("http://ocsp.test/"))));

    assertThat(CertificateFields.ocspUrls(site)).containsExactly(URI.create("http://ocsp.test/"));
  }

  @Test
  void ocspUrls_moreThanAnyoneNeeds_areCutOff() {
    byte[][] many = new byte[100][];
    Arrays.fill(many, access(OCSP, url("http://ocsp.test/")));

    assertThat(CertificateFields.ocspUrls(with(AIA, DerWriter.sequence(many))))
        .hasSize(CertificateFields.MAX_URLS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "00", "0500", "3080", "3001", "300205", "30023000", "3003020100", "300000"})
  void extension_hostile_countsAsAbsent(String hex) {
    for (String oid : new String[] {"1.3.6.1.5.5.7.1.24", "2.5.29.35", "2.5.29.14"}) {
      X509Certificate hostile = with(oid, bytes(hex));

      assertThat(CertificateFields.ocspUrls(hostile)).isEmpty();
      assertThat(CertificateFields.isMustStaple(hostile)).isFalse();
      assertThat(CertificateFields.keyIdentifiersDiffer(hostile, CA.certificate())).isFalse();
    }
  }

  @Test
  @Tag("T6")
  void mustStaple_features5And17_areIt() {
    assertThat(CertificateFields.isMustStaple(features(5))).isTrue();
    assertThat(CertificateFields.isMustStaple(features(17))).isTrue();
    assertThat(CertificateFields.isMustStaple(features(5, 17, 23))).isTrue();
    assertThat(CertificateFields.isMustStaple(features(23))).isFalse();
    assertThat(CertificateFields.isMustStaple(CA.leaf("site.test").certificate())).isFalse();
    assertThat(CertificateFields.tlsFeatures(features(5, 17, 23)))
        .containsExactlyInAnyOrder(5, 17, 23);
  }

  @Test
  void tlsFeatures_moreThanThereAre_countAsNone() {
    byte[][] many = new byte[100][];
    for (int i = 0; i < many.length; i++) {
      many[i] = DerWriter.integer(BigInteger.valueOf(i));
    }

    assertThat(CertificateFields.tlsFeatures(with(TLS_FEATURE, DerWriter.sequence(many))))
        .isEmpty();
  }

  @Test
  void ocspSigning_namedItself_isARight() {
    assertThat(CertificateFields.allowsOcspSigning(CA.delegate().certificate())).isTrue();
    assertThat(CertificateFields.allowsOcspSigning(CA.leaf("site.test").certificate())).isFalse();
    assertThat(
            CertificateFields.allowsOcspSigning(
                CA.delegateBuilder().extendedKeyUsages("2.5.29.37.0").build().certificate()))
        .isFalse();
  }

  @Test
  @Tag("R5")
  void noCheck_present_isSeen() {
    assertThat(CertificateFields.hasOcspNoCheck(CA.delegate().certificate())).isTrue();
    assertThat(CertificateFields.hasOcspNoCheck(CA.leaf("site.test").certificate())).isFalse();
  }

  @Test
  void alternativeNames_ofAllKinds_areText() {
    X509Certificate site =
        with(
            SAN,
            DerWriter.sequence(
                DerWriter.value(0x82, ascii("site.test")),
                DerWriter.value(0x87, bytes("7f000001")),
                DerWriter.value(0x87, bytes("00000000000000000000000000000001")),
                DerWriter.value(0x81, ascii("me@site.test")),
                DerWriter.value(0x86, ascii("spiffe://site")),
                DerWriter.value(0x88, bytes("2a03")),
                DerWriter.value(0x82, ascii("a b"))));

    assertThat(CertificateFields.alternativeNames(site))
        .containsExactly(
            "site.test", "127.0.0.1", "0:0:0:0:0:0:0:1", "me@site.test", "spiffe://site", "a%20b");
  }

  @Test
  void keyIdentifiers_ofRightAndOtherIssuer_agreeAndDiffer() {
    X509Certificate site = CA.leaf("site.test").certificate();

    assertThat(CertificateFields.keyIdentifiersDiffer(site, CA.certificate())).isFalse();
    assertThat(CertificateFields.keyIdentifiersDiffer(site, TestCa.root().certificate())).isTrue();
  }

  @Test
  void rawCertificate_parts_areTheSameAsBouncyCastles() throws Exception {
    X509Certificate site = CA.leaf("site.test").certificate();

    RawCertificate raw = RawCertificate.read(DerReader.of(site.getEncoded()));

    var expected = new JcaX509CertificateHolder(site);
    assertThat(raw.issuer().bytes()).isEqualTo(expected.getIssuer().getEncoded());
    assertThat(raw.subject().bytes()).isEqualTo(expected.getSubject().getEncoded());
    assertThat(raw.publicKey().bytes())
        .isEqualTo(expected.getSubjectPublicKeyInfo().getPublicKeyData().getBytes());
    assertThat(raw.signature().bytes()).isEqualTo(expected.getSignature());
    assertThat(raw.tbs().bytes())
        .isEqualTo(expected.toASN1Structure().getTBSCertificate().getEncoded());
    assertThat(raw.signatureAlgorithm().bytes())
        .isEqualTo(expected.getSignatureAlgorithm().getEncoded());
    assertThat(raw.encoded().bytes()).isEqualTo(site.getEncoded());
  }

  @Test
  void rawCertificate_everyPrefix_isRefused() throws Exception {
    byte[] whole = CA.certificate().getEncoded();

    for (int length = 0; length < whole.length; length++) {
      DerReader prefix = DerReader.of(Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> RawCertificate.read(prefix)).isInstanceOf(DerException.class);
    }
  }

  @Test
  void rawCertificate_twoAlgorithms_areRefused() throws Exception {
    // ecdsa-with-SHA256, once inside and once outside what is signed: the second becomes SHA-384's.
    String hex = HexFormat.of().formatHex(CA.certificate().getEncoded());
    int outer = hex.lastIndexOf("06082a8648ce3d040302");
    byte[] mixed =
        bytes(hex.substring(0, outer) + "06082a8648ce3d040303" + hex.substring(outer + 20));

    assertThatThrownBy(() -> RawCertificate.read(DerReader.of(mixed)))
        .isInstanceOf(DerException.class)
        .hasMessageContaining("two different");
  }

  private static X509Certificate features(int... features) {
    return CA.leafBuilder("site.test").tlsFeatures(features).build().certificate();
  }

  private static X509Certificate with(String oid, byte[] value) {
    return CA.leafBuilder("site.test").sans().extension(oid, false, value).build().certificate();
  }

  private static byte[] access(byte[] method, byte[] location) {
    return DerWriter.sequence(method, location);
  }

  private static byte[] url(String url) {
    return DerWriter.value(0x86, ascii(url));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
