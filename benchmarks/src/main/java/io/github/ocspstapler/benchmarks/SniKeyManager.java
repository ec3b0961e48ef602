package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.testkit.TestCertificate;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** Serves each site its chain, leaf and intermediates without the root, by the name asked for. */
final class SniKeyManager extends X509ExtendedKeyManager {
  private final Map<String, TestCertificate> sites = new HashMap<>();
  private final Map<String, X509Certificate[]> chains = new HashMap<>();

  SniKeyManager(Map<String, TestCertificate> sites) {
    this.sites.putAll(sites);
    sites.forEach((host, site) -> {
      List<X509Certificate> chain = site.chain();
      chains.put(host, chain.subList(0, chain.size() - 1).toArray(X509Certificate[]::new));
    });
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
      for (SNIServerName name : session.getRequestedServerNames()) {
        String host = new String(name.getEncoded(), StandardCharsets.US_ASCII);
        TestCertificate site = sites.get(host);
        if (site != null && site.privateKey().getAlgorithm().equals(keyType)) {
          return host;
        }
      }
    }
    return null;
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return sites.entrySet().stream()
        .filter(site -> site.getValue().privateKey().getAlgorithm().equals(keyType))
        .map(Map.Entry::getKey)
        .toArray(String[]::new);
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    X509Certificate[] chain = chains.get(alias);
    return chain == null ? null : chain.clone();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    TestCertificate site = sites.get(alias);
    return site == null ? null : site.privateKey();
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return null;
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return null;
  }

  @Override
  public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
    return null;
  }
}
