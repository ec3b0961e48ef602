package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The table of docs/design/bad-day.md, between its two marks. Run with {@code -Dbadday.update=true}
 * to write it anew.
 */
final class BadDayTable {
  /** A row: something bad that can be lived through. */
  interface Row {
    String name();

    /** Lives through it, with files in this folder. */
    Verdict run(Path folder) throws Exception;
  }

  private static final Path DOCUMENT = Checkout.root().resolve("docs/design/bad-day.md");
  private static final String BEGIN = "<!-- table: written by BadDayTest -->\n";
  private static final String END = "<!-- end of the table -->\n";

  private final Map<String, Verdict> rows = new LinkedHashMap<>();

  void add(String name, Verdict verdict) {
    rows.put(name, verdict);
  }

  void check() throws IOException {
    String text = Files.readString(DOCUMENT);
    assertThat(text).contains(BEGIN, END);
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    int end = text.indexOf(END);
    String found = text.substring(begin, end);
    if (Boolean.getBoolean("badday.update")) {
      Files.writeString(DOCUMENT, text.substring(0, begin) + table() + text.substring(end));
      return;
    }
    assertThat(found).isEqualTo(table());
  }

  private String table() {
    String head =
        row("a bad day", Arrays.stream(Verdict.Check.values()).map(check -> check.title).toList());
    String line = "|---".repeat(Verdict.Check.values().length + 1) + "|\n";
    return head
        + line
        + rows.entrySet().stream()
            .map(one -> row(one.getKey(), cells(one.getValue())))
            .collect(Collectors.joining());
  }

  private static List<String> cells(Verdict verdict) {
    return Arrays.stream(Verdict.Check.values()).map(check -> cell(check, verdict)).toList();
  }

  private static String cell(Verdict.Check check, Verdict verdict) {
    if (!verdict.holds(check)) {
      return "**broken**";
    }
    return switch (check) {
      case BOUNDED -> "≤ " + verdict.requests;
      case RECOVERS -> time(verdict.recovery);
      default -> "held";
    };
  }

  private static String time(Duration time) {
    if (time.isZero()) {
      return "–"; // it does not end
    }
    String minutes = time.toMinutesPart() == 0 ? "" : " " + time.toMinutesPart() + " min";
    return time.toHours() + " h" + minutes;
  }

  private static String row(String first, List<String> cells) {
    return "| " + first + " | " + String.join(" | ", cells) + " |\n";
  }
}
