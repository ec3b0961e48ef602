package io.github.ocspstapler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WatchSettingsTest {
  @TempDir private Path folder;

  private static WatchSettings parse(String text) throws InputException {
    return WatchSettings.parse("w.yaml", text);
  }

  @Test
  void settings_all_areRead() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "0123456789abcdef\n");

    WatchSettings settings =
        parse(
            """
            certificates:
              - /etc/haproxy/certs
              - /etc/letsencrypt/live/*/fullchain.pem
            issuers: /etc/ssl/ca.pem
            staples: /var/lib/ocsp-stapler
            every: 2m
            hook:
              command: [systemctl, reload, nginx]
              timeout: PT10S
            haproxy: [/run/haproxy/admin.sock, "tcp:127.0.0.1:9999"]
            status:
              port: 9000
              token-file: %s
              require-token: true
              host-names: status.example.com
            """
                .formatted(token));

    assertThat(settings.certificates()).hasSize(2);
    assertThat(settings.every()).isEqualTo(Duration.ofMinutes(2));
    assertThat(settings.hook().orElseThrow().command())
        .containsExactly("systemctl", "reload", "nginx");
    assertThat(settings.hook().orElseThrow().timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.haproxy()).hasSize(2);
    assertThat(settings.status().orElseThrow().token()).hasValue("0123456789abcdef");
    assertThat(settings.status().orElseThrow().hostNames()).containsExactly("status.example.com");
  }

  @Test
  void settings_fewest_haveDefaults() throws Exception {
    WatchSettings settings = parse("certificates: /etc/certs");

    assertThat(settings.every()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.staples()).isEmpty();
    assertThat(settings.status()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "certificates: a\\nevry: 30s | w.yaml:2: evry: unknown (expected: certificates, issuers",
        "every: 30s | w.yaml:1: certificates: missing",
        "certificates: a\\nevery: soon | w.yaml:2: every: soon (expected: a duration such as 30s",
        "certificates: a\\nevery: 0s | w.yaml:2: every: 0s (expected",
        "certificates: a\\nhook: reload | w.yaml:2: hook: expected: keys and values",
        "certificates: a\\nhook:\\n  timeout: 5s | w.yaml:3: hook.command: missing",
        "certificates: a\\nhook:\\n  command: nginx -s reload | w.yaml:3: hook.command: no shell reads it (expected: a list, such as [nginx, -s, reload]",
        "certificates: a\\nhaproxy: admin.sock | w.yaml:2: haproxy: admin.sock (expected: the path of a socket",
        "certificates: a\\nstatus:\\n  port: 70000 | w.yaml:3: status.port: 70000 (expected: a number from 0 to 65535)",
        "certificates: a\\nstatus:\\n  address: 0.0.0.0 | w.yaml:3: status.address: readers need a token (expected: token-file)",
        "certificates: a\\nstatus:\\n  require-token: maybe | w.yaml:3: status.require-token: maybe (expected: true or false)",
        "certificates: a\\ncertificates: b | w.yaml:2: certificates: given twice",
        "certificates: {a: b} | w.yaml:1: certificates: expected: one value",
        "certificates: ''| w.yaml:1: certificates: empty",
        "certificates: [a | w.yaml:1: not YAML",
        "- a | w.yaml:1: expected: keys and values",
        "'' | w.yaml: empty",
      })
  void mistake_isToldWithLineAndKey(String text, String message) {
    assertThatThrownBy(() -> parse(text.replace("\\n", "\n")))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0000",
        "&a [*a]",
        "*a",
        "!!java.lang.Runtime x",
        "certificates: &a [*a]",
        "? [a]\n: b",
        "certificates: \u0007",
        "{[",
        "--- a\n--- b",
        "%YAML 9.9\n---\na",
        "certificates: a\u0000b"
      })
  void nonsense_isOneComplaintAndNothingElse(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(InputException.class);
  }

  @Test
  void file_missing_isWrongUsage() {
    Cli run = Cli.run("watch", "--check", folder.resolve("none.yaml"));

    assertThat(run.status()).isEqualTo(64);
    assertThat(run.err()).contains("none.yaml: no such file").hasLineCount(1);
  }
}
