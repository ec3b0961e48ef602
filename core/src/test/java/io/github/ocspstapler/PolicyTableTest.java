package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.jsse.JsseDelivery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * S8: what a client sees under each policy in each situation. Holds the tables of
 * docs/guide/policies.md to real handshakes of the JDK's TLS 1.2 and 1.3; run with {@code
 * -Dpolicies.update=true} to write their rows anew.
 */
class PolicyTableTest {
  private static final Path GUIDE = Path.of("../docs/guide/policies.md");

  private static JsseDelivery outer; // so that the JDK's TLS is proven once, and not each time

  @BeforeAll
  static void proveDelivery() {
    outer = JsseDelivery.install(certId -> Optional.empty(), JsseDelivery.Mode.IN_PROCESS);
    assertThat(outer.mode()).isEqualTo(JsseDelivery.Mode.IN_PROCESS);
  }

  @AfterAll
  static void close() {
    outer.close();
  }

  static Stream<Arguments> rows() {
    return Stream.of(false, true)
        .flatMap(
            must -> Stream.of(Situation.values()).map(situation -> Arguments.of(must, situation)));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void policies_inOneSituation_showTheClientWhatTheGuideSays(
      boolean mustStaple, Situation situation) throws Exception {
    StringBuilder row = new StringBuilder("| " + situation.text + " |");
    for (StaplePolicy policy : StaplePolicy.values()) {
      String seen = seen(situation, mustStaple, policy, "TLSv1.3");
      assertThat(seen(situation, mustStaple, policy, "TLSv1.2")).isEqualTo(seen);
      row.append(' ').append(seen).append(" |");
    }

    if (Boolean.getBoolean("policies.update")) {
      update(mustStaple, situation, row.toString());
    }
    assertThat(table(mustStaple)).contains(row.toString());
  }

  @Test
  void guide_bothTables_haveTheseSituationsAndNoOthers() throws IOException {
    for (boolean mustStaple : new boolean[] {false, true}) {
      assertThat(table(mustStaple).stream().map(row -> row.substring(2, row.indexOf(" |", 2))))
          .containsExactly(
              Stream.of(Situation.values()).map(one -> one.text).toArray(String[]::new));
    }
  }

  private static String seen(
      Situation situation, boolean mustStaple, StaplePolicy policy, String protocol)
      throws Exception {
    try (Scene scene = new Scene(situation, mustStaple, policy)) {
      SSLContext server = scene.server();
      scene.comeAbout();
      return scene.shows(server, protocol);
    }
  }

  // ---- The guide ----

  private static List<String> table(boolean mustStaple) throws IOException {
    List<String> lines = Files.readAllLines(GUIDE);
    int first = firstRow(lines, mustStaple);
    int end = first;
    while (end < lines.size() && lines.get(end).startsWith("|")) {
      end++;
    }
    return lines.subList(first, end);
  }

  private static int firstRow(List<String> lines, boolean mustStaple) {
    String head = mustStaple ? "| a must-staple certificate |" : "| an ordinary certificate |";
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(head)) {
        return i + 2; // behind the rule
      }
    }
    throw new AssertionError(GUIDE + " has no table that begins " + head);
  }

  private static void update(boolean mustStaple, Situation situation, String row)
      throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(GUIDE));
    int at = firstRow(lines, mustStaple);
    for (int i = 0; i <= List.of(Situation.values()).indexOf(situation); i++, at++) {
      if (at == lines.size() || !lines.get(at).startsWith("|")) {
        lines.add(at, "| |");
      }
    }
    lines.set(at - 1, row);
    Files.write(GUIDE, lines);
  }
}
