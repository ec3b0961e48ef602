package io.github.ocspstapler.benchmarks;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A fleet of many nodes and certificates over a month, simulated; see docs/design/scale.md. */
final class Scale {
  private static final Logger LOGS = Logger.getLogger("io.github.ocspstapler");
  private static final int TEN_MINUTES = 600;
  private static final int DAY = 86_400;

  /** A CA that signs its next answer when three quarters of the last one's life are over. */
  private static final Duration LATE = Duration.ofHours(126);

  private final Path directory;
  private final List<String> rows = new ArrayList<>();
  private final Table table =
      new Table(
          "scenario",
          "nodes",
          "certificates",
          "days",
          "requests",
          "mean/s",
          "peak s",
          "peak min/s",
          "a certificate",
          "store ops/s",
          "peak",
          "a renewal and node",
          "bare at most",
          "behind at most",
          "events",
          "s");

  private Scale(Path directory) {
    this.directory = directory;
    rows.add(
        "scenario,nodes,certificates,days,requests,first_hour_peak_second,mean_per_second,"
            + "peak_second,peak_minute_per_second,requests_per_certificate,store_mean_per_second,"
            + "store_peak_second,store_per_renewal_and_node,loads,saves,leases_asked,leases_given,"
            + "news,store_failures,most_bare,most_behind,overdue_at_recovery,fresh_after_minutes,"
            + "recovery_peak_second,recovery_peak_minute_per_second,"
            + "taken_over_after_ms,events");
  }

  static void run(boolean smoke) throws IOException {
    Level before = LOGS.getLevel();
    LOGS.setLevel(Level.SEVERE); // each node of many warns
    try {
      Scale scale = new Scale(directory());
      if (smoke) {
        scale.live(ScaleScenario.steady(3, 20).caDown6h().days(11));
      } else {
        scale.all();
      }
      scale.table.print();
      Files.write(scale.directory.resolve("scale.csv"), scale.rows);
      System.out.println("Charts and scale.csv are in " + scale.directory);
    } finally {
      LOGS.setLevel(before);
    }
  }

  /** Beside the jar's own directory, or where the classes are. */
  private static Path directory() throws IOException {
    try {
      Path code = Path.of(Scale.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Files.createDirectories(code.resolveSibling("scale"));
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private void all() throws IOException {
    ScaleResult one = live(ScaleScenario.steady(1, 10_000).caDown6h().days(12));
    ScaleResult ten = live(ScaleScenario.steady(10, 10_000).caDown6h().days(12));
    outage(one, ten);
    List<ScaleResult> deployed = new ArrayList<>();
    deployed.add(live(ScaleScenario.steady(1, 1_000).deployed().days(5)));
    deployed.add(live(ScaleScenario.steady(10, 1_000).deployed().days(5)));
    deployed.add(live(ScaleScenario.steady(100, 1_000).deployed().days(5)));
    renewals(deployed);
    live(ScaleScenario.steady(1, 10_000));
    live(ScaleScenario.steady(10, 1_000));
    live(ScaleScenario.steady(10, 1_000).alone());
    live(ScaleScenario.steady(10, 1_000).storeDown6h().days(12));
    live(ScaleScenario.steady(10, 1_000).killed().days(12));
    live(ScaleScenario.steady(1, 100).signedEvery(LATE).days(14));
    live(ScaleScenario.steady(10, 100).signedEvery(LATE).days(14));
    live(ScaleScenario.steady(100, 100).signedEvery(LATE).days(14));
    live(ScaleScenario.steady(100, 1_000).caDown6h().days(12));
    live(ScaleScenario.steady(1_000, 100).deployed().days(5));
  }

  private ScaleResult live(ScaleScenario scenario) {
    ScaleResult result = SimulatedFleet.run(scenario);
    SimulatedStore store = result.store;
    table.row(
        scenario.name(),
        grouped(scenario.nodes()),
        grouped(scenario.certificates()),
        scenario.days(),
        grouped(result.requests.total()),
        Numbers.fixed(result.mean(), 4),
        result.peakSecond(),
        Numbers.fixed(result.peakMinute(), 2),
        Numbers.fixed(result.perCertificate(), 2),
        Numbers.fixed(result.operationsMean(), 2),
        result.operationsPeak(),
        Numbers.fixed(result.operationsPerRenewalAndNode(), 2),
        result.mostBare(),
        Numbers.fixed(result.mostBehind(), 3),
        grouped(result.events),
        Numbers.fixed(result.realSeconds, 0));
    int recovery = (int) ScaleScenario.FAULT_AT.plus(ScaleScenario.FAULT).toSeconds();
    List<Object> cells =
        List.of(
            scenario.name(),
            scenario.nodes(),
            scenario.certificates(),
            scenario.days(),
            result.requests.total(),
            result.requests.peak(0, 3_600, 1),
            Numbers.fixed(result.mean(), 5),
            result.peakSecond(),
            Numbers.fixed(result.peakMinute(), 3),
            Numbers.fixed(result.perCertificate(), 3),
            Numbers.fixed(result.operationsMean(), 3),
            result.operationsPeak(),
            Numbers.fixed(result.operationsPerRenewalAndNode(), 3),
            store.loads,
            store.saves,
            store.leasesAsked,
            store.leasesGiven,
            store.news,
            store.failures,
            result.mostBare(),
            Numbers.fixed(result.mostBehind(), 4),
            result.overdueAtRecovery,
            result.freshAfterMinutes,
            result.requests.peak(recovery, result.end(), 1),
            Numbers.fixed(result.requests.peak(recovery, result.end(), 60) / 60.0, 3),
            result.takenOverAfter(),
            result.events);
    rows.add(String.join(",", cells.stream().map(String::valueOf).toList()));
    System.out.println(rows.get(rows.size() - 1));
    return result;
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** What probes and the return of a CA look like beside the requests of any other day. */
  private void outage(ScaleResult... results) throws IOException {
    int from = (int) (9.5 * DAY);
    SvgChart chart =
        new SvgChart(
            "CA down for six hours from day 10 on",
            "day",
            "requests an hour, for 1,000 certificates");
    for (ScaleResult result : results) {
      add(chart, result, from, 11 * DAY);
    }
    Files.writeString(directory.resolve("scale-outage.svg"), chart.toString());
  }

  private void renewals(List<ScaleResult> results) throws IOException {
    SvgChart chart =
        new SvgChart(
            "First renewal of certificates that were deployed at once",
            "day",
            "requests an hour, for 1,000 certificates");
    for (ScaleResult result : results) {
      add(chart, result, (int) (3.3 * DAY), (int) (4.5 * DAY));
    }
    Files.writeString(directory.resolve("scale-renewals.svg"), chart.toString());
  }

  private static void add(SvgChart chart, ScaleResult result, int from, int to) {
    ScaleScenario scenario = result.scenario;
    double[] y = result.requests.sums(from, to, TEN_MINUTES);
    double[] x = new double[y.length];
    Arrays.setAll(x, index -> (from + (index + 0.5) * TEN_MINUTES) / DAY);
    double[] scaled = Arrays.stream(y).map(n -> n * 6_000.0 / scenario.certificates()).toArray();
    String nodes = scenario.nodes() == 1 ? " node × " : " nodes × ";
    chart.line(grouped(scenario.nodes()) + nodes + grouped(scenario.certificates()), x, scaled);
  }
}
