package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.ocspstapler.internal.http.HttpHead;
import io.github.ocspstapler.ocsp.OcspException.Rejected;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Whatever a peer writes into its head, what follows from it can be sent back and said. */
class HttpOutcomeFuzzTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final URI RESPONDER = URI.create("http://ocsp.test/");

  /** The input is a head: lines of {@code name: value}. */
  @FuzzTest(maxDuration = "30s")
  void head_anyBytes_canBeSentBackAndSaid(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    HttpHead head = HttpHead.of(name -> values(text, name), NOW);

    HttpValidator validator = HttpOutcome.validator(RESPONDER, head);

    if (validator != null) {
      validator.etag().ifPresent(etag -> send("If-None-Match", etag));
      assertThat(validator.etag().isPresent() || validator.lastModified().isPresent()).isTrue();
    }
    Rejected expired = new Rejected(RESPONDER, Rejected.Reason.EXPIRED, "expired", null);
    Rejected diagnosed = HttpOutcome.diagnosed(expired, RESPONDER, head, Duration.ofMinutes(5));
    assertThat(diagnosed).hasMessageStartingWith("expired");
    diagnosed
        .clockSkew()
        .ifPresent(skew -> assertThat(skew.abs()).isGreaterThan(Duration.ofMinutes(5)));
    assertThat(HttpOutcome.freshness(head).date()).isEqualTo(head.date());
  }

  private static void send(String name, String value) {
    assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(value)).isTrue();
    HttpRequest request = HttpRequest.newBuilder(RESPONDER).header(name, value).build();
    assertThat(request.headers().firstValue(name)).hasValue(value);
  }

  private static List<String> values(String head, String name) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1))
        .toList();
  }
}
