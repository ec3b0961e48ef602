package io.github.ocspstapler.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class TestCertificateTest {
  private static final String AIA = "1.3.6.1.5.5.7.1.1";
  private static final String TLS_FEATURE = "1.3.6.1.5.5.7.1.24";
  private static final TestCa CA = TestCa.root("Test Root");

  @Test
  void root_default_isACaThatSignedItself() throws Exception {
    X509Certificate root = CA.certificate();

    assertThat(root.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
    assertThat(root.getSubjectX500Principal().getName()).isEqualTo("CN=Test Root");
    assertThat(CA.held().issuer()).isEmpty();
    assertThat(CA.held().issuerCertificate()).isSameAs(root);
    root.verify(root.getPublicKey());
    root.checkValidity();
  }

  @Test
  void chain_throughAnIntermediate_verifiesUpToTheRoot() throws Exception {
    TestCa intermediate = CA.intermediate("Intermediate");
    TestCertificate leaf = intermediate.leaf("example.com");

    assertThat(leaf.chain())
        .containsExactly(leaf.certificate(), intermediate.certificate(), CA.certificate());
    assertThat(leaf.issuer()).hasValue(intermediate);
    leaf.certificate().verify(intermediate.certificate().getPublicKey());
    intermediate.certificate().verify(CA.certificate().getPublicKey());
  }

  @Test
  void leaf_default_isAServerOfThatName() throws Exception {
    X509Certificate leaf = CA.leaf("example.com").certificate();

    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(2, "example.com"));
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(leaf.getExtensionValue(AIA)).isNull();
    assertThat(leaf.getExtensionValue(TLS_FEATURE)).isNull();
  }

  @Test
  void sans_namesAndAddresses_areThose() throws Exception {
    X509Certificate leaf =
        CA.leafBuilder("a.example").sans("b.example", "127.0.0.1").build().certificate();

    assertThat(leaf.getSubjectAlternativeNames())
        .containsExactly(List.of(2, "b.example"), List.of(7, "127.0.0.1"));
  }

  @Test
  void ocspUrls_several_keepTheirOrder() throws Exception {
    X509Certificate leaf = CA.leaf("a.example", "http://a.test/x", "not a url").certificate();

    AccessDescription[] urls =
        AuthorityInformationAccess.getInstance(extension(leaf, AIA)).getAccessDescriptions();

    assertThat(urls)
        .extracting(url -> url.getAccessMethod().getId() + " " + url.getAccessLocation().getName())
        .containsExactly("1.3.6.1.5.5.7.48.1 http://a.test/x", "1.3.6.1.5.5.7.48.1 not a url");
  }

  @Test
  void mustStaple_isFeatureFive() throws Exception {
    TestCertificate leaf = CA.leafBuilder("a.example").mustStaple().build();

    assertThat(extension(leaf.certificate(), TLS_FEATURE)).containsExactly(0x30, 3, 2, 1, 5);
  }

  @Test
  void tlsFeatures_several_areAllThere() throws Exception {
    TestCertificate leaf = CA.leafBuilder("a.example").tlsFeatures(5, 17).build();

    assertThat(extension(leaf.certificate(), TLS_FEATURE))
        .containsExactly(0x30, 6, 2, 1, 5, 2, 1, 17);
  }

  @Test
  void extension_rawBytes_replaceWhatWouldBeThere() throws Exception {
    byte[] junk = {1, 2, 3};

    TestCertificate leaf =
        CA.leafBuilder("a.example").ocspUrls("http://x.test").extension(AIA, false, junk).build();

    assertThat(extension(leaf.certificate(), AIA)).isEqualTo(junk);
  }

  @Test
  void extension_critical_isMarkedSo() {
    TestCertificate leaf =
        CA.leafBuilder("a.example").extension("1.2.3", true, new byte[] {5, 0}).build();

    assertThat(leaf.certificate().getCriticalExtensionOIDs()).contains("1.2.3");
    assertThat(leaf.certificate().getNonCriticalExtensionOIDs()).doesNotContain("1.2.3");
  }

  @Test
  void validity_set_isThat() {
    Instant from = Instant.parse("2020-01-01T00:00:00Z");
    Instant to = Instant.parse("2020-02-01T00:00:00Z");

    X509Certificate leaf = CA.leafBuilder("a.example").validity(from, to).build().certificate();

    assertThat(leaf.getNotBefore().toInstant()).isEqualTo(from);
    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(to);
  }

  @Test
  void clock_ofTheRoot_isThatOfWhatItIssues() {
    Instant now = Instant.parse("2031-05-05T00:00:00Z");
    TestCa ca = TestCa.builder("CA").clock(Clock.fixed(now, ZoneOffset.UTC)).buildCa();

    X509Certificate leaf = ca.intermediate("Between").leaf("a.example").certificate();

    assertThat(leaf.getNotBefore().toInstant()).isEqualTo(now.minus(Duration.ofDays(1)));
    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(now.plus(Duration.ofDays(90)));
  }

  @Test
  void serialNumber_set_isThatAndElseRandom() {
    TestCertificate one = CA.leafBuilder("a.example").serialNumber(BigInteger.ONE).build();

    assertThat(one.serialNumber()).isEqualTo(BigInteger.ONE);
    assertThat(CA.leaf("a.example").serialNumber())
        .isPositive()
        .isNotEqualTo(CA.leaf("a.example").serialNumber());
  }

  @Test
  void keyPair_given_isShared() {
    KeyPair keys = KeyAlgorithm.EC_P256.generate();

    TestCertificate a = CA.leafBuilder("a.example").keyPair(keys).build();
    TestCertificate b = CA.leafBuilder("b.example").keyPair(keys).build();

    assertThat(a.certificate().getPublicKey()).isEqualTo(b.certificate().getPublicKey());
    assertThat(CA.leaf("c.example").certificate().getPublicKey())
        .isNotEqualTo(CA.leaf("c.example").certificate().getPublicKey());
  }

  @ParameterizedTest
  @CsvSource({
    "RSA_2048, MD5_WITH_RSA, MD5withRSA",
    "RSA_2048, SHA1_WITH_RSA, SHA1withRSA",
    "RSA_2048, RSASSA_PSS_SHA256, RSASSA-PSS",
    "RSA_2048, RSASSA_PSS_SHA512, RSASSA-PSS",
    "EC_P384, SHA384_WITH_ECDSA, SHA384withECDSA",
    "EC_P521, SHA512_WITH_ECDSA, SHA512withECDSA",
    "ED25519, ED25519, 1.3.101.112"
  })
  void signatureAlgorithm_any_signsWhatTheCaIssues(
      KeyAlgorithm key, SignatureAlgorithm algorithm, String name) throws Exception {
    TestCa ca = TestCa.builder("CA").keyAlgorithm(key).buildCa();

    X509Certificate leaf =
        ca.leafBuilder("a.example").signatureAlgorithm(algorithm).build().certificate();

    assertThat(leaf.getSigAlgName()).isIn(name, "Ed25519", "EdDSA");
    leaf.verify(ca.certificate().getPublicKey());
  }

  @ParameterizedTest
  @EnumSource
  void keyAlgorithm_any_isTheKeysOwn(KeyAlgorithm algorithm) {
    String family = algorithm.name().replaceFirst("_.*", "").replace("ED25519", "EdDSA");

    assertThat(algorithm.generate().getPublic().getAlgorithm()).isEqualTo(family);
  }

  @Test
  void delegate_default_maySignAndNeedsNoCheck() throws Exception {
    X509Certificate delegate = CA.delegate().certificate();

    assertThat(delegate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.9");
    assertThat(extension(delegate, "1.3.6.1.5.5.7.48.1.5")).containsExactly(5, 0);
    delegate.verify(CA.certificate().getPublicKey());
  }

  @Test
  void delegate_withoutEither_hasNeither() throws Exception {
    X509Certificate delegate =
        CA.delegateBuilder().ocspSigning(false).noCheck(false).build().certificate();

    assertThat(delegate.getExtendedKeyUsage()).isNull();
    assertThat(delegate.getExtensionValue("1.3.6.1.5.5.7.48.1.5")).isNull();
  }

  @Test
  void subject_unreadable_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CA.leafBuilder("a.example").subject("no equals sign").build());
  }

  @Test
  void verify_byAnotherCaOfTheSameName_fails() {
    TestCertificate leaf = CA.leaf("a.example");
    TestCa impostor = TestCa.root("Test Root");

    assertThatExceptionOfType(SignatureException.class)
        .isThrownBy(() -> leaf.certificate().verify(impostor.certificate().getPublicKey()));
  }

  @Test
  void keyManager_servesTheWholeChain() {
    TestCertificate leaf = CA.intermediate("Between").leaf("a.example");

    X509ExtendedKeyManager manager = leaf.keyManager();

    String alias = manager.getServerAliases("EC", null)[0];
    assertThat(manager.getCertificateChain(alias))
        .containsExactly(leaf.chain().toArray(new X509Certificate[0]));
    assertThat(manager.getPrivateKey(alias)).isEqualTo(leaf.privateKey());
  }

  @Test
  void keyStore_hasTheKeyAndTheChain() throws Exception {
    TestCertificate leaf = CA.leaf("a.example");

    KeyStore store = leaf.keyStore("secret".toCharArray());

    assertThat(store.getKey("test", "secret".toCharArray())).isEqualTo(leaf.privateKey());
    assertThat(store.getCertificateChain("test"))
        .containsExactly(leaf.chain().toArray(new Certificate[0]));
  }

  @Test
  void contexts_serverAndClient_shakeHands() throws Exception {
    TestCertificate leaf = CA.intermediate("Between").leafBuilder("localhost").build();
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (SSLServerSocket server =
        (SSLServerSocket)
            leaf.serverContext().getServerSocketFactory().createServerSocket(0, 1, loopback)) {
      FutureTask<Integer> accepted =
          new FutureTask<>(() -> {
            try (SSLSocket socket = (SSLSocket) server.accept()) {
              return socket.getInputStream().read();
            }
          });
      new Thread(accepted).start();
      try (SSLSocket client =
          (SSLSocket)
              leaf.clientContext()
                  .getSocketFactory()
                  .createSocket(loopback, server.getLocalPort())) {
        client.getOutputStream().write(42);

        assertThat(client.getSession().getPeerCertificates()[0]).isEqualTo(leaf.certificate());
        assertThat(accepted.get()).isEqualTo(42);
      }
    }
  }

  @Test
  void pem_read_isTheSame() throws Exception {
    TestCertificate leaf = CA.leaf("a.example");
    CertificateFactory factory = CertificateFactory.getInstance("X.509");

    assertThat(factory.generateCertificate(stream(leaf.pem()))).isEqualTo(leaf.certificate());
    assertThat(List.<Certificate>copyOf(factory.generateCertificates(stream(leaf.chainPem()))))
        .isEqualTo(leaf.chain());
    assertThat(leaf.pem().lines()).allMatch(line -> line.length() <= 64);
  }

  @Test
  void privateKeyPem_read_isTheSame() throws Exception {
    TestCertificate leaf = CA.leaf("a.example");
    List<String> lines = leaf.privateKeyPem().lines().toList();

    byte[] der = Base64.getDecoder().decode(String.join("", lines.subList(1, lines.size() - 1)));
    PrivateKey read = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));

    assertThat(lines.get(0)).isEqualTo("-----BEGIN PRIVATE KEY-----");
    assertThat(read).isEqualTo(leaf.privateKey());
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads the bytes themselves: the JDK rewrites the extensions that it knows. */
  private static byte[] extension(X509Certificate certificate, String oid) throws Exception {
    return new X509CertificateHolder(certificate.getEncoded())
        .getExtension(new ASN1ObjectIdentifier(oid))
        .getExtnValue()
        .getOctets();
  }
}
