package io.github.ocspstapler.jsse;

import static java.util.Objects.requireNonNull;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A key manager that chooses nothing itself: it passes every call on to another, and each chain
 * that a server is about to send through a {@link ChainGate}.
 *
 * <p>Thread-safe if the other key manager and the gate are. Chains that are sent as a client
 * (mutual TLS) do not pass the gate: a client has nothing to staple. An alias is not taken as a
 * name of a certificate: those of the {@code NewSunX509} key manager change with each use.
 *
 * <p>A TLS engine that no staple can reach (Conscrypt's, Tomcat's OpenSSL, QUIC) is named in a
 * warning, once.
 */
public final class StaplingKeyManager extends X509ExtendedKeyManager {
  private static final Logger LOG = System.getLogger(StaplingKeyManager.class.getName());

  private final X509ExtendedKeyManager delegate;
  private final ChainGate gate;
  private final EngineCheck engines = new EngineCheck();
  private final AtomicBoolean gateFailed = new AtomicBoolean();

  /**
   * Creates a key manager around another.
   *
   * @param delegate what chooses
   * @param gate what lets the chains pass
   */
  public StaplingKeyManager(X509ExtendedKeyManager delegate, ChainGate gate) {
    this.delegate = requireNonNull(delegate, "delegate");
    this.gate = requireNonNull(gate, "gate");
  }

  /**
   * Returns the server chains that a key manager is willing to list, each once.
   *
   * <p>A key manager that makes or finds certificates on demand lists none of them: those are seen
   * in their first handshake. Each chain is read when it is asked for, which blocks as the key
   * manager does, and throws what it throws.
   *
   * @param keyManager the key manager
   * @return the chains, leaf first; not thread-safe
   */
  public static Iterator<List<X509Certificate>> listChains(X509ExtendedKeyManager keyManager) {
    return new ListedChains(requireNonNull(keyManager, "keyManager"));
  }

  @Override
  public @Nullable String chooseServerAlias(
      @Nullable String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    engines.askedBy(socket instanceof SSLSocket ? socket : null);
    String alias = delegate.chooseServerAlias(keyType, issuers, socket);
    return passed(alias, socket instanceof SSLSocket);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      @Nullable String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    engines.askedBy(engine);
    return passed(delegate.chooseEngineServerAlias(keyType, issuers, engine), false);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
    return delegate.getCertificateChain(alias);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
    engines.keyRead();
    return delegate.getPrivateKey(alias);
  }

  @Override
  public String @Nullable [] getServerAliases(
      @Nullable String keyType, Principal @Nullable [] issuers) {
    return delegate.getServerAliases(keyType, issuers);
  }

  @Override
  public String @Nullable [] getClientAliases(
      @Nullable String keyType, Principal @Nullable [] issuers) {
    return delegate.getClientAliases(keyType, issuers);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String @Nullable [] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return delegate.chooseClientAlias(keyType, issuers, socket);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String @Nullable [] keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return delegate.chooseEngineClientAlias(keyType, issuers, engine);
  }

  // Here and not in getCertificateChain, which serves clients too and does not tell for whom. The
  // JDK's key managers keep the entry they just read, so the engine's own calls with this alias,
  // which follow, cost nothing more.
  private @Nullable String passed(@Nullable String alias, boolean mayBlock) {
    X509Certificate @Nullable [] chain = alias == null ? null : delegate.getCertificateChain(alias);
    if (alias == null || chain == null || chain.length == 0) {
      return alias;
    }
    try {
      return gate.pass(alias, chain, mayBlock);
    } catch (RuntimeException | Error e) {
      // Whatever is wrong with us, the handshake goes on, unstapled.
      if (gateFailed.compareAndSet(false, true)) {
        LOG.log(
            Level.WARNING,
            "A certificate chain could not be handed to the stapler; the handshake goes on"
                + " unstapled. Further failures of this key manager are not logged.",
            e);
      }
      return alias;
    }
  }
}
