package io.github.ocspstapler.cli;

import java.util.Collection;
import java.util.Locale;

/**
 * How bad something is, in the words of monitoring plug-ins; the more urgent the later. Its exit
 * status is what Nagios and its kin expect of a plug-in.
 */
enum Level {
  OK(0, "green"),
  /** Worth knowing, and nothing to do about. */
  NOTE(0, "cyan"),
  WARNING(1, "yellow"),
  /** It could not be found out. */
  UNKNOWN(3, "magenta"),
  CRITICAL(2, "red");

  private final int exitStatus;
  private final String colour;

  Level(int exitStatus, String colour) {
    this.exitStatus = exitStatus;
    this.colour = colour;
  }

  int exitStatus() {
    return exitStatus;
  }

  /** As picocli's markup calls it. */
  String colour() {
    return colour;
  }

  /** As the JSON output spells it. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The worst of them; OK if there are none, and where they are only worth knowing. */
  static Level worst(Collection<Level> levels) {
    Level worst = levels.stream().max(Enum::compareTo).orElse(OK);
    return worst == NOTE ? OK : worst;
  }
}
