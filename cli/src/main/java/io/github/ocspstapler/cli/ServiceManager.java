package io.github.ocspstapler.cli;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Tells systemd how the daemon does (sd_notify), where systemd asks for it. Java has no datagram
 * sockets in the file system before 22, and none in its API: {@code systemd-notify} speaks instead,
 * a short process a message, so the unit needs {@code NotifyAccess=all}.
 */
final class ServiceManager {
  private static final Logger LOG = System.getLogger("io.github.ocspstapler.watch");
  private static final long LIMIT_SECONDS = 5;

  private final boolean listens;
  private final Optional<Duration> watchdog;

  ServiceManager(Map<String, String> environment) {
    this.listens = !environment.getOrDefault("NOTIFY_SOCKET", "").isEmpty();
    this.watchdog =
        listens ? watchdog(environment.getOrDefault("WATCHDOG_USEC", "")) : Optional.empty();
  }

  private static Optional<Duration> watchdog(String microseconds) {
    try {
      return Optional.of(Duration.ofNanos(Math.multiplyExact(Long.parseLong(microseconds), 1_000)))
          .filter(time -> time.compareTo(Duration.ofSeconds(1)) >= 0);
    } catch (ArithmeticException | NumberFormatException e) {
      return Optional.empty(); // none is wanted
    }
  }

  /** How often it wants to hear of us: half of what it tolerates. */
  Optional<Duration> pulse() {
    return watchdog.map(time -> time.dividedBy(2));
  }

  void ready(String status) {
    say("READY=1", "STATUS=" + status);
  }

  void alive() {
    if (watchdog.isPresent()) {
      say("WATCHDOG=1");
    }
  }

  void stopping() {
    say("STOPPING=1");
  }

  private void say(String... words) {
    if (!listens) {
      return;
    }
    List<String> command = new ArrayList<>(List.of("systemd-notify"));
    command.addAll(List.of(words));
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "systemd is not told: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
