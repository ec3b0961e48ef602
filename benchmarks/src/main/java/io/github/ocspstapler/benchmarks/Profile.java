package io.github.ocspstapler.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import one.convert.Arguments;
import one.convert.FlameGraph;
import org.jspecify.annotations.Nullable;

/**
 * Where the CPU time of measured JVMs goes: a table by {@link Area}, and a flame graph of each.
 *
 * <p>The samples are async-profiler's, which sees what Java Flight Recorder does not on JDK 17: the
 * compiler's and the collector's threads, and the operating system. They show how CPU time is
 * shared out; how much there was of it, the JVM itself says.
 */
final class Profile {
  /** The benchmarks whose JVMs leave a profile. */
  static final Set<String> COVERED = Set.of("lookup", "bulk", "refresh", "storm");

  /** What the name of a file with stacks ends with. */
  static final String STACKS = ".collapsed";

  /** How the report begins that says what CPU time, in seconds, there was. */
  static final String REPORT = "profile ";

  private static final String DIRECTORY = "benchmarks.profile";
  private static final int NATIVE_ACCESS_IS_RESTRICTED = 24;

  /** One measured JVM. */
  private record Run(double cpuSeconds, Map<Area, Double> shares) {
    String cell(Area area) {
      double share = shares.getOrDefault(area, 0.0);
      return Numbers.fixed(cpuSeconds * share, 2) + " s, " + Numbers.fixed(100 * share, 1) + " %";
    }
  }

  private static final Map<String, Double> CPU_SECONDS = new LinkedHashMap<>();

  private Profile() {}

  /** From now on, what is measured leaves its profile. */
  static void request(String benchmark) throws IOException {
    try {
      Path code =
          Path.of(Profile.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path directory = code.resolveSibling("profile").resolve(benchmark);
      System.setProperty(DIRECTORY, Files.createDirectories(directory).toString());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  /** Returns where profiles are left, null if none was asked for. */
  static @Nullable Path directory() {
    String directory = System.getProperty(DIRECTORY);
    return directory == null ? null : Path.of(directory);
  }

  /** Returns what a JVM is to be started with so that it leaves its profile. */
  static List<String> jvmOptions() {
    List<String> options = new ArrayList<>();
    if (directory() != null) {
      options.add("-D" + DIRECTORY + "=" + directory());
      options.add("-XX:+UnlockDiagnosticVMOptions");
      options.add("-XX:+DebugNonSafepoints"); // or an inlined method's time would be its callers'
      if (Runtime.version().feature() >= NATIVE_ACCESS_IS_RESTRICTED) {
        options.add("--enable-native-access=ALL-UNNAMED");
      }
    }
    return options;
  }

  /** Takes what a measured JVM has reported, and returns whether it was about its profile. */
  static boolean noted(Child.Result result) {
    boolean mine = result.key().startsWith(REPORT);
    if (mine) {
      CPU_SECONDS.put(result.key().substring(REPORT.length()), Double.valueOf(result.value()));
    }
    return mine;
  }

  /** Prints the table and draws the flame graphs, if they were asked for. */
  static void print() throws IOException {
    Path directory = directory();
    if (directory == null) {
      return;
    }
    Map<String, Run> runs = new LinkedHashMap<>();
    for (Map.Entry<String, Double> each : CPU_SECONDS.entrySet()) {
      List<String> stacks = Files.readAllLines(directory.resolve(each.getKey() + STACKS));
      runs.put(each.getKey(), new Run(each.getValue(), shares(stacks)));
      Files.writeString(
          directory.resolve(each.getKey() + ".html"), flameGraph(each.getKey(), stacks));
    }
    table(runs).print();
    System.out.println("Flame graphs are in " + directory);
  }

  private static Table table(Map<String, Run> runs) {
    Table table = new Table(row("CPU time", runs.keySet()));
    for (Area area : Area.values()) {
      if (runs.values().stream().anyMatch(run -> run.shares.containsKey(area))) {
        table.row((Object[]) row(area.title(), cells(runs.values(), area)));
      }
    }
    return table.row(
        (Object[])
            row(
                "all",
                runs.values().stream()
                    .map(run -> Numbers.fixed(run.cpuSeconds, 2) + " s")
                    .toList()));
  }

  private static List<String> cells(Collection<Run> runs, Area area) {
    return runs.stream().map(run -> run.cell(area)).toList();
  }

  private static String[] row(String first, Collection<String> others) {
    List<String> row = new ArrayList<>();
    row.add(first);
    row.addAll(others);
    return row.toArray(String[]::new);
  }

  /** Returns each area's share in stacks of the form {@code [thread tid=1];outer;inner samples}. */
  static Map<Area, Double> shares(List<String> stacks) {
    Map<Area, Double> shares = new EnumMap<>(Area.class);
    double all = 0;
    for (String stack : stacks) {
      int space = stack.lastIndexOf(' ');
      List<String> frames = List.of(stack.substring(0, space).split(";", -1));
      double samples = Double.parseDouble(stack.substring(space + 1));
      Area area = Area.of(frames.get(0).substring(1), frames.subList(1, frames.size()));
      shares.merge(area, samples, Double::sum);
      all += samples;
    }
    double sum = all;
    shares.replaceAll((area, samples) -> samples / sum);
    return shares;
  }

  /** Returns a page that shows the stacks as a flame graph. */
  static String flameGraph(String title, List<String> stacks) throws IOException {
    FlameGraph graph = new FlameGraph(new Arguments("--title", title, "--minwidth", "0.05"));
    graph.parseCollapsed(new StringReader(String.join("\n", ofAlikeThreads(stacks))));
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    graph.dump(new PrintStream(page, true, StandardCharsets.UTF_8));
    return page.toString(StandardCharsets.UTF_8);
  }

  /** Returns the same stacks with a pool's threads under one name: {@code [ocsp-http]}. */
  static List<String> ofAlikeThreads(List<String> stacks) {
    return stacks.stream()
        .map(stack -> stack.replaceFirst("^\\[(.*?)[-#\\d]*(?: tid=\\d+)?\\]", "[$1]"))
        .toList();
  }
}
