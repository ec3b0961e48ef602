package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.testsupport.FreePort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.Attributes.Name;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C6, T3, T4: the library in a jar inside a jar, under Spring Boot's loader, where the JDK does not
 * find its URL handler.
 */
class NestedJarTest {
  private static final Path LOADER = Path.of("target", "spring-boot-loader.jar");

  @TempDir private Path folder;

  @Test
  void executableJar_providerOfTheNestedLibrary_isStapledOverLoopback() throws Exception {
    int port = FreePort.next();
    Path log = folder.resolve("log");
    try (TestSite site = new TestSite(folder)) {
      List<String> line =
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "-jar",
              executableJar().toString(),
              Integer.toString(port),
              site.keyStore().toString());
      RunningProgram server = RunningProgram.start(port, log, PlainServerProgram.READY, line);
      try {
        site.assertStapled(port);
      } finally {
        server.close();
      }
    }
    assertThat(Files.readString(log))
        .contains("Trying loopback delivery instead", "gets its staples over loopback");
  }

  /** As Spring Boot's plug-in lays it out. */
  private Path executableJar() throws Exception {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Name.MANIFEST_VERSION, "1.0");
    main.put(Name.MAIN_CLASS, "org.springframework.boot.loader.launch.JarLauncher");
    main.putValue("Start-Class", NestedServerProgram.class.getName());
    main.putValue("Spring-Boot-Classes", "BOOT-INF/classes/");
    main.putValue("Spring-Boot-Lib", "BOOT-INF/lib/");
    Path jar = folder.resolve("server.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        JarFile loader = new JarFile(LOADER.toFile())) {
      for (JarEntry entry : loader.stream().toList()) {
        if (!entry.isDirectory() && !entry.getName().equals(JarFile.MANIFEST_NAME)) {
          add(out, entry.getName(), loader.getInputStream(entry).readAllBytes());
        }
      }
      add(out, "BOOT-INF/classes/", new byte[0]); // the loader looks for the folder
      add(out, "BOOT-INF/lib/ocsp-stapler.jar", jarOf(classes(Stapler.class)));
      for (Class<?> program : List.of(NestedServerProgram.class, PlainServerProgram.class)) {
        String name = program.getName().replace('.', '/') + ".class";
        byte[] code = Files.readAllBytes(classes(program).resolve(name));
        add(out, "BOOT-INF/classes/" + name, code);
      }
    }
    return jar;
  }

  /** The folder of a class, or the jar: Maven gives either, as far as the build has come. */
  private static Path classes(Class<?> of) throws URISyntaxException {
    return Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static byte[] jarOf(Path classes) throws IOException {
    if (Files.isRegularFile(classes)) {
      return Files.readAllBytes(classes);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream out = new JarOutputStream(bytes);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        add(out, classes.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return bytes.toByteArray();
  }

  /** Stored: a jar inside a jar must not be compressed. */
  private static void add(JarOutputStream out, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    out.putNextEntry(entry);
    out.write(content);
    out.closeEntry();
  }
}
