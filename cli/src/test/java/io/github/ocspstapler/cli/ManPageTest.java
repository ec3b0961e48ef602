package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

/**
 * Holds docs/man to the command line. Run with {@code -Dman.update=true} to write it anew.
 *
 * <p>picocli's own generator writes AsciiDoc, which no {@code man} reads.
 */
class ManPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("basedir", "")).resolve("../docs/man/ocsp-stapler.1");

  @Test
  void manPage_saysWhatTheCommandLineSays() throws Exception {
    String page = ManPage.of(Main.commandLine(InputStream.nullInputStream(), Ansi.OFF));
    if (Boolean.getBoolean("man.update")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }

    assertThat(Files.readString(PAGE)).isEqualTo(page);
  }

  @Test
  void manPage_isFormattedWithoutAWarning() throws Exception {
    Path groff = OutsideTool.require("groff", "groff-base");

    Process process =
        new ProcessBuilder(groff.toString(), "-man", "-Tutf8", "-ww", "-z", PAGE.toString())
            .redirectErrorStream(true)
            .start();

    assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).isEmpty();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }
}
