package io.github.ocspstapler.it;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/** Full handshakes of the JDK's TLS, client and server in this thread, without a socket. */
final class TlsInMemory {
  private static final int RECORD = 1 << 15;
  private static final int MAX_STEPS = 1_000;

  private final ByteBuffer toServer = ByteBuffer.allocate(4 * RECORD);
  private final ByteBuffer toClient = ByteBuffer.allocate(4 * RECORD);

  private TlsInMemory() {}

  /** What a client saw: the staple of the server's certificate, empty if none, and how long. */
  static final class Handshake {
    private final byte[] staple;
    private final long nanos;

    private Handshake(byte[] staple, long nanos) {
      this.staple = staple;
      this.nanos = nanos;
    }

    byte[] staple() {
      return staple.clone();
    }

    long nanos() {
      return nanos;
    }

    boolean isStapled() {
      return staple.length > 0;
    }
  }

  /**
   * Shakes hands with a server of its own context, so that neither a session is resumed nor
   * anything comes out of the cache that the JDK keeps in each context, by real time.
   */
  static Handshake shake(X509ExtendedKeyManager server, String protocol)
      throws GeneralSecurityException, SSLException {
    SSLContext serving = SSLContext.getInstance("TLS");
    serving.init(new KeyManager[] {server}, null, null);
    SSLContext asking = trustingAll();
    long start = System.nanoTime();
    List<byte[]> staples = new TlsInMemory().staples(asking, serving, protocol);
    long nanos = System.nanoTime() - start;
    return new Handshake(staples.isEmpty() ? new byte[0] : staples.get(0), nanos);
  }

  /** A client that takes whatever certificate and staple come, to look at them. */
  static SSLContext trustingAll() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustsAll()}, null);
    return context;
  }

  private List<byte[]> staples(SSLContext asking, SSLContext serving, String protocol)
      throws SSLException {
    SSLEngine server = serving.createSSLEngine();
    server.setUseClientMode(false);
    SSLEngine client = asking.createSSLEngine("localhost", 443);
    client.setUseClientMode(true);
    client.setEnabledProtocols(new String[] {protocol});
    client.beginHandshake();
    for (int i = 0; i < MAX_STEPS; i++) {
      step(client, toClient, toServer);
      step(server, toServer, toClient);
      if (isDone(client) && isDone(server) && toServer.position() + toClient.position() == 0) {
        return ((ExtendedSSLSession) client.getSession()).getStatusResponses();
      }
    }
    throw new SSLException("the handshake did not end");
  }

  private static boolean isDone(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> {
        Runnable task = engine.getDelegatedTask();
        while (task != null) {
          task.run();
          task = engine.getDelegatedTask();
        }
      }
      case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
      default -> {
        in.flip();
        engine.unwrap(in, ByteBuffer.allocate(RECORD));
        in.compact();
      }
    }
  }

  private static final class TrustsAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
