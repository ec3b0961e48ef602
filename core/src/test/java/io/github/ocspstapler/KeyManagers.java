package io.github.ocspstapler;

import io.github.ocspstapler.testkit.TestCertificate;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A key manager whose certificates a test changes at run time, and which may hide them. */
final class KeyManagers extends X509ExtendedKeyManager {
  private final Map<String, X509Certificate[]> chains = new ConcurrentHashMap<>();
  private final Map<String, PrivateKey> keys = new ConcurrentHashMap<>();
  private volatile boolean lists = true;
  private volatile boolean fails;
  private volatile Runnable whenRead = () -> {};
  private volatile @Nullable String chosen;

  static KeyManagers of(TestCertificate... leaves) {
    KeyManagers keyManager = new KeyManagers();
    for (TestCertificate leaf : leaves) {
      keyManager.add(leaf);
    }
    return keyManager;
  }

  KeyManagers add(TestCertificate leaf) {
    keys.put(alias(leaf), leaf.privateKey());
    return add(alias(leaf), World.array(leaf));
  }

  KeyManagers add(String alias, X509Certificate... chain) {
    chains.put(alias, chain);
    chosen = alias;
    return this;
  }

  void remove(TestCertificate leaf) {
    chains.remove(alias(leaf));
  }

  static String alias(TestCertificate leaf) {
    return leaf.certificate().getSerialNumber().toString();
  }

  KeyManagers hidden() {
    lists = false;
    return this;
  }

  /** Has something done whenever a chain is read. */
  KeyManagers whenRead(Runnable action) {
    whenRead = action;
    return this;
  }

  void fail() {
    fails = true;
  }

  @Override
  public String @Nullable [] getServerAliases(
      @Nullable String keyType, Principal @Nullable [] issuers) {
    if (fails) {
      throw new IllegalStateException("the key store is gone");
    }
    return lists && "EC".equals(keyType) ? chains.keySet().toArray(String[]::new) : null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      @Nullable String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return chosen;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      @Nullable String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return chosen;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
    whenRead.run();
    X509Certificate[] chain = alias == null ? null : chains.get(alias);
    return chain == null ? null : chain.clone();
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

  @Override
  public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
    return alias == null ? null : keys.get(alias);
  }
}
