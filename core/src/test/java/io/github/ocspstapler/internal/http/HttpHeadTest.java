package io.github.ocspstapler.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** L13: what a head says about freshness, and that junk in it counts as absent. */
class HttpHeadTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private static HttpHead head(String name, String... values) {
    Map<String, List<String>> fields = Map.of(name, List.copyOf(Arrays.asList(values)));
    return HttpHead.of(field -> fields.getOrDefault(field, List.of()), NOW);
  }

  @Test
  void head_empty_saysNothing() {
    HttpHead head = HttpHead.of(field -> List.of(), NOW);

    assertThat(head.maxAge()).isEmpty();
    assertThat(head.age()).isEmpty();
    assertThat(head.expires()).isEmpty();
    assertThat(head.date()).isEmpty();
    assertThat(head.etag()).isEmpty();
    assertThat(head.retryAfter()).isEmpty();
    assertThat(head.contentType()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "max-age=3600",
        "public, max-age=3600, must-revalidate",
        "MAX-AGE=3600",
        "max-age = 3600",
        "max-age=\"3600\"",
        "s-maxage=9,max-age=0003600",
        "max-age=3600, max-age=7",
        ",,=,max-age=3600"
      })
  void maxAge_givenSomehow_isRead(String value) {
    assertThat(head("cache-control", value).maxAge()).hasValue(Duration.ofHours(1));
  }

  @Test
  void maxAge_inSecondField_isRead() {
    assertThat(head("cache-control", "public", "max-age=5").maxAge())
        .hasValue(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "max-age",
        "max-age=",
        "max-age=-1",
        "max-age=1h",
        "max-age=0x10",
        "max-age=1.5",
        "max-age=\"",
        "x-max-age=3",
        "max-age=\u0663"
      })
  void maxAge_junk_isAbsent(String value) {
    assertThat(head("cache-control", value).maxAge()).isEmpty();
  }

  @Test
  void maxAge_tooLargeForAnything_countsAsTheLargest() {
    assertThat(head("cache-control", "max-age=99999999999999999999999999").maxAge())
        .hasValue(Duration.ofSeconds(1L << 31));
  }

  @Test
  void age_givenTwice_firstCounts() {
    assertThat(head("age", "17", "18").age()).hasValue(Duration.ofSeconds(17));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "  Sun, 06 Nov 1994 08:49:37 GMT "
      })
  void expires_inEachFormOfADate_isRead(String value) {
    assertThat(head("expires", value).expires()).hasValue(Instant.parse("1994-11-06T08:49:37Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "",
        "never",
        "Mon, 06 Nov 1994 08:49:37 GMT", // it was a Sunday
        "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "1994-11-06T08:49:37Z"
      })
  void expires_junk_isAbsent(String value) {
    assertThat(head("expires", value).expires()).isEmpty();
  }

  @Test
  void date_wellFormed_isRead() {
    assertThat(head("date", "Mon, 01 Jun 2026 12:00:01 GMT").date()).hasValue(NOW.plusSeconds(1));
  }

  @Test
  void date_twoDigitYear_isWithinFiftyYearsOfNow() {
    assertThat(head("date", "Monday, 01-Jun-26 12:00:00 GMT").date()).hasValue(NOW);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"abc\"", "W/\"abc\"", "\"\"", "\"\u00e9\""})
  void etag_wellFormed_isKept(String value) {
    assertThat(head("etag", value).etag()).hasValue(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "\"", "\"a\"b\"", "w/\"abc\"", "\"a b\""})
  void etag_junk_isAbsent(String value) {
    assertThat(head("etag", value).etag()).isEmpty();
  }

  @Test
  void retryAfter_seconds_isThatPause() {
    assertThat(head("retry-after", "120").retryAfter()).hasValue(Duration.ofMinutes(2));
  }

  @Test
  void retryAfter_date_isThePauseUntilThen() {
    assertThat(head("retry-after", "Mon, 01 Jun 2026 12:00:30 GMT").retryAfter())
        .hasValue(Duration.ofSeconds(30));
  }

  @Test
  void retryAfter_pastDate_isNoPause() {
    assertThat(head("retry-after", "Mon, 01 Jun 2026 11:00:00 GMT").retryAfter())
        .hasValue(Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-5", "soon", "1e3"})
  void retryAfter_junk_isAbsent(String value) {
    assertThat(head("retry-after", value).retryAfter()).isEmpty();
  }

  @Test
  void retryAfter_date_countsFromTheResponderOwnClock() {
    Map<String, String> fields =
        Map.of(
            "date", "Mon, 01 Jun 2026 13:00:00 GMT",
            "retry-after", "Mon, 01 Jun 2026 13:00:30 GMT");

    HttpHead head =
        HttpHead.of(name -> fields.containsKey(name) ? List.of(fields.get(name)) : List.of(), NOW);

    assertThat(head.retryAfter()).hasValue(Duration.ofSeconds(30));
    assertThat(head.clockSkew()).hasValue(Duration.ofHours(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-cache", "no-store", "max-age=60, no-cache", "No-Store ,max-age=60"})
  void maxAge_notToBeKept_isNone(String value) {
    assertThat(head("cache-control", value).maxAge()).hasValue(Duration.ZERO);
  }

  @Test
  void maxAge_someFieldNotToBeKept_isNoObstacle() {
    assertThat(head("cache-control", "no-cache=\"x\", max-age=60").maxAge())
        .hasValue(Duration.ofSeconds(60));
  }

  @Test
  void lastModified_wellFormed_isReadAndSentAlike() {
    String date = "Mon, 01 Jun 2026 11:00:00 GMT";

    Instant read = head("last-modified", date).lastModified().orElseThrow();

    assertThat(HttpHead.sent(read)).isEqualTo(date);
  }

  @ParameterizedTest
  @ValueSource(strings = {"via", "x-cache"})
  void throughCache_markOfACache_isSeen(String name) {
    assertThat(head(name, "1.1 cache").throughCache()).isTrue();
    assertThat(head(name).throughCache()).isFalse();
  }

  @Test
  void throughCache_age_isSeenIfNotZero() {
    assertThat(head("age", "1").throughCache()).isTrue();
    assertThat(head("age", "0").throughCache()).isFalse();
    assertThat(head("age", "soon").throughCache()).isFalse();
  }

  @Test
  void clockSkew_dateFromACacheThatHidesTheAge_isNotKnown() {
    Map<String, String> fields = Map.of("date", "Mon, 01 Jun 2026 10:00:00 GMT", "via", "1.1 x");

    HttpHead head =
        HttpHead.of(name -> fields.containsKey(name) ? List.of(fields.get(name)) : List.of(), NOW);

    assertThat(head.clockSkew()).isEmpty();
    assertThat(head("date", "Mon, 01 Jun 2026 10:00:00 GMT").clockSkew())
        .hasValue(Duration.ofHours(-2));
  }

  @Test
  void contentType_withParameters_isBareAndLowerCase() {
    assertThat(head("content-type", "Text/HTML; charset=utf-8").contentType())
        .hasValue("text/html");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "html", "text/html, text/plain", "te xt/html", "/"})
  void contentType_junk_isAbsent(String value) {
    assertThat(head("content-type", value).contentType()).isEmpty();
  }

  @Test
  void value_absurdlyLong_isAbsent() {
    String junk = "9".repeat(100_000);

    assertThat(head("age", junk).age()).isEmpty();
    assertThat(head("cache-control", "max-age=" + junk).maxAge()).isEmpty();
  }
}
