package io.github.ocspstapler.ocsp;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/** Turns bytes of tests into what tests need. */
final class TestBytes {
  private TestBytes() {}

  static X509Certificate certificate(byte[] encoded) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }

  static X509Certificate issuerOf(Vectors.Case c) {
    try {
      return c.certificate("issuer");
    } catch (java.io.IOException | CertificateException e) {
      throw new AssertionError(e);
    }
  }
}
