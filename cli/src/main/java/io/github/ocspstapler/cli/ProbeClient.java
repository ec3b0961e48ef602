package io.github.ocspstapler.cli;

import java.io.IOException;
import java.io.Serial;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A TLS client that takes whatever a server sends and reports it. It trusts nobody with anything:
 * after the handshake it hangs up. Not thread-safe, since it turns a property of the JVM.
 */
final class ProbeClient {
  /** Read by the JDK whenever an SSLContext is made; it has no other switch. */
  private static final String ASKS_FOR_STAPLES = "jdk.tls.client.enableStatusRequestExtension";

  private final ProbeTarget target;
  private final String name;
  private final @Nullable StartTls startTls;
  private final ProbeTrust trust;
  private final int timeoutMillis;

  /**
   * @param name what the server is asked for and its certificate must name
   */
  ProbeClient(
      ProbeTarget target,
      String name,
      @Nullable StartTls startTls,
      ProbeTrust trust,
      Duration timeout) {
    this.target = target;
    this.name = name;
    this.startTls = startTls;
    this.trust = trust;
    this.timeoutMillis = Math.toIntExact(timeout.toMillis());
  }

  /**
   * What came of a handshake.
   *
   * @param chain as the server sent it
   * @param staples in the order of the chain; missing or empty where there is none
   * @param time from the first byte of TLS to the end of the handshake
   * @param distrust why the chain is not trusted, or null if it is
   */
  record Handshake(
      List<X509Certificate> chain,
      List<byte[]> staples,
      Duration time,
      @Nullable String distrust) {}

  /** The server cannot be reached, or does not want TLS: no handshake was tried. */
  static final class NoConnection extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    NoConnection(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Makes a full handshake.
   *
   * @param protocol the only one offered
   * @param asks whether to ask for staples
   */
  Handshake handshake(String protocol, boolean asks) throws IOException {
    Recorder recorder = new Recorder(trust.manager());
    SSLContext tls = context(recorder, asks);
    try (Socket plain = connect();
        SSLSocket socket =
            (SSLSocket) tls.getSocketFactory().createSocket(plain, name, target.port(), true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(new String[] {protocol});
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      if (!ProbeTarget.isAddress(name)) {
        parameters.setServerNames(List.of(new SNIHostName(name)));
      }
      socket.setSSLParameters(parameters);
      long start = System.nanoTime();
      socket.startHandshake();
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
      return new Handshake(recorder.chain, session.getStatusResponses(), time, recorder.distrust);
    }
  }

  private Socket connect() throws NoConnection {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(timeoutMillis);
      InetSocketAddress address = new InetSocketAddress(target.host(), target.port());
      if (address.isUnresolved()) {
        throw new UnknownHostException("no such host");
      }
      socket.connect(address, timeoutMillis);
      if (startTls != null) {
        startTls.ask(socket.getInputStream(), socket.getOutputStream());
      }
      return socket;
    } catch (IOException e) {
      close(socket);
      throw new NoConnection(String.valueOf(e.getMessage()), e);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // nothing was written that could be lost
    }
  }

  /** A context of its own for each handshake: a resumed session carries no certificate. */
  private static SSLContext context(X509ExtendedTrustManager manager, boolean asks) {
    String before = System.getProperty(ASKS_FOR_STAPLES);
    System.setProperty(ASKS_FOR_STAPLES, Boolean.toString(asks));
    try {
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, new TrustManager[] {manager}, null);
      return tls;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    } finally {
      if (before == null) {
        System.clearProperty(ASKS_FOR_STAPLES);
      } else {
        System.setProperty(ASKS_FOR_STAPLES, before);
      }
    }
  }

  /** Asks the real trust manager, keeps what it says, and lets the handshake go on. */
  private static final class Recorder extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager judge;
    // Written and read by the thread that shakes hands.
    private List<X509Certificate> chain = List.of();
    private @Nullable String distrust = "it sent no certificate";

    Recorder(X509ExtendedTrustManager judge) {
      this.judge = judge;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] sent, String authType, Socket socket) {
      chain = List.of(sent);
      try {
        judge.checkServerTrusted(sent, authType, socket);
        distrust = null;
      } catch (CertificateException e) {
        distrust = root(e);
      }
    }

    private static String root(Throwable problem) {
      Throwable cause = problem;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return String.valueOf(cause.getMessage());
    }

    @Override
    public void checkServerTrusted(X509Certificate[] sent, String authType, SSLEngine engine) {
      throw new IllegalStateException("only sockets are used");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] sent, String authType) {
      throw new IllegalStateException("only sockets are used");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] sent, String authType, Socket socket) {
      throw new IllegalStateException("only servers are looked at");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] sent, String authType, SSLEngine engine) {
      throw new IllegalStateException("only servers are looked at");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] sent, String authType) {
      throw new IllegalStateException("only servers are looked at");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
