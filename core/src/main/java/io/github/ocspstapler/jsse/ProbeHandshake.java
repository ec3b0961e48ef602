package io.github.ocspstapler.jsse;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A TLS handshake between two engines in memory, to see whether the JDK staples what it is given.
 *
 * <p>Not thread-safe. Both contexts are made for the probe, so that nothing of it is cached in any
 * other.
 */
final class ProbeHandshake {
  /** A handshake takes some 20 steps; one that goes nowhere must end. */
  private static final int MAX_STEPS = 400;

  private static final String ALIAS = "probe";

  private final ProbeIdentity identity;

  ProbeHandshake(ProbeIdentity identity) {
    this.identity = identity;
  }

  /**
   * Returns whether the client gets exactly the identity's response on this protocol.
   *
   * @throws GeneralSecurityException if the contexts cannot be made
   * @throws SSLException if the handshake fails, as where the protocol is switched off
   */
  boolean staples(String protocol) throws GeneralSecurityException, SSLException {
    SSLEngine server = context(new ServerKeys(), null).createSSLEngine();
    if (!List.of(server.getSupportedProtocols()).contains(protocol)) {
      throw new SSLException(protocol + " is not supported");
    }
    server.setUseClientMode(false);
    server.setEnabledProtocols(new String[] {protocol});
    SSLEngine client = context(null, new OnlyThisServer()).createSSLEngine("localhost", 443);
    client.setUseClientMode(true);
    client.setEnabledProtocols(new String[] {protocol});

    shakeHands(client, server);

    List<byte[]> responses = ((ExtendedSSLSession) client.getSession()).getStatusResponses();
    return !responses.isEmpty() && Arrays.equals(responses.get(0), identity.response());
  }

  private static SSLContext context(@Nullable KeyManager keys, @Nullable TrustManager trust)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        keys == null ? null : new KeyManager[] {keys},
        trust == null ? null : new TrustManager[] {trust},
        null);
    return context;
  }

  private static void shakeHands(SSLEngine client, SSLEngine server) throws SSLException {
    int capacity = 2 * client.getSession().getPacketBufferSize();
    ByteBuffer toServer = ByteBuffer.allocate(capacity);
    ByteBuffer toClient = ByteBuffer.allocate(capacity);
    client.beginHandshake();
    for (int i = 0; i < MAX_STEPS; i++) {
      step(client, toClient, toServer);
      step(server, toServer, toClient);
      if (isDone(client) && isDone(server) && toClient.position() == 0) {
        return;
      }
    }
    throw new SSLException("the handshake did not end");
  }

  private static boolean isDone(SSLEngine engine) {
    return switch (engine.getHandshakeStatus()) {
      case NOT_HANDSHAKING, FINISHED -> true;
      default -> false;
    };
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> {
        for (Runnable task = engine.getDelegatedTask();
            task != null;
            task = engine.getDelegatedTask()) {
          task.run();
        }
      }
      case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
      default -> {
        ByteBuffer nothing = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        in.flip();
        engine.unwrap(in, nothing);
        in.compact();
      }
    }
  }

  /** A server's key manager with one identity. */
  private final class ServerKeys extends X509ExtendedKeyManager {
    @Override
    public @Nullable String chooseEngineServerAlias(
        @Nullable String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return keyType != null && keyType.startsWith("EC") ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        @Nullable String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(@Nullable String alias) {
      return identity.chain();
    }

    @Override
    public PrivateKey getPrivateKey(@Nullable String alias) {
      return identity.key();
    }

    @Override
    public String @Nullable [] getServerAliases(
        @Nullable String keyType, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String @Nullable [] getClientAliases(
        @Nullable String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String @Nullable [] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }

  /** A client's trust in the one server of the probe. */
  private final class OnlyThisServer extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      if (!Arrays.equals(chain, identity.chain())) {
        throw new CertificateException("not the probe's certificate");
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      throw new CertificateException("the probe has no socket");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("the probe has an engine");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("the probe has no client certificate");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      throw new CertificateException("the probe has no client certificate");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("the probe has no client certificate");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
