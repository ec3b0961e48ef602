package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/design/verification.md to the tests: each requirement's row names the test classes
 * that name the requirement. Run with {@code -Dverification.update=true} to write them anew.
 */
class VerificationMapTest {
  private static final String NOT_YET = "not built yet";
  private static final Path ROOT = Checkout.root();
  private static final Path MAP = ROOT.resolve("docs/design/verification.md");
  private static final Pattern ROW =
      Pattern.compile("\\| ([CRLTSBX]\\d+) \\| ([^|]+) \\| ([^|]*) \\|");
  private static final Pattern ID_FIRST = Pattern.compile("^\\| [CRLTSBX]\\d");
  private static final Pattern ID = Pattern.compile("\\b([CRLTSBX]\\d{1,2})\\b");
  // "R1 to R3" stands for three.
  private static final Pattern RANGE =
      Pattern.compile("\\b([CRLTSBX])(\\d{1,2})(?:–| to )\\1(\\d{1,2})\\b");

  @Test
  void verificationMap_everyRequirement_namesTheTestsThatNameIt() throws IOException {
    Map<String, SortedSet<String>> tests = testsByRequirement();

    List<String> expected = new ArrayList<>();
    for (String line : Files.readAllLines(MAP)) {
      Matcher row = ROW.matcher(line);
      assertThat(row.matches() || !ID_FIRST.matcher(line).find()).as("a row: " + line).isTrue();
      expected.add(row.matches() ? row(row, tests) : line);
    }

    String text = String.join("\n", expected) + "\n";
    if (Boolean.getBoolean("verification.update")) {
      Files.writeString(MAP, text);
    }
    assertThat(Files.readString(MAP)).isEqualTo(text);
  }

  @Test
  void verificationMap_everyRequirement_hasATestOrSaysThatItIsNotBuilt() throws IOException {
    Map<String, SortedSet<String>> tests = testsByRequirement();

    List<String> bare = new ArrayList<>();
    for (String line : Files.readAllLines(MAP)) {
      Matcher row = ROW.matcher(line);
      if (row.matches() && !tests.containsKey(row.group(1)) && !row.group(2).contains(NOT_YET)) {
        bare.add(line);
      }
    }

    assertThat(bare).isEmpty();
  }

  private static String row(Matcher row, Map<String, SortedSet<String>> tests) {
    String named = String.join(", ", tests.getOrDefault(row.group(1), new TreeSet<>()));
    return "| " + row.group(1) + " | " + row.group(2) + " | " + named + " |";
  }

  private static Map<String, SortedSet<String>> testsByRequirement() throws IOException {
    Map<String, SortedSet<String>> tests = new TreeMap<>();
    for (Path file : testSources()) {
      String name = file.getFileName().toString().replace(".java", "");
      for (String id : requirementsIn(Files.readString(file))) {
        tests.computeIfAbsent(id, any -> new TreeSet<>()).add(name);
      }
    }
    assertThat(tests).as("no test names a requirement: wrong folder? " + ROOT).isNotEmpty();
    return tests;
  }

  private static List<String> requirementsIn(String source) {
    List<String> ids = new ArrayList<>();
    ID.matcher(source).results().forEach(match -> ids.add(match.group(1)));
    RANGE
        .matcher(source)
        .results()
        .forEach(match -> {
          int last = Integer.parseInt(match.group(3));
          for (int i = Integer.parseInt(match.group(2)); i <= last; i++) {
            ids.add(match.group(1) + i);
          }
        });
    return ids;
  }

  private static List<Path> testSources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path folder : testFolders()) {
      try (Stream<Path> files = Files.walk(folder)) {
        sources.addAll(
            files
                .filter(file -> file.toString().endsWith("Test.java"))
                .filter(file -> !file.endsWith("VerificationMapTest.java"))
                .collect(Collectors.toList()));
      }
    }
    return sources;
  }

  private static List<Path> testFolders() throws IOException {
    try (Stream<Path> modules = Files.list(ROOT)) {
      return modules
          .flatMap(module ->
              Stream.of(module.resolve("src/test/java"), module.resolve("src/contract/java")))
          .filter(Files::isDirectory)
          .collect(Collectors.toList());
    }
  }
}
