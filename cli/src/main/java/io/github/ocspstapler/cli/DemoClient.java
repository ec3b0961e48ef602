package io.github.ocspstapler.cli;

import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** A TLS client that shakes hands with the demo's server and looks closely at the staples. */
final class DemoClient {
  private static final int TIMEOUT_MILLIS = 5_000;

  /** Nobody listens there: a client that had to ask for itself would fail. */
  private static final URI NOBODY = URI.create("http://127.0.0.1:1/");

  private final InetSocketAddress server;
  private final X509Certificate root;

  /**
   * @param server its address
   * @param root the only certificate that is trusted
   */
  DemoClient(InetSocketAddress server, X509Certificate root) {
    this.server = server;
    this.root = root;
  }

  /** How a client treats revocation. */
  enum Revocation {
    /** The JDK's own check of every certificate but the root, which fails without a good staple. */
    HARD_FAIL,
    /** Takes what comes, to look at it. */
    NOT_CHECKED
  }

  /**
   * Makes a full handshake.
   *
   * @return the staples in the order of the chain; an empty array where there is none
   */
  List<byte[]> handshake(String protocol, Revocation revocation)
      throws IOException, GeneralSecurityException {
    // A context of its own for each: a resumed session carries no certificate and no staple.
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust(revocation), null);
    try (SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket()) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(server, TIMEOUT_MILLIS);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(new String[] {protocol});
      parameters.setServerNames(List.of(new SNIHostName(DemoSite.HOST)));
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return ((ExtendedSSLSession) socket.getSession()).getStatusResponses();
    }
  }

  private TrustManager[] trust(Revocation revocation) throws GeneralSecurityException, IOException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    if (revocation == Revocation.HARD_FAIL) {
      PKIXBuilderParameters pkix =
          new PKIXBuilderParameters(Set.of(new TrustAnchor(root, null)), new X509CertSelector());
      PKIXRevocationChecker checker =
          (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
      checker.setOptions(EnumSet.of(PKIXRevocationChecker.Option.NO_FALLBACK));
      checker.setOcspResponder(NOBODY);
      pkix.addCertPathChecker(checker);
      factory.init(new CertPathTrustManagerParameters(pkix));
    } else {
      KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
      anchors.load(null, null);
      anchors.setCertificateEntry("root", root);
      factory.init(anchors);
    }
    return factory.getTrustManagers();
  }

  /** Throws unless every certificate but the root has a staple that its CA signed and says good. */
  static void requireGood(List<byte[]> staples, List<X509Certificate> chain) throws OcspException {
    try (OcspClient client = OcspClient.create()) {
      for (int i = 0; i < chain.size() - 1; i++) {
        String subject = chain.get(i).getSubjectX500Principal().getName();
        if (!isStapled(staples, i)) {
          throw new IllegalStateException("no staple for " + subject);
        }
        CertificateStatus status =
            client.verify(staples.get(i), chain.get(i), chain.get(i + 1)).status();
        if (!(status instanceof CertificateStatus.Good)) {
          throw new IllegalStateException("the staple of " + subject + " says " + status);
        }
      }
    }
  }

  static boolean isStapled(List<byte[]> staples, int index) {
    return index < staples.size() && staples.get(index).length > 0;
  }
}
