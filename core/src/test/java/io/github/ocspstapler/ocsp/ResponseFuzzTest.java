package io.github.ocspstapler.ocsp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.ocspstapler.internal.der.DerException;
import java.util.Arrays;
import java.util.List;

/** Runs the committed seeds in a build, and fuzzes when {@code JAZZER_FUZZ=1}. */
class ResponseFuzzTest {
  private static final Question QUESTION = Seeds.question();
  private static final ResponseVerifier VERIFIER = Verification.DEFAULTS.verifier();
  private static final List<byte[]> SIGNED =
      Seeds.responses().values().stream().map(ResponseFuzzTest::tbs).toList();

  @FuzzTest(maxDuration = "60s")
  void response_anyBytes_saysOnlyWhatWasSigned(byte[] bytes) {
    look(bytes);
    try {
      VERIFIER.verify(bytes, QUESTION, null, HttpFreshness.NONE);
    } catch (OcspException e) {
      return; // its own refusal, and nothing else
    }
    byte[] tbs = tbs(bytes);
    if (SIGNED.stream().noneMatch(signed -> Arrays.equals(signed, tbs))) {
      throw new AssertionError("accepted what nobody signed");
    }
  }

  /** To show a response is no less exposed than to verify it. */
  private static void look(byte[] bytes) {
    try {
      UnverifiedResponse response = UnverifiedResponse.parse(bytes);
      response.certificates();
      response.responderName();
    } catch (OcspException.Rejected e) {
      // its own refusal, and nothing else
    }
  }

  private static byte[] tbs(byte[] response) {
    try {
      ParsedResponse.Basic basic = ResponseParser.parse(response).basic();
      return basic == null ? new byte[0] : basic.tbs().bytes();
    } catch (DerException e) {
      throw new AssertionError("accepted, and malformed", e);
    }
  }
}
