package io.github.ocspstapler.netty;

import io.github.ocspstapler.testkit.TestCertificate;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A key manager of two certificates; which one is for its subclasses to say. */
abstract class TwoCertificates extends X509ExtendedKeyManager {
  static final String FIRST = "first";
  static final String SECOND = "second";

  private final TestCertificate first;
  private final TestCertificate second;

  TwoCertificates(TestCertificate first, TestCertificate second) {
    this.first = first;
    this.second = second;
  }

  private TestCertificate of(String alias) {
    return alias.equals(FIRST) ? first : second;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return of(alias).chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return of(alias).privateKey();
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {FIRST, SECOND};
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    throw new AssertionError("Netty has engines");
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
