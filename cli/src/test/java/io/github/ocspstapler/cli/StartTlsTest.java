package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is said before TLS, by servers that are scripts of the RFCs' words: they also say what real
 * ones do not. For real ones see {@link StartTlsServersTest}.
 */
class StartTlsTest {
  private static final String LDAP_OK = "0\f\u0002\u0001\u0001x\u0007\n\u0001\0\u0004\0\u0004\0";

  @TempDir private Path folder;

  /** What a server says, line by line of the client. */
  private static List<String> script(StartTls protocol) {
    return switch (protocol) {
      case SMTP ->
          List.of("220-mx\r\n220 mx ESMTP\r\n", "250-mx\r\n250 STARTTLS\r\n", "220 go\r\n");
      case IMAP -> List.of("* OK ready\r\n", "* CAPABILITY IMAP4rev2\r\na1 OK begin\r\n");
      case LDAP -> List.of("", LDAP_OK);
      case POSTGRES -> List.of("", "S");
    };
  }

  @ParameterizedTest
  @EnumSource
  void server_thatSpeaksIt_isProbedBehindIt(StartTls protocol) throws Exception {
    TestCa ca = TestCa.root("StartTLS root");
    TestCertificate site = ca.leafBuilder("localhost").sans("localhost").build();
    Path root = Files.writeString(folder.resolve("root.pem"), ca.held().pem());
    try (ScriptedServer server = new ScriptedServer(script(protocol), site.serverContext())) {
      Cli run =
          Cli.run(
              "probe",
              "localhost:" + server.port(),
              "--starttls",
              protocol,
              "--cafile",
              root,
              "--timeout",
              "PT30S");

      assertThat(run.out()).startsWith("OK ");
      assertThat(run.status()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SMTP, 554 no",
    "SMTP, '220 mx\n250 mx\n454 not now\n'",
    "IMAP, '* BYE\n'",
    "IMAP, '* OK\na1 BAD what\n'",
    "LDAP, HTTP/1.1 400",
    "POSTGRES, N",
    "POSTGRES, ''",
  })
  void server_thatDoesNotWantTo_isSaidSo(StartTls protocol, String said) {
    InputStream in = new ByteArrayInputStream(said.getBytes(ISO_8859_1));

    assertThatThrownBy(() -> protocol.ask(in, OutputStream.nullOutputStream()))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("it");
  }

  @ParameterizedTest
  @EnumSource
  void server_thatNeverEndsItsAnswer_isCutOff(StartTls protocol) {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return '0';
          }
        };

    assertThatThrownBy(() -> protocol.ask(endless, OutputStream.nullOutputStream()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void ldap_refusal_isNoSuccess() {
    byte[] refusal = LDAP_OK.getBytes(ISO_8859_1);
    refusal[9] = 2;

    assertThatThrownBy(() ->
            StartTls.LDAP.ask(new ByteArrayInputStream(refusal), OutputStream.nullOutputStream()))
        .hasMessageContaining("2");
  }

  @Test
  void ldap_request_isTheBytesOfRfc4511() throws Exception {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();

    StartTls.LDAP.ask(new ByteArrayInputStream(LDAP_OK.getBytes(ISO_8859_1)), sent);

    byte[] request = sent.toByteArray();
    assertThat(request).startsWith(0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16);
    assertThat(request).hasSize(31);
    assertThat(Arrays.copyOfRange(request, 9, 31))
        .asString(ISO_8859_1)
        .isEqualTo("1.3.6.1.4.1.1466.20037");
  }

  /** Says its lines, each after something was heard but the first, then speaks TLS. */
  private static final class ScriptedServer implements AutoCloseable {
    private final ServerSocket listener;
    private final List<String> script;
    private final SSLContext tls;

    ScriptedServer(List<String> script, SSLContext tls) throws IOException {
      this.script = script;
      this.tls = tls;
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread thread = new Thread(this::serve, "scripted-server");
      thread.setDaemon(true);
      thread.start();
    }

    private void serve() {
      while (!listener.isClosed()) {
        try (Socket socket = listener.accept()) {
          socket.setSoTimeout(30_000);
          talk(socket);
        } catch (IOException e) {
          // the client's verdict is what counts
        }
      }
    }

    private void talk(Socket socket) throws IOException {
      byte[] heard = new byte[1000];
      for (int i = 0; i < script.size(); i++) {
        if (i > 0 && socket.getInputStream().read(heard) < 0) {
          return;
        }
        socket.getOutputStream().write(script.get(i).getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
      }
      try (SSLSocket secure =
          (SSLSocket) tls.getSocketFactory().createSocket(socket, null, socket.getPort(), true)) {
        secure.setUseClientMode(false);
        secure.startHandshake();
        secure.getInputStream().read();
      }
    }

    int port() {
      return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
