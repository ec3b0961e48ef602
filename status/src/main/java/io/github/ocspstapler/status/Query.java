package io.github.ocspstapler.status;

import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.StapleStatus.State;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of the listing are asked for.
 *
 * @param states only certificates in one of these
 * @param words only those that mention each of these
 * @param offset how many rows to leave out
 * @param limit how many rows to show at most
 */
record Query(Set<State> states, List<String> words, int offset, int limit) {
  static final int DEFAULT_LIMIT = 100;
  static final int MAX_LIMIT = 1_000;
  private static final int MAX_LENGTH = 2_000;
  private static final Set<String> NAMES = Set.of("state", "q", "offset", "limit");

  /** Who asks made a mistake; the message says which. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String message) {
      super(message);
    }
  }

  /**
   * Reads a URL's query.
   *
   * @param raw as it stands in the URL, null if there is none
   * @throws Unreadable if it means nothing
   */
  static Query parse(@Nullable String raw) throws Unreadable {
    Map<String, String> values = values(raw == null ? "" : raw);
    String wanted = values.getOrDefault("q", "").strip();
    return new Query(
        states(values.getOrDefault("state", "")),
        wanted.isEmpty() ? List.of() : List.of(wanted.split("\\s+")),
        number(values, "offset", 0, 0, Integer.MAX_VALUE),
        number(values, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT));
  }

  private static Map<String, String> values(String raw) throws Unreadable {
    if (raw.length() > MAX_LENGTH) {
      throw new Unreadable("the query is longer than " + MAX_LENGTH + " characters");
    }
    Map<String, String> values = new HashMap<>();
    for (String pair : raw.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
      if (!NAMES.contains(name)) {
        throw new Unreadable(name + ": unknown (expected: state, q, offset, limit)");
      }
      values.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1)));
    }
    return values;
  }

  private static String decoded(String text) throws Unreadable {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Unreadable("the query is not percent-encoded as it should be");
    }
  }

  private static Set<State> states(String text) throws Unreadable {
    Set<State> states = EnumSet.noneOf(State.class);
    for (String word : text.split(",", -1)) {
      if (word.isBlank()) {
        continue;
      }
      try {
        states.add(State.valueOf(word.strip().toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw new Unreadable("state: " + word + " (expected: some of " + allStates() + ")");
      }
    }
    return states.isEmpty() ? EnumSet.allOf(State.class) : states;
  }

  private static String allStates() {
    return String.join(", ", List.of(State.values()).stream().map(Listed::word).toList());
  }

  private static int number(Map<String, String> values, String name, int absent, int from, int to)
      throws Unreadable {
    String text = values.get(name);
    if (text == null) {
      return absent;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= from && number <= to) {
        return number;
      }
    } catch (NumberFormatException e) {
      // as one that is out of bounds
    }
    throw new Unreadable(name + ": " + text + " (expected: " + from + ".." + to + ")");
  }

  /** Whether a certificate mentions all words. */
  boolean mentioned(StapleStatus row) {
    return words.stream().allMatch(row::mentions);
  }
}
