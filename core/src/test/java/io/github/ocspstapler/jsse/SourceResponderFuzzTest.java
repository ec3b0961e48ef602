package io.github.ocspstapler.jsse;

import static io.github.ocspstapler.internal.inprocess.InProcessResponder.MAX_REQUEST_BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What reaches the in-process and the loopback responder: any bytes, by POST and by GET. */
class SourceResponderFuzzTest {
  @FuzzTest(maxDuration = "30s")
  void post_anyBytes_isNoneOrAsksForOneWellFormedCertId(byte[] request) {
    List<ByteBuffer> asked = new ArrayList<>();
    SourceResponder responder = responder(asked);

    Optional<byte[]> answer = responder.post(request);

    assertThat(asked).hasSize(answer.isPresent() ? 1 : 0);
    assertThat(asked)
        .allMatch(certId -> certId.get(0) == 0x30 && certId.remaining() <= MAX_REQUEST_BYTES);
  }

  @FuzzTest(maxDuration = "30s")
  void get_anyText_isNoneOrAsksOnce(byte[] text) {
    List<ByteBuffer> asked = new ArrayList<>();
    SourceResponder responder = responder(asked);

    Optional<byte[]> answer = responder.get(new String(text, StandardCharsets.ISO_8859_1));

    assertThat(asked).hasSize(answer.isPresent() ? 1 : 0);
  }

  private static SourceResponder responder(List<ByteBuffer> asked) {
    SourceResponder responder = new SourceResponder();
    responder.add(certId -> {
      asked.add(certId);
      return Optional.of(new byte[0]);
    });
    return responder;
  }
}
