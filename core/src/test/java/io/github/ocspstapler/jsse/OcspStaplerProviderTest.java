package io.github.ocspstapler.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyStoreBuilderParameters;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C6: the security provider that wraps what the JDK's makes. */
@ExtendWith(JvmPropertiesAsBefore.class)
class OcspStaplerProviderTest {
  private static final TestCa ROOT = TestCa.root();
  private static final TestCertificate LEAF = ROOT.intermediate("Intermediate").leaf("localhost");
  private static final char[] PASSWORD = "password".toCharArray();

  private final List<List<X509Certificate>> seen = new CopyOnWriteArrayList<>();
  private final KeyManagerWrapper recording =
      keyManager ->
          new StaplingKeyManager(
              keyManager,
              (alias, chain, mayBlock) -> {
                seen.add(List.of(chain));
                return alias;
              });

  // T3, T4: the line of the README, in a server.
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void handshake_factoryOfTheProvider_isStapled(String protocol) throws Exception {
    TestCa root = TestCa.root();
    try (TestResponder responder = TestResponder.start(root)) {
      TestCertificate site = root.leaf("localhost", responder.url());
      try (Stapler stapler = Stapler.builder().build()) {
        KeyManagerFactory factory =
            KeyManagerFactory.getInstance("PKIX", new OcspStaplerProvider(stapler));
        factory.init(site.keyStore(PASSWORD), PASSWORD);
        SSLContext server = context(factory);
        assertThat(stapler.awaitStapled(Duration.ofSeconds(20))).isTrue();

        List<byte[]> staples = TlsHandshake.staples(site.clientContext(), server, protocol);

        assertThat(staples.get(0))
            .isEqualTo(stapler.staple(site.certificate()).orElseThrow().encoded());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PKIX", "SunX509", "NewSunX509"})
  void getInstance_eachAlgorithm_wrapsWhatTheJdkMakes(String algorithm) throws Exception {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(algorithm, new OcspStaplerProvider(recording));
    factory.init(LEAF.keyStore(PASSWORD), PASSWORD);

    TlsHandshake.session(LEAF.clientContext(), context(factory), "TLSv1.3");

    assertThat(seen).containsOnly(LEAF.chain());
  }

  @Test
  void init_withParameters_isPassedOn() throws Exception {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance("PKIX", new OcspStaplerProvider(recording));
    factory.init(
        new KeyStoreBuilderParameters(
            KeyStore.Builder.newInstance(
                LEAF.keyStore(PASSWORD), new KeyStore.PasswordProtection(PASSWORD))));

    TlsHandshake.session(LEAF.clientContext(), context(factory), "TLSv1.2");

    assertThat(seen).containsOnly(LEAF.chain());
  }

  @Test
  void getKeyManagers_twice_areTheSame() throws Exception {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance("PKIX", new OcspStaplerProvider(recording));
    factory.init(LEAF.keyStore(PASSWORD), PASSWORD);

    assertThat(factory.getKeyManagers()).containsExactly(factory.getKeyManagers());
  }

  @Test
  void getInstance_insertedFirst_isTakenByWhoeverNamesNoProvider() throws Exception {
    Provider provider = new OcspStaplerProvider(recording);
    int position = Security.insertProviderAt(provider, 1);
    try {
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(LEAF.keyStore(PASSWORD), PASSWORD);

      assertThat(position).isEqualTo(1);
      assertThat(factory.getProvider()).isSameAs(provider);
      assertThat(factory.getKeyManagers()).hasOnlyElementsOfType(StaplingKeyManager.class);
    } finally {
      Security.removeProvider(OcspStaplerProvider.NAME);
    }
  }

  @Test
  void insertProviderAt_secondOfItsName_isRefused() {
    int first = Security.insertProviderAt(new OcspStaplerProvider(recording), 1);
    try {
      int second = Security.insertProviderAt(new OcspStaplerProvider(recording), 1);

      assertThat(first).isEqualTo(1);
      assertThat(second).isEqualTo(-1);
    } finally {
      Security.removeProvider(OcspStaplerProvider.NAME);
    }
  }

  @Test
  void init_wrapperFails_keyManagerIsPassedOnAsItIs() throws Exception {
    KeyManagerWrapper failing =
        keyManager -> {
          throw new NoClassDefFoundError("java/net/http/HttpClient");
        };
    try (LogCapture log = new LogCapture(OcspStaplerProvider.class)) {
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance("PKIX", new OcspStaplerProvider(failing));

      factory.init(LEAF.keyStore(PASSWORD), PASSWORD);

      assertThat(factory.getKeyManagers())
          .singleElement()
          .isInstanceOf(X509ExtendedKeyManager.class)
          .isNotInstanceOf(StaplingKeyManager.class);
      assertThat(log.warnings()).singleElement().asString().contains("unstapled");
    }
  }

  @Test
  void getInstance_otherAlgorithm_isNotOurs() {
    Provider provider = new OcspStaplerProvider(recording);

    assertThatThrownBy(() -> KeyManagerFactory.getInstance("Other", provider))
        .isInstanceOf(NoSuchAlgorithmException.class);
  }

  private static SSLContext context(KeyManagerFactory factory) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }
}
