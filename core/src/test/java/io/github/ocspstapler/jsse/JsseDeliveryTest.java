package io.github.ocspstapler.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.jsse.JsseDelivery.Mode;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Handshakes of the JDK's own TLS, each way of delivery on each protocol. */
@ExtendWith(JvmPropertiesAsBefore.class)
class JsseDeliveryTest {
  private static final TestCa ROOT = TestCa.root();
  private static final TestCa INTERMEDIATE = ROOT.intermediate("Intermediate");
  private static final TestCertificate LEAF = INTERMEDIATE.leaf("localhost");
  private static final byte[] NONE = {};

  private final StapleMap source = new StapleMap();

  /** T3, T4, T7: TLS 1.2 carries the exact bytes, TLS 1.3 with each certificate its own. */
  @ParameterizedTest
  @CsvSource({
    "IN_PROCESS, TLSv1.3",
    "IN_PROCESS, TLSv1.2",
    "LOOPBACK, TLSv1.3",
    "LOOPBACK, TLSv1.2"
  })
  void handshake_leafAndIntermediateKept_carriesBothByteForByte(Mode mode, String protocol)
      throws Exception {
    byte[] leaf = source.putGood(LEAF);
    byte[] intermediate = source.putGood(INTERMEDIATE.held());
    try (JsseDelivery delivery = JsseDelivery.install(source, mode)) {

      List<byte[]> staples =
          TlsHandshake.staples(LEAF.clientContext(), LEAF.serverContext(), protocol);

      assertThat(delivery.mode()).isEqualTo(mode);
      assertThat(staples).hasSizeGreaterThanOrEqualTo(2);
      assertThat(staples.subList(0, 2)).containsExactly(leaf, intermediate);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "IN_PROCESS, TLSv1.3",
    "IN_PROCESS, TLSv1.2",
    "LOOPBACK, TLSv1.3",
    "LOOPBACK, TLSv1.2"
  })
  void handshake_onlyLeafKept_carriesIt(Mode mode, String protocol) throws Exception {
    byte[] leaf = source.putGood(LEAF);
    try (JsseDelivery delivery = JsseDelivery.install(source, mode)) {
      assertThat(delivery.mode()).isEqualTo(mode);

      List<byte[]> staples =
          TlsHandshake.staples(LEAF.clientContext(), LEAF.serverContext(), protocol);

      assertThat(staples.get(0)).isEqualTo(leaf);
      assertThat(staples.subList(1, staples.size())).allMatch(staple -> staple.length == 0);
    }
  }

  /** C7, and the JDK's cache must not remember a "none". */
  @ParameterizedTest
  @CsvSource({
    "IN_PROCESS, TLSv1.3",
    "IN_PROCESS, TLSv1.2",
    "LOOPBACK, TLSv1.3",
    "LOOPBACK, TLSv1.2"
  })
  void handshake_firstWithoutStaple_nextIsStapled(Mode mode, String protocol) throws Exception {
    try (JsseDelivery delivery = JsseDelivery.install(source, mode)) {
      SSLContext server = LEAF.serverContext();
      List<byte[]> before = TlsHandshake.staples(LEAF.clientContext(), server, protocol);
      byte[] leaf = source.putGood(LEAF);

      List<byte[]> after = TlsHandshake.staples(LEAF.clientContext(), server, protocol);

      assertThat(delivery.mode()).isEqualTo(mode);
      assertThat(before).allMatch(staple -> staple.length == 0);
      assertThat(after.get(0)).isEqualTo(leaf);
    }
  }

  /** T1. */
  @ParameterizedTest
  @CsvSource({"IN_PROCESS, TLSv1.3", "IN_PROCESS, TLSv1.2"})
  void handshake_clientDoesNotAsk_nothingIsLookedUp(Mode mode, String protocol) throws Exception {
    source.putGood(LEAF);
    SSLContext client = clientThatDoesNotAsk();
    try (JsseDelivery delivery = JsseDelivery.install(source, mode)) {
      assertThat(delivery.mode()).isEqualTo(mode);

      List<byte[]> staples = TlsHandshake.staples(client, LEAF.serverContext(), protocol);

      assertThat(staples).isEmpty();
      assertThat(source.asked()).isEmpty();
    }
  }

