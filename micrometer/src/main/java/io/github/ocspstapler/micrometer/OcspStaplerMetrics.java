package io.github.ocspstapler.micrometer;

import static java.util.Objects.requireNonNull;

import io.github.ocspstapler.ResponderStatus;
import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerMetrics;
import io.github.ocspstapler.StaplerSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a {@link Stapler} counts, as meters.
 *
 * <pre>{@code
 * OcspStaplerMetrics metrics = new OcspStaplerMetrics();
 * metrics.bindTo(registry);
 * Stapler stapler = Stapler.builder().metrics(metrics).build();
 * }</pre>
 *
 * <table>
 * <caption>Meters, as Prometheus names them</caption>
 * <tr><th>name</th><th>tag</th><th>what</th></tr>
 * <tr><td>{@code ocsp_resolves_total}</td><td>{@code stapled}: true, false</td>
 *     <td>look-ups by servers</td></tr>
 * <tr><td>{@code ocsp_refusals_total}</td><td></td>
 *     <td>certificates refused to servers by the policy; several in a handshake that fails</td></tr>
 * <tr><td>{@code ocsp_requests_total}</td><td>{@code status}: good, revoked, unknown, unreachable,
 *     refused, rejected</td><td>questions to responders</td></tr>
 * <tr><td>{@code ocsp_requests_duration_seconds}</td><td>{@code status}</td>
 *     <td>how long they took</td></tr>
 * <tr><td>{@code ocsp_failures_total}</td><td>{@code reason}, for example timeout</td>
 *     <td>attempts that brought no answer, or none to be believed</td></tr>
 * <tr><td>{@code ocsp_certificate_count}</td><td>{@code status}: pending, stapled, revoked, unknown,
 *     unavailable, unstapleable</td><td>certificates kept</td></tr>
 * <tr><td>{@code ocsp_responder_count}</td><td>{@code breaker}: closed, half_open, open</td>
 *     <td>responder hosts, by whether they are asked</td></tr>
 * <tr><td>{@code ocsp_responder_breaker}</td><td>{@code host}: the first {@value #MAX_HOSTS}</td>
 *     <td>0 closed, 1 half-open, 2 open; NaN if nothing is asked there any more</td></tr>
 * <tr><td>{@code ocsp_staple_expiry_seconds}</td><td></td>
 *     <td>time until the staple that ends first is no longer served; NaN without any</td></tr>
 * </table>
 *
 * <p>Thread-safe; counting does not block. It may be bound to several registries, before or after
 * the stapler is built: totals include what was counted before, durations do not. Several staplers
 * may share one: they are added up. It does not keep a stapler alive.
 */
public final class OcspStaplerMetrics implements StaplerMetrics, MeterBinder {
  private static final List<String> REQUEST_STATUSES =
      List.of("good", "revoked", "unknown", "unreachable", "refused", "rejected");

  /** So many responder hosts have a gauge of their own; all are counted. */
  public static final int MAX_HOSTS = 100;

  private final LongAdder stapled = new LongAdder();
  private final LongAdder bare = new LongAdder();
  private final LongAdder refusals = new LongAdder();
  private final Map<String, LongAdder> requests = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final Set<String> hosts = ConcurrentHashMap.newKeySet();
  private final Map<MeterRegistry, Summaries> registries = new ConcurrentHashMap<>();
  private final List<WeakReference<Stapler>> staplers = new CopyOnWriteArrayList<>();

  /** Creates metrics that count, and are bound to no registry yet. */
  public OcspStaplerMetrics() {
    REQUEST_STATUSES.forEach(status -> requests.put(status, new LongAdder()));
  }

  @Override
  public void resolved(boolean withStaple) {
    (withStaple ? stapled : bare).increment();
  }

  @Override
  public void refused() {
    refusals.increment();
  }

  @Override
  public void requested(String status, Duration took) {
    adder(requests, status).increment();
    for (MeterRegistry registry : registries.keySet()) {
      duration(registry, status).record(took);
    }
  }

  @Override
  public void failed(String reason) {
    LongAdder known = failures.get(reason);
    if (known == null) {
      known = adder(failures, reason);
      for (MeterRegistry registry : registries.keySet()) {
        bindFailures(registry, reason, known);
      }
    }
    known.increment();
  }

  @Override
  public void breaker(String host, ResponderStatus.Breaker state) {
    if (hosts.size() < MAX_HOSTS && hosts.add(host)) {
      registries.forEach((registry, summaries) -> bindBreaker(registry, host, summaries));
    }
  }

  @Override
  public void watch(Stapler stapler) {
    staplers.removeIf(watched -> watched.get() == null);
    staplers.add(new WeakReference<>(requireNonNull(stapler, "stapler")));
  }

  /**
   * Registers all meters.
   *
   * @param registry the registry
   */
  @Override
  public void bindTo(MeterRegistry registry) {
    bindResolves(requireNonNull(registry, "registry"), "true", stapled);
    bindResolves(registry, "false", bare);
    FunctionCounter.builder("ocsp.refusals", refusals, LongAdder::sum)
        .description("Certificates refused to servers for want of a staple")
        .register(registry);
    for (String status : REQUEST_STATUSES) {
      FunctionCounter.builder("ocsp.requests", adder(requests, status), LongAdder::sum)
          .description("Questions to OCSP responders")
          .tag("status", status)
          .register(registry);
      var unused = duration(registry, status);
    }
    Summaries summaries = new Summaries(registry);
    for (StapleStatus.State state : StapleStatus.State.values()) {
      Gauge.builder("ocsp.certificate.count", summaries, all -> all.count(state))
          .description("Certificates that are kept stapled")
          .tag("status", state.name().toLowerCase(Locale.ROOT))
          .strongReference(true)
          .register(registry);
    }
    Gauge.builder("ocsp.staple.expiry", summaries, Summaries::secondsToExpiry)
        .description("Time until the staple that ends first is no longer served")
        .baseUnit("seconds")
        .strongReference(true)
        .register(registry);
    for (ResponderStatus.Breaker state : ResponderStatus.Breaker.values()) {
      Gauge.builder("ocsp.responder.count", summaries, all -> all.countResponders(state))
          .description("Responder hosts that certificates are asked about at")
          .tag("breaker", state.name().toLowerCase(Locale.ROOT))
          .strongReference(true)
          .register(registry);
    }
    // Only now: what comes meanwhile is bound by one of the two, or by both, which is one.
    registries.put(registry, summaries);
    hosts.forEach(host -> bindBreaker(registry, host, summaries));
    failures.forEach((reason, count) -> bindFailures(registry, reason, count));
  }

  private static void bindResolves(MeterRegistry registry, String stapled, LongAdder count) {
    FunctionCounter.builder("ocsp.resolves", count, LongAdder::sum)
        .description("Look-ups of a staple by TLS servers")
        .tag("stapled", stapled)
        .register(registry);
  }

  private static void bindFailures(MeterRegistry registry, String reason, LongAdder count) {
    FunctionCounter.builder("ocsp.failures", count, LongAdder::sum)
        .description("Attempts that brought no answer, or none to be believed")
        .tag("reason", reason)
        .register(registry);
  }

  private static void bindBreaker(MeterRegistry registry, String host, Summaries summaries) {
    Gauge.builder("ocsp.responder.breaker", summaries, all -> all.breaker(host))
        .description("Whether a responder host is asked: 0 closed, 1 half-open, 2 open")
        .tag("host", host)
        .strongReference(true)
        .register(registry);
  }

  private static Timer duration(MeterRegistry registry, String status) {
    return Timer.builder("ocsp.requests.duration")
        .description("Time from the question to the verified answer")
        .tag("status", status)
        .register(registry);
  }

  private static LongAdder adder(Map<String, LongAdder> adders, String name) {
    return adders.computeIfAbsent(name, absent -> new LongAdder());
  }

  /** The staplers' numbers, looked up once a scrape and not once a gauge. */
  private final class Summaries {
    private static final long KEPT_NANOS = 500_000_000;

    private final MeterRegistry registry;
    private List<StaplerSummary> last = List.of(); // guarded by this
    private List<ResponderStatus> responders = List.of(); // guarded by this
    private long lookedUpAt; // guarded by this
    private boolean lookedUp; // guarded by this

    Summaries(MeterRegistry registry) {
      this.registry = registry;
    }

    double count(StapleStatus.State state) {
      return summaries().stream().mapToInt(summary -> summary.count(state)).sum();
    }

    double secondsToExpiry() {
      return summaries().stream()
          .flatMap(summary -> summary.untilEarliestExpiry().stream())
          .mapToDouble(left -> left.toMillis() / 1000.0)
          .min()
          .orElse(Double.NaN);
    }

    double countResponders(ResponderStatus.Breaker state) {
      return responders().stream().filter(one -> one.breaker() == state).count();
    }

    /** Of several staplers that ask a host, the one that is worst off counts. */
    double breaker(String host) {
      return responders().stream()
          .filter(one -> one.host().equals(host))
          .mapToDouble(one -> number(one.breaker()))
          .max()
          .orElse(Double.NaN);
    }

    private static double number(ResponderStatus.Breaker breaker) {
      return switch (breaker) {
        case CLOSED -> 0;
        case HALF_OPEN -> 1;
        case OPEN -> 2;
      };
    }

    private synchronized List<StaplerSummary> summaries() {
      lookUp();
      return last;
    }

    private synchronized List<ResponderStatus> responders() {
      lookUp();
      return responders;
    }

    private synchronized void lookUp() {
      long time = registry.config().clock().monotonicTime();
      if (!lookedUp || time - lookedUpAt > KEPT_NANOS) {
        List<Stapler> live =
            staplers.stream().map(WeakReference::get).filter(Objects::nonNull).toList();
        last = live.stream().map(Stapler::summary).toList();
        responders = live.stream().flatMap(one -> one.responders().stream()).toList();
        lookedUpAt = time;
        lookedUp = true;
      }
    }
  }
}
