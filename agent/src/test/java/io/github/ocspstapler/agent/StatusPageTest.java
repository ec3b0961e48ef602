package io.github.ocspstapler.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** C6. */
class StatusPageTest {
  private final Properties properties = new Properties();
  private final Lines log = new Lines();

  @Test
  void of_noPort_isNoneAndTheOthersAreKnown() {
    set("status-token", "0123456789abcdef");
    Settings settings = settings();

    assertThat(StatusPage.of(settings)).isEmpty();
    assertThat(settings.problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"65536", "-1", "http", "''"})
  void of_badPort_isNoneAndSaysWhatIsExpected(String port) {
    set("status-port", port);
    Settings settings = settings();

    assertThat(StatusPage.of(settings)).isEmpty();
    assertThat(settings.problems())
        .singleElement()
        .asString()
        .startsWith("system property ocspstapler.status-port = " + port + " is ignored")
        .contains("expected: ");
  }

  @ParameterizedTest
  @CsvSource({
    "status-address, 256.1.1.1.1, an address of this machine",
    "status-address, '', an address of this machine",
    "status-require-token, maybe, true or false"
  })
  void of_badValue_saysWhatIsExpectedAndOpens(String key, String value, String expected) {
    set("status-port", "0");
    set(key, value);
    Settings settings = settings();

    Optional<StatusPage> page = StatusPage.of(settings);

    assertThat(page).isPresent();
    assertThat(settings.problems())
        .singleElement()
        .asString()
        .startsWith("system property ocspstapler." + key + " = " + value + " is ignored")
        .contains(expected);
  }

  @Test
  void open_portZero_saysWhereItIs() {
    set("status-port", "0");

    open();

    assertThat(log.lines())
        .singleElement()
        .asString()
        .matches("The OCSP Stapler agent's status page is http://127\\.0\\.0\\.1:\\d+/");
  }

  @Test
  void open_everyInterfaceWithoutToken_staysShutAndSaysWhy() {
    set("status-port", "0");
    set("status-address", "0.0.0.0");

    open();

    assertThat(log.lines())
        .singleElement()
        .asString()
        .contains("goes on without its status page on 0.0.0.0 port 0: ")
        .contains("expected: a token");
  }

  @Test
  void open_shortToken_staysShutAndDoesNotShowIt() {
    set("status-port", "0");
    set("status-token", "hunter2");

    open();

    assertThat(log.lines())
        .singleElement()
        .asString()
        .contains("goes on without its status page", "at least 16")
        .doesNotContain("hunter2");
  }

  @Test
  void open_tokenWantedAndMissing_staysShutAndSaysWhy() {
    set("status-port", "0");
    set("status-require-token", "true");

    open();

    assertThat(log.lines()).singleElement().asString().contains("readers need a token");
  }

  @Test
  void open_portTaken_isSaidInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      set("status-port", Integer.toString(taken.getLocalPort()));

      open();

      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains("127.0.0.1 port " + taken.getLocalPort() + ": java.net.BindException");
    }
  }

  private void open() {
    StatusPage page = StatusPage.of(settings()).orElseThrow();
    try (Stapler stapler =
        Stapler.builder().delivery(JsseDelivery.Mode.OFF).metrics(page.metrics()).build()) {
      page.open(stapler, log);
    }
  }

  private Settings settings() {
    return Settings.read(null, properties, Map.of());
  }

  private void set(String key, String value) {
    properties.setProperty("ocspstapler." + key, value);
  }
}
