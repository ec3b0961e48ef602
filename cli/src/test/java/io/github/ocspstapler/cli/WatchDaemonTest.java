package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.BufferedReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a process of its own, as systemd runs it. */
class WatchDaemonTest {
  private static final Pattern PAGE = Pattern.compile("status page: (http://\\S+)");

  /** Java has no datagram sockets in the file system. */
  private static final String LISTENER =
      """
      import socket, sys
      heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      heard.bind(sys.argv[1])
      said = open(sys.argv[2], "wb", 0)
      while True:
          said.write(heard.recv(4096) + b"\\n")
      """;

  @TempDir private Path folder;

  private WatchWorld world;
  private Process listener;
  private Process daemon;
  private BufferedReader log;
  private final List<String> lines = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    world = new WatchWorld(folder);
    world.site("a.test");
    OutsideTool.require("systemd-notify", "systemd");
    Path socket = folder.resolve("notify");
    // In place of systemd, with whose own command the daemon speaks: what is said goes into a file.
    listener =
        new ProcessBuilder(
                OutsideTool.require("python3", "python3").toString(),
                "-c",
                LISTENER,
                socket.toString(),
                said().toString())
            .inheritIO()
            .start();
    WatchWorld.eventually(() -> Files.exists(socket));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Main.class.getName(),
            "watch",
            world.config("every: 1s", "status: {port: 0}").toString());
    builder.environment().put("NOTIFY_SOCKET", socket.toString());
    builder.environment().put("WATCHDOG_USEC", "2000000");
    daemon = builder.redirectErrorStream(true).start();
    log = daemon.inputReader();
  }

  private Path said() {
    return folder.resolve("notified");
  }

  @AfterEach
  void close() {
    daemon.destroyForcibly();
    listener.destroyForcibly();
    world.close();
  }

  /** Reads the log up to a line that matches. */
  private Matcher until(Pattern pattern) throws Exception {
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      lines.add(line);
      Matcher matcher = pattern.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
    }
    throw new AssertionError(pattern + " never came: " + lines);
  }

  private void hangUp() throws Exception {
    Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(daemon.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private static String read(String page) throws Exception {
    try (var in = URI.create(page).resolve("api/staples").toURL().openStream()) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void daemon_hungUp_readsItsConfigurationAgainAndKeepsTheOldOneIfItIsWrong() throws Exception {
    String first = until(PAGE).group(1);
    WatchWorld.eventually(() -> read(first).contains("\"stapled\""));

    world.config("evry: 1s");
    hangUp();
    until(Pattern.compile("watch.yaml:2: evry: unknown .*; the configuration before stays"));
    String second = until(PAGE).group(1);
    WatchWorld.eventually(() -> read(second).contains("a.test"));

    world.site("b.test");
    world.config("every: 2s", "status: {port: 0}");
    hangUp();
    until(Pattern.compile("watch.yaml: reloaded"));
    String third = until(PAGE).group(1);

    WatchWorld.eventually(() -> Files.exists(world.ocsp("b.test")));
    assertThat(read(third)).contains("a.test", "b.test");
    assertThat(world.responder.requestCount())
        .as("what was there was not asked for again: that would be 4; one may have timed out")
        .isBetween(2, 3);
  }

  @Test
  void daemon_underSystemd_saysThatItIsReadyAndAliveAndEndsWhenTold() throws Exception {
    until(PAGE);
    WatchWorld.eventually(
        () -> Files.exists(said()) && Files.readString(said()).split("WATCHDOG=1", -1).length > 2);
    WatchWorld.eventually(() -> Files.exists(world.ocsp("a.test")));
    Files.delete(world.ocsp("a.test"));
    WatchWorld.eventually(() -> Files.exists(world.ocsp("a.test"))); // it looks again by itself

    daemon.destroy();

    assertThat(daemon.waitFor(60, TimeUnit.SECONDS)).isTrue();
    WatchWorld.eventually(() -> Files.readString(said()).contains("STOPPING=1"));
    assertThat(Files.readString(said())).startsWith("READY=1\nSTATUS=");
  }
}
