package io.github.ocspstapler.status;

import io.github.ocspstapler.StapleStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A responder's host, as its certificates show it.
 *
 * @param host its name and port
 * @param certificates how many are answered there
 * @param failing the certificates whose last attempt failed
 */
record HostRow(String host, int certificates, List<StapleStatus> failing) {

  /** Groups certificates by responder; the host with the most failing ones first. */
  static List<HostRow> of(List<Listed> rows) {
    Map<String, Collecting> hosts = new LinkedHashMap<>();
    for (Listed row : rows) {
      row.host().ifPresent(host -> hosts.computeIfAbsent(host, Collecting::new).add(row.status()));
    }
    return hosts.values().stream()
        .map(Collecting::row)
        .sorted(
            Comparator.comparing((HostRow row) -> -row.failing.size())
                .thenComparing(HostRow::host))
        .toList();
  }

  private static final class Collecting {
    private final String host;
    private int certificates;
    private final Collection<StapleStatus> failing = new java.util.ArrayList<>();

    Collecting(String host) {
      this.host = host;
    }

    void add(StapleStatus status) {
      certificates++;
      if (status.failuresInARow() > 0) {
        failing.add(status);
      }
    }

    HostRow row() {
      return new HostRow(host, certificates, List.copyOf(failing));
    }
  }

  /** {@code ok}, {@code failing} for some of its certificates, or {@code down} for all. */
  String state() {
    if (failing.isEmpty()) {
      return "ok";
    }
    return failing.size() == certificates ? "down" : "failing";
  }

  Json json() {
    Stream<Instant> attempts = failing.stream().flatMap(status -> status.nextAttempt().stream());
    Optional<String> error =
        failing.stream().flatMap(status -> status.lastError().stream()).findFirst();
    return new Json()
        .text("host", host)
        .text("state", state())
        .number("certificates", certificates)
        .number("failing", failing.size())
        .time("nextAttempt", attempts.min(Comparator.naturalOrder()))
        .text("lastError", error);
  }
}
