package io.github.ocspstapler.benchmarks;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.stream.IntStream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** A key manager that lists many certificates and always chooses one of them. */
final class ManyAliases extends X509ExtendedKeyManager {
  private final X509Certificate[] certificates;
  private final X509Certificate issuer;
  private final int chosen;

  ManyAliases(X509Certificate[] certificates, X509Certificate issuer, int chosen) {
    this.certificates = certificates;
    this.issuer = issuer;
    this.chosen = chosen;
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return keyType.equals("RSA")
        ? IntStream.range(0, certificates.length).mapToObj(String::valueOf).toArray(String[]::new)
        : null;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return new X509Certificate[] {certificates[Integer.parseInt(alias)], issuer};
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    return String.valueOf(chosen);
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return String.valueOf(chosen);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    throw new UnsupportedOperationException("nobody shakes hands here");
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return null;
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    return null;
  }
}
