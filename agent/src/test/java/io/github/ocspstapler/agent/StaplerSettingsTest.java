package io.github.ocspstapler.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StaplerSettingsTest {
  private final Properties properties = new Properties();

  @Test
  void of_allSet_hasNoProblem() {
    set("timeout", "500ms");
    set("nonce", "true");
    set("refuse-private-addresses", "TRUE");
    set("dangerously-allow-sha1-signatures", "false");
    set("delivery", "loopback");
    set("policy", "Must-Staple");
    set("must-staple-wait", "0s");
    set("max-certificates", "10");
    set("relay-revoked", "true");
    set("store", "/var/lib/staples");
    set("jmx", "main");
    Settings settings = Settings.read(null, properties, Map.of());

    StaplerSettings read = StaplerSettings.of(settings);

    assertThat(settings.isEnabled()).isTrue();
    assertThat(settings.problems()).isEmpty();
    assertThat(read.store()).contains(Path.of("/var/lib/staples"));
    assertThat(read.jmx()).contains("main");
  }

  @ParameterizedTest
  @CsvSource({
    "timeout, 2, like 500ms",
    "timeout, 0s, timeout: PT0S",
    "nonce, yes, true or false",
    "delivery, off, in-process or loopback",
    "policy, must_staple, 'lenient, must-staple or strict'",
    "must-staple-wait, -1s, like 500ms",
    "max-certificates, many, a number",
    "max-certificates, 0, at least 1",
    "relay-revoked, 1, true or false",
    "jmx, 'a,b', 'letters, digits'",
    "jmx, '', 'letters, digits'",
    "store, '', a directory"
  })
  void of_badValue_saysWhatIsExpectedAndGoesOn(String key, String value, String expected) {
    set(key, value);
    Settings settings = Settings.read(null, properties, Map.of());

    StaplerSettings read = StaplerSettings.of(settings);

    assertThat(read).isNotNull();
    assertThat(settings.problems())
        .singleElement()
        .asString()
        .startsWith("system property ocspstapler." + key + " = " + value + " is ignored")
        .contains(expected);
  }

  @Test
  void of_storeNone_isNone() {
    set("store", "none");

    assertThat(StaplerSettings.of(Settings.read(null, properties, Map.of())).store()).isEmpty();
  }

  private void set(String key, String value) {
    properties.setProperty("ocspstapler." + key, value);
  }
}
