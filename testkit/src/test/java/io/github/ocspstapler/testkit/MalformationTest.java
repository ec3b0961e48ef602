package io.github.ocspstapler.testkit;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MalformationTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-01T12:30:15Z"), ZoneOffset.UTC);
  private static final TestCa CA = TestCa.builder("Issuer").clock(CLOCK).buildCa();
  private static final TestCertificate SITE = CA.leaf("example.com");
  private static final OcspAnswer GOOD = OcspAnswer.good(SITE).clock(CLOCK);

  /** The fields in which each differs from the right answer: these and no others. */
  private static final Map<Malformation, Set<String>> DIFFERENCES =
      Map.ofEntries(
          entry(Malformation.WRONG_SERIAL_NUMBER, Set.of("serial")),
          entry(Malformation.WRONG_ISSUER_NAME_HASH, Set.of("name hash")),
          entry(Malformation.WRONG_ISSUER_KEY_HASH, Set.of("key hash")),
          entry(Malformation.WRONG_HASH_ALGORITHM, Set.of("hash algorithm")),
          entry(Malformation.EMPTY_HASHES, Set.of("name hash", "key hash")),
          entry(
              Malformation.NO_SINGLE_ANSWER,
              Set.of(
                  "singles",
                  "hash algorithm",
                  "name hash",
                  "key hash",
                  "serial",
                  "status",
                  "thisUpdate",
                  "nextUpdate")),
          entry(Malformation.CORRUPT_SIGNATURE, Set.of("signed by")),
          entry(Malformation.CHANGED_AFTER_SIGNING, Set.of("signed by")),
          entry(Malformation.EMPTY_SIGNATURE, Set.of("signed by")),
          entry(Malformation.FORGED_IN_THE_ISSUERS_NAME, Set.of("signed by")),
          entry(Malformation.WRONG_SIGNATURE_ALGORITHM, Set.of("signed by", "algorithm")),
          entry(Malformation.SIGNED_BY_ANOTHER_CA, delegated()),
          entry(Malformation.DELEGATE_WITHOUT_OCSP_SIGNING, delegated()),
          entry(Malformation.DELEGATE_FOR_ANY_USAGE, delegated()),
          entry(Malformation.SIGNED_BY_A_SERVER, delegated()),
          entry(Malformation.DELEGATE_OF_ANOTHER_CA, delegated()),
          entry(Malformation.DELEGATE_OF_AN_INTERMEDIATE, delegated()),
          entry(Malformation.FORGED_DELEGATE, delegated()),
          entry(Malformation.DELEGATE_NOT_EMBEDDED, Set.of("signed by", "responderID")),
          entry(Malformation.DELEGATE_EXPIRED, delegated()),
          entry(Malformation.DELEGATE_NOT_YET_VALID, delegated()),
          entry(Malformation.WRONG_RESPONDER_NAME, Set.of("responderID")),
          entry(Malformation.WRONG_RESPONDER_KEY, Set.of("responderID")),
          entry(Malformation.THIS_UPDATE_IN_THE_FUTURE, Set.of("thisUpdate")),
          entry(Malformation.NEXT_UPDATE_IN_THE_PAST, Set.of("thisUpdate", "nextUpdate")),
          entry(Malformation.NEXT_UPDATE_BEFORE_THIS_UPDATE, Set.of("thisUpdate", "nextUpdate")),
          entry(Malformation.TIME_WITHOUT_SECONDS, Set.of("thisUpdate")),
          entry(Malformation.TIME_WITHOUT_ZONE, Set.of("thisUpdate")),
          entry(Malformation.TIME_WITH_OFFSET, Set.of("thisUpdate")),
          entry(Malformation.TIME_THAT_NEVER_WAS, Set.of("thisUpdate")),
          entry(Malformation.TIME_OF_LETTERS, Set.of("thisUpdate")),
          entry(Malformation.CRITICAL_EXTENSION, Set.of("extensions")),
          entry(Malformation.CRITICAL_SINGLE_EXTENSION, Set.of("single extensions")),
          entry(Malformation.WRONG_RESPONSE_TYPE, Set.of("responseType")),
          entry(Malformation.ERROR_STATUS_WITH_ANSWER, Set.of("responseStatus")),
          entry(Malformation.UNDEFINED_CERT_STATUS, Set.of("status")),
          entry(Malformation.WRONG_VERSION, Set.of("version")),
          entry(Malformation.MD5_SIGNATURE, weak()),
          entry(Malformation.SHA1_SIGNATURE, weak()),
          entry(Malformation.TRAILING_BYTE, Set.of("rest")),
          entry(Malformation.TRAILING_BYTE_SIGNED, Set.of("after extensions")),
          entry(Malformation.INDEFINITE_LENGTH, Set.of("length")),
          entry(Malformation.OVERLONG_LENGTH, Set.of("tbs length")));

  /** Those of which nothing is left that could be compared. */
  private static final Map<Malformation, Map<String, String>> WHOLE =
      Map.of(
          Malformation.NO_RESPONSE_BYTES, bare("00"),
          Malformation.RESPONSE_STATUS_4, bare("04"),
          Malformation.RESPONSE_STATUS_7, bare("07"),
          Malformation.EMPTY, Map.of("form", "not a sequence"),
          Malformation.TEXT, Map.of("form", "not a sequence"),
          Malformation.TRUNCATED, Map.of("length", "definite", "form", "cut off"),
          Malformation.ABSURD_LENGTH, Map.of("length", "definite", "form", "cut off"));

  @ParameterizedTest
  @EnumSource
  void apply_rightAnswer_isWrongInNothingElse(Malformation malformation) throws Exception {
    Map<String, String> right = read(GOOD);

    Map<String, String> wrong = read(malformation.apply(GOOD));

    if (WHOLE.containsKey(malformation)) {
      assertThat(wrong).isEqualTo(WHOLE.get(malformation));
    } else {
      assertThat(differences(right, wrong)).isEqualTo(new TreeSet<>(DIFFERENCES.get(malformation)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void signature_ofEach_isWhatItSays(Malformation malformation) throws Exception {
    String signedBy = read(malformation.apply(GOOD)).getOrDefault("signed by", "nothing");

    switch (malformation.signature()) {
      case VALID ->
          assertThat(signedBy)
              .isEqualTo(
                  malformation == Malformation.DELEGATE_NOT_EMBEDDED
                      ? "nobody known"
                      : malformation.name().matches(".*(DELEGATE|SIGNED_BY_|MD5|SHA1).*")
                          ? "embedded"
                          : "issuer");
      case BROKEN -> assertThat(signedBy).isEqualTo("nobody known");
      case NONE -> assertThat(signedBy).isEqualTo("nothing");
    }
  }

  @Test
  void apply_delegates_areWrongInTheWayTheySay() throws Exception {
    assertThat(read(Malformation.DELEGATE_WITHOUT_OCSP_SIGNING.apply(GOOD)))
        .containsEntry("delegate usage", "null")
        .containsEntry("delegate signed by issuer", "true")
        .containsEntry("delegate current", "true");
    assertThat(read(Malformation.DELEGATE_FOR_ANY_USAGE.apply(GOOD)))
        .containsEntry("delegate usage", "[2.5.29.37.0]")
        .containsEntry("delegate signed by issuer", "true");
    assertThat(read(Malformation.SIGNED_BY_A_SERVER.apply(GOOD)))
        .containsEntry("delegate usage", "[1.3.6.1.5.5.7.3.1]")
        .containsEntry("delegate signed by issuer", "true");
    assertThat(read(Malformation.FORGED_DELEGATE.apply(GOOD)))
        .containsEntry("delegate usage", "[1.3.6.1.5.5.7.3.9]")
        .containsEntry("delegate names issuer", "true")
        .containsEntry("delegate signed by issuer", "false");
    assertThat(read(Malformation.DELEGATE_OF_AN_INTERMEDIATE.apply(GOOD)))
        .containsEntry("delegate usage", "[1.3.6.1.5.5.7.3.9]")
        .containsEntry("delegate signed by issuer", "false")
        .containsEntry("certificates", "2");
    for (Malformation outdated :
        Set.of(Malformation.DELEGATE_EXPIRED, Malformation.DELEGATE_NOT_YET_VALID)) {
      assertThat(read(outdated.apply(GOOD)))
          .containsEntry("delegate usage", "[1.3.6.1.5.5.7.3.9]")
          .containsEntry("delegate signed by issuer", "true")
          .containsEntry("delegate current", "false");
    }
  }

  @Test
  void apply_times_areWrongInTheWayTheySay() throws Exception {
    assertThat(read(Malformation.THIS_UPDATE_IN_THE_FUTURE.apply(GOOD)))
        .containsEntry("thisUpdate", "20260302123015Z")
        .containsEntry("nextUpdate", "20260308123015Z");
    assertThat(read(Malformation.NEXT_UPDATE_IN_THE_PAST.apply(GOOD)))
        .containsEntry("thisUpdate", "20260222123015Z")
        .containsEntry("nextUpdate", "20260228123015Z");
    assertThat(read(Malformation.TIME_WITHOUT_SECONDS.apply(GOOD)))
        .containsEntry("thisUpdate", "202603011230Z");
    assertThat(read(Malformation.TIME_WITHOUT_ZONE.apply(GOOD)))
        .containsEntry("thisUpdate", "20260301123015");
    assertThat(read(Malformation.TIME_WITH_OFFSET.apply(GOOD)))
        .containsEntry("thisUpdate", "20260301123015+0000");
  }

  @Test
  void apply_weakAlgorithms_areThoseTheyName() throws Exception {
    assertThat(read(Malformation.MD5_SIGNATURE.apply(GOOD)))
        .containsEntry("algorithm", "MD5WITHRSA");
    assertThat(read(Malformation.SHA1_SIGNATURE.apply(GOOD)))
        .containsEntry("algorithm", "SHA1WITHRSA");
  }

  @Test
  void apply_criticalExtensions_areMarkedCritical() throws Exception {
    String critical = "0101ff";

    assertThat(read(Malformation.CRITICAL_EXTENSION.apply(GOOD)).get("extensions"))
        .contains(critical);
    assertThat(read(Malformation.CRITICAL_SINGLE_EXTENSION.apply(GOOD)).get("single extensions"))
        .contains(critical);
  }

  @Test
  void apply_errorAnswer_isLeftAsItIs() {
    OcspAnswer error = OcspAnswer.error(6);

    assertThat(Malformation.WRONG_SERIAL_NUMBER.apply(error)).isSameAs(error);
  }

  @ParameterizedTest
  @EnumSource(names = "RSA_3072", mode = EnumSource.Mode.EXCLUDE)
  void apply_issuerWithAnyKey_canBeWritten(KeyAlgorithm algorithm) {
    TestCa ca = TestCa.builder("Issuer").keyAlgorithm(algorithm).buildCa();
    OcspAnswer good = OcspAnswer.good(ca.leaf("example.com"));

    for (Malformation malformation : Malformation.values()) {
      assertThat(malformation.apply(good).der()).isNotEqualTo(good.der());
    }
  }

  private static Map<String, String> read(OcspAnswer answer) throws Exception {
    return AnswerReader.read(answer.der(), CA.certificate(), CLOCK.instant());
  }

  private static Set<String> differences(Map<String, String> right, Map<String, String> wrong) {
    Set<String> names = new TreeSet<>(right.keySet());
    names.addAll(wrong.keySet());
    names.removeIf(name -> right.getOrDefault(name, "").equals(wrong.getOrDefault(name, "")));
    return names;
  }

  private static Set<String> delegated() {
    return Set.of(
        "signed by",
        "responderID",
        "certificates",
        "delegate usage",
        "delegate names issuer",
        "delegate signed by issuer",
        "delegate current");
  }

  private static Set<String> weak() {
    Set<String> all = new TreeSet<>(delegated());
    all.add("algorithm");
    return all;
  }

  private static Map<String, String> bare(String status) {
    return Map.of(
        "length", "definite", "rest", "0", "responseStatus", status, "responseBytes", "none");
  }
}
