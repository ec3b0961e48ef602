package io.github.ocspstapler.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a program of these tests in a Java process of its own. */
final class ChildJvm {
  private ChildJvm() {}

  static List<String> of(Class<?> program, String... arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // It lives for moments: what starts fastest is best.
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx128m"));
    line.add("-cp");
    String own = System.getProperty("java.class.path");
    line.add(System.getProperty("surefire.test.class.path", own)); // its own is a jar of jars
    line.add(program.getName());
    line.addAll(List.of(arguments));
    return line;
  }
}
