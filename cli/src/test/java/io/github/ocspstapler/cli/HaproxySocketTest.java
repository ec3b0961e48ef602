package io.github.ocspstapler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What HAProxy's runtime API may say, from a server that says it. */
class HaproxySocketTest {
  private static String answered(ServerSocket server, String answer) throws IOException {
    try (Socket client = server.accept()) {
      StringBuilder line = new StringBuilder();
      for (int c = client.getInputStream().read();
          c != '\n' && c >= 0;
          c = client.getInputStream().read()) {
        line.append((char) c);
      }
      client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      return line.toString();
    }
  }

  private static HaproxySocket to(ServerSocket server) {
    return HaproxySocket.parse("tcp:127.0.0.1:" + server.getLocalPort()).orElseThrow();
  }

  private static ServerSocket listening() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static CompletableFuture<String> serve(ServerSocket server, String answer) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return answered(server, answer);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  @Test
  void update_taken_sentTheResponseInOneLine() throws Exception {
    try (ServerSocket server = listening()) {
      CompletableFuture<String> asked = serve(server, "OCSP Response updated!\n\n");

      to(server).update(new byte[] {1, 2, 3});

      assertThat(asked.join()).isEqualTo("set ssl ocsp-response AQID");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OCSP single response: Certificate ID does not match any certificate or issuer.\n",
        "",
        "Permission denied\n"
      })
  void update_notTaken_saysWhatHaproxySaid(String answer) throws Exception {
    try (ServerSocket server = listening()) {
      var unused = serve(server, answer);

      assertThatThrownBy(() -> to(server).update(new byte[3]))
          .isInstanceOf(IOException.class)
          .hasMessage(answer.isEmpty() ? "it said nothing" : answer.strip());
    }
  }

  @Test
  void update_endlessAnswer_isCutOff() throws Exception {
    try (ServerSocket server = listening()) {
      var unused = serve(server, "x".repeat(1 << 20));

      assertThatThrownBy(() -> to(server).update(new byte[3])).isInstanceOf(IOException.class);
    }
  }

  @Test
  void update_nobodyThere_isAnIoException() throws Exception {
    int port;
    try (ServerSocket server = listening()) {
      port = server.getLocalPort();
    }
    HaproxySocket gone = HaproxySocket.parse("tcp:127.0.0.1:" + port).orElseThrow();

    assertThatThrownBy(() -> gone.update(new byte[3])).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> HaproxySocket.parse("/no/such.sock").orElseThrow().update(new byte[3]))
        .isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"admin.sock", "tcp:host", "tcp:127.0.0.1:99999", "", "udp:1:2"})
  void parse_nonsense_isNothing(String text) {
    assertThat(HaproxySocket.parse(text)).isEmpty();
  }
}
