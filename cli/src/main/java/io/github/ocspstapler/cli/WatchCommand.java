package io.github.ocspstapler.cli;

import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.cli.WatchedFiles.Look;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code ocsp-stapler watch}: the daemon that keeps .ocsp files fresh for servers that read them.
 */
@Command(
    name = "watch",
    description = {
      "Keeps .ocsp files fresh for nginx, HAProxy and others.",
      "There is one beside every certificate of some folders. Runs until it is stopped; SIGHUP"
          + " reloads the configuration."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "",
      "Exit status: 0 stopped; with --once: 0 every certificate is good,",
      "1 one is revoked, 2 unknown, 3 without an answer; 64 wrong usage."
    })
final class WatchCommand implements Callable<Integer> {
  private static final Logger LOG = System.getLogger("io.github.ocspstapler.watch");

  private enum Event {
    RELOAD,
    STOP
  }

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "CONFIG", description = "The configuration, a YAML file.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String config;

  @Option(names = "--check", description = "Check the configuration, say what it finds, and exit.")
  private boolean check;

  @Option(
      names = "--once",
      description =
          "Fetch what is due once, write it, and exit: for cron, or before a server starts.")
  private boolean once;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "PT30S",
      converter = QueryCommand.Timeout.class,
      description = "How long --once may take. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Duration timeout;

  @Override
  public Integer call() throws InputException, IOException, InterruptedException {
    if (check && once) {
      throw new ParameterException(spec.commandLine(), "--check and --once: one of both");
    }
    WatchSettings settings = WatchSettings.read(config);
    if (check) {
      return check(settings);
    }
    return once ? once(settings) : run(settings);
  }

  private int check(WatchSettings settings) {
    PrintWriter out = spec.commandLine().getOut();
    Look look = new WatchedFiles(settings).look();
    WatchedFiles.targets(look, settings.staples())
        .values()
        .forEach(files -> files.forEach(file -> out.println(Printable.of("would keep " + file))));
    look.problems().forEach(problem -> out.println(Printable.of("problem: " + problem)));
    out.println(config + ": understood; certificates: " + look.sites().size());
    out.flush();
    return ExitStatus.GOOD;
  }

  private int once(WatchSettings settings) throws InputException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (Watch watch = Watch.start(settings.withoutStatusPage())) {
      Look look = watch.look();
      List<StapleStatus> statuses = watch.settle(timeout);
      for (StapleStatus status : statuses) {
        out.println(Printable.of(line(status, watch)));
      }
      out.flush();
      boolean withoutIssuer = look.sites().size() > statuses.size();
      return statuses.stream()
          .mapToInt(status -> exitStatus(status.state()))
          .max()
          .orElse(withoutIssuer ? ExitStatus.NO_ANSWER : ExitStatus.GOOD);
    }
  }

  private static String line(StapleStatus status, Watch watch) {
    String name = status.name() + ": " + status.state().name().toLowerCase(Locale.ROOT);
    String until =
        status
            .servedUntil()
            .map(end -> ", until " + end.truncatedTo(ChronoUnit.SECONDS))
            .orElse("");
    String files = status.thisUpdate().isPresent() ? " " + watch.filesOf(status) : "";
    return name + until + status.lastError().map(error -> ": " + error).orElse("") + files;
  }

  private static int exitStatus(State state) {
    return switch (state) {
      case STAPLED, UNSTAPLEABLE -> ExitStatus.GOOD;
      case REVOKED -> ExitStatus.REVOKED;
      case UNKNOWN -> ExitStatus.UNKNOWN;
      case PENDING, UNAVAILABLE -> ExitStatus.NO_ANSWER;
    };
  }

  private int run(WatchSettings first) throws InputException, InterruptedException {
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    CountDownLatch ended = new CountDownLatch(1);
    Thread stop =
        new Thread(
            () -> {
              events.add(Event.STOP);
              try {
                var unused = ended.await(5, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                // the machine goes down
              }
            },
            "watch-stop");
    Runtime.getRuntime().addShutdownHook(stop);
    Hangup.then(() -> events.add(Event.RELOAD));
    ServiceManager manager = new ServiceManager(System.getenv());
    WatchSettings settings = first;
    Watch watch = started(settings);
    try {
      manager.ready("watching");
      while (true) {
        Event event = next(events, watch, settings, manager);
        if (event == Event.STOP) {
          manager.stopping();
          return ExitStatus.GOOD;
        }
        WatchSettings newer = reread(settings);
        watch.close();
        watch = restarted(newer, settings);
        settings = newer;
      }
    } finally {
      watch.close();
      ended.countDown();
    }
  }

  private Watch started(WatchSettings settings) throws InputException {
    Watch watch = Watch.start(settings);
    Look look = watch.look();
    LOG.log(Level.INFO, "watching; certificates: " + look.sites().size());
    watch.statusPage().ifPresent(page -> LOG.log(Level.INFO, "status page: " + page));
    return watch;
  }

  /** What the file says may still not be possible: a port that is taken. */
  private Watch restarted(WatchSettings newer, WatchSettings before) throws InputException {
    try {
      return started(newer);
    } catch (InputException e) {
      LOG.log(Level.ERROR, e.getMessage() + "; the configuration before stays");
      return started(before);
    }
  }

  private static Event next(
      BlockingQueue<Event> events, Watch watch, WatchSettings settings, ServiceManager manager)
      throws InterruptedException {
    long every = settings.every().toNanos();
    long pulse = manager.pulse().map(Duration::toNanos).orElse(every);
    long lastLook = System.nanoTime();
    while (true) {
      manager.alive();
      Event event = events.poll(Math.min(every, pulse), TimeUnit.NANOSECONDS);
      if (event != null) {
        return event;
      }
      if (System.nanoTime() - lastLook >= every) {
        lastLook = System.nanoTime();
        watch.look();
      }
    }
  }

  /** A mistake in the file must not stop what runs. */
  private WatchSettings reread(WatchSettings current) {
    try {
      WatchSettings newer = WatchSettings.read(config);
      LOG.log(Level.INFO, config + ": reloaded");
      return newer;
    } catch (InputException e) {
      LOG.log(Level.ERROR, e.getMessage() + "; the configuration before stays");
      return current;
    }
  }
}
