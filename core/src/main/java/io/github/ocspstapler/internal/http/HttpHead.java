package io.github.ocspstapler.internal.http;

import static java.time.temporal.ChronoField.DAY_OF_WEEK;
import static java.time.temporal.ChronoField.MONTH_OF_YEAR;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The values of an HTTP head that guide an OCSP client. A value that is junk counts as absent: a
 * head is a hint from whoever sits on the way, never a reason to fail.
 *
 * @param maxAge the first {@code max-age} of {@code Cache-Control}; zero if that says {@code
 *     no-cache} or {@code no-store}
 * @param age the {@code Age}
 * @param expires the {@code Expires} date
 * @param date the {@code Date}
 * @param clockSkew how far the origin's clock is ahead of this one, from {@code Date} and {@code
 *     Age}, negative if it is behind; empty also if a cache hides how old the date is
 * @param etag the {@code ETag}, quotes included
 * @param lastModified the {@code Last-Modified} date
 * @param retryAfter the {@code Retry-After}, as a pause from now on, never negative; a date counts
 *     from {@code Date}, if that is given
 * @param contentType the {@code Content-Type} without parameters, in lower case
 * @param throughCache whether a cache on the way has left its mark: an {@code Age} above zero,
 *     {@code Via} or {@code X-Cache}
 */
