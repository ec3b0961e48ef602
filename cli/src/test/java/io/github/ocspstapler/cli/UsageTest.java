package io.github.ocspstapler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Help.Ansi;

/** Help, version, and what is said about a command line that makes no sense. */
class UsageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"", "demo ", "query ", "verify ", "probe ", "inspect ", "lint ", "completion "})
  void help_everyCommand_isPrintedAndExits0(String command) {
    Cli run = Cli.run((Object[]) (command + "--help").split(" "));

    assertThat(run.status()).isZero();
    assertThat(run.out()).startsWith("Usage: ocsp-stapler " + command.strip());
    assertThat(run.err()).isEmpty();
  }

  @Test
  void version_isPrintedAndExits0() {
    Cli run = Cli.run("--version");

    assertThat(run.status()).isZero();
    assertThat(run.out().strip()).matches("ocsp-stapler \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                                       | Missing command
          stapel                                                   | stapel
          verify --respons r                                       | --respons
          verify                                                   | --response
          verify --response r                                      | --cert
          verify --response r --serial 01                          | --issuer
          verify --response r --issuer i --serial xyz              | serial: xyz
          verify --response r --issuer i --cert c --at yesterday   | at: yesterday
          verify --response r --issuer i --cert c --at +99999-01-01T00:00:00Z | at: +99999
          verify --response r --issuer i --cert c --max-age -P1D   | max-age
          verify --response r --issuer i --cert c --max-age 7      | max-age: 7
          verify --response r --issuer i --cert c --max-age PT9999999999999H | max-age
          verify --batch b --response r                            | --batch
          query                                                    | --chain
          query --chain a --cert b                                 | --chain
          query --issuer i                                         | --chain
          query --chain a --url ftp://x/                           | url: ftp://x/
          query --chain a --url http:x                             | url: http:x
          query --chain a --timeout PT0S                           | timeout: PT0S
          query --chain a --timeout P2D                            | timeout: P2D
          verify --batch b --quiet                                 | --quiet
          probe                                                    | HOST
          probe a:0                                                | host: a:0
          probe a:99999                                            | host: a:99999
          probe http://a/                                          | host: http://a/
          probe a_b                                                | host: a_b
          probe a --starttls pop3                                  | starttls: pop3
          probe a --sni b_c                                        | host: b_c
          probe a --timeout 6                                      | timeout: 6
          lint                                                     | --cert
          lint http://x/                                           | --cert
          lint chain.pem --cert c                                  | --cert
          demo --port 65536                                        | port: 65536
          demo --port x                                            | x
          """)
  void commandLine_wrong_isSaidInOneSentenceAndExits64(String line, String part) {
    Cli run = Cli.run((Object[]) (line.isEmpty() ? new String[0] : line.split(" ")));

    assertThat(run.status()).isEqualTo(64);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines().findFirst().orElse(""))
        .startsWith("ocsp-stapler: ")
        .contains(part);
    assertThat(run.err()).contains("--help").doesNotContain("Exception").doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify --response %s --issuer %s --cert %s",
        "verify --batch %s",
        "query --chain %s",
        "query --cert %s --issuer %s",
        "probe localhost --cafile %s",
        "inspect %s",
        "lint %s",
      })
  void file_missing_isSaidInOneSentenceAndExits64(String line, @TempDir Path folder) {
    Cli run = Cli.run((Object[]) line.replace("%s", folder + "/absent").split(" "));

    assertThat(run.status()).isEqualTo(64);
    assertThat(run.err())
        .isEqualTo("ocsp-stapler: " + folder + "/absent: no such file" + System.lineSeparator());
  }

  @Test
  void file_directory_isSaidInOneSentenceAndExits64(@TempDir Path folder) {
    Cli run = Cli.run("query", "--chain", folder);

    assertThat(run.status()).isEqualTo(64);
    assertThat(run.err().strip()).isEqualTo("ocsp-stapler: " + folder + ": is a directory");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no certificate at all",
        "0",
        "-----BEGIN CERTIFICATE-----\nMII",
        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
      })
  void certificate_unreadable_isSaidInOneSentenceAndExits64(String content, @TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("chain.pem"), content);

    Cli run = Cli.run("query", "--chain", file);

    assertThat(run.status()).isEqualTo(64);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith("ocsp-stapler: " + file + ": ").doesNotContain("\tat ");
  }

  @Test
  void colours_onlyOnATerminalAndUnlessUnwanted() {
    assertThat(Main.colours(Map.of(), true)).isEqualTo(Ansi.ON);
    assertThat(Main.colours(Map.of("NO_COLOR", ""), true)).isEqualTo(Ansi.ON);
    assertThat(Main.colours(Map.of("NO_COLOR", "1"), true)).isEqualTo(Ansi.OFF);
    assertThat(Main.colours(Map.of("TERM", "dumb"), true)).isEqualTo(Ansi.OFF);
    assertThat(Main.colours(Map.of(), false)).isEqualTo(Ansi.OFF);
  }

  @Test
  void controlCharacters_ofAFileName_neverReachTheTerminal() {
    Cli run = Cli.run("query", "--chain", "\u001b[31mred\u202e");

    assertThat(run.err()).contains("\\u001B[31mred\\u202E").doesNotContain("\u001b");
  }
}
