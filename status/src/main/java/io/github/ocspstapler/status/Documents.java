package io.github.ocspstapler.status;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerHealth;
import io.github.ocspstapler.StaplerSummary;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The JSON documents of the API; docs/guide/status-page.md describes them. Thread-safe. */
final class Documents {
  private final Stapler stapler;
  private final Listing listing;
  private final @Nullable StatusMetrics metrics;
  private final Clock clock;

  Documents(Stapler stapler, Listing listing, @Nullable StatusMetrics metrics, Clock clock) {
    this.stapler = stapler;
    this.listing = listing;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** {@code /api/staples}: a page of the listing. */
  Json staples(Query query) {
    Listing.Page page = listing.page(query);
    return new Json()
        .time("now", clock.instant())
        .number("total", page.total())
        .number("matching", page.matching())
        .number("offset", query.offset())
        .number("limit", query.limit())
        .objects("staples", page.rows().stream().map(Listed::json).toList());
  }

  /** {@code /api/summary}: all of it in a few numbers. */
  Json summary(boolean mayBeRefreshed) {
    Instant now = clock.instant();
    StaplerSummary summary = stapler.summary();
    Json certificates = new Json();
    for (State state : State.values()) {
      certificates.number(Listed.word(state), summary.count(state));
    }
    Json document =
        new Json()
            .time("now", now)
            .object("health", health())
            .text("delivery", stapler.delivery().name().toLowerCase(Locale.ROOT))
            .flag("refreshable", mayBeRefreshed)
            .object("certificates", certificates)
            .time("earliestEnd", summary.untilEarliestExpiry().map(now::plus))
            .objects("responders", responders());
    Optional.ofNullable(metrics).ifPresent(counted -> document.object("lastHour", hour(counted)));
    return document;
  }

  private List<Json> responders() {
    return listing.hosts().stream().map(HostRow::json).toList();
  }

  private static Json hour(StatusMetrics metrics) {
    StatusMetrics.Hour hour = metrics.lastHour();
    return new Json()
        .numbers("stapled", hour.stapled())
        .numbers("bare", hour.bare())
        .numbers("answered", hour.answered())
        .numbers("failed", hour.failed());
  }

  /** {@code /health}, with its reasons. */
  Json health() {
    StaplerHealth health = stapler.health();
    return new Json().text("status", health.status().name()).text("detail", health.detail());
  }

  /** {@code /health/ready}: of everybody's business is only whether, not why. */
  Reply ready() {
    StaplerHealth.Status status = stapler.health().status();
    int code = status == StaplerHealth.Status.DOWN ? 503 : 200;
    return Reply.json(code, new Json().text("status", status.name()));
  }

  String metrics(boolean openMetrics) {
    return MetricsText.of(stapler, metrics, openMetrics);
  }
}
