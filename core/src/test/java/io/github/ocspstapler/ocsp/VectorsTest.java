package io.github.ocspstapler.ocsp;

import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.BAD_PRODUCED_AT;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.BAD_SIGNATURE;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.CRITICAL_EXTENSION;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.EXPIRED;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.MALFORMED;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.NOT_YET_VALID;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.SIGNER_NOT_AUTHORISED;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.SIGNER_NOT_FOUND;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.SIGNER_NOT_VALID;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.WRONG_CERT_ID;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.WRONG_ISSUER;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.WRONG_NONCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.RequestReader;
import io.github.ocspstapler.internal.x509.SignatureAlgorithm;
import io.github.ocspstapler.ocsp.OcspException.Rejected;
import io.github.ocspstapler.ocsp.OcspException.Rejected.Reason;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds every third-party case against what its source asserts. Each becomes one test.
 *
 * <p>The policies are the sources' own: SHA-1 signatures allowed, no clock skew, and where
 * nextUpdate is absent the case's maximum age or, since most sources have none, ten years.
 */
class VectorsTest {
  private static final int CASES = 591;
  private static final Duration NO_SKEW = Duration.ZERO;
  private static final Duration TEN_YEARS = Duration.ofDays(3652);

  /** Where serious implementations differ: what this one does, and why. */
  private static final Map<String, Object> POLICIES =
      Map.of(
          // A critical nonce inside a SingleResponse, where RFC 6960 defines none: an extension
          // that
          // is not understood there, like Go's critical-extension case, which must be refused.
          "real-world/B-Trust-Operational-CA-QES-3", CRITICAL_EXTENSION,
          // RSASSA-PSS with SHA-256: as strong as any; BoringSSL just does not implement it.
          "real-world/D-TRUST-Root-CA-3-2016-1", new CertificateStatus.Good(),
          "real-world/D-TRUST-Root-CA-3-2016-2", new CertificateStatus.Good(),
          // An empty list of extensions, SIZE (1..MAX) by the book: no two readers can differ on
          // it.
          "real-world/AC-Firmaprofesional-CUALIFICADOS-1", new CertificateStatus.Good());

  /** Cases whose point is that the responder that they name is not configured. */
  private static final Set<String> RESPONDER_NOT_CONFIGURED =
      Set.of("web-eid/whenOcspResponseCACertNotTrusted_thenThrows");

  @Test
  void manifests_all_holdAsManyCasesAsAreTested() throws Exception {
    assertThat(Vectors.all()).hasSize(CASES);
  }

  @TestFactory
  Stream<DynamicTest> case_ofThirdParty_holds() throws Exception {
    return Vectors.all().stream().map(c -> DynamicTest.dynamicTest(c.id(), () -> check(c)));
  }

  private static void check(Vectors.Case c) throws Exception {
    switch (c.kind()) {
      case "response" -> checkResponse(c);
      case "request" -> checkRequest(c);
      case "build-request" -> checkBuiltRequest(c);
      case "get-url" ->
          assertThat(
                  OcspRequest.ofEncoded(c.bytes("request")).getUri(URI.create(c.text("baseUrl"))))
              .hasToString(c.text("sourceAssertion"));
      case "chain-input" -> checkChain(c);
      case "robustness-response" -> Robustness.checkResponse(fileOf(c));
      case "robustness-request" -> Robustness.checkRequest(fileOf(c));
      default -> throw new AssertionError("unknown kind: " + c.kind());
    }
  }

  private static void checkResponse(Vectors.Case c) throws Exception {
    switch (c.expected()) {
      case "GOOD", "REVOKED", "UNKNOWN" -> checkStatus(c, c.expected());
      case "VERIFIED" -> checkStatus(c, status(c.json().at("/facts/singles/0")));
      case "NONCE_MATCH" ->
          assertThat(verify(c).status()).isInstanceOf(CertificateStatus.Good.class);
      case "PARSES" -> checkFacts(c);
      case "PARSES_BUT_NOT_ACCEPTABLE" -> Robustness.checkResponse(c.bytes("response"));
      case "MALFORMED" -> checkMalformed(c);
      case "ERROR_STATUS" -> checkErrorStatus(c);
      default -> {
        if (c.expected().startsWith("DISPUTED_")) {
          checkPolicy(c);
        } else {
          checkRejected(c);
        }
      }
    }
  }

