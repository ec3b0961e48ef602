package io.github.ocspstapler.cli;

import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.der.ObjectIdentifiers;
import io.github.ocspstapler.internal.der.RequestReader;
import io.github.ocspstapler.internal.x509.CertificateFields;
import io.github.ocspstapler.ocsp.CertId;
import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.UnverifiedResponse;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Puts requests, responses and certificates as facts. Says only what they say themselves. */
final class InspectFacts {
  private InspectFacts() {}

  static Facts certificate(X509Certificate certificate) {
    return new Facts()
        .with("kind", "certificate")
        .with("subject", certificate.getSubjectX500Principal().getName())
        .with("subjectAlternativeNames", CertificateFields.alternativeNames(certificate))
        .with("issuer", certificate.getIssuerX500Principal().getName())
        .with("serialNumber", certificate.getSerialNumber().toString(16))
        .with("notBefore", certificate.getNotBefore().toInstant())
        .with("notAfter", certificate.getNotAfter().toInstant())
        .with("key", key(certificate.getPublicKey()))
        .with("signatureAlgorithm", certificate.getSigAlgName())
        .with("certificateAuthority", certificate.getBasicConstraints() >= 0)
        .with("ocspUrls", CertificateFields.ocspUrls(certificate))
        .with("mustStaple", CertificateFields.isMustStaple(certificate))
        .with("signsOcspResponses", CertificateFields.allowsOcspSigning(certificate))
        .with("ocspNoCheck", CertificateFields.hasOcspNoCheck(certificate))
        .with("sha256", sha256(certificate));
  }

  private static String key(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      return "RSA " + rsa.getModulus().bitLength();
    }
    return key instanceof ECPublicKey ec
        ? "EC " + ec.getParams().getOrder().bitLength()
        : key.getAlgorithm();
  }

  private static String sha256(X509Certificate certificate) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read has an encoding", e);
    }
  }

  /** Reads a request and says what it asks. */
  static Facts request(byte[] encoded) throws DerException {
    RequestReader.Request request = RequestReader.read(encoded);
    List<Facts> certIds = new ArrayList<>();
    for (byte[] certId : request.certIds()) {
      DerReader fields = DerReader.of(certId).sequence("certID");
      DerReader hash = fields.sequence("hashAlgorithm").oid("hashAlgorithm");
      certIds.add(
          new Facts()
              .with("hash", hashName(ObjectIdentifiers.dotted(hash)))
              .with("issuerNameHash", hex(fields.octetString("issuerNameHash").bytes()))
              .with("issuerKeyHash", hex(fields.octetString("issuerKeyHash").bytes()))
              .with("serialNumber", fields.integer("serialNumber").toString(16)));
    }
    return new Facts()
        .with("kind", "OCSP request")
        .with("bytes", encoded.length)
        .with("nonce", request.hasNonce())
        .with("asksAbout", certIds);
  }

  private static String hashName(String oid) {
    return switch (oid) {
      case "1.3.14.3.2.26" -> "SHA-1";
      case "2.16.840.1.101.3.4.2.1" -> "SHA-256";
      case "2.16.840.1.101.3.4.2.2" -> "SHA-384";
      case "2.16.840.1.101.3.4.2.3" -> "SHA-512";
      default -> oid;
    };
  }

  /**
   * Says what a response says.
   *
   * @param verdicts one for each of its answers, in a word or a sentence
   */
  static Facts response(UnverifiedResponse response, int bytes, List<String> verdicts) {
    Facts facts =
        new Facts()
            .with("kind", "OCSP response")
            .with("bytes", bytes)
            .with("responseStatus", statusName(response.responseStatus()));
    if (response.answers().isEmpty()) {
      return facts;
    }
    List<Facts> answers = new ArrayList<>();
    for (int i = 0; i < response.answers().size(); i++) {
      answers.add(answer(response.answers().get(i)).with("verification", verdicts.get(i)));
    }
    return facts
        .with("responderName", response.responderName())
        .with("responderKeyHash", response.responderKeyHash().map(InspectFacts::hex))
        .with("producedAt", response.producedAt())
        .with("nonce", response.nonce().isPresent())
        .with("signatureAlgorithm", response.signatureAlgorithm())
        .with("answers", answers);
  }

  static String statusName(int status) {
    return switch (status) {
      case 0 -> "successful";
      case 1 -> "malformedRequest";
      case 2 -> "internalError";
      case 3 -> "tryLater";
      case 5 -> "sigRequired";
      case 6 -> "unauthorized";
      default -> Integer.toString(status);
    };
  }

  private static Facts answer(UnverifiedResponse.Answer answer) {
    Optional<CertId> certId = answer.certId();
    Facts facts =
        new Facts()
            .with("serialNumber", answer.serialNumber().toString(16))
            .with("hash", certId.map(id -> id.hash().algorithm()).orElse("unknown"))
            .with("issuerNameHash", certId.map(id -> hex(id.issuerNameHash())))
            .with("issuerKeyHash", certId.map(id -> hex(id.issuerKeyHash())))
            .with("status", answer.status().getClass().getSimpleName().toLowerCase(Locale.ROOT));
    if (answer.status() instanceof CertificateStatus.Revoked revoked) {
      facts
          .with("revokedAt", revoked.at())
          .with("reason", revoked.reason().map(r -> r.name().toLowerCase(Locale.ROOT)));
    }
    return facts.with("thisUpdate", answer.thisUpdate()).with("nextUpdate", answer.nextUpdate());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
