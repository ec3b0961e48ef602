package io.github.ocspstapler.cli;

import static io.github.ocspstapler.cli.LintReport.Way.GET_SHA1;
import static io.github.ocspstapler.cli.LintReport.Way.GET_SHA256;
import static io.github.ocspstapler.cli.LintReport.Way.IF_NONE_MATCH;

import io.github.ocspstapler.cli.LintReport.Exchange;
import io.github.ocspstapler.ocsp.OcspResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The rules about HTTP: its head, its caches and its speed. */
final class LintHttp {
  private static final Duration SLOW = Duration.ofSeconds(1);
  private static final Duration TOO_SLOW = Duration.ofSeconds(10);
  private static final Duration SKEW = Duration.ofMinutes(5);
  private static final int NOT_MODIFIED = 304;
  private static final String CACHING = "RFC 9919 7.2";

  private final LintReport report;
  private final LintFindings findings;

  private LintHttp(LintReport report, LintFindings findings) {
    this.report = report;
    this.findings = findings;
  }

  static void check(LintReport report, LintFindings findings) {
    LintHttp http = new LintHttp(report, findings);
    http.silence();
    http.speed();
    report.answered().findFirst().ifPresent(http::head);
    Exchange get =
        report.isAnswered(GET_SHA1) ? report.exchange(GET_SHA1) : report.exchange(GET_SHA256);
    get.answer().ifPresent(answer -> http.caching(get, answer));
  }

  private void silence() {
    String ways =
        report.exchanges().entrySet().stream()
            .filter(entry -> entry.getValue().failure() != null)
            .map(entry -> entry.getKey().words())
            .collect(Collectors.joining("; "));
    findings.check(
        ways.isEmpty(),
        Level.WARNING,
        "every question got an answer",
        "no answer at all to: " + ways,
        "CA/B 4.10.2");
  }

  private void speed() {
    Map.Entry<LintReport.Way, Exchange> slowest =
        report.exchanges().entrySet().stream()
            .max(Comparator.comparing(entry -> entry.getValue().time()))
            .orElseThrow();
    Duration time = slowest.getValue().time();
    String sentence =
        "the slowest answer took " + Durations.millis(time) + " (" + slowest.getKey().words() + ")";
    Level level =
        time.compareTo(TOO_SLOW) > 0
            ? Level.CRITICAL
            : time.compareTo(SLOW) > 0 ? Level.WARNING : Level.OK;
    findings.add(level, sentence, "CA/B 4.10.2");
  }

  private void head(Exchange exchange) {
    String type = exchange.header("Content-Type").orElse("none");
    findings.check(
        type.toLowerCase(Locale.ROOT).startsWith("application/ocsp-response"),
        Level.CRITICAL,
        "Content-Type is application/ocsp-response",
        "Content-Type is " + type + " (expected: application/ocsp-response)",
        "RFC 6960 A.2");
    findings.check(
        exchange.header("Content-Length").isPresent(),
        Level.NOTE,
        "Content-Length is there",
        "Content-Length is missing",
        "RFC 9919 6");
    Optional<Instant> date = date(exchange, "Date");
    if (date.isEmpty()) {
      findings.add(Level.WARNING, "Date is missing", CACHING);
    } else {
      Duration off = Duration.between(date.get(), report.at()).abs();
      findings.check(
          off.compareTo(SKEW) <= 0 || exchange.header("Age").isPresent(),
          Level.WARNING,
          "Date agrees with the clock here",
          "Date is " + Durations.words(off) + " off the clock here",
          CACHING);
    }
  }

  private void caching(Exchange get, OcspResponse answer) {
    Set<String> directives = new TreeSet<>();
    for (String field : get.headers().allValues("Cache-Control")) {
      Arrays.stream(field.toLowerCase(Locale.ROOT).split(","))
          .map(String::strip)
          .forEach(directives::add);
    }
    boolean forbidden =
        directives.contains("no-cache")
            || directives.contains("no-store")
            || get.header("Pragma").filter(pragma -> pragma.contains("no-cache")).isPresent();
    findings.check(
        !forbidden,
        Level.CRITICAL,
        "caches are not turned away",
        "caches are turned away (" + String.join(", ", directives) + ")",
        CACHING);
    answer.nextUpdate().ifPresent(nextUpdate -> lifetime(get, directives, nextUpdate));
    List<String> missing =
        List.of("public", "no-transform", "must-revalidate").stream()
            .filter(directive -> !directives.contains(directive))
            .toList();
    findings.check(
        missing.isEmpty(),
        Level.NOTE,
        "Cache-Control has public, no-transform and must-revalidate",
        "Cache-Control lacks " + String.join(", ", missing),
        CACHING);
    present(get, "Last-Modified");
    present(get, "ETag");
    Exchange again = report.exchanges().get(IF_NONE_MATCH);
    if (again != null) {
      findings.check(
          again.status() == NOT_MODIFIED,
          Level.NOTE,
          "If-None-Match is answered with 304",
          "If-None-Match with its own ETag is answered with " + again.status() + ", not 304",
          "RFC 9110 13.1.2");
    }
  }

  private void lifetime(Exchange get, Set<String> directives, Instant nextUpdate) {
    long left = Duration.between(report.at(), nextUpdate).toSeconds();
    Optional<Long> maxAge = directives.stream().flatMap(d -> maxAge(d).stream()).findFirst();
    if (maxAge.isEmpty()) {
      findings.add(
          Level.WARNING, "Cache-Control has no max-age: caches have to guess or keep out", CACHING);
    } else {
      findings.check(
          maxAge.get() <= left,
          Level.CRITICAL,
          "max-age ends before nextUpdate (" + maxAge.get() + " s)",
          "max-age ("
              + maxAge.get()
              + " s) lets caches give out an expired answer: nextUpdate is"
              + " in "
              + left
              + " s",
          CACHING);
    }
    Optional<Instant> expires = date(get, "Expires");
    if (expires.isEmpty()) {
      findings.add(Level.NOTE, "Expires is missing", CACHING);
    } else {
      findings.check(
          !expires.get().isAfter(nextUpdate),
          Level.WARNING,
          "Expires is not after nextUpdate",
          "Expires is after nextUpdate",
          CACHING);
    }
  }

  private void present(Exchange exchange, String header) {
    findings.check(
        exchange.header(header).isPresent(),
        Level.NOTE,
        header + " is there",
        header + " is missing",
        CACHING);
  }

  private static Optional<Long> maxAge(String directive) {
    if (!directive.matches("max-age=\"?[0-9]{1,10}\"?")) {
      return Optional.empty();
    }
    return Optional.of(Long.valueOf(directive.replaceAll("[^0-9]", "")));
  }

  private static Optional<Instant> date(Exchange exchange, String header) {
    return exchange
        .header(header)
        .flatMap(text -> {
          try {
            return Optional.of(
                ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
          } catch (DateTimeException e) {
            return Optional.empty();
          }
        });
  }
}
