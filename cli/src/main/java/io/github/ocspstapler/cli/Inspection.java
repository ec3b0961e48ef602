package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.ocsp.CertId;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspException;
import io.github.ocspstapler.ocsp.UnverifiedResponse;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Finds out what bytes are, PEM, base64 or DER, and puts them as facts. Not thread-safe. */
final class Inspection {
  private final String name;
  private final List<X509Certificate> issuers;
  private final OcspClient verifier;
  private final List<Facts> found = new ArrayList<>();

  /**
   * @param name of the file, for messages
   * @param issuers certificates that may have issued what responses are about
   */
  Inspection(String name, List<X509Certificate> issuers, OcspClient verifier) {
    this.name = name;
    this.issuers = new ArrayList<>(issuers);
    this.verifier = verifier;
  }

  /**
   * Returns what is in there, at least one.
   *
   * @throws InputException if it is nothing known
   */
  List<Facts> of(byte[] bytes) throws InputException {
    Optional<List<Pem>> blocks = pem(bytes);
    if (blocks.isPresent()) {
      // First the certificates: one may be the issuer of what a response before it is about.
      for (Pem block : blocks.get()) {
        if (isCertificate(block)) {
          issuers.addAll(certificates(block.content()));
        }
      }
      for (Pem block : blocks.get()) {
        block(block);
      }
    } else {
      der(base64(bytes).orElse(bytes));
    }
    return found;
  }

  private Optional<List<Pem>> pem(byte[] bytes) throws InputException {
    try {
      return Pem.blocks(bytes);
    } catch (IllegalArgumentException e) {
      throw new InputException(name + ": " + e.getMessage(), e);
    }
  }

  private static boolean isCertificate(Pem block) {
    return block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE");
  }

  private void block(Pem block) throws InputException {
    if (isCertificate(block) || block.label().startsWith("OCSP ")) {
      der(block.content());
    } else {
      found.add(new Facts().with("kind", block.label()).with("note", "not looked at"));
    }
  }

  /** A request as a GET's path spells it, or a file that somebody encoded; else nothing. */
  private static Optional<byte[]> base64(byte[] bytes) {
    String text = new String(bytes, ISO_8859_1).replaceAll("\\s", "");
    text = text.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    text = text.replace("%2b", "+").replace("%2f", "/").replace("%3d", "=");
    try {
      byte[] decoded = Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
      return decoded.length == 0 ? Optional.empty() : Optional.of(decoded);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void der(byte[] der) throws InputException {
    if (der.length < 2 || der[0] != 0x30) {
      throw new InputException(
          name
              + ": nothing known (expected: an OCSP request or response, or a certificate, as"
              + " DER, PEM or base64)");
    }
    String noResponse;
    try {
      response(UnverifiedResponse.parse(der), der);
      return;
    } catch (OcspException.Rejected e) {
      noResponse = String.valueOf(e.getMessage());
    }
    String noRequest;
    try {
      found.add(InspectFacts.request(der));
      return;
    } catch (DerException e) {
      noRequest = "not an OCSP request: " + e.getMessage();
    }
    try {
      List<X509Certificate> certificates = Inputs.certificatesOfDer(der);
      certificates.forEach(certificate -> found.add(InspectFacts.certificate(certificate)));
    } catch (CertificateException | RuntimeException e) {
      throw new InputException(
          name + ": " + noResponse + "; " + noRequest + "; not a certificate: " + e.getMessage(),
          e);
    }
  }

  private List<X509Certificate> certificates(byte[] der) throws InputException {
    try {
      return Inputs.certificatesOfDer(der);
    } catch (CertificateException | RuntimeException e) {
      throw new InputException(name + ": not a certificate: " + e.getMessage(), e);
    }
  }

  private void response(UnverifiedResponse response, byte[] der) {
    List<String> verdicts =
        response.answers().stream().map(answer -> verdict(answer, der)).toList();
    found.add(InspectFacts.response(response, der.length, verdicts));
    for (byte[] certificate : response.certificates()) {
      try {
        Inputs.certificatesOfDer(certificate)
            .forEach(each -> found.add(InspectFacts.certificate(each)));
      } catch (CertificateException | RuntimeException e) {
        found.add(
            new Facts().with("kind", "certificate").with("note", "unreadable: " + e.getMessage()));
      }
    }
  }

  private String verdict(UnverifiedResponse.Answer answer, byte[] der) {
    for (X509Certificate issuer : issuers) {
      if (answer.certId().filter(certId -> isOf(certId, issuer)).isPresent()) {
        try {
          return "verified, until "
              + verifier.verify(der, answer.serialNumber(), issuer).validUntil();
        } catch (OcspException e) {
          return "rejected (" + e.reasonName() + "): " + e.getMessage();
        }
      }
    }
    return issuers.isEmpty()
        ? "not verified: no issuer's certificate is given (--issuer)"
        : "not verified: the certificates given did not issue it";
  }

  private static boolean isOf(CertId certId, X509Certificate issuer) {
    try {
      return CertId.of(certId.hash(), certId.serialNumber(), issuer).equals(certId);
    } catch (IllegalArgumentException e) {
      return false; // a certificate that Java reads and DER does not
    }
  }
}
