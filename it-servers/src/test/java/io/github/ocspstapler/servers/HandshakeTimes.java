package io.github.ocspstapler.servers;

import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * How long full handshakes with a server take, those of clients that ask for a staple beside those
 * of clients that do not. The two take turns, so that a busy machine slows both.
 *
 * @param stapled how many of the asking ones were sent a staple
 * @param count how many handshakes of each kind there were
 */
record HandshakeTimes(Duration asking, Duration silent, int stapled, int count) {
  // A fetch in the handshake costs seconds, and this is far from both: a busy machine's jitter, and
  // those.
  private static final Duration TOLERANCE = Duration.ofSeconds(1);
  private static final String ASK = "jdk.tls.client.enableStatusRequestExtension";
  private static final int TIME_OUT = 20_000;

  /** Measures the 99th percentile of both. */
  static HandshakeTimes p99(int port, Protocol protocol, TestCertificate certificate, int count)
      throws IOException {
    SSLContext asking = client(certificate, true);
    SSLContext silent = client(certificate, false);
    List<Duration> withStaple = new ArrayList<>();
    List<Duration> without = new ArrayList<>();
    int stapled = 0;
    for (int i = 0; i < count; i++) {
      try (SSLSocket socket = connect(asking, port, protocol)) {
        withStaple.add(handshake(socket));
        ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
        stapled += session.getStatusResponses().isEmpty() ? 0 : 1;
        session.invalidate(); // the next one is a full handshake, too
      }
      try (SSLSocket socket = connect(silent, port, protocol)) {
        without.add(handshake(socket));
        socket.getSession().invalidate();
      }
    }
    return new HandshakeTimes(percentile(withStaple), percentile(without), stapled, count);
  }

  /** Whether asking for a staple costs next to nothing. */
  boolean notDelayed() {
    return asking.compareTo(silent.multipliedBy(2).plus(TOLERANCE)) <= 0;
  }

  @Override
  public String toString() {
    return String.format(
        "p99 of %d: %.1f ms asking (%d stapled), %.1f ms not asking",
        count, asking.toNanos() / 1e6, stapled, silent.toNanos() / 1e6);
  }

  private static SSLContext client(TestCertificate certificate, boolean asks) {
    String before = System.getProperty(ASK);
    System.setProperty(ASK, String.valueOf(asks)); // read when a context is made
    try {
      return certificate.clientContext();
    } finally {
      if (before == null) {
        System.clearProperty(ASK);
      } else {
        System.setProperty(ASK, before);
      }
    }
  }

  private static SSLSocket connect(SSLContext client, int port, Protocol protocol)
      throws IOException {
    Socket plain = new Socket();
    plain.setTcpNoDelay(true);
    plain.setSoTimeout(TIME_OUT);
    plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIME_OUT);
    SSLSocket socket =
        (SSLSocket) client.getSocketFactory().createSocket(plain, "localhost", port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {protocol.jdk()});
    parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static Duration handshake(SSLSocket socket) throws IOException {
    long start = System.nanoTime();
    socket.startHandshake();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static Duration percentile(List<Duration> times) {
    Collections.sort(times);
    return times.get((int) Math.ceil(times.size() * 0.99) - 1);
  }
}
