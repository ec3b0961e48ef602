package io.github.ocspstapler.testsupport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The public API of a module as text: every public type of its exported packages with its public
 * and protected members, one a line, in the words of {@code javap}. The same from JDK 17 and 25.
 *
 * <p>It is committed beside the module's sources, so that a change of API is a visible diff, and
 * compared in a test. Run that test with {@code -Dapi.update=true} to write it anew.
 */
public final class ApiListing {
  private static final String UPDATE = "api.update";

  private final Path classes;

  private ApiListing(Path classes) {
    this.classes = classes;
  }

  /**
   * Returns the listing of the module that a class belongs to.
   *
   * @param member a class of the module, compiled into a folder
   * @return the listing
   */
  public static ApiListing ofModuleWith(Class<?> member) {
    return new ApiListing(folderOf(member));
  }

  static Path folderOf(Class<?> member) {
    try {
      return Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(member + " does not come from a folder", e);
    }
  }

  /**
   * Fails the calling test unless the listing is the committed one. Writes it instead under {@code
   * -Dapi.update=true}.
   *
   * @param committed the committed text
   */
  public void assertCommittedAs(Path committed) {
    String current = text();
    try {
      if (Boolean.getBoolean(UPDATE)) {
        Files.createDirectories(committed.toAbsolutePath().getParent());
        Files.writeString(committed, current);
      }
      String expected = Files.exists(committed) ? Files.readString(committed) : "";
      assertEquals(
          expected,
          current,
          () ->
              "The public API differs from " + committed + "; if so meant: -D" + UPDATE + "=true");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String text() {
    List<Class<?>> types = publicTypes();
    if (types.isEmpty()) {
      throw new IllegalStateException("no public type in " + classes);
    }
    return types.stream().map(this::describe).collect(Collectors.joining("\n"));
  }

  private List<Class<?>> publicTypes() {
    Predicate<String> exported = exportedPackages();
    try (Stream<Path> files = Files.walk(classes)) {
      return files
          .map(file -> classes.relativize(file).toString())
          .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
          .map(file -> file.replaceFirst("\\.class$", "").replace('/', '.').replace('\\', '.'))
          .sorted()
          .<Class<?>>map(ApiListing::load)
          .filter(type -> exported.test(type.getPackageName()) && isVisible(type))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What module-info exports to all; without one, every package that is not called internal. */
  private Predicate<String> exportedPackages() {
    Path moduleInfo = classes.resolve("module-info.class");
    if (!Files.exists(moduleInfo)) {
      return name -> !List.of(name.split("\\.")).contains("internal");
    }
    try (InputStream in = Files.newInputStream(moduleInfo)) {
      Set<String> names =
          ModuleDescriptor.read(in).exports().stream()
              .filter(export -> !export.isQualified())
              .map(ModuleDescriptor.Exports::source)
              .collect(Collectors.toSet());
      return names::contains;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, ApiListing.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isVisible(Class<?> type) {
    for (Class<?> each = type; each != null; each = each.getEnclosingClass()) {
      if (!Modifier.isPublic(each.getModifiers()) && !Modifier.isProtected(each.getModifiers())) {
        return false;
      }
    }
    return !type.isAnonymousClass() && !type.isLocalClass();
  }

  private String describe(Class<?> type) {
    ToolProvider javap =
        ToolProvider.findFirst("javap")
            .orElseThrow(() -> new IllegalStateException("this Java has no javap: use a JDK"));
    Path file = classes.resolve(type.getName().replace('.', '/') + ".class");
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        javap.run(new PrintWriter(out), new PrintWriter(err), "-protected", file.toString());
    if (status != 0) {
      throw new IllegalStateException("javap " + file + ": " + out + err);
    }

    // The members' order in the class file is the compiler's affair: sort them.
    String head = "";
    List<String> members = new ArrayList<>();
    for (String line : out.toString().lines().toList()) {
      if (line.startsWith("  ")) {
        members.add(line);
      } else if (line.endsWith("{")) {
        head = line;
      }
    }
    return Stream.of(Stream.of(head), members.stream().sorted(), Stream.of("}"))
        .flatMap(lines -> lines)
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }
}
