package io.github.ocspstapler.testsupport;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * Something of the machine that a test works with and that the project does not bring: a program
 * such as {@code openssl}, or a folder of test cases.
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
    return find(command)
        .orElseGet(() -> missing(command + " (apt-get install " + debianPackage + ")"));
  }

  /**
   * Returns where the program is, and says so in a line if it is nowhere on the PATH: for what a
   * test can do without, and CI need not have.
   *
   * @param command the program's name
   * @return the program's absolute path, or empty
   */
  public static Optional<Path> optional(String command) {
    Optional<Path> found = find(command);
    if (found.isEmpty()) {
      System.out.println("not run with " + command + ", which is not on the PATH");
    }
    return found;
  }

  /**
   * As {@link #require(String, String)}, for a program of which several versions stand beside each
   * other, off the PATH.
   *
   * @param versions the folder with a folder for each version, for example {@code
   *     /usr/lib/postgresql}
   * @param command the program's path in there, for example {@code bin/initdb}
   * @param debianPackage the package that brings it
   * @return the absolute path of the newest
   */
  public static Path require(Path versions, String command, String debianPackage) {
    try (Stream<Path> folders =
        Files.isDirectory(versions) ? Files.list(versions) : Stream.empty()) {
      return folders
          .map(folder -> folder.resolve(command))
          .filter(Files::isExecutable)
          .max(Comparator.comparing(program -> version(versions.relativize(program))))
          .orElseGet(() ->
              missing(versions + "/*/" + command + " (apt-get install " + debianPackage + ")"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Runtime.Version version(Path program) {
    return Runtime.Version.parse(program.getName(0).toString());
  }

  /**
   * Returns the folder that a system property names; skips the calling test, or fails it under CI,
   * if there is none.
   *
   * @param property the system property, for example {@code vectors.dir}
   * @param content what is in the folder, for the message
   * @return the folder
   */
  public static Path requireFolder(String property, String content) {
    String folder = System.getProperty(property, "");
    return !folder.isEmpty() && Files.isDirectory(Path.of(folder))
        ? Path.of(folder)
        : missing(content + " in " + folder + " (name another folder with -D" + property + "=…)");
  }

  private static Path missing(String what) {
    String message = MISSING + what;
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError(message);
    }
    throw new TestAbortedException(message);
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