  private static void checkStatus(Vectors.Case c, String expected) throws Exception {
    checkFacts(c);
    if (c.question().isEmpty()) {
      assertThat(c.json().at("/facts/singles").findValuesAsText("status"))
          .contains(expected.toLowerCase(Locale.ROOT));
      return; // nobody to verify it against: the source asserts fields
    }

    OcspResponse response = verify(c);

    assertThat(name(response.status())).isEqualToIgnoringCase(expected);
    assertThat(response.encoded()).isEqualTo(c.bytes("response"));
  }

  private static void checkMalformed(Vectors.Case c) throws Exception {
    if (c.question().isPresent()) {
      assertRejected(c, Set.of(MALFORMED));
    } else {
      assertThatThrownBy(() -> ResponseParser.parse(c.bytes("response")))
          .isInstanceOf(DerException.class);
    }
  }

  private static void checkErrorStatus(Vectors.Case c) throws Exception {
    ParsedResponse response = ResponseParser.parse(c.bytes("response"));
    assertThat(response.status()).isEqualTo(c.json().at("/facts/responseStatus").asInt());
    assertThat(response.basic()).isNull();
    if (c.question().isPresent()) {
      assertThatThrownBy(() -> verify(c)).isInstanceOf(OcspException.Refused.class);
    }
  }

  private static void checkPolicy(Vectors.Case c) throws Exception {
    Object policy = POLICIES.get(c.id());
    if (policy instanceof Reason reason) {
      assertRejected(c, Set.of(reason));
    } else {
      assertThat(verify(c).status()).isEqualTo(policy);
    }
  }

  private static void checkRejected(Vectors.Case c) throws Exception {
    if (c.id().equals("pyca-cryptography/resp-invalid-signature-oid")) {
      // The source gives no issuer: the algorithm, MD2, is what refuses it.
      var algorithm = ResponseParser.parse(c.bytes("response")).basic().signatureAlgorithm();
      assertThat(SignatureAlgorithm.read(algorithm).strength())
          .isEqualTo(SignatureAlgorithm.Strength.NONE);
      return;
    }
    // The reason is what the source tests; the order of the checks decides which is found first.
    assertRejected(
        c,
        switch (c.expected()) {
          case "NO_MATCHING_RESPONSE" -> Set.of(WRONG_CERT_ID, BAD_SIGNATURE);
          case "REJECT_CERTID" -> Set.of(WRONG_CERT_ID, WRONG_ISSUER);
          case "REJECT_SIGNATURE" -> Set.of(BAD_SIGNATURE, SIGNER_NOT_FOUND, SIGNER_NOT_AUTHORISED);
          case "REJECT_RESPONDER" ->
              Set.of(SIGNER_NOT_AUTHORISED, SIGNER_NOT_FOUND, BAD_SIGNATURE, WRONG_CERT_ID);
          case "REJECT_TIME" -> Set.of(EXPIRED, NOT_YET_VALID, SIGNER_NOT_VALID);
          case "REJECT_PRODUCED_AT" -> Set.of(BAD_PRODUCED_AT);
          case "REJECT_CRITICAL_EXTENSION" -> Set.of(CRITICAL_EXTENSION);
          case "REJECT_NONCE" -> Set.of(WRONG_NONCE);
          default -> throw new AssertionError("unknown expectation: " + c.expected());
        });
  }

  private static void checkRequest(Vectors.Case c) throws Exception {
    if (c.expected().equals("MALFORMED")) {
      assertThatThrownBy(() -> RequestReader.read(c.bytes("request")))
          .isInstanceOf(DerException.class);
    } else {
      assertThat(RequestReader.read(c.bytes("request")).certIds()).isNotEmpty();
    }
  }

  private static void checkBuiltRequest(Vectors.Case c) throws Exception {
    CertIdHash hash =
        c.has("certIDHash")
            ? CertIdHash.valueOf(c.text("certIDHash").toUpperCase(Locale.ROOT))
            : CertIdHash.SHA1;
    Question question = c.question().orElseThrow();

    X509Certificate certificate = question.certificate();
    CertId certId =
        certificate == null
            ? CertId.of(hash, question.serialNumber(), question.issuer())
            : CertId.of(hash, certificate, question.issuer());

    assertThat(OcspRequest.of(certId).encoded()).isEqualTo(c.bytes("request"));
  }

