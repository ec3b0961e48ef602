package io.github.ocspstapler.status;

import io.github.ocspstapler.StapleStatus;
import java.net.URI;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the certificates of a host fare whose last attempt failed.
 *
 * @param certificates how many they are
 * @param nextAttempt when the first of them is asked about again
 * @param lastError why the attempt failed, of the worst of them
 */
record Trouble(int certificates, Optional<Instant> nextAttempt, Optional<String> lastError) {
  static final Trouble NONE = new Trouble(0, Optional.empty(), Optional.empty());

  /** Adds up for each host, by scheme and authority. */
  static Map<String, Trouble> byHost(Stream<StapleStatus> worstFirst) {
    Map<String, Trouble> byHost = new HashMap<>();
    worstFirst
        .filter(row -> row.failuresInARow() > 0)
        .forEachOrdered(row ->
            row.responder()
                .ifPresent(responder ->
                    byHost.compute(
                        host(responder),
                        (host, before) -> (before == null ? NONE : before).and(row))));
    return byHost;
  }

  private static String host(URI responder) {
    String url = responder.getScheme() + "://" + responder.getRawAuthority();
    return url.toLowerCase(Locale.ROOT);
  }

  private Trouble and(StapleStatus row) {
    return new Trouble(
        certificates + 1,
        Stream.concat(nextAttempt.stream(), row.nextAttempt().stream())
            .min(Comparator.naturalOrder()),
        lastError.or(row::lastError));
  }
}
