package io.github.ocspstapler.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * A TLS client and a TLS server that shake hands in memory, in full each time: the client has no
 * peer name under which it could find a session to resume. Confined to one thread.
 */
final class TlsPair {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int RECORD = 1 << 15;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ByteBuffer toServer = ByteBuffer.allocate(4 * RECORD);
  private final ByteBuffer toClient = ByteBuffer.allocate(4 * RECORD);
  private final ByteBuffer application = ByteBuffer.allocate(RECORD);

  /** How one handshake went: the server's part of its CPU time, and how many staples came. */
  record Handshake(long serverNanos, int staples) {}

  /** CPU time of this thread: what else the machine does is not in it. */
  static long cpuNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  Handshake shake(SSLContext serverContext, SSLContext clientContext, String protocol, String host)
      throws SSLException {
    long start = cpuNanos();
    SSLEngine server = serverContext.createSSLEngine();
    server.setUseClientMode(false);
    long serverNanos = cpuNanos() - start;
    SSLEngine client = clientContext.createSSLEngine();
    client.setUseClientMode(true);
    SSLParameters parameters = client.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(host)));
    parameters.setProtocols(new String[] {protocol});
    client.setSSLParameters(parameters);
    toServer.clear();
    toClient.clear();
    client.beginHandshake();
    while (!(isDone(client) && isDone(server) && toServer.position() + toClient.position() == 0)) {
      step(client, toClient, toServer);
      start = cpuNanos();
      step(server, toServer, toClient);
      serverNanos += cpuNanos() - start;
    }
    int staples = 0;
    for (byte[] staple : ((ExtendedSSLSession) client.getSession()).getStatusResponses()) {
      staples += staple.length == 0 ? 0 : 1;
    }
    return new Handshake(serverNanos, staples);
  }

  private static boolean isDone(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  private void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> {
        for (Runnable task = engine.getDelegatedTask();
            task != null;
            task = engine.getDelegatedTask()) {
          task.run();
        }
      }
      case NEED_WRAP -> engine.wrap(NOTHING, out);
      default -> {
        in.flip();
        engine.unwrap(in, application);
        application.clear();
        in.compact();
      }
    }
  }
}
