package io.github.ocspstapler.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testsupport.Eventually;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.loader.tools.Library;
import org.springframework.boot.loader.tools.LibraryScope;
import org.springframework.boot.loader.tools.Repackager;

/**
 * C8, X2: an executable jar in a JVM of its own. The stapler is in a nested jar there, where the
 * JDK does not find the in-process way. Nothing that is optional is in the jar.
 */
class FatJarTest {
  private static final Pattern PORT = Pattern.compile("started on port (\\d+) \\(https\\)");
  private static final Pattern NOT_IN_APPLICATIONS =
      Pattern.compile(
          ".*(junit|opentest4j|assertj|archunit|bcp|bcutil|testkit|test-support|test-classes"
              + "|surefire|loader-tools|commons-compress|jetty|netty|webflux"
              + "|actuator|boot-health|boot-micrometer|micrometer-core).*");

  @TempDir private Path folder;

  private Site site;

  @BeforeEach
  void startResponder() throws Exception {
    site = Site.in(folder);
  }

  @AfterEach
  void stopResponder() {
    site.close();
  }

  @Test
  void javaJar_handshakesWithResponderThatHangs_areStapledOverLoopback() throws Exception {
    Path log = folder.resolve("log");
    Process process = start(executableJar(), log);
    try {
      Eventually.until(() -> !process.isAlive() || PORT.matcher(read(log)).find());
      Matcher started = PORT.matcher(read(log));
      assertThat(started.find()).as(read(log)).isTrue();
      int port = Integer.parseInt(started.group(1));
      site.responder.fault(Fault.hang());

      String tls13 = site.handshake(port, "-tls1_3");
      String tls12 = site.handshake(port, "-tls1_2");

      assertThat(tls13).contains("Cert Status: good").contains("Verify return code: 0 (ok)");
      assertThat(tls12).contains("Cert Status: good").contains("Verify return code: 0 (ok)");
      assertThat(read(log)).contains("gets its staples over loopback").doesNotContain(" WARN ");
    } finally {
      process.destroyForcibly().waitFor(60, TimeUnit.SECONDS);
    }
  }

  private Process start(Path jar, Path log) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    line.addAll(List.of("-jar", jar.toString()));
    line.addAll(List.of("--server.port=0", "--server.address=127.0.0.1"));
    line.add("--ocsp-stapler.go-live-wait=60s");
    line.addAll(site.bundle());
    return new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  private static String read(Path log) throws IOException {
    return Files.readString(log);
  }

  /** As the Maven and Gradle plugins of Spring Boot make it. */
  private Path executableJar() throws IOException {
    Path plain = folder.resolve("plain.jar");
    String entry = Application.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(plain))) {
      add(jar, entry, Files.readAllBytes(Path.of("target/test-classes", entry)));
    }
    Path executable = folder.resolve("application.jar");
    Repackager repackager = new Repackager(plain.toFile());
    repackager.setMainClass(Application.class.getName());
    List<Path> libraries = libraries();
    repackager.repackage(
        executable.toFile(),
        callback -> {
          for (Path library : libraries) {
            callback.library(new Library(library.toFile(), LibraryScope.COMPILE));
          }
        });
    return executable;
  }

  private List<Path> libraries() throws IOException {
    String own = System.getProperty("java.class.path");
    String classPath = System.getProperty("surefire.test.class.path", own);
    List<Path> libraries = new ArrayList<>();
    for (String element : List.of(classPath.split(File.pathSeparator, -1))) {
      Path path = Path.of(element);
      if (NOT_IN_APPLICATIONS.matcher(relevant(path)).matches() || !Files.exists(path)) {
        continue;
      }
      libraries.add(Files.isDirectory(path) ? jarOf(path, libraries.size()) : path);
    }
    return libraries;
  }

  /** The file of a jar; of a module's classes, the module's and their folders. */
  private static String relevant(Path path) {
    return Files.isDirectory(path)
        ? path.subpath(path.getNameCount() - 3, path.getNameCount()).toString()
        : Objects.requireNonNull(path.getFileName()).toString();
  }

  private Path jarOf(Path classes, int number) throws IOException {
    Path library = folder.resolve("module-" + number + ".jar");
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(library));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        add(jar, classes.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return library;
  }

  private static void add(JarOutputStream jar, String name, byte[] content) throws IOException {
    jar.putNextEntry(new JarEntry(name));
    jar.write(content);
    jar.closeEntry();
  }
}
