package io.github.ocspstapler.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The table of one JDK in docs/guide/servers.md, whose cells are what a run of the tests saw. */
final class ServerTable {
  private static final Path PAGE = Checkout.guide("servers.md");
  private static final String HEADING = "## On JDK ";
  private static final String ROW = "| [";
  private static final int JDK = Runtime.version().feature();

  private ServerTable() {}

  /** Returns the row of a server as it is committed, or nothing. */
  static String row(TlsServer server) {
    return rows().stream().filter(row -> row.startsWith(start(server))).findFirst().orElse("");
  }

  /** Returns this JDK's rows, in their order. */
  static List<String> rows() {
    return lines().subList(begin(), end()).stream().filter(line -> line.startsWith(ROW)).toList();
  }

  /** Whether the page speaks about this JDK at all. */
  static boolean hasThisJdk() {
    return lines().contains(HEADING + JDK);
  }

  /** The beginning of a server's row. */
  static String start(TlsServer server) {
    return ROW + server.name() + "](" + server.page() + ") |";
  }

  /** Writes a row over the server's old one, or as the last. */
  static void write(TlsServer server, String row) {
    List<String> lines = lines();
    int at = end();
    for (int i = begin(); i < end(); i++) {
      if (lines.get(i).startsWith(start(server))) {
        lines.remove(i);
        at = i;
        break;
      }
    }
    lines.add(at, row);
    try {
      Files.writeString(PAGE, String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int begin() {
    return lines().indexOf(HEADING + JDK) + 1;
  }

  /** The line after the last of the table. */
  private static int end() {
    List<String> lines = lines();
    int end = begin();
    while (!lines.get(end).startsWith("|")) {
      end++;
    }
    while (end < lines.size() && lines.get(end).startsWith("|")) {
      end++;
    }
    return end;
  }

  private static List<String> lines() {
    try {
      return new ArrayList<>(Files.readAllLines(PAGE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
