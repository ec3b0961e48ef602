package io.github.ocspstapler.ocsp;

import static io.github.ocspstapler.ocsp.Verification.CA;
import static io.github.ocspstapler.ocsp.Verification.DEFAULTS;
import static io.github.ocspstapler.ocsp.Verification.NOW;
import static io.github.ocspstapler.ocsp.Verification.SITE;
import static io.github.ocspstapler.ocsp.Verification.aboutSite;
import static io.github.ocspstapler.ocsp.Verification.good;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerWriter;
import io.github.ocspstapler.testkit.CertHash;
import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.SingleAnswer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is done to a valid response, nothing else is signed: it is refused, or it still says
 * what it said.
 */
class MutationTest {
  private static final int MUTATIONS = 1000;
  private static final long SEED = 6960;

  static Stream<OcspAnswer> answers() {
    return Stream.of(
        good(),
        good().responderByKey().nonce(new byte[32]),
        good().signedBy(CA.delegate()),
        good().signedBy(CA.delegateBuilder().keyAlgorithm(KeyAlgorithm.RSA_2048).build()),
        OcspAnswer.of(
                SingleAnswer.good(SITE),
                SingleAnswer.good(SITE).hash(CertHash.SHA256),
                SingleAnswer.revoked(CA.leaf("other.test"), NOW, 1))
            .clock(Verification.CLOCK));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void response_mutatedAtRandom_saysNothingElse(OcspAnswer answer) throws Exception {
    byte[] original = answer.der();
    byte[] signed = tbs(original);
    ResponseVerifier verifier = DEFAULTS.verifier();
    Random random = new Random(SEED);
    int accepted = 0;

    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutated = Mutations.of(original, random);
      try {
        verifier.verify(mutated, aboutSite(), null, HttpFreshness.NONE);
        accepted++;
        assertThat(tbs(mutated)).isEqualTo(signed);
      } catch (OcspException e) {
        assertThat(e).isNotInstanceOf(OcspException.Unreachable.class);
      }
    }

    assertThat(accepted).isLessThan(MUTATIONS / 10);
  }

  @ParameterizedTest
  @MethodSource("answers")
  void response_anyByteChanged_saysNothingElse(OcspAnswer answer) throws Exception {
    byte[] original = answer.der();
    byte[] signed = tbs(original);
    ResponseVerifier verifier = DEFAULTS.verifier();

    for (int at = 0; at < original.length; at++) {
      byte[] flipped = original.clone();
      flipped[at] ^= (byte) (1 << at % 8);
      try {
        verifier.verify(flipped, aboutSite(), null, HttpFreshness.NONE);
        assertThat(tbs(flipped)).isEqualTo(signed);
      } catch (OcspException e) {
        assertThat(e).message().isNotBlank();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("answers")
  void response_mutated_isBoundedInTimeAndMemory(OcspAnswer answer) {
    byte[] original = answer.der();
    Random random = new Random(SEED);

    for (int i = 0; i < MUTATIONS / 10; i++) {
      Robustness.checkResponse(Mutations.of(original, random));
    }
  }

  /** Nested as deep as a response may be long: must not run out of stack. */
  @ParameterizedTest
  @MethodSource("deeplyNested")
  void response_deeplyNested_isRefused(byte[] nested) {
    Robustness.checkResponse(nested);
  }

  static List<byte[]> deeplyNested() {
    byte[] ofTags = new byte[ResponseVerifier.MAX_BYTES];
    Arrays.fill(ofTags, (byte) 0x30);
    byte[] sequences = {};
    for (int i = 0; i < 2000; i++) {
      sequences = DerWriter.sequence(sequences);
    }
    return List.of(ofTags, sequences);
  }

  private static byte[] tbs(byte[] response) throws DerException {
    return ResponseParser.parse(response).basic().tbs().bytes();
  }
}
