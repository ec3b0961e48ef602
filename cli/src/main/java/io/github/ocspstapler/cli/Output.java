package io.github.ocspstapler.cli;

import java.util.List;
import picocli.CommandLine;

/** Prints a verdict in the form that was asked for. */
final class Output {
  private Output() {}

  static void print(Verdict verdict, boolean json, CommandLine command) {
    if (json) {
      command.getOut().println(VerdictJson.of(verdict, List.of()));
    } else {
      new VerdictText(command).print(verdict);
    }
    command.getOut().flush();
    command.getErr().flush();
  }
}
