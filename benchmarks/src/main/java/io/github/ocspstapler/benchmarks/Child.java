package io.github.ocspstapler.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM with this one's class path, for what is JVM-wide: the JDK's stapling properties, the
 * heap, the CPU time. It reports {@code RESULT key=value} lines; what else it prints goes to this
 * JVM's standard error.
 */
final class Child implements AutoCloseable {
  private static final String MARK = "RESULT ";

  private final Process process;
  private final BufferedReader output;
  private final String name;

  private Child(Process process, String name) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    this.name = name;
  }

  static Child start(Class<?> main, List<String> jvmOptions, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(Profile.jvmOptions());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    return start(command, main.getSimpleName() + " " + arguments);
  }

  private static Child start(List<String> command, String name) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return new Child(process, name);
  }

  /** Runs a child to its end and returns what it reported. */
  static Map<String, String> run(Class<?> main, List<String> jvmOptions, List<String> arguments)
      throws IOException, InterruptedException {
    try (Child child = start(main, jvmOptions, arguments)) {
      return child.results();
    }
  }

  /** Runs any program to its end and returns what it reported as a child does. */
  static Map<String, String> run(List<String> command) throws IOException, InterruptedException {
    try (Child child = start(command)) {
      return child.results();
    }
  }

  /** Starts any program that reports as a child does. */
  static Child start(List<String> command) throws IOException {
    return start(command, command.get(0));
  }

  private Map<String, String> results() throws IOException, InterruptedException {
    Map<String, String> results = new HashMap<>();
    for (Result result = next(); result != null; result = next()) {
      if (!Profile.noted(result)) {
        results.put(result.key(), result.value());
      }
    }
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException(name + " ended with status " + status);
    }
    return results;
  }

  /** One thing that a child reported. */
  record Result(String key, String value) {}

  /** Says to the parent what was found. */
  static void report(String key, Object value) {
    System.out.println(MARK + key + "=" + value);
  }

  /** Waits for the child's next report; null when it has ended. */
  Result next() {
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith(MARK)) {
          int equals = line.indexOf('=');
          return new Result(line.substring(MARK.length(), equals), line.substring(equals + 1));
        }
        System.err.println(line);
      }
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the child's next report, which has this key, and returns its value. */
  String expect(String key) throws IOException {
    Result result = next();
    if (result == null || !result.key().equals(key)) {
      throw new IOException(name + " reported " + result + " (expected: " + key + ")");
    }
    return result.value();
  }

  /** Writes a byte to the child's standard input, for which it waits. */
  void say() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  /** Closes the child's standard input, on which a waiting child ends, and waits for that. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
