package io.github.ocspstapler.ocsp;

import static io.github.ocspstapler.ocsp.Verification.good;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerWriter;
import io.github.ocspstapler.testkit.OcspAnswer;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Parses the same bytes with BouncyCastle and compares. Where the two disagree, the table says
 * which one is right by what decision; a disagreement that is not in the table fails.
 */
class BouncyCastleDifferentialTest {
  private static final int MUTATIONS = 1000;
  private static final long SEED = 6960;
  private static final Instant GREGORIAN = Instant.parse("1582-10-16T00:00:00Z");

  /**
   * A decision: what BouncyCastle reads and this client refuses.
   *
   * @param sentence the decision
   * @param message what this client says, as a regular expression
   * @param example an answer that shows it
   */
  private record Refusal(String sentence, String message, OcspAnswer example) {}

  private static final List<Refusal> REFUSALS =
      List.of(
          new Refusal(
              "nothing may follow what the syntax allows: two readers could take one each",
              ".*bytes too many.*",
              good().trailingBytes((byte) 0)),
          new Refusal(
              "only id-pkix-ocsp-basic is an answer",
              ".*another type than id-pkix-ocsp-basic",
              good().responseType("1.2.3")),
          new Refusal(
              "a responseStatus that RFC 6960 does not assign is malformed, not a new kind of error",
              "(a responseStatus that RFC 6960 does not assign|responseStatus before).*",
              OcspAnswer.error(4)),
          new Refusal(
              "successful without an answer is malformed (R10)",
              "a successful response without responseBytes",
              good().noResponseBytes()),
          new Refusal(
              "a version that is not v1 may mean anything",
              "an OCSP response of another version than 1",
              good().tamperTbs(BouncyCastleDifferentialTest::version2)),
          new Refusal(
              "a hash function of a CertID has no parameters but NULL",
              ".*hashAlgorithm parameters.*",
              good().tamperTbs(tbs -> replace(tbs, "2b0e03021a0500", "2b0e03021a3000"))),
          new Refusal(
              "a responderID is [1] or [2]",
              ".*where responderID should be",
              good().responderByKey().tamperTbs(tbs -> replace(tbs, "a2160414", "a3160414"))),
          new Refusal(
              "lengths are definite and minimal: DER, not BER",
              ".*a length that is not minimal.*|.*an indefinite length",
              good().tamper(BouncyCastleDifferentialTest::longLength)),
          new Refusal(
              "a signature is whole bytes",
              "signature before.*a BIT STRING of whole bytes.*",
              good().tamper(BouncyCastleDifferentialTest::unusedBits)),
          new Refusal(
              "an OCTET STRING is in one piece: DER, not BER",
              ".*where extnValue should be",
              good()
                  .extension("1.2.3", false, new byte[] {4, 0})
                  .tamperTbs(tbs -> replace(tbs, "2a030402", "2a032402"))));

  /**
   * What this client reads and BouncyCastle refuses, because BouncyCastle decodes every byte:
   * names, certificates and extension values that decide nothing are not judged, and what decides
   * is compared byte for byte or verified. One decision, whatever BouncyCastle says about it.
   */
  @Test
  void verdict_acceptedByVerifier_isReadTheSameByBouncyCastleOrUnread() throws Exception {
    ResponseVerifier verifier = Verification.DEFAULTS.verifier();
    int compared = 0;

    for (byte[] mutated : mutations()) {
      try {
        verifier.verify(mutated, Seeds.question(), null, HttpFreshness.NONE);
      } catch (OcspException e) {
        continue;
      }
      BasicOCSPResp theirs = bouncyCastle(mutated);
      if (theirs != null) {
        assertSameFields(ResponseParser.parse(mutated).basic(), theirs);
        compared++;
      }
    }

    assertThat(compared).isPositive();
  }

  @TestFactory
  Stream<DynamicTest> refusal_byDecision_isShownByItsExample() {
    return REFUSALS.stream()
        .map(refusal ->
            DynamicTest.dynamicTest(
                refusal.sentence(),
                () -> {
                  byte[] bytes = refusal.example().der();

                  assertThat(ourRefusal(bytes)).matches(refusal.message());
                  assertThat(isReadByBouncyCastle(bytes)).isTrue();
                }));
  }

  @Test
  void parser_ofMutations_disagreesByDecisionOnly() throws Exception {
    for (byte[] mutated : mutations()) {
      assertAgreementOrDecision(mutated);
    }
  }

  @Test
  void parser_ofThirdPartyCases_disagreesByDecisionOnly() throws Exception {
    for (Vectors.Case c : Vectors.all()) {
      if (c.kind().endsWith("response")) {
        assertAgreementOrDecision(c.bytes(c.has("response") ? "response" : "file"));
      }
    }
  }

  private static void assertAgreementOrDecision(byte[] bytes) throws Exception {
    String refusal = ourRefusal(bytes);
    if (refusal != null) {
      if (isReadByBouncyCastle(bytes)) {
        assertThat(REFUSALS.stream().map(Refusal::message))
            .as(refusal + " " + HexFormat.of().formatHex(bytes))
            .anyMatch(refusal::matches);
      }
      return;
    }
    BasicOCSPResp theirs = bouncyCastle(bytes);
    ParsedResponse.Basic ours = ResponseParser.parse(bytes).basic();
    if (theirs != null && ours != null) {
      assertSameFields(ours, theirs);
    }
  }

