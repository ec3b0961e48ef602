package io.github.ocspstapler.cli;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a certificate and the one that issued it, from one file or two. */
final class CertificateAndIssuer {
  private CertificateAndIssuer() {}

  /**
   * Returns both.
   *
   * @param file the certificate first, and its issuer among those that follow, unless
   * @param issuerFile is given: the one of it that issued the certificate, else its first
   */
  static List<X509Certificate> read(Inputs inputs, String file, @Nullable String issuerFile)
      throws InputException {
    List<X509Certificate> given = inputs.certificates(file);
    X509Certificate certificate = given.get(0);
    if (issuerFile != null) {
      List<X509Certificate> candidates = inputs.certificates(issuerFile);
      return List.of(
          certificate, Inputs.issuerOf(certificate, candidates).orElse(candidates.get(0)));
    }
    return List.of(
        certificate,
        Inputs.issuerOf(certificate, given)
            .orElseThrow(() ->
                new InputException(
                    file
                        + ": the issuer of its first certificate is not in it (expected: "
                        + certificate.getIssuerX500Principal().getName()
                        + "; or give --issuer)")));
  }
}
