package io.github.ocspstapler.cli;

import java.util.Comparator;
import java.util.List;

/**
 * One thing that was found.
 *
 * @param level how bad it is
 * @param sentence what it is
 * @param more what to do about it, or which rule says so; may be empty
 */
record Finding(Level level, String sentence, String more) {

  /** Returns them with the worst first, and otherwise in their order. */
  static List<Finding> worstFirst(List<Finding> findings) {
    return findings.stream().sorted(Comparator.comparing(Finding::level).reversed()).toList();
  }

  static Level worst(List<Finding> findings) {
    return Level.worst(findings.stream().map(Finding::level).toList());
  }
}
