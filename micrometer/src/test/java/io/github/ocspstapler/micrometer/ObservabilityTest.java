package io.github.ocspstapler.micrometer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ocspstapler.ResponderStatus;
import io.github.ocspstapler.testsupport.OutsideTool;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The dashboard and the alerts in {@code docs/observability} ask for what there is. */
@Timeout(60)
class ObservabilityTest {
  private static final Path FOLDER = Path.of("..", "docs", "observability");
  private static final Set<String> OF_THE_SCRAPE = Set.of("job", "instance");

  private static final Pattern SELECTOR = Pattern.compile("(ocsp_\\w+)(?:\\{([^}]*)})?");
  private static final Pattern MATCHER =
      Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Pattern SAMPLE =
      Pattern.compile("^(ocsp_\\w+)(?:\\{(.*)})? ", Pattern.MULTILINE);

  /** Each metric that a server exposes, with its labels and their values. */
  private static final Map<String, Map<String, Set<String>>> EXPOSED = exposed();

  @Test
  void dashboard_everyQuery_asksForMetricsAndLabelsThatExist() throws IOException {
    JsonNode dashboard = new ObjectMapper().readTree(FOLDER.resolve("dashboard.json").toFile());

    List<String> queries = new ArrayList<>(dashboard.findValuesAsText("expr"));
    dashboard.at("/templating/list").forEach(one -> queries.add(one.get("query").asText()));

    assertThat(dashboard.at("/panels")).hasSizeGreaterThan(10);
    assertThat(queries).hasSizeGreaterThan(15).noneMatch(String::isBlank);
    assertThat(queries.stream().flatMap(query -> missing(query).stream())).isEmpty();
  }

  @Test
  void dashboard_everyPanel_hasATitleAPlaceAndAnIdOfItsOwn() throws IOException {
    JsonNode panels =
        new ObjectMapper().readTree(FOLDER.resolve("dashboard.json").toFile()).at("/panels");

    Set<String> places = new TreeSet<>();
    Set<Integer> ids = new TreeSet<>();
    for (JsonNode panel : panels) {
      assertThat(panel.get("title").asText()).isNotBlank();
      places.add(panel.at("/gridPos/x") + " " + panel.at("/gridPos/y"));
      ids.add(panel.get("id").asInt());
    }

    assertThat(places).hasSize(panels.size());
    assertThat(ids).hasSize(panels.size());
  }

  @Test
  void dashboardAndAlerts_together_leaveNoMetricOut() throws IOException {
    String all = read("dashboard.json") + read("alerts.yml");

    assertThat(EXPOSED.keySet().stream().filter(name -> !name.endsWith("_max")))
        .isNotEmpty()
        .allMatch(all::contains);
  }

  @Test
  void alerts_everyExpression_asksForMetricsAndLabelsThatExist() throws IOException {
    assertThat(missing(read("alerts.yml"))).isEmpty();
  }

  @Test
  void alerts_everyOne_isTestedToFireAndNotTo() throws IOException {
    List<String> alerts = names("- alert: (\\w+)", read("alerts.yml"));
    List<String> silent = names("alertname: (\\w+), exp_alerts: \\[]", read("alerts-test.yml"));
    List<String> firing = names("alertname: (\\w+)\n", read("alerts-test.yml"));

    assertThat(alerts).isNotEmpty().doesNotHaveDuplicates();
    assertThat(silent).containsAll(alerts);
    assertThat(firing).containsAll(alerts);
  }

  @Test
  void alerts_promtool_findsThemRightAndTheirTestsHold() throws Exception {
    Path promtool = OutsideTool.require("promtool", "prometheus");

    assertThat(run(promtool, "check", "rules", "alerts.yml")).contains("SUCCESS");
    assertThat(run(promtool, "test", "rules", "alerts-test.yml")).contains("SUCCESS");
  }

  @Test
  void missing_unknownMetricLabelOrValue_isFound() {
    assertThat(missing("sum(ocsp_no_such_metric)")).containsExactly("ocsp_no_such_metric");
    assertThat(missing("ocsp_requests_total{state=\"good\"}"))
        .containsExactly("ocsp_requests_total{state}");
    assertThat(missing("ocsp_requests_total{status=~\"good|bad\"}"))
        .containsExactly("ocsp_requests_total{status=bad}");
  }

  /** Returns what a text asks for that no server exposes. */
  private static List<String> missing(String text) {
    List<String> missing = new ArrayList<>();
    Matcher selectors = SELECTOR.matcher(text);
    while (selectors.find()) {
      String metric = selectors.group(1);
      Map<String, Set<String>> labels = EXPOSED.get(metric);
      if (labels == null) {
        missing.add(metric);
      } else if (selectors.group(2) != null) {
        Matcher matchers = MATCHER.matcher(selectors.group(2).replace("\\\"", "\""));
        while (matchers.find()) {
          check(metric, labels, matchers.group(1), matchers.group(2), missing);
        }
      }
    }
    return missing;
  }

  private static void check(
      String metric,
      Map<String, Set<String>> labels,
      String label,
      String wanted,
      List<String> missing) {
    if (OF_THE_SCRAPE.contains(label)) {
      return;
    }
    Set<String> known = labels.get(label);
    if (known == null) {
      missing.add(metric + "{" + label + "}");
      return;
    }
    Stream.of(wanted.split("\\|", -1))
        .filter(value -> !known.contains(value))
        .forEach(value -> missing.add(metric + "{" + label + "=" + value + "}"));
  }

  private static Map<String, Map<String, Set<String>>> exposed() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    OcspStaplerMetrics metrics = new OcspStaplerMetrics();
    metrics.bindTo(registry);
    List.of("timeout", "store_read", "store_write").forEach(metrics::failed);
    metrics.breaker("http://ocsp.ca.test", ResponderStatus.Breaker.OPEN);
    Map<String, Map<String, Set<String>>> exposed = new TreeMap<>();
    Matcher samples = SAMPLE.matcher(registry.scrape());
    while (samples.find()) {
      Map<String, Set<String>> labels =
          exposed.computeIfAbsent(samples.group(1), metric -> new TreeMap<>());
      Matcher pairs = MATCHER.matcher(samples.group(2) == null ? "" : samples.group(2));
      while (pairs.find()) {
        labels.computeIfAbsent(pairs.group(1), label -> new TreeSet<>()).add(pairs.group(2));
      }
    }
    return exposed;
  }

  private static List<String> names(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(found -> found.group(1)).toList();
  }

  private static String read(String name) throws IOException {
    return Files.readString(FOLDER.resolve(name));
  }

  private static String run(Path promtool, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(promtool.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(FOLDER.toFile()).redirectErrorStream(true).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(said).isZero();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }
}
