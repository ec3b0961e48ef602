package io.github.ocspstapler.spring;

import static io.github.ocspstapler.spring.OcspStaplerHealth.word;
import static java.util.Objects.requireNonNull;

import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerSummary;
import java.net.URI;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * The Actuator endpoint {@code ocspstapler}: what is kept, a page at a time. It only reads.
 *
 * <p>Thread-safe; does not block.
 */
@Endpoint(id = "ocspstapler")
public final class OcspStaplerEndpoint {
  /** Rows of a page at most, and unless asked for fewer: {@value}. */
  public static final int MAX_SIZE = 100;

  private final Stapler stapler;

  /**
   * Creates the endpoint.
   *
   * @param stapler what it shows
   */
  public OcspStaplerEndpoint(Stapler stapler) {
    this.stapler = requireNonNull(stapler, "stapler");
  }

  /**
   * Lists certificates, the worst first.
   *
   * @param state those in this state only; all if null
   * @param q those only that mention each of these words in their names, serial number, issuer or
   *     responder's host; all if null. Looks for them in every certificate
   * @param page which page, from 0 on; the first if null
   * @param size rows of a page, at most {@value #MAX_SIZE}, which it is if null
   * @return the page; empty behind the last
   */
  // Spring Boot 3.5 takes a parameter for optional only if it bears Spring's own annotation.
  @SuppressWarnings("deprecation")
  @ReadOperation
  public Listing list(
      @org.springframework.lang.Nullable @Nullable State state,
      @org.springframework.lang.Nullable @Nullable String q,
      @org.springframework.lang.Nullable @Nullable Integer page,
      @org.springframework.lang.Nullable @Nullable Integer size) {
    int rows = size == null ? MAX_SIZE : Math.max(1, Math.min(MAX_SIZE, size));
    int number = page == null ? 0 : Math.max(0, page);
    Set<State> states = state == null ? EnumSet.allOf(State.class) : EnumSet.of(state);
    List<String> words = q == null || q.isBlank() ? List.of() : List.of(q.strip().split("\\s+"));
    Predicate<StapleStatus> wanted = row -> words.stream().allMatch(row::mentions);
    int offset = (int) Math.min(Integer.MAX_VALUE, (long) number * rows);
    Stream<StapleStatus> certificates =
        words.isEmpty()
            ? stapler.worstFirst(states, offset, rows).stream()
            : stapler.worstFirst(states).filter(wanted).skip(offset).limit(rows);
    StaplerSummary summary = stapler.summary();
    int total =
        words.isEmpty()
            ? states.stream().mapToInt(summary::count).sum()
            : (int) stapler.statuses(states).filter(wanted).count();
    Map<String, Integer> counts = new LinkedHashMap<>();
    summary.certificates().forEach((each, count) -> counts.put(word(each), count));
    return new Listing(
        word(stapler.delivery()), counts, number, rows, total, certificates.map(Row::of).toList());
  }

  /**
   * A page of the listing.
   *
   * @param delivery how staples reach the JDK's TLS
   * @param counts how many certificates are in each state
   * @param page which page this is
   * @param size rows of a page at most
   * @param total certificates that were found, on all pages
   * @param certificates the rows
   */
  public record Listing(
      String delivery,
      Map<String, Integer> counts,
      int page,
      int size,
      int total,
      List<Row> certificates) {}

  /**
   * A certificate; null is what there is none of.
   *
   * @param name what people call it
   * @param serialNumber its serial number, in hexadecimal
   * @param issuer its issuer's name
   * @param state whether it is stapled, and if not, why
   * @param severity how much that should worry an operator
   * @param mustStaple whether it demands a staple
   * @param responder who answered last, or is asked next
   * @param thisUpdate of the staple at hand
   * @param nextUpdate of the staple at hand
   * @param servedUntil when the staple at hand stops being served
   * @param nextAttempt when the responder is asked next
   * @param lastError why the last attempt failed
   * @param failuresInARow how many attempts failed since the last good one
   */
  public record Row(
      String name,
      String serialNumber,
      String issuer,
      String state,
      String severity,
      boolean mustStaple,
      @Nullable URI responder,
      @Nullable Instant thisUpdate,
      @Nullable Instant nextUpdate,
      @Nullable Instant servedUntil,
      @Nullable Instant nextAttempt,
      @Nullable String lastError,
      int failuresInARow) {

    static Row of(StapleStatus status) {
      return new Row(
          status.name(),
          status.serialNumber().toString(16),
          status.issuer(),
          word(status.state()),
          word(status.severity()),
          status.mustStaple(),
          status.responder().orElse(null),
          status.thisUpdate().orElse(null),
          status.nextUpdate().orElse(null),
          status.servedUntil().orElse(null),
          status.nextAttempt().orElse(null),
          status.lastError().orElse(null),
          status.failuresInARow());
    }
  }
}
