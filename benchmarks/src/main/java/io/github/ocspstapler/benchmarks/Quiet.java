package io.github.ocspstapler.benchmarks;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps the console, and the time that a line on it takes, out of what is measured. */
final class Quiet {
  // Held: a logger that nobody holds forgets its level.
  private static final Logger OURS = Logger.getLogger("io.github.ocspstapler");

  private Quiet() {}

  /** From now on this JVM prints warnings, not each certificate's first staple. */
  static void logs() {
    OURS.setLevel(Level.WARNING);
  }

  /** From now on this JVM prints nothing at all: what it would warn of is what is measured. */
  static void everything() {
    OURS.setLevel(Level.OFF);
  }
}
