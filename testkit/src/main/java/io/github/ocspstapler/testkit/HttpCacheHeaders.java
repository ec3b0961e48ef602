package io.github.ocspstapler.testkit;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.jspecify.annotations.Nullable;

/** What a responder tells HTTP caches (RFC 9111). */
record HttpCacheHeaders(
    @Nullable Duration maxAge, @Nullable Duration expires, @Nullable Duration age, Duration skew) {
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  static void add(HttpExchange exchange, Instant now, HttpCacheHeaders settings) {
    exchange.header("Date", HTTP_DATE.format(now.plus(settings.skew)));
    Duration maxAge = settings.maxAge;
    if (maxAge != null) {
      exchange.header(
          "Cache-Control",
          "max-age=" + maxAge.toSeconds() + ", public, no-transform, must-revalidate");
    }
    Duration expires = settings.expires;
    if (expires != null) {
      exchange.header("Expires", HTTP_DATE.format(now.plus(expires)));
    }
    Duration age = settings.age;
    if (age != null) {
      exchange.header("Age", Long.toString(age.toSeconds()));
    }
  }

  static String date(Instant date) {
    return HTTP_DATE.format(date);
  }

  /** Returns whether a tag is one of an {@code If-None-Match}, compared weakly. */
  static boolean isAmong(String etag, String tags) {
    return Arrays.stream(tags.split(",", -1))
        .map(String::strip)
        .anyMatch(tag -> tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag));
  }

  /** Returns when an answer was made, if it is one. */
  static Optional<Instant> lastModified(byte[] content) {
    try {
      Object answer = new OCSPResp(content).getResponseObject();
      return answer instanceof BasicOCSPResp basic
          ? Optional.of(basic.getProducedAt().toInstant())
          : Optional.empty();
    } catch (IOException | OCSPException | RuntimeException e) {
      return Optional.empty(); // whatever a fault made of it
    }
  }

  /** Returns whether an answer was made after an {@code If-Modified-Since}. */
  static boolean isModifiedSince(byte[] content, String date) {
    Optional<Instant> made = lastModified(content);
    try {
      Instant since = HTTP_DATE.parse(date, Instant::from);
      return made.isEmpty() || made.get().truncatedTo(ChronoUnit.SECONDS).isAfter(since);
    } catch (DateTimeException e) {
      return true;
    }
  }

  static String etag(byte[] content) {
    return '"' + HexFormat.of().formatHex(CertHash.SHA1.of(content)) + '"';
  }
}
