package io.github.ocspstapler.cli;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name a certificate to ask about; {@code query} and {@code lint} share them. */
final class CertificateOptions {
  @Option(names = "--cert", paramLabel = "FILE", description = "The certificate to ask about.")
  @Nullable String cert;

  @Option(names = "--issuer", paramLabel = "FILE", description = "The CA that issued it.")
  @Nullable String issuer;

  /**
   * Returns the first certificate of a file and the one that issued it: of {@code --issuer} the one
   * that did, else its first; without that option, one of those that follow in the file.
   */
  List<X509Certificate> certificateAndIssuer(Inputs inputs, String file) throws InputException {
    List<X509Certificate> given = inputs.certificates(file);
    X509Certificate certificate = given.get(0);
    if (issuer != null) {
      List<X509Certificate> candidates = inputs.certificates(issuer);
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
