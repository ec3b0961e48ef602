package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A document that says which test holds a promise is wrong when there is no such test. */
class NamedTestsTest {
  private static final Path ROOT = Checkout.root();
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*Test)`");

  static Stream<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      Stream<Path> top =
          Stream.of("README.md", "SECURITY.md", "CONTRIBUTING.md").map(ROOT::resolve);
      return Stream.concat(top, docs.toList().stream())
          .filter(file -> file.toString().endsWith(".md"))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void document_everyTestItNames_exists(Path document) throws IOException {
    Set<String> named =
        TEST.matcher(Files.readString(document))
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    named.removeAll(tests());

    assertThat(named).as("named in " + ROOT.relativize(document) + ", but not there").isEmpty();
  }

  private static Set<String> tests() throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path sources :
          modules
              .flatMap(module ->
                  Stream.of(module.resolve("src/test/java"), module.resolve("src/contract/java")))
              .filter(Files::isDirectory)
              .toList()) {
        try (Stream<Path> files = Files.walk(sources)) {
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith("Test.java"))
              .forEach(name -> names.add(name.replace(".java", "")));
        }
      }
    }
    assertThat(names).as("tests below " + ROOT).isNotEmpty();
    return names;
  }
}
