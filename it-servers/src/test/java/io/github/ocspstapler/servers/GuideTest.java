package io.github.ocspstapler.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** C8: the Java of the guide's pages is what these tests and the examples run. */
class GuideTest {
  private static final Pattern RUN =
      Pattern.compile("// guide: (\\S+)\\n(.*?)\\n *// end\\n", Pattern.DOTALL);
  private static final Pattern SHOWN = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

  @Test
  void pages_theirJava_isWhatIsRun() throws IOException {
    Map<String, Set<String>> run = run();

    Map<String, Set<String>> shown = new TreeMap<>();
    for (String page : run.keySet()) {
      Set<String> blocks = new TreeSet<>();
      Matcher block = SHOWN.matcher(Files.readString(Checkout.guide(page)));
      while (block.find()) {
        blocks.add(bare(block.group(1)));
      }
      shown.put(page, blocks);
    }

    assertThat(shown).isEqualTo(run);
  }

  @Test
  void pages_ofTheServersInTheTable_exist() throws Exception {
    for (TlsServer server : ServersTest.servers()) {
      assertThat(Checkout.guide(server.page())).exists();
    }
    assertThat(run()).hasSizeGreaterThan(5);
  }

  private static Map<String, Set<String>> run() throws IOException {
    Map<String, Set<String>> run = new TreeMap<>();
    for (Path source : sources()) {
      Matcher region = RUN.matcher(Files.readString(source));
      while (region.find()) {
        run.computeIfAbsent(region.group(1), page -> new TreeSet<>()).add(bare(region.group(2)));
      }
    }
    return run;
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>(ExamplesTest.sources());
    try (Stream<Path> own = Files.walk(Checkout.root().resolve("it-servers/src/test/java"))) {
      own.filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith("GuideTest.java"))
          .forEach(sources::add);
    }
    return sources;
  }

  /** Without comments and white space. */
  private static String bare(String java) {
    return java.replaceAll("//[^\\n]*", "").replaceAll("\\s", "");
  }
}
