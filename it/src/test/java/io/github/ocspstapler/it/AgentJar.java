package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The agent as it is published, and the start of Java processes with it. */
final class AgentJar {
  private AgentJar() {}

  static Path path() {
    Path jar = Checkout.root().resolve("agent/target/ocsp-stapler-agent.jar");
    assertThat(jar).as("run ./mvnw -pl agent -am package -DskipTests before this test").exists();
    return jar;
  }

  /** The option of the JVM. */
  static String option() {
    return "-javaagent:" + path();
  }

  /**
   * The command line of a program of these tests, with the agent, and without the library on its
   * class path.
   *
   * @param store where the agent keeps its staples
   * @param options more options of the JVM
   */
  static List<String> run(Path store, List<String> options, Class<?> program, String... arguments)
      throws Exception {
    Path classes = Path.of(program.getProtectionDomain().getCodeSource().getLocation().toURI());
    assertThat(Files.isDirectory(classes)).isTrue();
    List<String> more = new ArrayList<>(options);
    more.addAll(List.of("-cp", classes.toString(), program.getName()));
    more.addAll(List.of(arguments));
    return java(store, more);
  }

  /**
   * The command line of a small Java process with the agent.
   *
   * @param store where the agent keeps its staples
   * @param more more options of the JVM, then what it runs
   */
  static List<String> java(Path store, List<String> more) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    line.addAll(List.of(option(), "-Docspstapler.store=" + store));
    line.addAll(more);
    return line;
  }
}
