package io.github.ocspstapler.ocsp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.der.RequestReader;

/** Runs the committed seeds in a build, and fuzzes when {@code JAZZER_FUZZ=1}. */
class RequestFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void request_anyBytes_isReadOrRefused(byte[] bytes) {
    try {
      for (byte[] certId : RequestReader.read(bytes).certIds()) {
        DerReader.of(certId).sequence("what the reader wrote must be DER");
      }
    } catch (DerException e) {
      if (e.getMessage().contains("what the reader wrote")) {
        throw new AssertionError(e);
      }
    }
  }
}
