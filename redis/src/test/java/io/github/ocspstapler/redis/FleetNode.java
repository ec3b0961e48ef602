package io.github.ocspstapler.redis;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link FleetNodeProgram} in a Java process of its own. */
final class FleetNode implements AutoCloseable {
  /** What a node had when, by its own clock, which is ours. */
  record Had(String serial, long thisUpdate, long at) {}

  private final Process process;
  private final Path log;

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

  List<String> lines() throws IOException {
    return Files.readAllLines(log);
  }

  boolean isReady() throws IOException {
    if (!process.isAlive()) {
      throw new AssertionError("ended: " + lines());
    }
    return lines().contains("ready");
  }

  /** Returns all that it had, in order. */
  List<Had> had() throws IOException {
    return lines().stream()
        .map(line -> line.split(" "))
        .filter(words -> words[0].equals("staple") && words.length == 4)
        .map(words -> new Had(words[1], Long.parseLong(words[2]), Long.parseLong(words[3])))
        .toList();
  }

  /** Returns of how many certificates it had a staple newer than an instant. */
  long newerThan(long thisUpdate) throws IOException {
    return had().stream()
        .filter(had -> had.thisUpdate() > thisUpdate)
        .map(Had::serial)
        .distinct()
        .count();
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