public record HttpHead(
    Optional<Duration> maxAge,
    Optional<Duration> age,
    Optional<Instant> expires,
    Optional<Instant> date,
    Optional<Duration> clockSkew,
    Optional<String> etag,
    Optional<Instant> lastModified,
    Optional<Duration> retryAfter,
    Optional<String> contentType,
    boolean throughCache) {

  private static final int MAX_VALUE_LENGTH = 1024;

  // Spelled out: what a locale calls a month changes between versions of the JDK.
  private static final Map<Long, String> MONTHS =
      names("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
  private static final Map<Long, String> DAYS =
      names("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
  private static final Map<Long, String> LONG_DAYS =
      names("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");

  // RFC 9110 5.6.7: the form to send, and two obsolete ones that a recipient must accept.
  private static final DateTimeFormatter IMF_FIXDATE =
      form(DAYS, ", dd ")
          .appendText(MONTH_OF_YEAR, MONTHS)
          .appendPattern(" uuuu HH:mm:ss 'GMT'")
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter ASCTIME =
      form(DAYS, " ")
          .appendText(MONTH_OF_YEAR, MONTHS)
          .appendPattern(" ppd HH:mm:ss uuuu")
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static Map<Long, String> names(String... names) {
    Map<Long, String> numbered = new HashMap<>();
    for (String name : names) {
      numbered.put(numbered.size() + 1L, name);
    }
    return Map.copyOf(numbered);
  }

  private static DateTimeFormatterBuilder form(Map<Long, String> days, String then) {
    return new DateTimeFormatterBuilder().appendText(DAY_OF_WEEK, days).appendPattern(then);
  }

  /**
   * Reads a head.
   *
   * @param fields gives the values of a field, by its name in lower case; none if it is absent
   * @param now what a relative date counts from
   * @return the values
   */
  public static HttpHead of(Function<String, List<String>> fields, Instant now) {
    Optional<Duration> age = first(fields, "age").flatMap(HttpHead::seconds);
    Optional<Instant> date = first(fields, "date").flatMap(value -> date(value, now));
    boolean marked = !fields.apply("via").isEmpty() || !fields.apply("x-cache").isEmpty();
    return new HttpHead(
        maxAge(fields.apply("cache-control")),
        age,
        first(fields, "expires").flatMap(value -> date(value, now)),
        date,
        date.filter(then -> age.isPresent() || !marked)
            .map(then -> Duration.between(now, then).plus(age.orElse(Duration.ZERO))),
        first(fields, "etag").filter(HttpHead::isEntityTag),
        first(fields, "last-modified").flatMap(value -> date(value, now)),
        first(fields, "retry-after").flatMap(value -> pause(value, now, date.orElse(now))),
        first(fields, "content-type").flatMap(HttpHead::mediaType),
        marked || age.filter(old -> !old.isZero()).isPresent());
  }

  /** Returns a date as it is sent in a head. */
  static String sent(Instant date) {
    return IMF_FIXDATE.format(date);
  }

  private static Optional<String> first(Function<String, List<String>> fields, String name) {
    List<String> values = fields.apply(name);
    return values.isEmpty()
        ? Optional.empty()
        : Optional.of(values.get(0).strip()).filter(value -> value.length() <= MAX_VALUE_LENGTH);
  }

  // RFC 9111 4.2.1: of several, the first counts; 5.2.2.4 and 5.2.2.5: whoever must not use it
  // without asking again is promised nothing.
  private static Optional<Duration> maxAge(List<String> values) {
    Optional<Optional<Duration>> first = Optional.empty();
    for (String value : values) {
      if (value.length() > MAX_VALUE_LENGTH) {
        continue;
      }
      for (String directive : value.split(",", -1)) {
        String[] parts = directive.split("=", 2);
        String name = parts[0].strip().toLowerCase(Locale.ROOT);
        if (parts.length == 1 && (name.equals("no-cache") || name.equals("no-store"))) {
          return Optional.of(Duration.ZERO);
        }
        if (first.isEmpty() && parts.length == 2 && name.equals("max-age")) {
          first = Optional.of(seconds(unquoted(parts[1].strip())));
        }
      }
    }
    return first.orElse(Optional.empty());
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  // RFC 9111 1.2.2: what exceeds the largest representable number counts as 2^31.
  private static Optional<Duration> seconds(String digits) {
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    String significant = digits.replaceFirst("^0+", "");
    if (significant.isEmpty()) {
      return Optional.of(Duration.ZERO);
    }
    long value = significant.length() > 10 ? Long.MAX_VALUE : Long.parseLong(significant);
    return Optional.of(Duration.ofSeconds(Math.min(value, 1L << 31)));
  }

  private static Optional<Duration> pause(String value, Instant now, Instant sent) {
    Optional<Duration> seconds = seconds(value);
    if (seconds.isPresent()) {
      return seconds;
    }
    return date(value, now)
        .map(until -> until.isBefore(sent) ? Duration.ZERO : Duration.between(sent, until));
  }

  private static Optional<Instant> date(String value, Instant now) {
    return date(value, IMF_FIXDATE)
        .or(() -> date(value, rfc850(now))) // made only if need be: it takes longer than parsing
        .or(() -> date(value, ASCTIME));
  }

  private static Optional<Instant> date(String value, DateTimeFormatter form) {
    try {
      return Optional.of(form.parse(value, Instant::from));
    } catch (DateTimeException e) {
      return Optional.empty(); // a date of no form counts as absent
    }
  }

  // RFC 9110 5.6.7: a two-digit year that seems more than 50 years ahead is in the past.
  private static DateTimeFormatter rfc850(Instant now) {
    LocalDate base = LocalDate.ofInstant(now, ZoneOffset.UTC).minusYears(49);
    return form(LONG_DAYS, ", dd-")
        .appendText(MONTH_OF_YEAR, MONTHS)
        .appendLiteral('-')
        .appendValueReduced(ChronoField.YEAR, 2, 2, base)
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.ROOT)
        .withZone(ZoneOffset.UTC);
  }

  private static boolean isEntityTag(String value) {
    String opaque = value.startsWith("W/") ? value.substring(2) : value;
    return opaque.length() >= 2
        && opaque.startsWith("\"")
        && opaque.indexOf('"', 1) == opaque.length() - 1
        && opaque.chars().allMatch(c -> c > 0x20 && c != 0x7f);
  }

  private static Optional<String> mediaType(String value) {
    int parameters = value.indexOf(';');
    String type = (parameters < 0 ? value : value.substring(0, parameters)).strip();
    boolean wellFormed = type.matches("[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+");
    return wellFormed ? Optional.of(type.toLowerCase(Locale.ROOT)) : Optional.empty();
  }
}
