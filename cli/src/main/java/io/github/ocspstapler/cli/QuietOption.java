package io.github.ocspstapler.cli;

import picocli.CommandLine.Option;

/** {@code --quiet}, for cron: silence means that all is well. */
final class QuietOption {
  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing if all is well (exit status 0), and no progress.")
  boolean quiet;
}
