package io.github.ocspstapler.ocsp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.x509.CertificateFields;
import io.github.ocspstapler.internal.x509.RawCertificate;
import io.github.ocspstapler.internal.x509.SignatureAlgorithm;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

/** Runs the committed seeds in a build, and fuzzes when {@code JAZZER_FUZZ=1}. */
class CertificateFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void certificate_anyBytes_hasFields(byte[] bytes) {
    try {
      RawCertificate raw = RawCertificate.read(DerReader.of(bytes));
      SignatureAlgorithm.read(raw.signatureAlgorithm());
    } catch (DerException e) {
      // Refused, as it should be; the other reader may see it differently.
    }
    X509Certificate certificate;
    try {
      certificate = TestBytes.certificate(bytes);
    } catch (CertificateException e) {
      return;
    }
    if (CertificateFields.ocspUrls(certificate).size() > CertificateFields.MAX_URLS
        || CertificateFields.alternativeNames(certificate).size() > CertificateFields.MAX_NAMES) {
      throw new AssertionError("more than there may be");
    }
    CertificateFields.isMustStaple(certificate);
    CertificateFields.allowsOcspSigning(certificate);
    CertificateFields.hasOcspNoCheck(certificate);
    CertificateFields.keyIdentifiersDiffer(certificate, certificate);
  }
}
