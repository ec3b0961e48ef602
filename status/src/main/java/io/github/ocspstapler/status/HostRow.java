package io.github.ocspstapler.status;

import io.github.ocspstapler.ResponderStatus;
import io.github.ocspstapler.ResponderStatus.Breaker;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A responder's host, and how its certificates fare. A host may answer each request, and each time
 * with what is not to be believed: that shows in its certificates only.
 *
 * @param host what is known of the host
 * @param trouble of its certificates
 */
record HostRow(ResponderStatus host, Trouble trouble) {
  private static final Comparator<HostRow> WORST_FIRST =
      Comparator.comparing(HostRow::condition)
          .thenComparingInt(row -> -row.trouble.certificates())
          .thenComparing(row -> row.host.host());

  /** The worst first. */
  enum Condition {
    DOWN,
    FAILING,
    OK
  }

  /** Puts hosts and certificates together, the worst host first. */
  static List<HostRow> of(List<ResponderStatus> hosts, Map<String, Trouble> troubles) {
    return hosts.stream()
        .map(host -> new HostRow(host, troubles.getOrDefault(host.host(), Trouble.NONE)))
        .sorted(WORST_FIRST)
        .toList();
  }

  Condition condition() {
    if (host.breaker() != Breaker.CLOSED) {
      return Condition.DOWN;
    }
    return trouble.certificates() == 0 && host.failuresInARow() == 0
        ? Condition.OK
        : Condition.FAILING;
  }

  Json json() {
    return new Json()
        .text("host", host.host())
        .text("state", condition().name().toLowerCase(Locale.ROOT))
        .text("breaker", host.breaker().name().toLowerCase(Locale.ROOT))
        .number("certificates", host.certificates())
        .number("failing", trouble.certificates())
        .number("failuresInARow", host.failuresInARow())
        .time("failingSince", host.failingSince())
        .time("nextAttempt", host.nextProbe().or(trouble::nextAttempt))
        .text("lastError", host.lastError().or(trouble::lastError))
        .text("method", host.needsPost() ? "POST" : "GET")
        .text("certIdHash", host.certIdHash().map(Enum::name));
  }
}
