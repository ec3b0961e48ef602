package io.github.ocspstapler.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.internal.inprocess.InProcessResponder;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoopbackChannelTest {
  private static final TestCertificate LEAF = TestCa.root().leaf("localhost");

  private final StapleMap source = new StapleMap();
  private LoopbackChannel channel;

  @BeforeEach
  void open() throws IOException {
    SourceResponder responder = new SourceResponder();
    responder.add(source);
    channel = LoopbackChannel.open(responder);
  }

  @AfterEach
  void close() {
    channel.close();
  }

  @Test
  void post_kept_isAnswered() throws IOException {
    byte[] staple = source.putGood(LEAF);

    HttpURLConnection answer = post(channel.uri(), SourceResponderTest.request(LEAF));

    assertThat(answer.getResponseCode()).isEqualTo(200);
    assertThat(answer.getContentType()).isEqualTo("application/ocsp-response");
    assertThat(answer.getInputStream().readAllBytes()).isEqualTo(staple);
  }

  @Test
  void get_notKept_isNotFound() throws IOException {
    assertThat(get(channel.uri() + "/" + encoded()).getResponseCode()).isEqualTo(404);
  }

  @Test
  void get_withoutTheToken_isNotFoundAndNotLookedUp() throws IOException {
    source.putGood(LEAF);
    String root = "http://127.0.0.1:" + channel.uri().getPort();

    assertThat(get(root + "/" + encoded()).getResponseCode()).isEqualTo(404);
    assertThat(get(channel.uri() + "x/" + encoded()).getResponseCode()).isEqualTo(404);
    assertThat(source.asked()).isEmpty();
  }

  @Test
  void post_tooLong_isNotFound() throws IOException {
    byte[] body = new byte[InProcessResponder.MAX_REQUEST_BYTES * 3];

    assertThat(post(channel.uri(), body).getResponseCode()).isEqualTo(404);
  }

  @Test
  void otherAddresses_ofThisMachine_areNotListenedOn() throws IOException {
    for (InetAddress address : otherAddresses()) {
      assertThat(isReachable(address)).as(address.toString()).isFalse();
    }
    assertThat(isReachable(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))).isTrue();
  }

  @Test
  void close_twice_freesThePort() throws IOException {
    channel.close();
    channel.close();

    assertThat(isReachable(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))).isFalse();
  }

  private static List<InetAddress> otherAddresses() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.getHostAddress().equals("127.0.0.1"))
        .toList();
  }

  private boolean isReachable(InetAddress address) {
    try (Socket socket = new Socket(address, channel.uri().getPort())) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static String encoded() {
    return Base64.getEncoder()
        .encodeToString(SourceResponderTest.request(LEAF))
        .replace("/", "%2F")
        .replace("=", "%3D");
  }

  private static HttpURLConnection get(String url) throws IOException {
    return (HttpURLConnection) URI.create(url).toURL().openConnection();
  }

  private static HttpURLConnection post(URI url, byte[] body) throws IOException {
    HttpURLConnection connection = get(url.toString());
    connection.setDoOutput(true);
    connection.setRequestMethod("POST");
    connection.getOutputStream().write(body);
    return connection;
  }
}
