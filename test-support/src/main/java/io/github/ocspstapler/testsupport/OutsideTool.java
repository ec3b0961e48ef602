package io.github.ocspstapler.testsupport;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A program of the machine that a test works with, such as {@code openssl}.
 *
 * <p>Where it is missing, the test is skipped; under CI, which has them all, it fails. CI is where
 * the environment says {@code CI=true}.
 */
public final class OutsideTool {
  /** The one excuse for a skipped test; the build looks for these words. */
  private static final String MISSING = "outside tool missing: ";

  private OutsideTool() {}

  /**
   * Returns where the program is; skips the calling test, or fails it under CI, if it is nowhere on
   * the PATH.
   *
   * @param command the program's name, for example {@code gnutls-cli}
   * @param debianPackage the package that brings it, for example {@code gnutls-bin}
   * @return the program's absolute path
   */
  public static Path require(String command, String debianPackage) {
    Optional<Path> found = find(command);
    if (found.isEmpty()) {
      String message = MISSING + command + " (apt-get install " + debianPackage + ")";
      if ("true".equals(System.getenv("CI"))) {
        Assertions.fail(message);
      }
      Assumptions.abort(message);
    }
    return found.orElseThrow();
  }

  private static Optional<Path> find(String command) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(path.split(Pattern.quote(File.pathSeparator)))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, command).toAbsolutePath())
        .filter(Files::isExecutable)
        .findFirst();
  }
}
