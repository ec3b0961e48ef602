package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.Command;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stand-alone release, unpacked and run as a user does. */
@Timeout(120)
class DistributionTest {
  private static final Path BUILT = Checkout.root().resolve("distribution/target");

  @TempDir Path folder;

  @Test
  void zip_unpacked_runsWithARuntimeOnly() throws Exception {
    Path home = unpack();
    Map<String, String> small =
        Map.of(
            "JAVA_HOME",
            runtime().toString(),
            "OCSP_STAPLER_OPTS",
            "--limit-modules java.se,jdk.httpserver,jdk.crypto.ec");

    Command version = run(home, small, "--version");
    Command help = run(home, small, "--help");

    assertThat(version.status()).as(version.output()).isZero();
    assertThat(version.output()).contains(version());
    assertThat(help.status()).as(help.output()).isZero();
    assertThat(help.output()).contains("probe", "watch");
  }

  @Test
  void zip_runOnce_keepsItsClassesForTheNextRun() throws Exception {
    Path home = unpack();

    Command first = run(home, Map.of(), "--version");
    Command second = run(home, Map.of(), "--version");

    assertThat(second).isEqualTo(first);
    try (Stream<Path> cache = Files.list(home.resolve("cache"))) {
      assertThat(cache.map(path -> path.getFileName().toString()))
          .singleElement()
          .asString()
          .matches("classes-\\d.*\\.jsa");
    }
  }

  @Test
  void launcher_javaTooOldOrMissing_saysWhatIsExpected() throws Exception {
    Path home = unpack();
    Path old = runtime();
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");

    Command tooOld = run(home, Map.of("JAVA_HOME", old.toString()), "--version");
    Command missing = run(home, Map.of("JAVA_HOME", home.toString()), "--version");

    assertThat(tooOld.status()).isEqualTo(1);
    assertThat(tooOld.output()).contains("is version 11.0.2 (expected: 17 or later)");
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.output())
        .contains("there is no bin/java in it (expected: a Java, 17 or later)");
  }

  // The shell makes the name: the Java of this test may be unable to.
  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "not_INSTALLED.UTF-8", "C.UTF-8"})
  void launcher_anyLocale_opensFilesOfAnyName(String locale) throws Exception {
    Path home = unpack();
    String script =
        "config=$(printf 'stra\\303\\237e.yaml') && echo \"certificates: $PWD\" >\"$config\""
            + " && exec ./ocsp-stapler watch --check \"$config\"";

    Command check =
        Command.run(
            Path.of("/usr/bin/env"),
            "--chdir=" + home,
            "LC_ALL=" + locale,
            "JAVA_HOME=" + System.getProperty("java.home"),
            "/bin/sh",
            "-c",
            script);

    assertThat(check.status()).as(check.output()).isZero();
    assertThat(check.output()).contains("stra\u00DFe.yaml: understood");
  }

  @Test
  void zip_content_isWhatAnOperatorNeedsAndNothingOfThisMachine() throws Exception {
    Path home = unpack();

    assertThat(home.resolve("man/man1/ocsp-stapler.1"))
        .hasSameTextualContentAs(Checkout.root().resolve("docs/man/ocsp-stapler.1"));
    assertThat(Files.readString(home.resolve("completion/ocsp-stapler.bash")))
        .contains("complete -F", "probe", "watch")
        .doesNotContain(Checkout.root().toString());
    assertThat(home.resolve("systemd/ocsp-stapler.service")).isNotEmptyFile();
    assertThat(home.resolve("systemd/ocsp-stapler.yaml")).isNotEmptyFile();
    assertThat(home.resolve("agent/ocsp-stapler-agent.jar"))
        .hasSameBinaryContentAs(Checkout.root().resolve("agent/target/ocsp-stapler-agent.jar"));
    assertThat(home.resolve("observability/alerts.yml")).isNotEmptyFile();
    assertThat(home.resolve("LICENSE")).isNotEmptyFile();
    assertThat(Files.getPosixFilePermissions(home.resolve("ocsp-stapler")))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void checksums_besideTheZip_hold() throws Exception {
    Path zip = zip();

    for (String algorithm : List.of("SHA-256", "SHA-512")) {
      String suffix = "." + algorithm.toLowerCase(Locale.ROOT).replace("-", "");
      String sum =
          HexFormat.of()
              .formatHex(MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(zip)));

      assertThat(Files.readString(Path.of(zip + suffix)).strip())
          .isEqualTo(sum + "  " + zip.getFileName());
    }
  }

  @Test
  void sbom_besideTheZip_namesEveryLibraryWithALicence() throws Exception {
    String sbom = Files.readString(BUILT.resolve("ocsp-stapler-" + version() + ".cdx.json"));
    List<String> jars = new ArrayList<>();
    try (ZipFile zip = new ZipFile(zip().toFile())) {
      zip.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.contains("/lib/") && name.endsWith(".jar"))
          .map(name -> name.substring(name.lastIndexOf('/') + 1, name.length() - ".jar".length()))
          .forEach(jars::add);
    }

    assertThat(sbom).contains("\"bomFormat\" : \"CycloneDX\"", "\"licenses\"");
    assertThat(jars)
        .hasSizeGreaterThan(5)
        .allSatisfy(jar -> {
          int version = jar.replaceFirst("-\\d.*", "").length();
          assertThat(sbom)
              .contains(
                  "/" + jar.substring(0, version) + "@" + jar.substring(version + 1) + "?type=jar");
        });
    assertThat(sbom).doesNotContain(Checkout.root().toString());
  }

  private static Path zip() throws IOException {
    try (Stream<Path> built = Files.list(Files.createDirectories(BUILT))) {
      return built
          .filter(path -> path.toString().endsWith(".zip"))
          .findAny()
          .orElseThrow(() ->
              new AssertionError(
                  "run ./mvnw -pl distribution -am package -DskipTests, online, before this test"));
    }
  }

  private static String version() throws IOException {
    String name = zip().getFileName().toString();
    return name.substring("ocsp-stapler-".length(), name.length() - ".zip".length());
  }

  /** As a user does: permissions and all. */
  private Path unpack() throws IOException {
    Path unzip = OutsideTool.require("unzip", "unzip");
    Command unzipped = Command.run(unzip, "-q", zip().toString(), "-d", folder.toString());
    assertThat(unzipped.status()).as(unzipped.output()).isZero();
    return folder.resolve("ocsp-stapler-" + version());
  }

  /** A Java without a compiler. */
  private Path runtime() throws IOException {
    Path home = folder.resolve("jre");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Files.createSymbolicLink(Files.createDirectories(home.resolve("bin")).resolve("java"), java);
    return home;
  }

  private static Command run(Path home, Map<String, String> environment, String... arguments) {
    List<String> line = new ArrayList<>(List.of("-i", "PATH=" + System.getenv("PATH")));
    line.add("JAVA_HOME=" + System.getProperty("java.home"));
    environment.forEach((name, value) -> line.add(name + "=" + value));
    line.add(home.resolve("ocsp-stapler").toString());
    line.addAll(List.of(arguments));
    return Command.run(Path.of("/usr/bin/env"), line.toArray(String[]::new));
  }
}
