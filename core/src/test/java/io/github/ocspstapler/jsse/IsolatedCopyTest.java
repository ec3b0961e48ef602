package io.github.ocspstapler.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery.Mode;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.io.File;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.Provider;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A copy of the library where a web application has it: the JDK does not find its URL handler. */
@ExtendWith(JvmPropertiesAsBefore.class)
class IsolatedCopyTest {
  private static final TestCertificate LEAF = TestCa.root().leaf("localhost");

  private static final char[] PASSWORD = "password".toCharArray();

  private final StapleMap source = new StapleMap();

  @Test
  void install_inAWebApplication_fallsBackToLoopbackAndSaysSo() throws Exception {
    byte[] staple = source.putGood(LEAF);
    try (LogCapture log = new LogCapture(JsseDelivery.class);
        URLClassLoader webApplication = loader();
        AutoCloseable delivery = install(webApplication, Mode.AUTOMATIC)) {

      List<byte[]> staples =
          TlsHandshake.staples(LEAF.clientContext(), LEAF.serverContext(), "TLSv1.3");

      assertThat(modeOf(delivery)).isEqualTo("LOOPBACK");
      assertThat(staples.get(0)).isEqualTo(staple);
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("class path", "Trying loopback delivery instead");
    }
  }

  // A stapler and its provider in a web application: found out by the probe, proven here.
  @Test
  void keyManagerFactory_inAWebApplication_isStapledOverLoopback() throws Exception {
    TestCa root = TestCa.root();
    try (LogCapture log = new LogCapture(JsseDelivery.class);
        TestResponder responder = TestResponder.start(root);
        URLClassLoader webApplication = loader()) {
      TestCertificate site = root.leaf("localhost", responder.url());
      Object builder =
          webApplication.loadClass(Stapler.class.getName()).getMethod("builder").invoke(null);
      Object stapler = builder.getClass().getMethod("build").invoke(builder);
      try (AutoCloseable closing = (AutoCloseable) stapler) {
        KeyManagerFactory factory =
            KeyManagerFactory.getInstance("PKIX", provider(webApplication, stapler));
        factory.init(site.keyStore(PASSWORD), PASSWORD);
        SSLContext server = SSLContext.getInstance("TLS");
        server.init(factory.getKeyManagers(), null, null);
        assertThat(
                stapler
                    .getClass()
                    .getMethod("awaitStapled", Duration.class)
                    .invoke(closing, Duration.ofSeconds(20)))
            .isEqualTo(true);

        assertThat(TlsHandshake.staples(site.clientContext(), server, "TLSv1.3").get(0))
            .isNotEmpty();
        assertThat(TlsHandshake.staples(site.clientContext(), server, "TLSv1.2").get(0))
            .isNotEmpty();
        assertThat(System.getProperty(JvmProperties.RESPONDER)).startsWith("http://127.0.0.1:");
        assertThat(log.warnings())
            .singleElement()
            .asString()
            .contains("Trying loopback delivery instead");
      }
    }
  }

  private static Provider provider(ClassLoader copy, Object stapler) throws Exception {
    return (Provider)
        copy.loadClass(OcspStaplerProvider.class.getName())
            .getConstructor(copy.loadClass(KeyManagerWrapper.class.getName()))
            .newInstance(stapler);
  }

  @Test
  void install_onlyInProcessAllowed_isOffAndLeavesNothing() throws Exception {
    try (LogCapture log = new LogCapture(JsseDelivery.class);
        URLClassLoader webApplication = loader();
        AutoCloseable delivery = install(webApplication, Mode.IN_PROCESS)) {
      assertThat(modeOf(delivery)).isEqualTo("OFF");
      assertThat(System.getProperty(JvmProperties.RESPONDER)).isNull();
      assertThat(log.warnings()).hasSize(2).last().asString().contains("gets no staples");
    }
  }

