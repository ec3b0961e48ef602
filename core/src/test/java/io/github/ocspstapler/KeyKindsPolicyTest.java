package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.jsse.TlsHandshake;
import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.TestCertificate;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * S8: a server with an RSA and an elliptic-curve certificate. The JDK asks for one after the other:
 * refusing the first must not have the second served without a staple.
 */
class KeyKindsPolicyTest {
  private static final char[] PASSWORD = "password".toCharArray();

  private final World world =
      new World(
          ManualScheduler.startingAt(Instant.now()),
          builder -> builder.policy(StaplePolicy.STRICT).delivery(JsseDelivery.Mode.IN_PROCESS));
  private final TestCertificate rsa = leaf(KeyAlgorithm.RSA_2048);
  private final TestCertificate ec = leaf(KeyAlgorithm.EC_P256);

  @AfterEach
  void close() {
    world.close();
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2, SunX509", "TLSv1.2, NewSunX509", "TLSv1.3, SunX509", "TLSv1.3, NewSunX509"})
  void strict_noneStapled_noneIsServed(String protocol, String algorithm) throws Exception {
    world.responders.everywhere(InMemoryResponders.down());
    SSLContext server = server(algorithm);

    assertThatThrownBy(() -> TlsHandshake.session(rsa.clientContext(), server, protocol))
        .hasMessageContaining("Received fatal alert: handshake_failure");
    assertThat(world.counts.refused).hasPositiveValue();
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2, RSA", "TLSv1.2, EC", "TLSv1.3, RSA", "TLSv1.3, EC"})
  void strict_oneStapled_thatIsServed(String protocol, String stapled) throws Exception {
    TestCertificate good = stapled.equals("RSA") ? rsa : ec;
    TestCertificate bad = stapled.equals("RSA") ? ec : rsa;
    world.responders.certificate(bad.certificate(), InMemoryResponders.down());
    world.responders.certificate(good.certificate(), Scene.answering(good));
    SSLContext server = server("NewSunX509");

    SSLSession session = TlsHandshake.session(rsa.clientContext(), server, protocol);

    X509Certificate sent = (X509Certificate) session.getPeerCertificates()[0];
    assertThat(sent.getSerialNumber()).isEqualTo(good.serialNumber());
  }

  private SSLContext server(String algorithm) throws Exception {
    KeyStore store = rsa.keyStore(PASSWORD);
    store.setKeyEntry("ec", ec.privateKey(), PASSWORD, ec.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory factory = KeyManagerFactory.getInstance(algorithm);
    factory.init(store, PASSWORD);
    X509ExtendedKeyManager keys = (X509ExtendedKeyManager) factory.getKeyManagers()[0];
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {world.stapler.wrap(keys)}, null, null);
    world.scheduler.runDue();
    return context;
  }

  private TestCertificate leaf(KeyAlgorithm kind) {
    return world
        .ca
        .leafBuilder("localhost")
        .keyAlgorithm(kind)
        .ocspUrls("http://" + World.HOST + "/")
        .build();
  }
}
