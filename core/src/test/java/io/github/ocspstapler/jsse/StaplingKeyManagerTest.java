package io.github.ocspstapler.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.net.Socket;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C6, C16: what wraps a key manager changes no choice of it and sees each chain. */
class StaplingKeyManagerTest {
  private static final TestCa ROOT = TestCa.root();
  private static final TestCertificate LEAF = ROOT.intermediate("Intermediate").leaf("localhost");
  private static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";
  private static final char[] PASSWORD = "password".toCharArray();

  private final List<List<X509Certificate>> seen = new CopyOnWriteArrayList<>();
  private final ChainGate recording =
      (alias, chain, mayBlock) -> {
        seen.add(List.of(chain));
        return alias;
      };

  @ParameterizedTest
  @ValueSource(strings = {"SunX509", "NewSunX509"})
  void handshake_eachAlgorithm_reportsTheServedChain(String algorithm) throws Exception {
    X509ExtendedKeyManager keys = new StaplingKeyManager(keyManager(algorithm, LEAF), recording);

    TlsHandshake.session(LEAF.clientContext(), context(keys), "TLSv1.3");
    TlsHandshake.session(LEAF.clientContext(), context(keys), "TLSv1.2");

    assertThat(seen).containsOnly(LEAF.chain()).hasSizeGreaterThanOrEqualTo(2);
  }

  /**
   * An alias is not an identity: NewSunX509 gives another each time, for one and the same chain.
   */
  @Test
  void chooseEngineServerAlias_newSunX509_aliasesDifferAndChainIsTheSame() throws Exception {
    StaplingKeyManager keys = new StaplingKeyManager(keyManager("NewSunX509", LEAF), recording);

    String first = keys.chooseEngineServerAlias("EC", null, null);
    String second = keys.chooseEngineServerAlias("EC", null, null);

    assertThat(first).isNotNull().isNotEqualTo(second);
    assertThat(seen).containsExactly(LEAF.chain(), LEAF.chain());
  }

  @Test
  void handshake_asClientWithCertificate_isNotReported() throws Exception {
    TestCertificate clientCertificate =
        ROOT.leafBuilder("client").extendedKeyUsages(CLIENT_AUTHENTICATION).build();
    SSLContext client = SSLContext.getInstance("TLS");
    client.init(
        new KeyManager[] {
          new StaplingKeyManager(keyManager("SunX509", clientCertificate), recording)
        },
        new TrustManager[] {LEAF.trustManager()},
        null);
    SSLContext server = SSLContext.getInstance("TLS");
    server.init(
        new KeyManager[] {keyManager("SunX509", LEAF)},
        new TrustManager[] {LEAF.trustManager()},
        null);

    X509Certificate peer = TlsHandshake.clientCertificate(client, server, "TLSv1.3");

    assertThat(peer).isEqualTo(clientCertificate.certificate());
    assertThat(seen).isEmpty();
  }

  @Test
  void handshake_gateFails_goesOn() throws Exception {
    ChainGate broken =
        (alias, chain, mayBlock) -> {
          throw new StackOverflowError();
        };
    X509ExtendedKeyManager keys = new StaplingKeyManager(keyManager("SunX509", LEAF), broken);
    try (LogCapture log = new LogCapture(StaplingKeyManager.class)) {
      TlsHandshake.session(LEAF.clientContext(), context(keys), "TLSv1.3");
      TlsHandshake.session(LEAF.clientContext(), context(keys), "TLSv1.3");

      assertThat(log.warnings()).hasSize(1);
    }
  }

  @Test
  void handshake_chainWithoutIssuer_isServedUntouched() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "alone", LEAF.privateKey(), PASSWORD, new X509Certificate[] {LEAF.certificate()});
    X509ExtendedKeyManager keys = new StaplingKeyManager(keyManager("SunX509", store), recording);

    assertThat(keys.getCertificateChain("alone")).containsExactly(LEAF.certificate());
    assertThat(keys.chooseServerAlias("EC", null, null)).isEqualTo("alone");
    assertThat(seen).containsExactly(List.of(LEAF.certificate()));
  }

  @Test
  void chooseServerAlias_socketAndEngine_differInMayBlock() throws Exception {
    List<Boolean> mayBlock = new ArrayList<>();
    StaplingKeyManager keys =
        new StaplingKeyManager(
            keyManager("SunX509", LEAF),
            (alias, chain, blocking) -> {
              mayBlock.add(blocking);
              return alias;
            });
    SSLContext context = context(keys);

    try (Socket socket = context.getSocketFactory().createSocket()) {
      keys.chooseServerAlias("EC", null, socket);
    }
    keys.chooseEngineServerAlias("EC", null, context.createSSLEngine());
    keys.chooseServerAlias("EC", null, null);

    assertThat(mayBlock).containsExactly(true, false, false);
  }

  @Test
  void chooseServerAlias_nothingFits_isNullAndNotReported() throws Exception {
    StaplingKeyManager keys = new StaplingKeyManager(keyManager("SunX509", LEAF), recording);

    assertThat(keys.chooseServerAlias("RSA", null, null)).isNull();
    assertThat(keys.getCertificateChain("nobody")).isNull();
    assertThat(keys.getPrivateKey("nobody")).isNull();
    assertThat(seen).isEmpty();
  }

  @Test
  void listChains_severalAlgorithms_listsEachOnce() throws Exception {
    TestCertificate rsa = ROOT.leafBuilder("localhost").keyAlgorithm(KeyAlgorithm.RSA_2048).build();
    KeyStore store = LEAF.keyStore(PASSWORD);
    store.setKeyEntry(
        "rsa", rsa.privateKey(), PASSWORD, rsa.chain().toArray(X509Certificate[]::new));

    Iterator<List<X509Certificate>> chains =
        StaplingKeyManager.listChains(keyManager("SunX509", store));

    assertThat(chains).toIterable().containsExactlyInAnyOrder(LEAF.chain(), rsa.chain());
  }

  private static SSLContext context(X509ExtendedKeyManager keys) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keys}, null, null);
    return context;
  }

  private static X509ExtendedKeyManager keyManager(String algorithm, TestCertificate certificate)
      throws Exception {
    return keyManager(algorithm, certificate.keyStore(PASSWORD));
  }

  private static X509ExtendedKeyManager keyManager(String algorithm, KeyStore store)
      throws Exception {
    KeyManagerFactory factory = KeyManagerFactory.getInstance(algorithm);
    factory.init(store, PASSWORD);
    return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
  }
}
