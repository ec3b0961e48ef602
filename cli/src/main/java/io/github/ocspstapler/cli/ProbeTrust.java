package io.github.ocspstapler.cli;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The certificates that are trusted from the start. Thread-safe. */
final class ProbeTrust {
  private final X509ExtendedTrustManager manager;

  private ProbeTrust(X509ExtendedTrustManager manager) {
    this.manager = manager;
  }

  /** What this Java trusts. */
  static ProbeTrust ofPlatform() {
    return of((KeyStore) null);
  }

  /** These, and no others. */
  static ProbeTrust of(List<X509Certificate> anchors) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (X509Certificate anchor : anchors) {
        store.setCertificateEntry("anchor-" + store.size(), anchor);
      }
      return of(store);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no key store in memory", e);
    }
  }

  private static ProbeTrust of(@Nullable KeyStore store) {
    try {
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return new ProbeTrust(extended);
        }
      }
      throw new IllegalStateException("no X.509 trust manager");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java's trust store cannot be read", e);
    }
  }

  /** The JDK's own check of a chain, its names included; it says nothing about revocation. */
  X509ExtendedTrustManager manager() {
    return manager;
  }

  List<X509Certificate> anchors() {
    return List.of(manager.getAcceptedIssuers());
  }
}
