package io.github.ocspstapler.jsse;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * A TLS handshake between two engines in memory, and what the client got stapled. What fails on the
 * server reaches the client as an alert.
 */
public final class TlsHandshake {
  private static final int MAX_STEPS = 1000;

  private final SSLEngine client;
  private final SSLEngine server;
  private final ByteBuffer toServer;
  private final ByteBuffer toClient;

  private TlsHandshake(SSLContext client, SSLContext server, String protocol) {
    this.server = server.createSSLEngine();
    this.server.setUseClientMode(false);
    // Host and port are the key of the client's session cache: the next handshake may resume.
    this.client = client.createSSLEngine("localhost", 443);
    this.client.setUseClientMode(true);
    this.client.setEnabledProtocols(new String[] {protocol});
    int capacity = 4 * this.client.getSession().getPacketBufferSize();
    this.toServer = ByteBuffer.allocate(capacity);
    this.toClient = ByteBuffer.allocate(capacity);
  }

  /** Shakes hands and returns the client's session. */
  public static ExtendedSSLSession session(SSLContext client, SSLContext server, String protocol)
      throws SSLException {
    TlsHandshake handshake = new TlsHandshake(client, server, protocol);
    handshake.run();
    return (ExtendedSSLSession) handshake.client.getSession();
  }

  /** Returns the responses that the client got, an empty array for a certificate without one. */
  static List<byte[]> staples(SSLContext client, SSLContext server, String protocol)
      throws SSLException {
    return session(client, server, protocol).getStatusResponses();
  }

  /** Shakes hands with client authentication and returns what the client showed. */
  static X509Certificate clientCertificate(SSLContext client, SSLContext server, String protocol)
      throws SSLException {
    TlsHandshake handshake = new TlsHandshake(client, server, protocol);
    handshake.server.setNeedClientAuth(true);
    handshake.run();
    return (X509Certificate) handshake.server.getSession().getPeerCertificates()[0];
  }

  /** Returns the server's first flight in answer to these bytes of a client. */
  static byte[] answerTo(SSLContext server, byte[] clientHello) throws SSLException {
    SSLEngine engine = server.createSSLEngine();
    engine.setUseClientMode(false);
    SSLSession session = engine.getSession();
    ByteBuffer application = ByteBuffer.allocate(session.getApplicationBufferSize());
    ByteBuffer in = ByteBuffer.wrap(clientHello);
    ByteBuffer out = ByteBuffer.allocate(4 * session.getPacketBufferSize());
    engine.beginHandshake();
    while (in.hasRemaining()) {
      engine.unwrap(in, application);
      runTasks(engine);
    }
    while (engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
      engine.wrap(ByteBuffer.allocate(0), out);
      runTasks(engine);
    }
    byte[] answer = new byte[out.position()];
    out.flip().get(answer);
    return answer;
  }

  private void run() throws SSLException {
    client.beginHandshake();
    for (int i = 0; i < MAX_STEPS; i++) {
      step(client, toClient, toServer);
      try {
        step(server, toServer, toClient);
      } catch (SSLException failure) {
        alert(failure);
      }
      if (isDone(client) && isDone(server) && toClient.position() == 0) {
        return;
      }
    }
    throw new SSLException("the handshake did not end");
  }

  /** Has the client told by the server's alert, if there is one, and fail by it. */
  private void alert(SSLException failure) throws SSLException {
    while (server.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
      server.wrap(ByteBuffer.allocate(0), toClient);
    }
    for (int i = 0; i < MAX_STEPS && toClient.position() > 0; i++) {
      step(client, toClient, toServer);
    }
    throw failure;
  }

  private static boolean isDone(SSLEngine engine) {
    return switch (engine.getHandshakeStatus()) {
      case NOT_HANDSHAKING, FINISHED -> true;
      default -> false;
    };
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> runTasks(engine);
      case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
      default -> {
        in.flip();
        engine.unwrap(in, ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()));
        in.compact();
      }
    }
  }

  private static void runTasks(SSLEngine engine) {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }
}
