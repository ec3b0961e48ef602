package io.github.ocspstapler.cli;

import java.util.Map;

/**
 * What the program is looked at through.
 *
 * @param width how many characters fit on a line of the output
 * @param showsProgress whether standard error is a terminal
 */
record Terminal(int width, boolean showsProgress) {
  /** A file or another program: nothing is broken into lines, nothing moves. */
  static final Terminal NONE = new Terminal(Integer.MAX_VALUE, false);

  /** What the launcher has found out, which Java cannot: the columns, if there are any. */
  static final String COLUMNS = "ocspstapler.columns";

  /** The launcher's word on whether standard error is a terminal. */
  static final String PROGRESS = "ocspstapler.progress";

  private static final int USUAL_WIDTH = 80;
  private static final int LEAST_WIDTH = 40;

  /**
   * Finds out.
   *
   * @param output whether standard output is a terminal
   * @param environment where COLUMNS may be set
   */
  static Terminal of(boolean output, Map<String, String> environment) {
    boolean dumb = "dumb".equals(environment.get("TERM"));
    String progress = System.getProperty(PROGRESS, Boolean.toString(output));
    int width = output ? width(environment) : Integer.MAX_VALUE;
    return new Terminal(width, Boolean.parseBoolean(progress) && !dumb);
  }

  private static int width(Map<String, String> environment) {
    String columns = environment.getOrDefault("COLUMNS", System.getProperty(COLUMNS, ""));
    try {
      return Math.max(LEAST_WIDTH, Integer.parseInt(columns));
    } catch (NumberFormatException e) {
      return USUAL_WIDTH;
    }
  }
}