  @Test
  void install_anotherCopyIsActive_isOffAndLeavesThatAlone() throws Exception {
    byte[] staple = source.putGood(LEAF);
    try (LogCapture log = new LogCapture(JsseDelivery.class);
        JsseDelivery first = JsseDelivery.install(source, Mode.AUTOMATIC);
        URLClassLoader webApplication = loader();
        AutoCloseable second = install(webApplication, Mode.AUTOMATIC)) {

      List<byte[]> staples =
          TlsHandshake.staples(LEAF.clientContext(), LEAF.serverContext(), "TLSv1.3");

      assertThat(first.mode()).isEqualTo(Mode.IN_PROCESS);
      assertThat(modeOf(second)).isEqualTo("OFF");
      assertThat(staples.get(0)).isEqualTo(staple);
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("nother copy of this library in this JVM", "shared class path");
    }
  }

  @Test
  void install_anotherCopyIsActiveOverLoopback_saysSo() throws Exception {
    try (URLClassLoader webApplication = loader();
        AutoCloseable first = install(webApplication, Mode.LOOPBACK);
        JsseDelivery second = JsseDelivery.install(source, Mode.AUTOMATIC)) {
      assertThat(modeOf(first)).isEqualTo("LOOPBACK");
      assertThat(second.mode()).isEqualTo(Mode.OFF);
      assertThat(second.description())
          .contains("nother copy of this library in this JVM", "shared class path");
    }
  }

  @Test
  void install_foreignResponderOnLoopback_isNotTakenForACopy() {
    System.setProperty(JvmProperties.RESPONDER, "http://127.0.0.1:8080/ocsp");
    try (JsseDelivery delivery = JsseDelivery.install(source, Mode.AUTOMATIC)) {
      assertThat(delivery.mode()).isEqualTo(Mode.OFF);
      assertThat(delivery.description()).contains("another responder").doesNotContain("copy");
    } finally {
      System.clearProperty(JvmProperties.RESPONDER);
    }
  }

  @Test
  void install_loopbackBehindAProxyForEverything_isOffAndSaysWhatToDo() {
    System.setProperty("http.proxyHost", "127.0.0.1");
    System.setProperty("http.proxyPort", "1");
    System.setProperty("http.nonProxyHosts", "");
    try (LogCapture log = new LogCapture(JsseDelivery.class);
        JsseDelivery delivery = JsseDelivery.install(source, Mode.LOOPBACK)) {
      assertThat(delivery.mode()).isEqualTo(Mode.OFF);
      assertThat(log.warnings()).first().asString().contains("http.nonProxyHosts");
      assertThat(System.getProperty(JvmProperties.RESPONDER)).isNull();
    } finally {
      System.clearProperty("http.proxyHost");
      System.clearProperty("http.proxyPort");
      System.clearProperty("http.nonProxyHosts");
    }
  }

  private static URLClassLoader loader() {
    URL[] classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .map(IsolatedCopyTest::url)
            .toArray(URL[]::new);
    return new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader());
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(path.toString(), e);
    }
  }

  /** Installs the copy's delivery with this test's source behind it. */
  private AutoCloseable install(ClassLoader copy, Mode mode) throws Exception {
    Class<?> sourceType = copy.loadClass(StapleSource.class.getName());
    Class<?> modeType = copy.loadClass(Mode.class.getName());
    Object copiedSource =
        Proxy.newProxyInstance(
            copy,
            new Class<?>[] {sourceType},
            (proxy, method, arguments) -> source.response((ByteBuffer) arguments[0]));
    Object copiedMode =
        Arrays.stream(modeType.getEnumConstants())
            .filter(constant -> constant.toString().equals(mode.name()))
            .findFirst()
            .orElseThrow();
    return (AutoCloseable)
        copy.loadClass(JsseDelivery.class.getName())
            .getMethod("install", sourceType, modeType)
            .invoke(null, copiedSource, copiedMode);
  }

  private static String modeOf(AutoCloseable delivery) throws Exception {
    return delivery.getClass().getMethod("mode").invoke(delivery).toString();
  }
}
