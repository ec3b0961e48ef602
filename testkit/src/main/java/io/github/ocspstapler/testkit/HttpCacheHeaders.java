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
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP headers of a responder's answers: what it tells caches (RFC 9111), and what it is told
 * to send besides.
 *
 * <p>Thread-safe.
 */
final class HttpCacheHeaders {
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  // Guarded by this.
  private final Map<String, String> headers = new LinkedHashMap<>();
  private boolean etags;
  private boolean lastModified;
  private @Nullable Duration maxAge;
  private @Nullable Duration expires;
  private @Nullable Duration age;
  private Duration dateSkew = Duration.ZERO;

  synchronized void header(String name, String value) {
    headers.put(name, value);
  }

  synchronized void maxAge(Duration value) {
    this.maxAge = value;
  }

  synchronized void expires(Duration fromNow) {
    this.expires = fromNow;
  }

  synchronized void age(Duration value) {
    this.age = value;
  }

  synchronized void dateSkew(Duration skew) {
    this.dateSkew = skew;
  }

  synchronized void etags(boolean on) {
    this.etags = on;
  }

  synchronized void lastModified(boolean on) {
    this.lastModified = on;
  }

  synchronized void clear() {
    headers.clear();
    maxAge = null;
    expires = null;
    age = null;
    dateSkew = Duration.ZERO;
    etags = false;
    lastModified = false;
  }

  /** Returns whether a cache is told by what to recognize an answer. */
  synchronized boolean haveValidators() {
    return etags || lastModified;
  }

  synchronized void addTo(HttpExchange exchange, Instant now, byte[] content) {
    exchange.header("Date", HTTP_DATE.format(now.plus(dateSkew)));
    if (maxAge != null) {
      exchange.header(
          "Cache-Control",
          "max-age=" + maxAge.toSeconds() + ", public, no-transform, must-revalidate");
    }
    if (expires != null) {
      exchange.header("Expires", HTTP_DATE.format(now.plus(expires)));
    }
    if (age != null) {
      exchange.header("Age", Long.toString(age.toSeconds()));
    }
    if (etags) {
      exchange.header("ETag", etag(content));
    }
    if (lastModified) {
      producedAt(content)
          .ifPresent(date -> exchange.header("Last-Modified", HTTP_DATE.format(date)));
    }
    headers.forEach(exchange::header);
  }

  /** Returns whether the answer is the one that whoever asks has already. */
  // RFC 9110 13.2.2: a tag is asked about before a date.
  synchronized boolean isUnchanged(HttpExchange exchange, byte[] content) {
    String tags = exchange.headers.get("If-None-Match");
    if (tags != null) {
      return etags && isAmong(etag(content), tags);
    }
    String since = exchange.headers.get("If-Modified-Since");
    return since != null && lastModified && !isModifiedSince(content, since);
  }

  /** Returns whether a tag is one of an {@code If-None-Match}, compared weakly. */
  private static boolean isAmong(String etag, String tags) {
    return Arrays.stream(tags.split(",", -1))
        .map(String::strip)
        .anyMatch(tag -> tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag));
  }

  /** Returns when an answer was made, if it is one. */
  private static Optional<Instant> producedAt(byte[] content) {
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
  private static boolean isModifiedSince(byte[] content, String date) {
    Optional<Instant> made = producedAt(content);
    try {
      Instant since = HTTP_DATE.parse(date, Instant::from);
      return made.isEmpty() || made.get().truncatedTo(ChronoUnit.SECONDS).isAfter(since);
    } catch (DateTimeException e) {
      return true;
    }
  }

  private static String etag(byte[] content) {
    return '"' + HexFormat.of().formatHex(CertHash.SHA1.of(content)) + '"';
  }
}
