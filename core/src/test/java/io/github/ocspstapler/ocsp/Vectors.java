package io.github.ocspstapler.ocsp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The third-party cases, read where they are: {@code -Dvectors.dir} says where. */
final class Vectors {
  private Vectors() {}

  /** One case of a manifest. */
  record Case(Path folder, JsonNode json) {
    String id() {
      return folder.getFileName() + "/" + json.get("name").asText();
    }

    String kind() {
      return json.get("kind").asText();
    }

    String expected() {
      return json.get("expected").asText();
    }

    boolean has(String field) {
      return json.hasNonNull(field);
    }

    String text(String field) {
      return json.get(field).asText();
    }

    byte[] bytes(String field) throws IOException {
      return Files.readAllBytes(folder.resolve(text(field)));
    }

    X509Certificate certificate(String field) throws IOException, CertificateException {
      try (InputStream in = Files.newInputStream(folder.resolve(text(field)))) {
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      }
    }

    /** Whom to ask about, if the case says enough. */
    Optional<Question> question() throws IOException, CertificateException {
      if (!has("issuer")) {
        return Optional.empty();
      }
      X509Certificate issuer = certificate("issuer");
      if (has("certificate")) {
        return Optional.of(Question.about(certificate("certificate"), issuer));
      }
      return has("certIDSerial")
          ? Optional.of(Question.about(new BigInteger(text("certIDSerial"), 16), issuer))
          : Optional.empty();
    }

    /** The moment to look at it, inside the response's own time where the source checks none. */
    Instant time() {
      return Instant.parse(has("freshTime") ? text("freshTime") : text("verificationTime"));
    }
  }

  /** Returns all cases, or skips the test that asks, with a sentence. */
  static List<Case> all() throws IOException {
    Path root = OutsideTool.requireFolder("vectors.dir", "third-party OCSP cases");
    List<Case> cases = new ArrayList<>();
    List<Path> manifests;
    try (Stream<Path> files = Files.find(root, 2, (path, a) -> path.endsWith("manifest.json"))) {
      manifests = files.sorted().toList();
    }
    for (Path manifest : manifests) {
      for (JsonNode json : new ObjectMapper().readTree(manifest.toFile())) {
        cases.add(new Case(manifest.getParent(), json));
      }
    }
    return cases;
  }
}
