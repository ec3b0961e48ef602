package io.github.ocspstapler.internal.inprocess;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The URL scheme of the in-process responder, as the JDK's OCSP fetch uses it. */
class StapleUrlHandlerProviderTest {
  private final InProcessResponder echo =
      new InProcessResponder() {
        @Override
        public Optional<byte[]> get(String encodedRequest) {
          return encodedRequest.isEmpty()
              ? Optional.empty()
              : Optional.of(("GET " + encodedRequest).getBytes(US_ASCII));
        }

        @Override
        public Optional<byte[]> post(byte[] request) {
          return Optional.of(("POST " + request.length).getBytes(US_ASCII));
        }
      };

  @BeforeEach
  void connect() {
    StapleUrlHandlerProvider.connect(echo);
  }

  @AfterEach
  void disconnect() {
    StapleUrlHandlerProvider.disconnect(echo);
  }

  @Test
  void createUrlStreamHandler_otherScheme_isLeftToOthers() {
    StapleUrlHandlerProvider provider = new StapleUrlHandlerProvider();

    assertThat(provider.createURLStreamHandler("http")).isNull();
    assertThat(provider.createURLStreamHandler("OCSPSTAPLER")).isNull();
    assertThat(provider.createURLStreamHandler(StapleUrlHandlerProvider.SCHEME)).isNotNull();
  }

  @Test
  void get_percentEncoded_reachesTheResponderAsItStands() throws IOException {
    HttpURLConnection connection = open("/MEIw%2B%2F%3D");

    assertThat(connection.getResponseCode()).isEqualTo(200);
    assertThat(connection.getContentType()).isEqualTo("application/ocsp-response");
    assertThat(connection.getContentLength()).isEqualTo("GET MEIw%2B%2F%3D".length());
    assertThat(connection.getInputStream()).hasContent("GET MEIw%2B%2F%3D");
  }

  @Test
  void post_reachesTheResponder() throws IOException {
    HttpURLConnection connection = post(new byte[70]);

    assertThat(connection.getInputStream()).hasContent("POST 70");
  }

  @Test
  void post_endless_isCutJustAboveTheLimit() throws IOException {
    HttpURLConnection connection = post(new byte[1_000_000]);
    connection.getOutputStream().write(1);

    assertThat(connection.getInputStream())
        .hasContent("POST " + (InProcessResponder.MAX_REQUEST_BYTES + 1));
  }

  @Test
  void get_none_isAnIoException() throws IOException {
    HttpURLConnection connection = open("/");

    assertThat(connection.getContentLength()).isEqualTo(-1);
    assertThatThrownBy(connection::getResponseCode).isInstanceOf(IOException.class);
    assertThatThrownBy(connection::getInputStream).isInstanceOf(IOException.class);
  }

  @Test
  void get_noResponderInThisProcess_isAnIoException() throws IOException {
    StapleUrlHandlerProvider.disconnect(echo);
    HttpURLConnection connection = open("/MEIw");

    assertThatThrownBy(connection::getInputStream).isInstanceOf(IOException.class);
  }

  @Test
  void disconnect_ofAnother_changesNothing() throws IOException {
    StapleUrlHandlerProvider.disconnect(
        new InProcessResponder() {
          @Override
          public Optional<byte[]> get(String encodedRequest) {
            return Optional.empty();
          }

          @Override
          public Optional<byte[]> post(byte[] request) {
            return Optional.empty();
          }
        });

    assertThat(open("/MEIw").getInputStream()).hasContent("GET MEIw");
  }

  private static HttpURLConnection post(byte[] body) throws IOException {
    HttpURLConnection connection = open("");
    connection.setDoOutput(true);
    connection.setRequestMethod("POST");
    connection.getOutputStream().write(body);
    return connection;
  }

  private static HttpURLConnection open(String tail) throws IOException {
    return (HttpURLConnection)
        URI.create(StapleUrlHandlerProvider.RESPONDER_URI + tail).toURL().openConnection();
  }
}
