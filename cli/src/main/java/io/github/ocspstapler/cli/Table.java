package io.github.ocspstapler.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/**
 * Rows of cells below each other, as wide as they need to be; the last cell of a row is broken at
 * spaces where it would leave the terminal. Cells hold nothing but printable text. Not thread-safe.
 */
final class Table {
  private static final int GAP = 2;
  private static final int LEAST_LAST = 20;

  private final int width;
  private final List<Row> rows = new ArrayList<>();

  private record Row(@Nullable String colour, List<String> cells) {}

  /**
   * @param width how many characters fit on a line
   */
  Table(int width) {
    this.width = width;
  }

  Table row(String... cells) {
    rows.add(new Row(null, List.of(cells)));
    return this;
  }

  /** Adds a row whose first cell is coloured, where there are colours. */
  Table colouredRow(String colour, String... cells) {
    rows.add(new Row(colour, List.of(cells)));
    return this;
  }

  /**
   * Prints it.
   *
   * @param indent stands before each line
   */
  void print(PrintWriter out, Ansi ansi, String indent) {
    int[] widths = widths();
    for (Row row : rows) {
      StringBuilder line = new StringBuilder();
      int used = indent.length();
      int last = row.cells.size() - 1;
      for (int i = 0; i < last; i++) {
        String cell = pad(row.cells.get(i), widths[i]);
        line.append(i == 0 && row.colour != null ? coloured(ansi, row.colour, cell) : cell)
            .append(" ".repeat(GAP));
        used += widths[i] + GAP;
      }
      List<String> parts = broken(row.cells.get(last), Math.max(width - used, LEAST_LAST));
      out.println((indent + line + parts.get(0)).stripTrailing());
      for (String part : parts.subList(1, parts.size())) {
        out.println(" ".repeat(used) + part);
      }
    }
  }

  /** The last cell of a row takes what is left and makes no column wider. */
  private int[] widths() {
    int[] widths = new int[rows.stream().mapToInt(row -> row.cells.size()).max().orElse(0)];
    for (Row row : rows) {
      for (int i = 0; i < row.cells.size() - 1; i++) {
        widths[i] = Math.max(widths[i], length(row.cells.get(i)));
      }
    }
    return widths;
  }

  static String coloured(Ansi ansi, String colour, String text) {
    return ansi.enabled() ? ansi.string("@|bold," + colour + " " + text + "|@") : text;
  }

  private static String pad(String cell, int to) {
    return cell + " ".repeat(to - length(cell));
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static List<String> broken(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : Arrays.asList(text.split(" "))) {
      if (line.length() > 0 && length(line.toString()) + 1 + length(word) > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
