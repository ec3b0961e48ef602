package io.github.ocspstapler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @ParameterizedTest
  @CsvSource({
    "0a1b, 2587",
    "A1B, 2587",
    "000000000A1B, 2587",
    "0A:1b, 2587",
    "0x0a1b, 2587",
    "0X0A1B, 2587",
    "' 0a1b ', 2587",
    "00, 0",
    "ff, 255",
    "-01, -1",
  })
  void serial_asPeopleWriteIt_isRead(String text, BigInteger expected) {
    assertThat(Values.serial(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "0x", ":", "12 34", "0g", "--1", "١"})
  void serial_notHexadecimal_isRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Values.serial(text))
        .withMessageStartingWith("serial: ");
  }

  @Test
  void serial_absurdlyLong_isRefusedWithAShortMessage() {
    String digits = "f".repeat(1_000_000);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Values.serial(digits))
        .satisfies(e -> assertThat(e).message().hasSizeLessThan(200));
  }

  @ParameterizedTest
  @CsvSource({
    "2017-03-05T00:00:00Z, 2017-03-05T00:00:00Z",
    "2017-03-05T00:00:00.123456789Z, 2017-03-05T00:00:00.123456789Z",
    "2017-03-05T01:00:00+01:00, 2017-03-05T00:00:00Z",
    "2017-03-05T00:00Z, 2017-03-05T00:00:00Z",
  })
  void instant_isRead(String text, Instant expected) {
    assertThat(Values.instant(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "2017-03-05",
        "2017-03-05T00:00:00",
        "2017-02-30T00:00:00Z",
        "+1000000000-12-31T23:59:59Z",
        "-0001-01-01T00:00:00Z"
      })
  void instant_notOne_isRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Values.instant(text))
        .withMessageStartingWith("at: ");
  }

  @ParameterizedTest
  @CsvSource({"PT0S, 0", "P7D, 604800", "PT12H, 43200", "P1DT1S, 86401"})
  void duration_isRead(String text, long seconds) {
    assertThat(Values.duration("max-age", text)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "7d", "P1M", "-PT1S", "PT9223372036854775807S"})
  void duration_notOne_isRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Values.duration("max-age", text))
        .withMessageStartingWith("max-age: ");
  }
}
