package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.OutsideTool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The completion script, in a real shell. */
class CompletionCommandTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "ocsp-stapler pro, probe",
    "ocsp-stapler probe --start, --starttls",
    "ocsp-stapler lint --ht, --html",
  })
  void word_begun_isCompletedByBash(String line, String expected) throws Exception {
    Path script = Files.writeString(folder.resolve("completion.bash"), Cli.run("completion").out());
    String[] words = line.split(" ", -1);
    String program =
        "source "
            + script
            + "; COMP_WORDS=("
            + line
            + "); COMP_CWORD="
            + (words.length - 1)
            + "; COMP_LINE='"
            + line
            + "'; COMP_POINT="
            + line.length()
            + "; _complete_ocsp-stapler; printf '%s\\n' \"${COMPREPLY[@]}\"";

    Process bash =
        new ProcessBuilder(OutsideTool.require("bash", "bash").toString(), "-c", program)
            .redirectErrorStream(true)
            .start();

    String output = new String(bash.getInputStream().readAllBytes(), UTF_8);
    assertThat(output.lines().map(String::strip)).contains(expected);
  }

  @Test
  void script_isNothingButTheScript() {
    Cli run = Cli.run("completion");

    assertThat(run.status()).isZero();
    assertThat(run.out()).startsWith("#!");
    assertThat(run.err()).isEmpty();
  }
}
