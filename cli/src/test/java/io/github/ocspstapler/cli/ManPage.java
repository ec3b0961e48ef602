package io.github.ocspstapler.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes the command line as a page for {@code man}, in its own language. */
final class ManPage {
  private final StringBuilder page = new StringBuilder();

  private ManPage() {}

  static String of(CommandLine program) {
    ManPage man = new ManPage();
    man.write(program);
    return man.page.toString();
  }

  private void write(CommandLine program) {
    CommandSpec root = program.getCommandSpec();
    request(".TH OCSP\\-STAPLER 1 \"\" \"OCSP Stapler for Java\" \"User Commands\"");
    request(".SH NAME");
    text("ocsp-stapler - " + String.join(" ", root.usageMessage().description()));
    request(".SH SYNOPSIS");
    request(".B ocsp\\-stapler");
    text("COMMAND [OPTIONS]");
    request(".SH COMMANDS");
    for (CommandLine command : program.getSubcommands().values()) {
      command(command.getCommandSpec());
    }
    request(".SH ENVIRONMENT");
    entry("NO_COLOR", List.of("If it is set and not empty, nothing is coloured."));
    entry("COLUMNS", List.of("How wide tables may be on a terminal."));
  }

  private void command(CommandSpec command) {
    request(".SS " + escaped(command.name() + synopsis(command)));
    lines(command.usageMessage().description());
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      entry(parameter.paramLabel(), described(parameter));
    }
    for (OptionSpec option : command.options()) {
      if (!option.usageHelp() && !option.versionHelp()) {
        String names = String.join(", ", option.names());
        boolean flag = option.arity().max() == 0;
        entry(names + (flag ? "" : " " + option.paramLabel()), described(option));
      }
    }
    lines(command.usageMessage().footer());
  }

  private static String synopsis(CommandSpec command) {
    StringBuilder synopsis = new StringBuilder(" [OPTIONS]");
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      synopsis.append(' ').append(parameter.paramLabel());
    }
    return synopsis.toString();
  }

  /** With what picocli puts in, such as the values that are possible. */
  private static List<String> described(ArgSpec argument) {
    return List.of(argument.description()).stream()
        .map(line -> line.replace("${COMPLETION-CANDIDATES}", candidates(argument)))
        .toList();
  }

  private static String candidates(ArgSpec argument) {
    return argument.completionCandidates() == null
        ? ""
        : String.join(", ", argument.completionCandidates());
  }

  private void entry(String term, List<String> description) {
    request(".TP");
    request(".B " + escaped(term));
    description.forEach(this::text);
  }

  private void lines(String... lines) {
    for (String line : lines) {
      if (line.isEmpty()) {
        request(".PP");
      } else if (line.startsWith(" ")) {
        request(".RS 4");
        text(line.strip());
        request(".RE");
      } else {
        text(line);
      }
    }
  }

  private void request(String line) {
    page.append(line).append('\n');
  }

  private void text(String line) {
    String plain = Ansi.OFF.string(line).replace("%n", " ");
    boolean control = plain.startsWith(".") || plain.startsWith("'");
    page.append(control ? "\\&" : "").append(escaped(plain)).append('\n');
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }
}