  @Test
  void handshake_clientsOfThisJvmMayNotAsk_deliveryIsProbedWithoutThem() throws Exception {
    byte[] leaf = source.putGood(LEAF);
    SSLContext client = LEAF.clientContext();
    System.setProperty(JvmProperties.CLIENT_ENABLE, "false");
    try (JsseDelivery delivery = JsseDelivery.install(source, Mode.AUTOMATIC)) {
      assertThat(delivery.mode()).isEqualTo(Mode.IN_PROCESS);

      List<byte[]> staples = TlsHandshake.staples(client, LEAF.serverContext(), "TLSv1.3");

      assertThat(staples.get(0)).isEqualTo(leaf);
    } finally {
      System.clearProperty(JvmProperties.CLIENT_ENABLE);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"IN_PROCESS", "LOOPBACK"})
  void handshake_severalContexts_eachIsStapled(Mode mode) throws Exception {
    byte[] leaf = source.putGood(LEAF);
    TestCertificate other = ROOT.leaf("localhost");
    byte[] otherStaple = source.putGood(other);
    try (JsseDelivery delivery = JsseDelivery.install(source, mode)) {
      assertThat(delivery.mode()).isEqualTo(mode);
      SSLContext first = LEAF.serverContext();
      SSLContext second = LEAF.serverContext();
      SSLContext third = other.serverContext();

      assertThat(firstStaple(first)).isEqualTo(leaf);
      assertThat(firstStaple(second)).isEqualTo(leaf);
      assertThat(firstStaple(third)).isEqualTo(otherStaple);
    }
  }

  @Test
  void handshake_contextMadeBeforeInstallation_neverStaples() throws Exception {
    source.putGood(LEAF);
    SSLContext early = LEAF.serverContext();
    try (JsseDelivery delivery = JsseDelivery.install(source, Mode.AUTOMATIC)) {
      assertThat(delivery.mode()).isEqualTo(Mode.IN_PROCESS);

      assertThat(firstStaple(early)).isEqualTo(NONE);
      assertThat(source.asked()).isEmpty();
    }
  }

  /** Documented: a resumed session sends no certificate, hence no staple. */
  @ParameterizedTest
  @CsvSource({"TLSv1.3", "TLSv1.2"})
  void handshake_resumed_nothingIsLookedUp(String protocol) throws Exception {
    source.putGood(LEAF);
    try (JsseDelivery delivery = JsseDelivery.install(source, Mode.IN_PROCESS)) {
      assertThat(delivery.mode()).isEqualTo(Mode.IN_PROCESS);
      SSLContext client = LEAF.clientContext();
      SSLContext server = LEAF.serverContext();
      ExtendedSSLSession first = TlsHandshake.session(client, server, protocol);
      source.clear();
      int asked = source.asked().size();

      ExtendedSSLSession second = TlsHandshake.session(client, server, protocol);

      assertThat(second.getCreationTime()).isEqualTo(first.getCreationTime());
      assertThat(source.asked()).hasSize(asked);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"IN_PROCESS", "LOOPBACK"})
  void handshake_sourceFails_goesOnUnstapled(Mode mode) throws Exception {
    StapleSource broken =
        certId -> {
          throw new IllegalStateException("broken");
        };
    try (LogCapture log = new LogCapture(JsseDelivery.class);
        JsseDelivery delivery = JsseDelivery.install(broken, mode)) {
      assertThat(delivery.mode()).isEqualTo(mode);

      assertThat(firstStaple(LEAF.serverContext())).isEqualTo(NONE);
      assertThat(log.warnings()).hasSizeLessThanOrEqualTo(1);
    }
  }

  private static byte[] firstStaple(SSLContext server) throws Exception {
    List<byte[]> staples = TlsHandshake.staples(ROOT.held().clientContext(), server, "TLSv1.3");
    return staples.isEmpty() ? NONE : staples.get(0);
  }

  private static SSLContext clientThatDoesNotAsk() {
    System.setProperty(JvmProperties.CLIENT_ENABLE, "false");
    try {
      return LEAF.clientContext();
    } finally {
      System.clearProperty(JvmProperties.CLIENT_ENABLE);
    }
  }
}
