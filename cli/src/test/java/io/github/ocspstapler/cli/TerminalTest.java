package io.github.ocspstapler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestResponder;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What is shown on a terminal and nowhere else, and what fits it. */
class TerminalTest {
  private static final int COLUMNS = 80;
  private static final int LINES = 24;

  @TempDir private Path folder;

  @Test
  void help_ofTheProgram_fitsOneScreen() {
    List<String> lines = Cli.run("--help").outLines();

    assertThat(lines).hasSizeLessThan(LINES); // one is left for the prompt
    assertThat(lines).allMatch(line -> line.length() <= COLUMNS);
  }

  @Test
  void help_ofEveryCommand_isAsWideAsAScreen() {
    CommandLine command = Main.commandLine(InputStream.nullInputStream(), Ansi.OFF);

    for (CommandLine sub : command.getSubcommands().values()) {
      assertThat(sub.getUsageMessage().lines())
          .as(sub.getCommandName())
          .allMatch(line -> line.length() <= COLUMNS);
    }
  }

  @Test
  void progress_onATerminal_isShownOnStandardErrorAndWipedOut() throws Exception {
    Run run = lint(new Terminal(COLUMNS, true));

    assertThat(run.err).contains("asking http://").endsWith("\r\u001b[K");
    assertThat(run.out).doesNotContain("asking");
  }

  @Test
  void progress_withoutTerminalOrWithQuiet_isNotShown() throws Exception {
    assertThat(lint(Terminal.NONE).err).isEmpty();
    assertThat(lint(new Terminal(COLUMNS, true), "--quiet").err).isEmpty();
  }

  @Test
  void tables_onATerminal_fitIt() throws Exception {
    Run run = lint(new Terminal(70, false));

    assertThat(run.out.lines().skip(1)).allMatch(line -> line.length() <= 70);
    assertThat(run.out.lines()).anyMatch(line -> line.startsWith(" ".repeat(12)));
  }

  @Test
  void table_cells_standBelowEachOther() {
    StringWriter out = new StringWriter();

    new Table(30)
        .row("a", "first column is short")
        .row("longer", "the last cell is broken at its spaces")
        .print(new PrintWriter(out), Ansi.OFF, "  ");

    assertThat(out.toString().lines())
        .containsExactly(
            "  a       first column is",
            "          short",
            "  longer  the last cell is",
            "          broken at its spaces");
  }

  @Test
  void width_isThatOfTheTerminalAndUnboundedElsewhere() {
    assertThat(Terminal.of(true, Map.of("COLUMNS", "120")).width()).isEqualTo(120);
    assertThat(Terminal.of(true, Map.of("COLUMNS", "3")).width()).isEqualTo(40);
    assertThat(Terminal.of(true, Map.of("COLUMNS", "wide")).width()).isEqualTo(COLUMNS);
    assertThat(Terminal.of(false, Map.of("COLUMNS", "120")).width()).isGreaterThan(1_000_000);
    assertThat(Terminal.of(true, Map.of("TERM", "dumb")).showsProgress()).isFalse();
    assertThat(Terminal.of(false, Map.of()).showsProgress()).isFalse();
  }

  @Test
  void findings_onATerminal_areColoured() throws Exception {
    assertThat(lint(Terminal.NONE, Ansi.ON).out).contains("\u001b[");
    assertThat(lint(Terminal.NONE).out).doesNotContain("\u001b");
  }

  private record Run(String out, String err) {}

  private Run lint(Terminal terminal, String... more) throws Exception {
    return lint(terminal, Ansi.OFF, more);
  }

  private Run lint(Terminal terminal, Ansi ansi, String... more) throws Exception {
    TestCa ca = TestCa.root("Terminal CA");
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try (TestResponder responder = TestResponder.start(ca)) {
      Path chain =
          Files.writeString(
              folder.resolve("chain.pem"), ca.leaf("x.test", responder.url()).chainPem());
      String[] line = new String[more.length + 2];
      line[0] = "lint";
      line[1] = chain.toString();
      System.arraycopy(more, 0, line, 2, more.length);
      Main.commandLine(new ByteArrayInputStream(new byte[0]), ansi, terminal)
          .setOut(new PrintWriter(out, true))
          .setErr(new PrintWriter(err, true))
          .execute(line);
    }
    return new Run(out.toString(), err.toString());
  }
}
