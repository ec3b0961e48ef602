package io.github.ocspstapler.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.internal.der.DerWriter;
import io.github.ocspstapler.internal.inprocess.InProcessResponder;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceResponderTest {
  private static final TestCertificate LEAF = TestCa.root().leaf("localhost");

  private final StapleMap source = new StapleMap();
  private final SourceResponder responder = new SourceResponder();

  @Test
  void post_kept_isAnswered() {
    byte[] staple = source.putGood(LEAF);
    responder.add(source);

    assertThat(responder.post(request(LEAF))).contains(staple);
  }

  @Test
  void get_percentEncodedOrNot_isAnswered() {
    byte[] staple = source.putGood(LEAF);
    responder.add(source);
    String base64 = Base64.getEncoder().encodeToString(request(LEAF));

    assertThat(responder.get(URLEncoder.encode(base64, StandardCharsets.UTF_8))).contains(staple);
    assertThat(responder.get(base64)).contains(staple);
  }

  @Test
  void post_firstSourceMovesTheKey_secondStillFindsIt() {
    byte[] staple = source.putGood(LEAF);
    responder.add(certId -> {
      certId.get();
      return Optional.empty();
    });
    responder.add(source);

    assertThat(responder.post(request(LEAF))).contains(staple);
  }

  @Test
  void post_firstSourceThrows_secondIsAskedAndOneWarningLogged() {
    byte[] staple = source.putGood(LEAF);
    responder.add(certId -> {
      throw new StackOverflowError();
    });
    responder.add(source);
    try (LogCapture log = new LogCapture(JsseDelivery.class)) {
      assertThat(responder.post(request(LEAF))).contains(staple);
      assertThat(responder.post(request(LEAF))).contains(staple);

      assertThat(log.warnings()).hasSize(1);
    }
  }

  @Test
  void post_tooLong_isNotAnswered() {
    responder.add(certId -> Optional.of(new byte[1]));

    byte[] huge = Arrays.copyOf(request(LEAF), InProcessResponder.MAX_REQUEST_BYTES + 1);

    assertThat(responder.post(huge)).isEmpty();
  }

  @Test
  void get_junk_isNotAnswered() {
    responder.add(certId -> Optional.of(new byte[1]));

    assertThat(responder.get("")).isEmpty();
    assertThat(responder.get("%")).isEmpty();
    assertThat(responder.get("%zz%2")).isEmpty();
    assertThat(responder.get("MA==/MA==")).isEmpty();
    assertThat(responder.get("\u4e00")).isEmpty();
    assertThat(responder.get("A".repeat(100_000))).isEmpty();
  }

  /** An OCSP request for one certificate, as the JDK makes it. */
  static byte[] request(TestCertificate certificate) {
    byte[] certId = new byte[StapleMap.key(certificate).remaining()];
    StapleMap.key(certificate).get(certId);
    return DerWriter.sequence(DerWriter.sequence(DerWriter.sequence(DerWriter.sequence(certId))));
  }
}