  private static void assertSameFields(ParsedResponse.Basic ours, BasicOCSPResp theirs)
      throws Exception {
    assertSameTime(ours.producedAt(), theirs.getProducedAt());
    assertThat(ours.signature().bytes()).isEqualTo(theirs.getSignature());
    if (ours.responderName() != null) {
      assertThat(X500Name.getInstance(ours.responderName().bytes()))
          .isEqualTo(theirs.getResponderId().toASN1Primitive().getName());
    }
    SingleResp[] singles = theirs.getResponses();
    assertThat(ours.singles()).hasSize(singles.length);
    for (int i = 0; i < singles.length; i++) {
      assertSameFields(ours.singles().get(i), singles[i]);
    }
  }

  private static void assertSameFields(ParsedResponse.Single ours, SingleResp theirs) {
    assertThat(new BigInteger(ours.serialNumber().bytes()))
        .isEqualTo(theirs.getCertID().getSerialNumber());
    assertThat(ours.issuerNameHash().bytes()).isEqualTo(theirs.getCertID().getIssuerNameHash());
    assertThat(ours.issuerKeyHash().bytes()).isEqualTo(theirs.getCertID().getIssuerKeyHash());
    assertSameTime(ours.thisUpdate(), theirs.getThisUpdate());
    assertSameTime(ours.nextUpdate(), theirs.getNextUpdate());
    if (theirs.getCertStatus() instanceof RevokedStatus revoked) {
      assertThat(ours.status())
          .isInstanceOfSatisfying(
              CertificateStatus.Revoked.class,
              ourRevoked -> assertSameTime(ourRevoked.at(), revoked.getRevocationTime()));
    } else if (theirs.getCertStatus() instanceof UnknownStatus) {
      assertThat(ours.status()).isInstanceOf(CertificateStatus.Unknown.class);
    } else {
      assertThat(ours.status()).isInstanceOf(CertificateStatus.Good.class);
    }
  }

  private static List<byte[]> mutations() {
    List<byte[]> mutations = new ArrayList<>();
    Random random = new Random(SEED);
    for (byte[] seed : Seeds.responses().values()) {
      for (int i = 0; i < MUTATIONS; i++) {
        mutations.add(Mutations.of(seed, random));
      }
    }
    return mutations;
  }

  private static @Nullable String ourRefusal(byte[] bytes) {
    try {
      ResponseParser.parse(bytes);
      return null;
    } catch (DerException e) {
      return e.getMessage();
    }
  }

  /** Returns what BouncyCastle reads, or null if it refuses, in one of many ways. */
  private static @Nullable BasicOCSPResp bouncyCastle(byte[] bytes) {
    try {
      BasicOCSPResp response = (BasicOCSPResp) new OCSPResp(bytes).getResponseObject();
      if (response != null) {
        readAll(response);
      }
      return response;
    } catch (IOException | OCSPException | RuntimeException e) {
      return null;
    }
  }

  private static boolean isReadByBouncyCastle(byte[] bytes) {
    try {
      OCSPResp response = new OCSPResp(bytes);
      if (response.getResponseObject() instanceof BasicOCSPResp basic) {
        readAll(basic);
      }
      return response.getStatus() >= 0;
    } catch (IOException | OCSPException | RuntimeException e) {
      return false;
    }
  }

  /** BouncyCastle decodes on demand. */
  private static void readAll(BasicOCSPResp response) {
    response.getProducedAt();
    response.getTBSResponseData();
    response.getCerts();
    for (SingleResp single : response.getResponses()) {
      single.getThisUpdate();
      single.getNextUpdate();
      single.getCertStatus();
      single.getCertID().getSerialNumber();
    }
  }

  /** To the millisecond, and after 1582: {@link Date} counts by the Julian calendar before. */
  private static void assertSameTime(@Nullable Instant ours, @Nullable Date theirs) {
    if (ours == null || theirs == null) {
      assertThat(theirs).isNull();
      assertThat(ours).isNull();
    } else if (ours.isAfter(GREGORIAN)) {
      assertThat(ours.truncatedTo(ChronoUnit.MILLIS)).isEqualTo(theirs.toInstant());
    }
  }

  private static byte[] version2(byte[] tbs) {
    byte[] version = DerWriter.value(0xa0, DerWriter.integer(BigInteger.ONE));
    return DerWriter.sequence(version, content(tbs));
  }

  /** The outer length in one byte more than it needs. */
  private static byte[] longLength(byte[] response) {
    byte[] content = content(response);
    byte[] header = {0x30, (byte) 0x83, 0, (byte) (content.length >> 8), (byte) content.length};
    byte[] longer = Arrays.copyOf(header, header.length + content.length);
    System.arraycopy(content, 0, longer, header.length, content.length);
    return longer;
  }

  /** The signature, last in an answer without certificates, with its last bit unused. */
  private static byte[] unusedBits(byte[] response) {
    String hex = HexFormat.of().formatHex(response);
    int signature = hex.lastIndexOf("2a8648ce3d040302") + "2a8648ce3d040302".length();
    byte[] bytes = response.clone();
    bytes[signature / 2 + 2] = 1;
    bytes[bytes.length - 1] &= (byte) 0xfe;
    return bytes;
  }

  private static byte[] content(byte[] sequence) {
    int header = sequence[1] >= 0 ? 2 : 2 + (sequence[1] & 0x7f);
    return Arrays.copyOfRange(sequence, header, sequence.length);
  }

  private static byte[] replace(byte[] bytes, String from, String to) {
    String hex = HexFormat.of().formatHex(bytes);
    assertThat(hex).contains(from);
    return HexFormat.of().parseHex(hex.replace(from, to));
  }
}
