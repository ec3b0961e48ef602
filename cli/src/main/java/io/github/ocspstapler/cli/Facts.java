package io.github.ocspstapler.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is to be said about something: named values in their order, told once and printed for a
 * person or as JSON. A value is text, a number, a truth, a list of values, or facts again; anything
 * else stands for its text. Not thread-safe.
 */
final class Facts {
  private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

  /**
   * Adds one.
   *
   * @param name in camelCase, as JSON spells it
   * @param value null and empty mean that there is none, which JSON says and people are spared
   */
  Facts with(String name, @Nullable Object value) {
    values.put(name, value instanceof Optional<?> optional ? optional.orElse(null) : value);
    return this;
  }

  /** The names and values in their order. */
  Map<String, @Nullable Object> values() {
    return Collections.unmodifiableMap(values);
  }

  /** Prints them for a person, a line each, facts within facts indented. */
  void print(Table table) {
    print(table, "");
  }

  private void print(Table table, String indent) {
    values.forEach((name, value) -> {
      List<?> list = value instanceof List<?> several ? several : List.of(shown(value));
      String label = indent + words(name);
      for (Object each : list) {
        if (each instanceof Facts facts) {
          table.row(label);
          facts.print(table, indent + "  ");
        } else if (!each.toString().isEmpty()) {
          table.row(label, Printable.of(each.toString()));
          label = "";
        }
      }
    });
  }

  private static Object shown(@Nullable Object value) {
    if (value instanceof Boolean truth) {
      return truth ? "yes" : "no";
    }
    return value == null ? "" : value;
  }

  /** Takes {@code thisUpdate} apart into "this update". */
  private static String words(String camelCase) {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < camelCase.length(); i++) {
      char c = camelCase.charAt(i);
      if (Character.isUpperCase(c)) {
        words.append(' ').append(Character.toLowerCase(c));
      } else {
        words.append(c);
      }
    }
    return words.toString();
  }
}
