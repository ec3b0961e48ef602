package io.github.ocspstapler.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A mapping of a YAML file, whose every complaint names the file, the line and the key. Immutable.
 */
final class YamlSection {
  private static final Pattern SIMPLE_DURATION = Pattern.compile("(\\d{1,9})(s|m|h|d)");

  private final String file;
  private final String path; // of keys, with a dot at the end unless empty
  private final int line;
  private final Map<String, Node> values;

  private YamlSection(String file, String path, int line, Map<String, Node> values) {
    this.file = file;
    this.path = path;
    this.line = line;
    this.values = values;
  }

  /** Reads a whole document; bytes that are no YAML are a complaint like any other. */
  static YamlSection parse(String file, String text) throws InputException {
    LoadSettings settings = LoadSettings.builder().setLabel(file).setUseMarks(true).build();
    Node root;
    try {
      root = new Compose(settings).composeString(text).orElse(null);
    } catch (MarkedYamlEngineException e) {
      int at = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new InputException(file + ":" + at + ": not YAML: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new InputException(file + ": not YAML: " + e.getMessage(), e);
    }
    if (root == null) {
      throw new InputException(file + ": empty (expected: at least 'certificates')");
    }
    return mapping(file, "", root);
  }

  private static YamlSection mapping(String file, String path, Node node) throws InputException {
    int line = lineOf(node);
    if (!(node instanceof MappingNode mapping)) {
      throw new InputException(at(file, line, path) + "expected: keys and values");
    }
    Map<String, Node> values = new LinkedHashMap<>();
    for (NodeTuple entry : mapping.getValue()) {
      int keyLine = lineOf(entry.getKeyNode());
      if (!(entry.getKeyNode() instanceof ScalarNode key)) {
        throw new InputException(at(file, keyLine, path) + "a key is no plain word");
      }
      if (values.put(key.getValue(), entry.getValueNode()) != null) {
        throw new InputException(at(file, keyLine, path + key.getValue() + ".") + "given twice");
      }
    }
    return new YamlSection(file, path, line, values);
  }

  private static int lineOf(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  private static String at(String file, int line, String path) {
    String key = path.isEmpty() ? "" : path.substring(0, path.length() - 1) + ": ";
    return file + ":" + line + ": " + key;
  }

  /** Complains about every key but these. */
  void allowOnly(String... keys) throws InputException {
    Set<String> known = Set.of(keys);
    for (Map.Entry<String, Node> entry : values.entrySet()) {
      if (!known.contains(entry.getKey())) {
        String expected = " (expected: " + String.join(", ", keys) + ")";
        int keyLine = lineOf(entry.getValue());
        throw new InputException(
            at(file, keyLine, path + entry.getKey() + ".") + "unknown" + expected);
      }
    }
  }

  /** A complaint about a key's value. */
  InputException complaint(String key, String sentence) {
    Node node = values.get(key);
    int where = node == null ? line : lineOf(node);
    return new InputException(at(file, where, path + key + ".") + sentence);
  }

  Optional<YamlSection> section(String key) throws InputException {
    Node node = values.get(key);
    return node == null ? Optional.empty() : Optional.of(mapping(file, path + key + ".", node));
  }

  Optional<String> text(String key) throws InputException {
    Node node = values.get(key);
    return node == null ? Optional.empty() : Optional.of(scalar(key, node));
  }

  private String scalar(String key, Node node) throws InputException {
    if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
      return scalar.getValue();
    }
    throw complaint(key, node instanceof ScalarNode ? "empty" : "expected: one value");
  }

  /** One value, or several. */
  List<String> texts(String key) throws InputException {
    Node node = values.get(key);
    List<String> texts = new ArrayList<>();
    if (node instanceof SequenceNode sequence) {
      for (Node item : sequence.getValue()) {
        texts.add(scalar(key, item));
      }
    } else if (node != null) {
      texts.add(scalar(key, node));
    }
    return texts;
  }

  int number(String key, int absent, int from, int to) throws InputException {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return absent;
    }
    Integer number = number(text.get());
    if (number == null || number < from || number > to) {
      throw complaint(key, text.get() + " (expected: a number from " + from + " to " + to + ")");
    }
    return number;
  }

  private static @Nullable Integer number(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  boolean flag(String key) throws InputException {
    String text = text(key).orElse("false");
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw complaint(key, text + " (expected: true or false)");
    };
  }

  Duration duration(String key, Duration absent, Duration from, Duration to) throws InputException {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return absent;
    }
    Duration duration = duration(text.get());
    if (duration == null || duration.compareTo(from) < 0 || duration.compareTo(to) > 0) {
      String expected =
          " (expected: a duration such as 30s, 5m or PT1H, " + from + " to " + to + ")";
      throw complaint(key, text.get() + expected);
    }
    return duration;
  }

  private static @Nullable Duration duration(String text) {
    Matcher simple = SIMPLE_DURATION.matcher(text);
    if (simple.matches()) {
      long count = Long.parseLong(simple.group(1));
      return switch (simple.group(2)) {
        case "s" -> Duration.ofSeconds(count);
        case "m" -> Duration.ofMinutes(count);
        case "h" -> Duration.ofHours(count);
        default -> Duration.ofDays(count);
      };
    }
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
