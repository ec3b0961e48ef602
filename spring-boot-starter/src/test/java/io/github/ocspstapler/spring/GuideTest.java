package io.github.ocspstapler.spring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.Eventually;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The guide's lines, run, and its table, held to what the properties say of themselves. C8. */
class GuideTest {
  private static final Path ROOT = requireNonNull(Path.of("").toAbsolutePath().getParent());
  private static final String METADATA = "META-INF/spring-configuration-metadata.json";
  private static final String PREFIX = "ocsp-stapler.";

  @TempDir private Path folder;

  private static String guide() throws Exception {
    return Files.readString(ROOT.resolve("docs/guide/spring-boot.md"));
  }

  private static String yaml() throws Exception {
    Matcher block = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL).matcher(guide());
    assertThat(block.find()).isTrue();
    return block.group(1);
  }

  @Test
  void applicationYml_run_isStapledAndStored() throws Exception {
    try (Site site = Site.in(folder)) {
      Path staples = folder.resolve("staples");
      String here =
          yaml()
              .replace("/etc/tls", folder.toString())
              .replace("/var/lib/app/staples", staples.toString())
              .replace("port: 8443", "port: 0");
      Path configuration = Files.writeString(folder.resolve("application.yml"), here);
      String location = "--spring.config.location=" + configuration.toUri();

      try (Server.Running running = Server.TOMCAT.startBare(location)) {
        assertThat(site.handshake(running.port())).contains("Cert Status: good");
        Eventually.until(() -> Files.isDirectory(staples));
      }
    }
  }

  @Test
  void applicationYml_ofTheGuide_isTheExamples() throws Exception {
    String example =
        Files.readString(ROOT.resolve("examples/spring-boot/src/main/resources/application.yml"));

    assertThat(yaml()).isEqualTo(example);
  }

  @Test
  void propertiesTable_inTheGuide_saysWhatTheMetadataSays() throws Exception {
    List<String> rows = new ArrayList<>();
    Matcher row =
        Pattern.compile("(?m)^\\| `([a-z.-]+)` \\| (.*?) ?\\| (.*) \\|$").matcher(guide());
    while (row.find()) {
      rows.add(row.group(1) + " | " + row.group(2).replace("`", "") + " | " + row.group(3));
    }

    assertThat(rows).containsExactlyInAnyOrderElementsOf(metadata());
  }

  private static List<String> metadata() throws Exception {
    List<String> rows = new ArrayList<>();
    for (JsonNode property : properties()) {
      String name = property.get("name").asString();
      if (name.startsWith(PREFIX)) {
        JsonNode value = property.get("defaultValue");
        String defaultValue = value == null || value.isContainer() ? "" : value.asString();
        String what = property.get("description").asString();
        rows.add(name.substring(PREFIX.length()) + " | " + defaultValue + " | " + what);
      }
    }
    return rows;
  }

  private static JsonNode properties() throws Exception {
    Path classes =
        Path.of(
            OcspStaplerProperties.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    try (InputStream in = Files.newInputStream(classes.resolve(METADATA))) {
      return JsonMapper.shared().readTree(in).get("properties");
    }
  }
}
