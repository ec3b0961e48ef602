package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.RequestReader;
import io.github.ocspstapler.testkit.TestCa;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Assertions;

/** What must hold for any bytes whatever: a refusal of our own, in bounded time and memory. */
final class Robustness {
  private static final Duration TIME_LIMIT = Duration.ofSeconds(10);
  private static final long MEMORY_PER_BYTE = 200;
  private static final long MEMORY_ANYWAY = 4 << 20; // messages, classes loaded on the way
  private static final X509Certificate NOBODYS_ISSUER = TestCa.root("nobody").certificate();

  private Robustness() {}

  /** Checks that nobody's response is refused, and how. */
  static void checkResponse(byte[] bytes) {
    bounded(
        bytes,
        () -> {
          try {
            verifier().verify(bytes, question(), null, HttpFreshness.NONE);
            throw new AssertionError("accepted");
          } catch (OcspException e) {
            assertThat(e)
                .hasMessageNotContaining("null")
                .isNotInstanceOf(OcspException.Unreachable.class);
          }
        });
  }

  /** Checks that a request is read or refused. */
  static void checkRequest(byte[] bytes) {
    bounded(
        bytes,
        () -> {
          try {
            assertThat(RequestReader.read(bytes).certIds()).doesNotContainNull();
          } catch (DerException e) {
            assertThat(e).hasMessageNotContaining("null");
          }
        });
  }

  private static void bounded(byte[] bytes, Runnable check) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();

    Assertions.assertTimeout(TIME_LIMIT, check::run);

    assertThat(threads.getCurrentThreadAllocatedBytes() - before)
        .isLessThan(MEMORY_ANYWAY + MEMORY_PER_BYTE * bytes.length);
  }

  private static ResponseVerifier verifier() {
    return new ResponseVerifier(
        Clock.fixed(Instant.parse("2020-01-01T00:00:00Z"), ZoneOffset.UTC),
        Duration.ofMinutes(5),
        Duration.ofDays(36500),
        true,
        List.of(),
        null);
  }

  private static Question question() {
    return Question.about(BigInteger.TEN, NOBODYS_ISSUER);
  }
}
