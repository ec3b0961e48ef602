package io.github.ocspstapler.cli;

import java.io.PrintWriter;

/**
 * One line on standard error that says what is being waited for, and goes when that is over; none
 * where standard error is no terminal. Not thread-safe.
 */
final class Progress {
  private static final String START_OF_LINE = "\r\u001b[K";

  private final PrintWriter err;
  private final boolean shown;

  Progress(PrintWriter err, boolean shown) {
    this.err = err;
    this.shown = shown;
  }

  /** Says what is being done now, instead of what was said before. */
  void say(String text) {
    if (shown) {
      err.print(START_OF_LINE + Printable.of(text));
      err.flush();
    }
  }

  /** Makes room for output. */
  void clear() {
    if (shown) {
      err.print(START_OF_LINE);
      err.flush();
    }
  }
}
