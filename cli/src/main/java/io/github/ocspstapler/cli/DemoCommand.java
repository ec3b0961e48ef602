package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.ocspstapler.StapleStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code ocsp-stapler demo}: a stapled HTTPS server with a CA of its own, to try and to look at.
 */
@Command(
    name = "demo",
    description = {
      "Runs a stapled HTTPS server to look at.",
      "It has a throw-away CA and its OCSP responder, is stapled by this library, and keeps to the"
          + " loopback interface, until Ctrl-C."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {"", "Exit status: 0 all held (--once), 1 something did not, 64 wrong usage."})
final class DemoCommand implements Callable<Integer> {
  // The logger is kept here: java.util.logging itself holds it only weakly.
  private static final Logger LOG = Logger.getLogger("io.github.ocspstapler");

  private static final String JDK_CACHE_SECONDS = "jdk.tls.stapling.cacheLifetime";

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The HTTPS server's port. Default: a free one.")
  private int port;

  @Option(
      names = "--status-port",
      paramLabel = "PORT",
      description = "The status page's port. Default: a free one.")
  private int statusPort;

  @Option(
      names = "--once",
      description = {
        "Do not wait: shake hands on TLS 1.3 and 1.2 with a client that checks the staples, take"
            + " the responder down, revoke the certificate, and say what held."
      })
  private boolean once;

  @Override
  public Integer call() throws InputException, IOException, InterruptedException {
    requirePort("port", port);
    requirePort("status port", statusPort);
    return once ? runOnce() : runUntilStopped();
  }

  private void requirePort(String name, int value) {
    if (value < 0 || value > 65_535) {
      String expected = " (expected: 1 to 65535, or 0 for a free one)";
      throw new ParameterException(spec.commandLine(), name + ": " + value + expected);
    }
  }

  private int runOnce() throws InputException {
    // The JDK's own copy of a staple outlives a revocation by this many seconds, 30 if not set.
    if (System.getProperty(JDK_CACHE_SECONDS) == null) {
      System.setProperty(JDK_CACHE_SECONDS, "1");
    }
    LOG.setLevel(Level.OFF); // what goes wrong here is meant to, and each line says what came of it
    PrintWriter out = out();
    try (DemoSite site = DemoSite.start(port, statusPort)) {
      out.println(
          "HTTPS server on 127.0.0.1:" + site.address().getPort() + ", stapled by OCSP Stapler");
      boolean held = new DemoChecks(site, out, spec.commandLine().getColorScheme().ansi()).run();
      return held ? ExitStatus.GOOD : ExitStatus.REVOKED;
    }
  }

  private int runUntilStopped() throws InputException, IOException, InterruptedException {
    LOG.setLevel(Level.WARNING); // what went well is described below
    DemoSite site = DemoSite.start(port, statusPort);
    Path folder = Files.createTempDirectory("ocsp-stapler-demo");
    Path caFile = Files.write(folder.resolve("ca.pem"), site.rootPem().getBytes(US_ASCII));
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  site.close();
                  delete(caFile);
                  delete(folder);
                  stopped.countDown();
                },
                "demo-stop"));
    boolean stapled = site.awaitStapled(Duration.ofSeconds(10));
    describe(site, caFile, stapled);
    stopped.await();
    return ExitStatus.GOOD;
  }

  private void describe(DemoSite site, Path caFile, boolean stapled) {
    PrintWriter out = out();
    out.println("A throw-away CA with an intermediate, and its OCSP responder:");
    out.println("  " + site.responder().url());
    out.println("An HTTPS server with a certificate of that CA, stapled by OCSP Stapler:");
    out.println("  https://" + DemoSite.HOST + ":" + site.address().getPort() + "/");
    out.println(stapled ? "Its staples:" : "Its staples are not complete yet:");
    for (StapleStatus status : site.statuses()) {
      out.println("  " + status.name() + ": " + status.state().name().toLowerCase(Locale.ROOT));
      row("this update", status.thisUpdate());
      row("next update", status.nextUpdate());
      row("served until", status.servedUntil());
      row("next renewal", status.nextAttempt());
    }
    out.println("Its status page:");
    out.println("  " + site.status());
    out.println("Look at them:");
    out.printf(
        "  openssl s_client -connect 127.0.0.1:%d -servername %s -status -CAfile %s </dev/null%n",
        site.address().getPort(), DemoSite.HOST, caFile);
    out.printf(
        "  curl --cacert %s --cert-status https://%s:%d/%n",
        caFile, DemoSite.HOST, site.address().getPort());
    out.println("Ctrl-C ends it.");
    out.flush();
  }

  private void row(String name, Optional<Instant> time) {
    time.ifPresent(t -> out().printf("    %-13s %s%n", name, t.truncatedTo(ChronoUnit.SECONDS)));
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // a file in a temporary folder is left behind; the program ends anyway
    }
  }
}
