package io.github.ocspstapler.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.jsse.JsseDelivery.Mode;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is there between installation and close, and what is left after. */
@ExtendWith(JvmPropertiesAsBefore.class)
class JsseDeliveryLifecycleTest {
  private static final TestCa ROOT = TestCa.root();
  private static final TestCertificate LEAF = ROOT.leaf("localhost");
  private static final byte[] NONE = {};

  private final StapleMap source = new StapleMap();

  @Test
  void install_automatic_isInProcess() {
    try (LogCapture log = new LogCapture(JsseDelivery.class);
        JsseDelivery delivery = JsseDelivery.install(source, Mode.AUTOMATIC)) {
      assertThat(delivery.mode()).isEqualTo(Mode.IN_PROCESS);
      assertThat(delivery.description()).contains("in-process");
      assertThat(log.warnings()).isEmpty();
    }
  }

  @Test
  void install_probe_leavesTheSourceUnasked() {
    try (JsseDelivery delivery = JsseDelivery.install(source, Mode.AUTOMATIC)) {
      assertThat(delivery.mode()).isEqualTo(Mode.IN_PROCESS);
      assertThat(source.asked()).isEmpty();
    }
  }

  @Test
  void install_off_touchesNothing() {
    Properties before = (Properties) System.getProperties().clone();
    try (JsseDelivery delivery = JsseDelivery.install(source, Mode.OFF)) {
      assertThat(delivery.mode()).isEqualTo(Mode.OFF);
      assertThat(System.getProperties()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"IN_PROCESS", "LOOPBACK"})
  void close_last_restoresThePropertiesAndAnswersNobody(Mode mode) throws Exception {
    source.putGood(LEAF);
    Properties before = (Properties) System.getProperties().clone();
    JsseDelivery delivery = JsseDelivery.install(source, mode);
    SSLContext server = LEAF.serverContext();
    SSLContext other = LEAF.serverContext();
    assertThat(firstStaple(server)).isNotEmpty();
    URI responder = URI.create(System.getProperty(JvmProperties.RESPONDER));

    delivery.close();

    assertThat(delivery.mode()).isEqualTo(Mode.OFF);
    assertThat(System.getProperties()).isEqualTo(before);
    assertThat(firstStaple(other)).isEqualTo(NONE);
    assertThatThrownBy(() -> get(responder)).isInstanceOf(IOException.class);
  }

  @Test
  void close_loopback_leavesNoThreadAndNoSocket() throws Exception {
    source.putGood(LEAF);
    JsseDelivery delivery = JsseDelivery.install(source, Mode.LOOPBACK);
    URI responder = URI.create(System.getProperty(JvmProperties.RESPONDER));
    assertThat(firstStaple(LEAF.serverContext())).isNotEmpty();
    List<Thread> ours = threadsOfOurs();
    assertThat(ours).isNotEmpty().allMatch(Thread::isDaemon);

    delivery.close();

    for (Thread thread : ours) {
      thread.join(5_000);
      assertThat(thread.isAlive()).as(thread.getName()).isFalse();
    }
    assertThatThrownBy(
            () -> new Socket(InetAddress.getLoopbackAddress(), responder.getPort()).close())
        .isInstanceOf(IOException.class);
  }

  @Test
  void close_twice_isOnce() {
    JsseDelivery first = JsseDelivery.install(source, Mode.AUTOMATIC);
    try (JsseDelivery second = JsseDelivery.install(source, Mode.AUTOMATIC)) {
      first.close();
      first.close();

      assertThat(second.mode()).isEqualTo(Mode.IN_PROCESS);
      assertThat(System.getProperty(JvmProperties.RESPONDER)).startsWith("ocspstapler+");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"IN_PROCESS", "LOOPBACK"})
  void close_oneOfTwo_onlyItsAnswersGo(Mode mode) throws Exception {
    TestCertificate otherLeaf = ROOT.leaf("localhost");
    StapleMap otherSource = new StapleMap();
    source.putGood(LEAF);
    byte[] staying = otherSource.putGood(otherLeaf);
    JsseDelivery first = JsseDelivery.install(source, mode);
    try (JsseDelivery second = JsseDelivery.install(otherSource, mode)) {
      assertThat(firstStaple(LEAF.serverContext())).isNotEmpty();
      assertThat(firstStaple(otherLeaf.serverContext())).isEqualTo(staying);

      first.close();

      assertThat(second.mode()).isEqualTo(mode);
      assertThat(firstStaple(LEAF.serverContext())).isEqualTo(NONE);
      assertThat(firstStaple(otherLeaf.serverContext())).isEqualTo(staying);
    }
  }

  @Test
  void install_secondAsksForAnotherWay_sharesTheFirstAndIsWarned() {
    try (LogCapture log = new LogCapture(JsseDelivery.class);
        JsseDelivery first = JsseDelivery.install(source, Mode.IN_PROCESS);
        JsseDelivery second = JsseDelivery.install(source, Mode.LOOPBACK)) {
      assertThat(first.mode()).isEqualTo(Mode.IN_PROCESS);
      assertThat(second.mode()).isEqualTo(Mode.IN_PROCESS);
      assertThat(log.warnings()).singleElement().asString().contains("not as asked (LOOPBACK)");
    }
  }

  @Test
  void install_againAfterClose_staplesAgain() throws Exception {
    byte[] staple = source.putGood(LEAF);
    JsseDelivery.install(source, Mode.AUTOMATIC).close();
    try (JsseDelivery delivery = JsseDelivery.install(source, Mode.AUTOMATIC)) {
      assertThat(delivery.mode()).isEqualTo(Mode.IN_PROCESS);
      assertThat(firstStaple(LEAF.serverContext())).isEqualTo(staple);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "jdk.tls.server.enableStatusRequestExtension, false",
    "jdk.tls.stapling.responderURI, http://ocsp.example.test/",
    "jdk.tls.stapling.responderOverride, false"
  })
  void install_userHasDecidedOtherwise_isOffAndSaysWhatItCosts(String name, String value) {
    System.setProperty(name, value);
    Properties before = (Properties) System.getProperties().clone();
    try (LogCapture log = new LogCapture(JsseDelivery.class);
        JsseDelivery delivery = JsseDelivery.install(source, Mode.AUTOMATIC)) {
      assertThat(delivery.mode()).isEqualTo(Mode.OFF);
      assertThat(delivery.description()).contains(name + "=" + value, "Remove it");
      assertThat(log.warnings()).containsExactly(delivery.description());
      assertThat(System.getProperties()).isEqualTo(before);
    } finally {
      System.clearProperty(name);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "jdk.tls.stapling.cacheLifetime, 0, until its nextUpdate",
    "jdk.tls.stapling.cacheLifetime, 3600, for 3600 s",
    "jdk.tls.stapling.cacheLifetime, often, for 3600 s"
  })
  void install_userPaysForASetting_deliversAndSaysWhatItCosts(
      String name, String value, String cost) throws Exception {
    byte[] staple = source.putGood(LEAF);
    System.setProperty(name, value);
    try (LogCapture log = new LogCapture(JsseDelivery.class)) {
      try (JsseDelivery delivery = JsseDelivery.install(source, Mode.AUTOMATIC)) {
        assertThat(delivery.mode()).isEqualTo(Mode.IN_PROCESS);
        assertThat(log.warnings()).singleElement().asString().contains(name, cost);
        assertThat(firstStaple(LEAF.serverContext())).isEqualTo(staple);
      }
      assertThat(System.getProperty(name)).isEqualTo(value);
    } finally {
      System.clearProperty(name);
    }
  }

  @Test
  void install_userHasASuitableCacheLifetime_isKeptWithoutWarning() {
    System.setProperty(JvmProperties.CACHE_LIFETIME, "45");
    try (LogCapture log = new LogCapture(JsseDelivery.class)) {
      JsseDelivery.install(source, Mode.AUTOMATIC).close();

      assertThat(log.warnings()).isEmpty();
      assertThat(System.getProperty(JvmProperties.CACHE_LIFETIME)).isEqualTo("45");
    } finally {
      System.clearProperty(JvmProperties.CACHE_LIFETIME);
    }
  }

  @Test
  void close_userChangedAPropertySince_isLeftToHim() {
    try {
      JsseDelivery delivery = JsseDelivery.install(source, Mode.AUTOMATIC);
      System.setProperty(JvmProperties.CACHE_LIFETIME, "50");

      delivery.close();

      assertThat(System.getProperty(JvmProperties.CACHE_LIFETIME)).isEqualTo("50");
    } finally {
      System.clearProperty(JvmProperties.CACHE_LIFETIME);
    }
  }

  private static void get(URI responder) throws IOException {
    try (var body = responder.toURL().openStream()) {
      body.readAllBytes();
    }
  }

  private static List<Thread> threadsOfOurs() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread ->
            thread.getName().startsWith("ocsp-stapler-loopback")
                || thread.getName().equals("HTTP-Dispatcher"))
        .toList();
  }

  private static byte[] firstStaple(SSLContext server) throws Exception {
    List<byte[]> staples = TlsHandshake.staples(ROOT.held().clientContext(), server, "TLSv1.3");
    return staples.isEmpty() ? NONE : staples.get(0);
  }
}
