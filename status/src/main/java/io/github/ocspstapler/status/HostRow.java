package io.github.ocspstapler.status;

import io.github.ocspstapler.ResponderStatus;
import io.github.ocspstapler.ResponderStatus.Breaker;
import io.github.ocspstapler.StapleStatus;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A responder's host, and how its certificates fare. A host may answer each request, and each time
 * with what is not to be believed: that shows in its certificates only.
 *
 * @param host what is known of the host
 * @param failing its certificates whose last attempt failed
 */
record HostRow(ResponderStatus host, List<StapleStatus> failing) {
  private static final Comparator<HostRow> WORST_FIRST =
      Comparator.comparing(HostRow::condition)
          .thenComparingInt(row -> -row.failing.size())
          .thenComparing(row -> row.host.host());

  /** The worst first. */
  enum Condition {
    DOWN,
    FAILING,
    OK
  }

  /** Puts hosts and certificates together, the worst host first. */
  static List<HostRow> of(List<ResponderStatus> hosts, List<Listed> rows) {
    Map<String, List<StapleStatus>> failing = new HashMap<>();
    for (Listed row : rows) {
      StapleStatus status = row.status();
      if (status.failuresInARow() > 0 && status.responder().isPresent()) {
        String host = host(status.responder().get());
        failing.computeIfAbsent(host, first -> new ArrayList<>()).add(status);
      }
    }
    return hosts.stream()
        .map(host -> new HostRow(host, failing.getOrDefault(host.host(), List.of())))
        .sorted(WORST_FIRST)
        .toList();
  }

  private static String host(URI responder) {
    String url = responder.getScheme() + "://" + responder.getRawAuthority();
    return url.toLowerCase(Locale.ROOT);
  }

  Condition condition() {
    if (host.breaker() != Breaker.CLOSED) {
      return Condition.DOWN;
    }
    return failing.isEmpty() && host.failuresInARow() == 0 ? Condition.OK : Condition.FAILING;
  }

  Json json() {
    Stream<Instant> attempts = failing.stream().flatMap(status -> status.nextAttempt().stream());
    Optional<String> error = failing.stream().flatMap(row -> row.lastError().stream()).findFirst();
    return new Json()
        .text("host", host.host())
        .text("state", condition().name().toLowerCase(Locale.ROOT))
        .text("breaker", host.breaker().name().toLowerCase(Locale.ROOT))
        .number("certificates", host.certificates())
        .number("failing", failing.size())
        .number("failuresInARow", host.failuresInARow())
        .time("failingSince", host.failingSince())
        .time("nextAttempt", host.nextProbe().or(() -> attempts.min(Comparator.naturalOrder())))
        .text("lastError", host.lastError().or(() -> error))
        .text("method", host.needsPost() ? "POST" : "GET")
        .text("certIdHash", host.certIdHash().map(Enum::name));
  }
}
