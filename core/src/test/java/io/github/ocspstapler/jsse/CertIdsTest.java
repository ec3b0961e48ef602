package io.github.ocspstapler.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.internal.der.Der;
import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerWriter;
import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The key of a look-up, from a certificate and from a request; BouncyCastle is the oracle. */
class CertIdsTest {
  private static final TestCa CA = TestCa.root();
  private static final TestCertificate LEAF = CA.leaf("localhost");
  private static final ASN1ObjectIdentifier SHA1 = OIWObjectIdentifiers.idSHA1;
  private static final ASN1ObjectIdentifier SHA256 =
      new ASN1ObjectIdentifier("2.16.840.1.101.3.4.2.1");

  @ParameterizedTest
  @EnumSource
  void key_issuerOfEachKeyAlgorithm_isBouncyCastlesCertId(KeyAlgorithm algorithm) throws Exception {
    TestCa ca = TestCa.builder("CA").keyAlgorithm(algorithm).buildCa();
    TestCertificate leaf = ca.leaf("localhost");

    ByteBuffer key = StapleSource.key(leaf.certificate(), ca.certificate());

    assertThat(key)
        .isEqualTo(ByteBuffer.wrap(certId(leaf, SHA1).toASN1Primitive().getEncoded("DER")));
  }

  @Test
  void ofRequest_plain_isTheKey() throws Exception {
    byte[] request = new OCSPReqBuilder().addRequest(certId(LEAF, SHA1)).build().getEncoded();

    assertThat(CertIds.ofRequest(request)).isEqualTo(StapleMap.key(LEAF));
  }

  @Test
  void ofRequest_nonceRequestorAndSingleExtension_arePassedOver() throws Exception {
    Extensions nonce =
        new Extensions(
            new Extension(
                OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, new DEROctetString(new byte[32])));
    byte[] request =
        new OCSPReqBuilder()
            .addRequest(certId(LEAF, SHA1), nonce)
            .setRequestExtensions(nonce)
            .setRequestorName(new GeneralName(new X500Name("CN=client")))
            .build()
            .getEncoded();

    assertThat(CertIds.ofRequest(request)).isEqualTo(StapleMap.key(LEAF));
  }

  @Test
  void ofRequest_absentHashParameters_isTheSameKey() throws Exception {
    CertificateID withNull = certId(LEAF, SHA1);
    byte[] certId =
        DerWriter.sequence(
            new AlgorithmIdentifier(SHA1).getEncoded(),
            DerWriter.octetString(withNull.getIssuerNameHash()),
            DerWriter.octetString(withNull.getIssuerKeyHash()),
            DerWriter.integer(LEAF.serialNumber()));

    assertThat(CertIds.ofRequest(request(certId))).isEqualTo(StapleMap.key(LEAF));
  }

  @Test
  void ofRequest_twoCertificates_isRefused() throws Exception {
    byte[] request =
        new OCSPReqBuilder()
            .addRequest(certId(LEAF, SHA1))
            .addRequest(certId(CA.leaf("other"), SHA1))
            .build()
            .getEncoded();

    assertThatThrownBy(() -> CertIds.ofRequest(request)).isInstanceOf(DerException.class);
  }

  @Test
  void ofRequest_sha256_isAnotherKey() throws Exception {
    byte[] request = new OCSPReqBuilder().addRequest(certId(LEAF, SHA256)).build().getEncoded();

    assertThat(CertIds.ofRequest(request)).isNotEqualTo(StapleMap.key(LEAF));
  }

  @Test
  void ofRequest_emptyRequestList_isRefused() {
    byte[] request = DerWriter.sequence(DerWriter.sequence(DerWriter.value(Der.SEQUENCE)));

    assertThatThrownBy(() -> CertIds.ofRequest(request)).isInstanceOf(DerException.class);
  }

  @Test
  void ofRequest_cutAnywhereOrTrailing_isRefused() throws Exception {
    byte[] request = new OCSPReqBuilder().addRequest(certId(LEAF, SHA1)).build().getEncoded();

    for (int length = 0; length <= request.length + 1; length++) {
      if (length != request.length) {
        byte[] other = Arrays.copyOf(request, length);
        assertThatThrownBy(() -> CertIds.ofRequest(other)).isInstanceOf(DerException.class);
      }
    }
  }

  private static byte[] request(byte[] certId) {
    return DerWriter.sequence(DerWriter.sequence(DerWriter.sequence(DerWriter.sequence(certId))));
  }

  private static CertificateID certId(TestCertificate certificate, ASN1ObjectIdentifier hash)
      throws Exception {
    DigestCalculatorProvider digests = new JcaDigestCalculatorProviderBuilder().build();
    return new CertificateID(
        digests.get(new AlgorithmIdentifier(hash, DERNull.INSTANCE)),
        new JcaX509CertificateHolder(certificate.issuerCertificate()),
        certificate.serialNumber());
  }
}
