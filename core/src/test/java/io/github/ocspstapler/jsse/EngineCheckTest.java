package io.github.ocspstapler.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.netty.handler.codec.quic.QuicEngine;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import org.apache.tomcat.util.net.openssl.OpenSslContext;
import org.bouncycastle.jsse.provider.BouncyCastleEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A TLS engine that no staple reaches is named once, and one that staples do reach never. */
class EngineCheckTest {
  private static final TestCertificate LEAF = TestCa.root().leaf("localhost");

  private final LogCapture log = new LogCapture(StaplingKeyManager.class);
  private final X509ExtendedKeyManager keys =
      new StaplingKeyManager(LEAF.keyManager(), (alias, chain, mayBlock) -> alias);
  private String alias = "";

  @BeforeEach
  void findAlias() {
    alias = keys.getServerAliases("EC", null)[0];
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  @Test
  void choose_jdksEngineAndSocket_saysNothing() throws Exception {
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, null, null);

    keys.chooseEngineServerAlias("EC", null, tls.createSSLEngine());
    keys.chooseServerAlias("EC", null, tls.getSocketFactory().createSocket());
    keys.getPrivateKey(alias);

    assertThat(log.warnings()).isEmpty();
  }

  @Test
  void choose_engineOfAnotherProvider_namesItOnce() {
    keys.chooseEngineServerAlias("EC", null, new ForeignEngine());
    keys.chooseEngineServerAlias("EC", null, new ForeignEngine());
    keys.chooseEngineServerAlias("EC", null, new BouncyCastleEngine());

    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains(ForeignEngine.class.getName() + " takes no staple");
  }

  @Test
  void choose_nettysQuic_namesItAndTheProxy() {
    keys.chooseEngineServerAlias("EC", null, new QuicEngine());

    assertThat(log.warnings()).singleElement().asString().contains("QuicEngine", "a proxy");
  }

  @Test
  void choose_bouncyCastleInProcess_asksForLoopback() {
    try (JsseDelivery delivery =
        JsseDelivery.install(id -> Optional.empty(), JsseDelivery.Mode.IN_PROCESS)) {
      assertThat(delivery.mode()).isEqualTo(JsseDelivery.Mode.IN_PROCESS);
      keys.chooseEngineServerAlias("EC", null, new BouncyCastleEngine());
    }

    assertThat(log.warnings()).singleElement().asString().contains("Mode.LOOPBACK");
  }

  @Test
  void choose_bouncyCastleOverLoopback_saysNothing() {
    try (JsseDelivery delivery =
        JsseDelivery.install(id -> Optional.empty(), JsseDelivery.Mode.LOOPBACK)) {
      assertThat(delivery.mode()).isEqualTo(JsseDelivery.Mode.LOOPBACK);
      keys.chooseEngineServerAlias("EC", null, new BouncyCastleEngine());
    }

    assertThat(log.warnings()).isEmpty();
  }

  @Test
  void getPrivateKey_byTomcatsOpenSsl_namesItOnce() {
    OpenSslContext.takeKey(keys, alias);
    OpenSslContext.takeKey(keys, alias);

    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains(OpenSslContext.class.getName())
        .contains("JSSEImplementation");
  }

  @Test
  void getPrivateKey_byAnybodyElse_saysNothing() {
    keys.getPrivateKey(alias);

    assertThat(log.warnings()).isEmpty();
  }

  /** Of a provider that nobody has heard of. */
  private static final class ForeignEngine extends FakeEngine {}
}
