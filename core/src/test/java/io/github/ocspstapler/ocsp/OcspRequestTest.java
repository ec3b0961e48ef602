package io.github.ocspstapler.ocsp;

import static io.github.ocspstapler.ocsp.Verification.CA;
import static io.github.ocspstapler.ocsp.Verification.SITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.ocspstapler.internal.der.RequestReader;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OcspRequestTest {
  private static final CertId CERT_ID =
      CertId.of(CertIdHash.SHA1, SITE.certificate(), CA.certificate());
  private static final OcspRequest REQUEST = OcspRequest.of(CERT_ID);

  @Test
  @Tag("C3")
  @Tag("L1")
  @Tag("L3")
  void encoded_plain_isWhatBouncyCastleBuilds() throws Exception {
    OCSPReq expected = new OCSPReqBuilder().addRequest(bouncyCastleId()).build();

    assertThat(REQUEST.encoded()).isEqualTo(expected.getEncoded());
  }

  @Test
  @Tag("L3")
  void encoded_withNonce_isWhatBouncyCastleBuilds() throws Exception {
    byte[] nonce = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    Extension extension =
        new Extension(
            OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
            false,
            new org.bouncycastle.asn1.DEROctetString(nonce).getEncoded());
    OCSPReq expected =
        new OCSPReqBuilder()
            .addRequest(bouncyCastleId())
            .setRequestExtensions(new Extensions(extension))
            .build();

    assertThat(OcspRequest.of(CERT_ID, nonce).encoded()).isEqualTo(expected.getEncoded());
  }

  @Test
  void nonce_ofNoOrTooManyBytes_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> OcspRequest.of(CERT_ID, new byte[0]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OcspRequest.of(CERT_ID, new byte[129]))
        .withMessage("nonce: 129 bytes (expected: 1..128)");
  }

  @Test
  void encoded_readBack_asksAboutTheCertificate() throws Exception {
    assertThat(RequestReader.read(REQUEST.encoded()).certIds()).containsExactly(CERT_ID.encoded());
  }

  @ParameterizedTest
  @Tag("L11")
  @Tag("L12")
  @CsvSource({
    "http://ca.test, http://ca.test/, ''",
    "http://ca.test/, http://ca.test/, ''",
    "http://ca.test:8080/ocsp, http://ca.test:8080/ocsp/, ''",
    "http://ca.test/ocsp/, http://ca.test/ocsp/, ''",
    "http://ca.test/a%2Fb/c, http://ca.test/a%2Fb/c/, ''",
    "http://ca.test/ocsp?ca=1&x=%3D, http://ca.test/ocsp/, ?ca=1&x=%3D",
    "http://ca.test?ca=1, http://ca.test/, ?ca=1",
    "http://ca.test/ocsp#top, http://ca.test/ocsp/, ''",
    "http://[::1]:80/ocsp, http://[::1]:80/ocsp/, ''"
  })
  void getUri_ofAnyUrl_keepsPathAndQuery(String responder, String before, String after) {
    String uri = REQUEST.getUri(URI.create(responder)).toString();

    assertThat(uri).startsWith(before).endsWith(after);
    String segment = uri.substring(before.length(), uri.length() - after.length());
    assertThat(segment).matches("([A-Za-z0-9]|%2B|%2F|%3D)+");
    assertThat(Base64.getDecoder().decode(URLDecoder.decode(segment, StandardCharsets.UTF_8)))
        .isEqualTo(REQUEST.encoded());
  }

  @Test
  void getUri_withoutHost_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> REQUEST.getUri(URI.create("mailto:a@b")));
    assertThatIllegalArgumentException().isThrownBy(() -> REQUEST.getUri(URI.create("/ocsp")));
  }

  @Test
  void request_equalsAnotherOfTheSameBytes() {
    assertThat(OcspRequest.of(CertId.of(CertIdHash.SHA1, SITE.serialNumber(), CA.certificate())))
        .isEqualTo(REQUEST)
        .hasSameHashCodeAs(REQUEST)
        .hasToString(REQUEST.toString())
        .isNotEqualTo(OcspRequest.of(CERT_ID, new byte[1]));
    REQUEST.encoded()[0] = 0;
    assertThat(REQUEST.encoded()[0]).isEqualTo((byte) 0x30);
  }

  @Test
  void certId_fields_areWhatBouncyCastleComputes() throws Exception {
    CertificateID expected = bouncyCastleId();

    assertThat(CERT_ID.encoded()).isEqualTo(expected.toASN1Primitive().getEncoded());
    assertThat(CERT_ID.issuerNameHash()).isEqualTo(expected.getIssuerNameHash());
    assertThat(CERT_ID.issuerKeyHash()).isEqualTo(expected.getIssuerKeyHash());
    assertThat(CERT_ID.serialNumber()).isEqualTo(expected.getSerialNumber());
    assertThat(CERT_ID.hash()).isEqualTo(CertIdHash.SHA1);
  }

  @Test
  void certId_equalsAnotherOfTheSameFields() {
    assertThat(CertId.of(CertIdHash.SHA1, SITE.serialNumber(), CA.certificate()))
        .isEqualTo(CERT_ID)
        .hasSameHashCodeAs(CERT_ID)
        .isNotEqualTo(CertId.of(CertIdHash.SHA256, SITE.certificate(), CA.certificate()))
        .isNotEqualTo(CertId.of(CertIdHash.SHA1, SITE.certificate(), SITE.certificate()))
        .isNotEqualTo(CertId.of(CertIdHash.SHA1, java.math.BigInteger.ONE, CA.certificate()));
    assertThat(CERT_ID.toString()).contains(SITE.serialNumber().toString(16)).contains("SHA-1");
  }

  private static CertificateID bouncyCastleId() throws Exception {
    return new CertificateID(
        new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
        new JcaX509CertificateHolder(CA.certificate()),
        SITE.serialNumber());
  }
}
