package io.github.ocspstapler.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
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

  static String etag(byte[] content) {
    return '"' + HexFormat.of().formatHex(CertHash.SHA1.of(content)) + '"';
  }
}
