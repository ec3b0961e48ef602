package io.github.ocspstapler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@link FleetNodeProgram} in a Java process of its own. Confined to the test's thread. */
final class FleetNode implements AutoCloseable {
  /** What a node had when, by its own clock, which is ours. */
  record Had(String serial, long thisUpdate, long at) {}

  private static final Pattern REFUSED =
      Pattern.compile("(\\S+\\.example\\.com)\\b.* its staple in the store is refused");

  private final Process process;
  private final Path log;

  // What its log says, as far as it has been read.
  private long read;
  private final List<String> others = new ArrayList<>();
  private final List<Had> had = new ArrayList<>();
  private final Map<String, Long> newest = new HashMap<>();
  private final Set<String> refused = new HashSet<>();
  private final Map<String, Integer> reports = new HashMap<>();
  private final List<String> unstapled = new ArrayList<>();
  private long looks;
  private boolean ready;

  private FleetNode(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  static FleetNode start(URI redis, Path chains, Path log) throws IOException {
    String own = System.getProperty("java.class.path");
    String path = System.getProperty("surefire.test.class.path", own); // its own is a jar of jars
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder line =
        new ProcessBuilder(
            java,
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            path,
            FleetNodeProgram.class.getName(),
            redis.toString(),
            chains.toString());
    return new FleetNode(line.redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
  }

  /** Reads what it has said since the last time. */
  private void listen() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(read);
      byte[] more = new byte[Math.toIntExact(file.length() - read)];
      file.readFully(more);
      int end = more.length;
      while (end > 0 && more[end - 1] != '\n') {
        end--;
      }
      read += end;
      new String(more, 0, end, UTF_8).lines().forEach(this::take);
    }
  }

  private void take(String line) {
    String[] words = line.split(" ", -1);
    Matcher report = REFUSED.matcher(line);
    if (words[0].equals("staple") && words.length == 4) {
      Had next = new Had(words[1], Long.parseLong(words[2]), Long.parseLong(words[3]));
      had.add(next);
      newest.merge(next.serial(), next.thisUpdate(), Math::max);
    } else if (words[0].equals("ready")) {
      ready = true;
    } else if (words[0].equals("looked")) {
      looks = Long.parseLong(words[1]);
    } else if (words[0].equals("expired") || words[0].equals("bare")) {
      unstapled.add(line);
    } else if (words[0].equals("removed")) {
      refused.add(words[1]);
    } else if (report.find()) {
      reports.merge(report.group(1), 1, Integer::sum);
    } else {
      others.add(line);
    }
  }

  boolean isReady() throws IOException {
    listen();
    if (!process.isAlive()) {
      throw new AssertionError("ended: " + others);
    }
    return ready;
  }

  /** Returns all that it had, in order. */
  List<Had> had() throws IOException {
    listen();
    return List.copyOf(had);
  }

  /** Returns of how many certificates it had a staple newer than an instant. */
  long newerThan(long thisUpdate) throws IOException {
    listen();
    return newest.values().stream().filter(time -> time > thisUpdate).count();
  }

  /** Returns of which certificates it refused an entry, by fingerprint. */
  Set<String> refused() throws IOException {
    listen();
    return Set.copyOf(refused);
  }

  /**
   * Returns how often its log says so of a host's certificate; it leaves lines out of very many.
   */
  Map<String, Integer> reports() throws IOException {
    listen();
    return Map.copyOf(reports);
  }

  /** Returns which staples ended or were missing at one of its looks. */
  List<String> unstapled() throws IOException {
    listen();
    return List.copyOf(unstapled);
  }

  /** Returns how often it has looked for every staple. */
  long looks() throws IOException {
    listen();
    return looks;
  }

  /** Ends it as kill -9 does. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("does not end: " + process);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
