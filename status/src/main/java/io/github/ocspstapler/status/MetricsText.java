package io.github.ocspstapler.status;

import io.github.ocspstapler.ResponderStatus;
import io.github.ocspstapler.ResponderStatus.Breaker;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerSummary;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A stapler's numbers in the text formats of Prometheus (0.0.4) and OpenMetrics (1.0.0). Of no
 * certificate by itself: a server with 10,000 certificates has as many time series as one with one.
 *
 * <p>Not thread-safe.
 */
final class MetricsText {
  static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  /** So many responder hosts have a line of their own; all are counted. */
  private static final int MAX_HOSTS = 100;

  private final boolean open;
  private final StringBuilder out = new StringBuilder();

  private MetricsText(boolean open) {
    this.open = open;
  }

  /** Whether this Accept header asks for OpenMetrics. */
  static boolean asksForOpenMetrics(@Nullable String accept) {
    return accept != null && accept.contains("application/openmetrics-text");
  }

  static String of(Stapler stapler, @Nullable StatusMetrics metrics, boolean open) {
    MetricsText text = new MetricsText(open);
    if (metrics != null) {
      text.counted(metrics);
    }
    text.certificates(stapler.summary());
    text.responders(stapler.responders());
    if (open) {
      text.out.append("# EOF\n");
    }
    return text.out.toString();
  }

  private void counted(StatusMetrics metrics) {
    family("ocsp_resolves", "counter", "Look-ups of a staple by TLS servers");
    sample("ocsp_resolves_total", "stapled", "true", metrics.stapled());
    sample("ocsp_resolves_total", "stapled", "false", metrics.bare());
    family("ocsp_refusals", "counter", "Certificates refused to servers for want of a staple");
    out.append("ocsp_refusals_total ").append(metrics.refusals()).append('\n');
    family("ocsp_requests", "counter", "Questions to OCSP responders");
    metrics
        .requests()
        .forEach((status, asked) -> sample("ocsp_requests_total", "status", status, asked.count()));
    String duration = "ocsp_requests_duration_seconds";
    family(duration, "summary", "Time from the question to the verified answer");
    metrics
        .requests()
        .forEach((status, asked) -> {
          sample(duration + "_count", "status", status, asked.count());
          sample(duration + "_sum", "status", status, asked.seconds());
        });
    family("ocsp_failures", "counter", "Attempts that brought no answer, or none to be believed");
    metrics
        .failures()
        .forEach((reason, count) -> sample("ocsp_failures_total", "reason", reason, count.sum()));
  }

  private void certificates(StaplerSummary summary) {
    family("ocsp_certificate_count", "gauge", "Certificates that are kept stapled");
    for (State state : State.values()) {
      sample("ocsp_certificate_count", "status", Listed.word(state), summary.count(state));
    }
    String expiry = "ocsp_staple_expiry_seconds";
    family(expiry, "gauge", "Time until the staple that ends first is no longer served");
    Optional<Duration> left = summary.untilEarliestExpiry();
    out.append(expiry)
        .append(' ')
        .append(left.map(time -> Double.toString(time.toMillis() / 1000.0)).orElse("NaN"))
        .append('\n');
  }

  private void responders(List<ResponderStatus> hosts) {
    family("ocsp_responder_count", "gauge", "Responder hosts that certificates are asked about at");
    for (Breaker state : Breaker.values()) {
      long count = hosts.stream().filter(host -> host.breaker() == state).count();
      String word = state.name().toLowerCase(Locale.ROOT);
      sample("ocsp_responder_count", "breaker", word, count);
    }
    String breaker = "ocsp_responder_breaker";
    family(breaker, "gauge", "Whether a responder host is asked: 0 closed, 1 half-open, 2 open");
    hosts.stream()
        .limit(MAX_HOSTS)
        .forEach(host -> sample(breaker, "host", host.host(), level(host.breaker())));
  }

  private static int level(Breaker breaker) {
    return switch (breaker) {
      case CLOSED -> 0;
      case HALF_OPEN -> 1;
      case OPEN -> 2;
    };
  }

  private void family(String name, String type, String help) {
    // A counter's family has the suffix in one format, and has none in the other.
    String family = type.equals("counter") && !open ? name + "_total" : name;
    out.append("# HELP ").append(family).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(family).append(' ').append(type).append('\n');
  }

  private void sample(String name, String label, String value, Number number) {
    String safe = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    out.append(name).append('{').append(label).append("=\"").append(safe).append("\"} ");
    out.append(number).append('\n');
  }
}
