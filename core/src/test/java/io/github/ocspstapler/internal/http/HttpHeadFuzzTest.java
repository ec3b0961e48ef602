package io.github.ocspstapler.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whatever a peer writes into its head, reading it never fails and never gives nonsense. */
class HttpHeadFuzzTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final Instant LAST_DATE = Instant.parse("9999-12-31T23:59:59Z");
  private static final Duration LARGEST = Duration.ofSeconds(1L << 31);

  /** The input is a head: lines of {@code name: value}. */
  @FuzzTest(maxDuration = "30s")
  void head_anyBytes_isReadOrIgnored(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);

    HttpHead head = HttpHead.of(name -> values(text, name), NOW);

    inRange(head.maxAge());
    inRange(head.age());
    head.retryAfter().ifPresent(pause -> assertThat(pause.isNegative()).isFalse());
    head.clockSkew().ifPresent(skew -> assertThat(head.date()).isPresent());
    head.lastModified()
        .filter(date -> !date.isAfter(LAST_DATE) && !date.isBefore(Instant.EPOCH))
        .ifPresent(date -> {
          HttpHead again = HttpHead.of(name -> List.of(HttpHead.sent(date)), NOW);
          assertThat(again.lastModified()).hasValue(date);
        });
    head.etag().ifPresent(etag -> assertThat(etag).endsWith("\""));
    head.contentType().ifPresent(type -> assertThat(type).contains("/"));
  }

  private static void inRange(Optional<Duration> value) {
    value.ifPresent(duration -> assertThat(duration).isBetween(Duration.ZERO, LARGEST));
  }

  private static List<String> values(String head, String name) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1))
        .toList();
  }
}