  private static void checkChain(Vectors.Case c) throws Exception {
    byte[] second = Files.readAllBytes(c.folder().resolve(c.json().at("/chain/1").asText()));
    Question question = Question.about(c.certificate("certificate"), TestBytes.certificate(second));

    Rejected rejected =
        catchThrowableOfType(
            Rejected.class,
            () ->
                verifier(c, Instant.EPOCH).verify(new byte[0], question, null, HttpFreshness.NONE));

    assertThat(rejected.reason()).isEqualTo(WRONG_ISSUER);
  }

  /** Compares every field that the manifest decoded with what the parser finds. */
  private static void checkFacts(Vectors.Case c) throws Exception {
    ParsedResponse.Basic basic = ResponseParser.parse(c.bytes("response")).basic();
    JsonNode facts = c.json().get("facts");
    assertThat(basic.producedAt()).isEqualTo(time(facts.get("producedAt")));
    assertThat(basic.singles()).hasSize(facts.get("responses").asInt());
    JsonNode singles = facts.get("singles");
    for (int i = 0; i < singles.size(); i++) {
      JsonNode expected = singles.get(i);
      ParsedResponse.Single single = basic.singles().get(i);
      assertThat(single.serialNumber().bytes())
          .isEqualTo(HexFormat.of().parseHex(expected.get("serial").asText()));
      assertThat(single.issuerKeyHash().bytes())
          .isEqualTo(HexFormat.of().parseHex(expected.get("issuerKeyHash").asText()));
      assertThat(name(single.status())).isEqualTo(status(expected));
      assertThat(single.thisUpdate()).isEqualTo(time(expected.get("thisUpdate")));
      assertThat(single.nextUpdate())
          .isEqualTo(expected.has("nextUpdate") ? time(expected.get("nextUpdate")) : null);
    }
  }

  private static void assertRejected(Vectors.Case c, Set<Reason> reasons) throws Exception {
    Rejected rejected = catchThrowableOfType(Rejected.class, () -> verify(c));

    assertThat(rejected).as("accepted, though expected: %s", c.expected()).isNotNull();
    assertThat(rejected.reason()).as(rejected.getMessage()).isIn(reasons);
  }

  private static OcspResponse verify(Vectors.Case c) throws Exception {
    Question question =
        c.question().orElseGet(() -> Question.about(BigInteger.ONE, TestBytes.issuerOf(c)));
    if (c.has("nonce")) {
      question = question.withNonce(HexFormat.of().parseHex(c.text("nonce")));
    }
    Instant time = c.has("verificationTime") ? c.time() : Instant.EPOCH;
    return verifier(c, time).verify(c.bytes("response"), question, null, HttpFreshness.NONE);
  }

  private static ResponseVerifier verifier(Vectors.Case c, Instant now) throws Exception {
    Duration maxAge =
        c.has("maxAgeSeconds")
            ? Duration.ofSeconds(c.json().get("maxAgeSeconds").asLong())
            : TEN_YEARS;
    List<X509Certificate> trusted =
        c.has("responder") && !RESPONDER_NOT_CONFIGURED.contains(c.id())
            ? List.of(c.certificate("responder"))
            : List.of();
    return new ResponseVerifier(
        Clock.fixed(now, ZoneOffset.UTC), NO_SKEW, maxAge, true, trusted, null);
  }

  private static byte[] fileOf(Vectors.Case c) throws Exception {
    return c.bytes("file");
  }

  private static String status(JsonNode single) {
    return single.get("status").asText();
  }

  private static String name(CertificateStatus status) {
    return status.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  private static Instant time(JsonNode text) {
    String pattern =
        text.asText().contains(".") ? "uuuuMMddHHmmss[.SSSSSS][.SSS]X" : "uuuuMMddHHmmssX";
    return LocalDateTime.parse(text.asText(), DateTimeFormatter.ofPattern(pattern))
        .toInstant(ZoneOffset.UTC);
  }
}
