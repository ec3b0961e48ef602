package io.github.ocspstapler.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code --quiet}, for cron: silence means that all is well. */
final class QuietOption {
  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing if all is well (exit status 0), and no progress.")
  boolean quiet;

  boolean hides(List<Finding> findings) {
    return quiet && Finding.worst(findings) == Level.OK;
  }

  boolean hides(Verdict verdict) {
    return quiet && verdict.exitStatus() == ExitStatus.GOOD;
  }

  /** What says on standard error how far the command is; nothing if quiet. */
  Progress progress(CommandLine command, Terminal terminal) {
    return new Progress(command.getErr(), terminal.showsProgress() && !quiet);
  }
}
