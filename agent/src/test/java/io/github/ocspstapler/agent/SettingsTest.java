package io.github.ocspstapler.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir private Path folder;

  private final Properties properties = new Properties();

  @Test
  void get_notSet_isTheDefault() {
    Settings settings = Settings.read(null, properties, Map.of("PATH", "/bin"));

    assertThat(settings.get("store", "default", value -> value)).isEqualTo("default");
    assertThat(settings.isEnabled()).isTrue();
    assertThat(settings.problems()).isEmpty();
  }

  @Test
  void get_setEverywhere_propertyIsOverEnvironmentIsOverFile() throws Exception {
    String file = file("ocspstapler.store=file\nocspstapler.nonce=file\nocspstapler.timeout=file");
    properties.setProperty("ocspstapler.store", "property");
    Map<String, String> environment =
        Map.of("OCSPSTAPLER_STORE", "environment", "OCSPSTAPLER_NONCE", "environment");

    Settings settings = Settings.read(file, properties, environment);

    assertThat(settings.get("store", "", value -> value)).isEqualTo("property");
    assertThat(settings.get("nonce", "", value -> value)).isEqualTo("environment");
    assertThat(settings.get("timeout", "", value -> value)).isEqualTo("file");
    assertThat(settings.problems()).isEmpty();
  }

  @Test
  void get_dashedKeyInTheEnvironment_hasUnderscores() {
    Settings settings =
        Settings.read(null, properties, Map.of("OCSPSTAPLER_MUST_STAPLE_WAIT", " 1s "));

    assertThat(settings.get("must-staple-wait", "", value -> value)).isEqualTo("1s");
  }

  @Test
  void read_fileNamedByAProperty_isRead() throws Exception {
    properties.setProperty("ocspstapler.config", file("ocspstapler.enabled = false"));

    assertThat(Settings.read("", properties, Map.of()).isEnabled()).isFalse();
  }

  @Test
  void problems_badValue_nameKeyPlaceAndDefaultHolds() throws Exception {
    String file = file("ocspstapler.enabled = treu");

    Settings settings = Settings.read(file, properties, Map.of());

    assertThat(settings.isEnabled()).isTrue();
    assertThat(settings.problems())
        .containsExactly(
            "ocspstapler.enabled in "
                + file
                + " = treu is ignored, and the default is used: expected: true or false");
  }

  @Test
  void problems_unknownKeys_nameEachAndItsPlace() throws Exception {
    properties.setProperty("ocspstapler.stoer", "x");
    String file = file("store=x");

    Settings settings =
        Settings.read(file, properties, Map.of("OCSPSTAPLER_PORT", "1", "OCSPSTAPLER_STORE", "x"));
    settings.use("store", value -> {});

    assertThat(settings.problems())
        .containsExactly(
            "store in " + file + " is no setting, and is ignored (expected: ocspstapler.…)",
            "environment variable OCSPSTAPLER_PORT is no setting, and is ignored"
                + " (known: ocspstapler.config, ocspstapler.store)",
            "system property ocspstapler.stoer is no setting, and is ignored"
                + " (known: ocspstapler.config, ocspstapler.store)");
  }

  @Test
  void problems_fileMissing_areOneAndTheRestHolds() {
    properties.setProperty("ocspstapler.store", "x");

    Settings settings = Settings.read(folder.resolve("none").toString(), properties, Map.of());

    assertThat(settings.get("store", "", value -> value)).isEqualTo("x");
    assertThat(settings.problems())
        .singleElement()
        .asString()
        .contains("none (named by the -javaagent option) cannot be read");
  }

  @Test
  void problems_fileMalformedOrAFolderOrNoPath_areOneEach() throws Exception {
    for (String file :
        new String[] {file("ocspstapler.store=\\u00zz"), folder.toString(), "a\0b"}) {
      assertThat(Settings.read(file, properties, Map.of()).problems())
          .as(file)
          .singleElement()
          .asString()
          .contains("cannot be read");
    }
  }

  private String file(String text) throws Exception {
    return Files.writeString(folder.resolve("settings.properties"), text).toString();
  }
}
