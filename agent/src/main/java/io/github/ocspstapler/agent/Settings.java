package io.github.ocspstapler.agent;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the operator has set, as text: system properties {@code ocspstapler.*} over the environment
 * {@code OCSPSTAPLER_*} over a properties file, whose keys are those of the system properties.
 *
 * <p>Nothing here fails: what cannot be used becomes a problem, a sentence that names the key and
 * where it stands, and the default holds. Not thread-safe.
 */
final class Settings {
  private static final String PREFIX = "ocspstapler.";
  private static final String VARIABLE_PREFIX = "OCSPSTAPLER_";
  private static final String CONFIG = "config";

  /** A value, and how to call the place where it stands. */
  private record Entry(String value, String place) {}

  private final Map<String, Entry> entries = new TreeMap<>();
  private final Set<String> known = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();

  private Settings() {}

  /**
   * Reads all sources.
   *
   * @param file the path of the properties file; null or empty for what {@code config} names
   * @param properties the JVM's system properties
   * @param environment the process's environment
   */
  static Settings read(
      @Nullable String file, Properties properties, Map<String, String> environment) {
    Settings settings = new Settings();
    Map<String, Entry> outer = new LinkedHashMap<>();
    environment.forEach((name, value) -> {
      if (name.startsWith(VARIABLE_PREFIX)) {
        String key = name.substring(VARIABLE_PREFIX.length()).toLowerCase(Locale.ROOT);
        outer.put(key.replace('_', '-'), new Entry(value, "environment variable " + name));
      }
    });
    for (String name : properties.stringPropertyNames()) {
      if (name.startsWith(PREFIX)) {
        outer.put(
            name.substring(PREFIX.length()),
            new Entry(properties.getProperty(name), "system property " + name));
      }
    }
    settings.known.add(CONFIG);
    Entry named = outer.get(CONFIG);
    if (file != null && !file.isBlank()) {
      settings.readFile(file, "the -javaagent option");
    } else if (named != null) {
      settings.readFile(named.value(), named.place());
    }
    settings.entries.putAll(outer);
    return settings;
  }

  private void readFile(String file, String namedBy) {
    Properties properties = new Properties();
    try (Reader text = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
      properties.load(text);
    } catch (IOException | IllegalArgumentException e) { // no path, or a malformed escape
      problems.add(file + " (named by " + namedBy + ") cannot be read, and is ignored: " + e);
      return;
    }
    for (String name : properties.stringPropertyNames()) {
      String place = name + " in " + file;
      if (name.startsWith(PREFIX)) {
        entries.put(
            name.substring(PREFIX.length()), new Entry(properties.getProperty(name), place));
      } else {
        problems.add(place + " is no setting, and is ignored (expected: " + PREFIX + "…)");
      }
    }
  }

  /** Returns whether the agent is to do anything at all. */
  boolean isEnabled() {
    return get("enabled", true, Settings::bool);
  }

  /**
   * Returns a setting's value.
   *
   * @param key without the prefix
   * @param fallback what holds if it is not set, or not usable
   * @param reader what reads it; an {@link IllegalArgumentException} says what is wrong with it
   */
  <T> T get(String key, T fallback, Function<String, T> reader) {
    known.add(key);
    Entry entry = entries.get(key);
    if (entry == null) {
      return fallback;
    }
    try {
      return reader.apply(entry.value().strip());
    } catch (IllegalArgumentException e) {
      String value = entry.place() + " = " + entry.value();
      problems.add(value + " is ignored, and the default is used: " + e.getMessage());
      return fallback;
    }
  }

  /** Hands a setting's value to what takes it, such as a builder, if there is one. */
  void use(String key, Consumer<String> taker) {
    var unused =
        get(
            key,
            key,
            value -> {
              taker.accept(value);
              return value;
            });
  }

  /** Reads {@code true} or {@code false}. */
  static boolean bool(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("expected: true or false");
    };
  }

  /** Returns what was wrong, and which settings nobody has asked for by now. */
  List<String> problems() {
    List<String> all = new ArrayList<>(problems);
    entries.forEach((key, entry) -> {
      if (!known.contains(key)) {
        all.add(entry.place() + " is no setting, and is ignored (known: " + known() + ")");
      }
    });
    return all;
  }

  private String known() {
    return PREFIX + String.join(", " + PREFIX, known);
  }
}
