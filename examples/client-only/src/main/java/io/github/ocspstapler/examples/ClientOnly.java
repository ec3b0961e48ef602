package io.github.ocspstapler.examples;

import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspException;
import io.github.ocspstapler.ocsp.OcspResponse;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** Asks the CA about the first certificate of a PEM file; the second is its issuer's. */
public final class ClientOnly {
  private ClientOnly() {}

  /** {@code CHAIN.pem}. */
  public static void main(String[] arguments) throws Exception {
    List<X509Certificate> chain;
    try (InputStream pem = Files.newInputStream(Path.of(arguments[0]))) {
      chain =
          CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
              .map(X509Certificate.class::cast)
              .toList();
    }
    try (OcspClient client = OcspClient.create()) {
      OcspResponse response = client.query(chain.get(0), chain.get(1));
      System.out.println(response.status() + " as of " + response.thisUpdate());
    } catch (OcspException.Rejected e) {
      System.out.println("not to be believed: " + e.getMessage());
    } catch (OcspException e) {
      System.out.println("no answer: " + e.getMessage());
    }
  }
}
