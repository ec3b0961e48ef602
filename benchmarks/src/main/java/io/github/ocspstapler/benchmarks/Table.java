package io.github.ocspstapler.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Rows of text as a Markdown table, its columns aligned. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... header) {
    rows.add(List.of(header));
  }

  Table row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(String.valueOf(cell));
    }
    if (row.size() != rows.get(0).size()) {
      throw new IllegalArgumentException("cells: " + row + " (expected: as " + rows.get(0) + ")");
    }
    rows.add(row);
    return this;
  }

  void print() {
    System.out.println(this);
  }

  @Override
  public String toString() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int column = 0; column < columns; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int index = 0; index < rows.size(); index++) {
      for (int column = 0; column < columns; column++) {
        String cell = rows.get(index).get(column);
        text.append("| ").append(cell).append(" ".repeat(widths[column] - cell.length() + 1));
      }
      text.append("|\n");
      if (index == 0) {
        for (int width : widths) {
          text.append('|').append("-".repeat(width + 2));
        }
        text.append("|\n");
      }
    }
    return text.toString();
  }
}
