package io.github.ocspstapler.status;

import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.StapleStatus.Severity;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerSummary;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The certificates of a stapler, a page at a time, the worst first. Thread-safe.
 *
 * <p>No page holds more rows than it was asked for, and none are made for the rest, unless words
 * are looked for in them.
 */
final class Listing {
  private static final Set<State> ALL = Set.of(State.values());

  /** All but those that nobody is asked about, so that nobody fails them. */
  private static final Set<State> ASKED =
      Set.copyOf(EnumSet.complementOf(EnumSet.of(State.UNSTAPLEABLE)));

  private final Stapler stapler;
  private final Remembered<Query, Page> pages;
  private final Remembered<Set<State>, Map<String, Trouble>> troubles;

  Listing(Stapler stapler, LongSupplier nanoTime) {
    this.stapler = stapler;
    this.pages = new Remembered<>(nanoTime, this::look);
    this.troubles = new Remembered<>(nanoTime, this::lookForTrouble);
  }

  /**
   * A page.
   *
   * @param total how many certificates there are
   * @param matching how many match the query
   * @param rows those on this page
   */
  record Page(int total, int matching, List<Listed> rows) {}

  Page page(Query query) {
    return pages.get(query);
  }

  private Page look(Query query) {
    boolean all = query.words().isEmpty();
    Stream<StapleStatus> rows =
        all
            ? stapler.worstFirst(query.states(), query.offset(), query.limit()).stream()
            : stapler
                .worstFirst(query.states())
                .filter(query::mentioned)
                .skip(query.offset())
                .limit(query.limit());
    StaplerSummary summary = stapler.summary();
    int matching =
        all
            ? count(summary, query.states())
            : (int) stapler.statuses(query.states()).filter(query::mentioned).count();
    return new Page(count(summary, ALL), matching, rows.map(Listed::new).toList());
  }

  private static int count(StaplerSummary summary, Set<State> states) {
    return states.stream().mapToInt(summary::count).sum();
  }

  /** Returns the hosts that are asked, the worst first. */
  List<HostRow> hosts() {
    return HostRow.of(stapler.responders(), troubles.get(ASKED));
  }

  private Map<String, Trouble> lookForTrouble(Set<State> states) {
    return Trouble.byHost(
        stapler
            .worstFirst(states)
            .takeWhile(row -> row.severity().compareTo(Severity.WARNING) <= 0));
  }

  /** What is listed is no longer true: somebody has just changed it. */
  void expire() {
    pages.expire();
    troubles.expire();
  }

  Optional<StapleStatus> find(String fingerprint) {
    return stapler
        .statuses(ALL)
        .filter(row -> new Listed(row).fingerprint().equals(fingerprint))
        .findFirst();
  }
}
