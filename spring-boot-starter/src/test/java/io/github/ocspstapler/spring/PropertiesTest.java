package io.github.ocspstapler.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What a user is told who has mistyped something. */
@ExtendWith(OutputCaptureExtension.class)
class PropertiesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          retry.first         | 0s           | first: PT0S (expected: positive)
          retry.longest       | 1s           | longest: PT1S (expected: first..PT24H)
          stop-serving-before | -1m          | margin: PT-1M (expected: not negative)
          client.timeout      | 0s           | (expected:
          client.proxy        | socks://h:1  | expected: http://host:port
          go-live-wait        | soon         | 'soon' is not a valid duration
          delivery            | telepathy    | telepathy
          policy              | severe       | severe
          store.folder        | staples      | left unbound
          """)
  void property_wrong_stopsTheApplicationWithItsNameAndTheReason(
      String name, String value, String reason, CapturedOutput output) {
    String argument = "--ocsp-stapler." + name + "=" + value;

    assertThatThrownBy(() ->
            SpringApplication.run(
                Application.class,
                "--spring.main.web-application-type=none",
                "--logging.level.root=ERROR",
                argument))
        .isNotNull();

    assertThat(output.getAll())
        .contains("APPLICATION FAILED TO START")
        .contains("ocsp-stapler." + name)
        .contains(reason);
  }
}
