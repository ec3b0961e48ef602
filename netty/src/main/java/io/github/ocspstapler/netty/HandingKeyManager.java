package io.github.ocspstapler.netty;

import io.github.ocspstapler.Staple;
import io.github.ocspstapler.Stapler;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A key manager that hands the staple of each certificate it chooses to OpenSSL's engine.
 *
 * <p>Netty has such an engine ask for an alias once for each kind of key that the client takes, and
 * sets each new alias's certificate over the one before: the last new one counts. A staple is set
 * for the same aliases in the same order, so that it is never another certificate's. Thread-safe.
 */
final class HandingKeyManager extends X509ExtendedKeyManager {
  static final String FORGOTTEN =
      "this Netty context cannot staple: enableOcsp(true) is missing on its SslContextBuilder";

  private static final Logger LOG = System.getLogger(NettyStapling.class.getName());

  /** Where an engine's session keeps the aliases that were chosen in its handshake. */
  private static final String CHOSEN = HandingKeyManager.class.getName() + ".chosen";

  // RFC 6960 4.2.1, OCSPResponse with responseStatus tryLater: says nothing, which OpenSSL cannot.
  private static final byte[] NO_STATUS = {0x30, 0x03, 0x0a, 0x01, 0x03};

  private final Stapler stapler;
  private final X509ExtendedKeyManager keyManager;
  private final AtomicBoolean told = new AtomicBoolean();

  HandingKeyManager(Stapler stapler, X509ExtendedKeyManager keyManager) {
    this.stapler = stapler;
    this.keyManager = stapler.wrap(keyManager);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      @Nullable String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    String alias = keyManager.chooseEngineServerAlias(keyType, issuers, engine);
    if (alias != null && engine != null) {
      try {
        handOver(alias, engine);
      } catch (IllegalStateException e) {
        tell(FORGOTTEN + "; handshakes go on unstapled", e);
      } catch (RuntimeException e) {
        tell("a staple could not be handed to the TLS engine; handshakes go on unstapled", e);
      }
    }
    return alias;
  }

  private void handOver(String alias, SSLEngine engine) {
    if (!(engine instanceof ReferenceCountedOpenSslEngine openSsl)) {
      return; // the JDK's, or one that the wrapped key manager warns of
    }
    Set<String> chosen = chosen(openSsl);
    if (!chosen.add(alias)) {
      return;
    }
    X509Certificate @Nullable [] chain = keyManager.getCertificateChain(alias);
    Optional<Staple> staple =
        chain == null || chain.length == 0 ? Optional.empty() : stapler.staple(chain[0]);
    if (staple.isPresent()) {
      openSsl.setOcspResponse(staple.get().encoded());
    } else if (chosen.size() > 1) {
      openSsl.setOcspResponse(NO_STATUS); // instead of the staple of the alias before
    }
  }

  @SuppressWarnings("unchecked") // nobody else knows the name
  private static Set<String> chosen(ReferenceCountedOpenSslEngine engine) {
    SSLSession session = engine.getHandshakeSession();
    if (session == null) {
      session = engine.getSession();
    }
    Object known = session.getValue(CHOSEN);
    if (known instanceof Chosen chosen && chosen.engine.refersTo(engine)) {
      return chosen.aliases;
    }
    Chosen first = new Chosen(new WeakReference<>(engine), new HashSet<>(2));
    session.putValue(CHOSEN, first);
    return first.aliases;
  }

  /** The session may outlive the engine, and be resumed in another. */
  private record Chosen(Reference<SSLEngine> engine, Set<String> aliases) {}

  private void tell(String line, @Nullable Throwable cause) {
    if (told.compareAndSet(false, true)) {
      LOG.log(Level.WARNING, line, cause);
    }
  }

  // ---- All else is the other key manager's ----

  @Override
  public @Nullable String chooseServerAlias(
      @Nullable String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return keyManager.chooseServerAlias(keyType, issuers, socket);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
    return keyManager.getCertificateChain(alias);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
    return keyManager.getPrivateKey(alias);
  }

  @Override
  public String @Nullable [] getServerAliases(
      @Nullable String keyType, Principal @Nullable [] issuers) {
    return keyManager.getServerAliases(keyType, issuers);
  }

  @Override
  public String @Nullable [] getClientAliases(
      @Nullable String keyType, Principal @Nullable [] issuers) {
    return keyManager.getClientAliases(keyType, issuers);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String @Nullable [] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return keyManager.chooseClientAlias(keyType, issuers, socket);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String @Nullable [] keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return keyManager.chooseEngineClientAlias(keyType, issuers, engine);
  }
}
