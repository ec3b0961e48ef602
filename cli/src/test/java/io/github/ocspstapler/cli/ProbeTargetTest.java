package io.github.ocspstapler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeTargetTest {
  @ParameterizedTest
  @CsvSource({
    "example.com, example.com, 0",
    "example.com:8443, example.com, 8443",
    "127.0.0.1:1, 127.0.0.1, 1",
    "::1, ::1, 0",
    "2001:db8::1, 2001:db8::1, 0",
    "[::1], ::1, 0",
    "[2001:db8::1]:65535, 2001:db8::1, 65535",
  })
  void text_thatNamesAServer_isRead(String text, String host, int port) {
    assertThat(ProbeTarget.of(text)).isEqualTo(new ProbeTarget(host, port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":443",
        "a b",
        "http://a",
        "a/b",
        "user@a",
        "a:0",
        "a:65536",
        "a:b",
        "[::1",
        "-"
      })
  void text_thatNamesNone_isRefused(String text) {
    assertThatThrownBy(() -> ProbeTarget.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }

  @Test
  void port_notGiven_isTheUsualOne() {
    assertThat(ProbeTarget.of("a").withUsualPort(25)).hasToString("a:25");
    assertThat(ProbeTarget.of("a:1").withUsualPort(25)).hasToString("a:1");
    assertThat(ProbeTarget.of("::1").withUsualPort(443)).hasToString("[::1]:443");
  }
}
