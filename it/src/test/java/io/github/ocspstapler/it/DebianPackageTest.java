package io.github.ocspstapler.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.Command;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Debian package, looked at by Debian's own tools, and run from where they unpack it. */
@Timeout(120)
class DebianPackageTest {
  private static final Path BUILT = Checkout.root().resolve("distribution/target");

  @TempDir Path folder;

  @Test
  void package_control_namesItsJavaAndItsConfiguration() throws Exception {
    String control = dpkgDeb("-f", deb().toString());

    assertThat(control)
        .contains(
            "Package: ocsp-stapler\n",
            "Architecture: all\n",
            "Depends: default-jre-headless (>= 2:1.17) | java17-runtime-headless\n")
        .containsPattern("\nVersion: \\d[^-\\s]*\n");
    assertThat(dpkgDeb("-I", deb().toString(), "conffiles")).isEqualTo("/etc/ocsp-stapler.yaml\n");
    for (String script : new String[] {"postinst", "prerm", "postrm"}) {
      Path file =
          Files.writeString(folder.resolve(script), dpkgDeb("-I", deb().toString(), script));
      Command checked = Command.run(OutsideTool.require("shellcheck", "shellcheck"), "" + file);
      assertThat(checked.status()).as(checked.output()).isZero();
    }
  }

  @Test
  void package_content_belongsToRootAndIsWhereDebianWantsIt() throws Exception {
    String content = dpkgDeb("-c", deb().toString());

    assertThat(content.lines())
        .allMatch(line -> line.contains(" root/root "))
        .anyMatch(
            line -> line.startsWith("-rwxr-xr-x") && line.endsWith("ocsp-stapler/ocsp-stapler"))
        .anyMatch(
            line -> line.endsWith(" ./usr/bin/ocsp-stapler -> ../share/ocsp-stapler/ocsp-stapler"))
        .anyMatch(line -> line.endsWith(" ./usr/share/ocsp-stapler/agent/ocsp-stapler-agent.jar"))
        .anyMatch(line -> line.endsWith(" ./usr/share/doc/ocsp-stapler/copyright"))
        .noneMatch(line -> line.endsWith(".jsa"));
  }

  @Test
  void package_unpacked_runs() throws Exception {
    unpack();

    Command version = run("--version");

    assertThat(version.status()).as(version.output()).isZero();
    assertThat(version.output()).startsWith("ocsp-stapler ");
  }

  // What comes before a release has a dash in its version, and in Debian's a tilde.
  @Test
  void package_version_isThatOfTheToolWhereverItStands() throws Exception {
    unpack();
    String said = run("--version").output().lines().findFirst().orElseThrow();
    String expected = said.substring("ocsp-stapler ".length()).replace('-', '~');

    String control = dpkgDeb("-f", deb().toString(), "Version");

    assertThat(control).isEqualTo(expected + "\n");
    assertThat(deb()).hasFileName("ocsp-stapler_" + expected + "_all.deb");
    assertThat(Path.of(deb() + ".sha256")).isNotEmptyFile();
    assertThat(unpackedText("usr/share/doc/ocsp-stapler/changelog.gz"))
        .startsWith("ocsp-stapler (" + expected + ") ");
  }

  @Test
  void package_manPageAndCompletion_areThoseOfTheTool() throws Exception {
    unpack();

    assertThat(unpackedText("usr/share/man/man1/ocsp-stapler.1.gz"))
        .isEqualTo(Files.readString(Checkout.root().resolve("docs/man/ocsp-stapler.1")));
    Path completion = folder.resolve("usr/share/bash-completion/completions/ocsp-stapler");
    Command completed =
        Command.run(
            Path.of("/bin/bash"), "-c", "source " + completion + " && complete -p ocsp-stapler");
    assertThat(completed.status()).as(completed.output()).isZero();
    assertThat(completed.output()).contains("-F _complete_ocsp-stapler ");
  }

  @Test
  void package_configuration_isUnderstood() throws Exception {
    unpack();
    Path config = folder.resolve("etc/ocsp-stapler.yaml");
    Files.writeString(config, Files.readString(config).replace("/etc/", folder + "/etc/"));

    Command check = run("watch", "--check", config.toString());

    assertThat(check.status()).as(check.output()).isZero();
    assertThat(check.output()).contains("understood; certificates: 0");
  }

  @Test
  void package_unit_holdsBeforeSystemd() throws Exception {
    Path analyze = OutsideTool.require("systemd-analyze", "systemd");
    unpack();
    String unit = Files.readString(folder.resolve("usr/lib/systemd/system/ocsp-stapler.service"));
    String start = "ExecStart=ocsp-stapler ";
    Path here = folder.resolve("ocsp-stapler.service");
    Path wrong = folder.resolve("wrong.service");
    String installed = unit.replace(start, "ExecStart=" + folder + "/usr/bin/ocsp-stapler ");
    Files.writeString(here, installed);
    Files.writeString(wrong, installed.replace("DynamicUser=", "DynamikUser="));

    Command verified = Command.run(analyze, "verify", "--man=no", here.toString());
    Command misspelt = Command.run(analyze, "verify", "--man=no", wrong.toString());

    assertThat(unit).contains(start);
    assertThat(verified.status()).as(verified.output()).isZero();
    assertThat(verified.output()).doesNotContain("ocsp-stapler.service");
    assertThat(misspelt.output()).contains("DynamikUser");
  }

  private static Path deb() throws IOException {
    try (Stream<Path> built = Files.list(Files.createDirectories(BUILT))) {
      return built
          .filter(path -> path.toString().endsWith(".deb"))
          .findAny()
          .orElseThrow(() ->
              new AssertionError(
                  "run ./mvnw -pl distribution -am package -DskipTests before this test"));
    }
  }

  private void unpack() throws IOException {
    dpkgDeb("-x", deb().toString(), folder.toString());
  }

  private String unpackedText(String gzipped) throws IOException {
    try (InputStream text = new GZIPInputStream(Files.newInputStream(folder.resolve(gzipped)))) {
      return new String(text.readAllBytes(), UTF_8);
    }
  }

  /** Runs what was unpacked. */
  private Command run(String... arguments) {
    List<String> line = new ArrayList<>(List.of("JAVA_HOME=" + System.getProperty("java.home")));
    line.add(folder.resolve("usr/bin/ocsp-stapler").toString());
    line.addAll(List.of(arguments));
    return Command.run(Path.of("/usr/bin/env"), line.toArray(String[]::new));
  }

  private static String dpkgDeb(String... arguments) {
    Command run = Command.run(OutsideTool.require("dpkg-deb", "dpkg"), arguments);
    assertThat(run.status()).as(run.output()).isZero();
    return run.output();
  }
}
