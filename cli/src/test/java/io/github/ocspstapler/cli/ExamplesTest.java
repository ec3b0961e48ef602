package io.github.ocspstapler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What the documentation tells people to type. */
class ExamplesTest {
  private static final String PROGRAM = "./ocsp-stapler ";

  @Test
  void examples_ofReadmeAndGuide_areUnderstood() throws IOException {
    List<String> examples = examples();

    assertThat(examples).hasSizeGreaterThan(5);
    for (String example : examples) {
      CommandLine command = Main.commandLine(InputStream.nullInputStream(), Ansi.OFF);
      String[] words = example.substring(PROGRAM.length()).split(" +");
      var parsed = command.parseArgs(words);
      assertThat(
              parsed.hasSubcommand()
                  || parsed.isUsageHelpRequested()
                  || parsed.isVersionHelpRequested())
          .as(example)
          .isTrue();
    }
  }

  @Test
  void guide_namesEveryOption() throws IOException {
    String guide = Files.readString(root().resolve("docs/guide/command-line.md"));
    CommandLine command = Main.commandLine(InputStream.nullInputStream(), Ansi.OFF);

    List<String> unnamed = new ArrayList<>();
    for (CommandLine sub : command.getSubcommands().values()) {
      for (var option : sub.getCommandSpec().options()) {
        String name = option.longestName();
        if (!guide.contains("`" + name)) {
          unnamed.add(sub.getCommandName() + " " + name);
        }
      }
    }
    assertThat(unnamed).isEmpty();
  }

  private static List<String> examples() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(root().resolve("README.md")));
    try (Stream<Path> guide = Files.list(root().resolve("docs/guide"))) {
      pages.addAll(guide.filter(page -> page.toString().endsWith(".md")).sorted().toList());
    }
    List<String> examples = new ArrayList<>();
    for (Path page : pages) {
      if (Files.exists(page)) {
        Files.readAllLines(page).stream()
            .map(line -> line.strip().replaceFirst("^(\\$|.* \\|) (?=\\./)", ""))
            .filter(line -> line.startsWith(PROGRAM))
            // what a shell takes for itself
            .map(line -> Arrays.stream(line.split(" [|<>#] ?")).findFirst().orElse(line))
            .forEach(examples::add);
      }
    }
    return examples;
  }

  private static Path root() {
    return Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("..").normalize();
  }
}
