package io.github.ocspstapler.cli;

/**
 * Text that is safe to show. Subjects and messages come from certificates and responders; a control
 * character in them could drive the reader's terminal.
 */
final class Printable {
  private Printable() {}

  /** Returns the text with every control and bidirectional formatting character spelled out. */
  static String of(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (isHarmless(c)) {
            safe.appendCodePoint(c);
          } else {
            safe.append(String.format("\\u%04X", c));
          }
        });
    return safe.toString();
  }

  private static boolean isHarmless(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
