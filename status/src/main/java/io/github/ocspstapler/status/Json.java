package io.github.ocspstapler.status;

import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/**
 * Writes one JSON object (RFC 8259), member by member. Not thread-safe.
 *
 * <p>Certificates bring strings of all kinds: whatever is not printable ASCII is escaped.
 */
final class Json {
  private final StringBuilder out = new StringBuilder("{");
  private boolean first = true;

  Json text(String name, String value) {
    name(name);
    quote(value);
    return this;
  }

  Json text(String name, Optional<String> value) {
    return value.isPresent() ? text(name, value.get()) : raw(name, "null");
  }

  Json time(String name, Instant value) {
    return text(name, value.toString());
  }

  Json time(String name, Optional<Instant> value) {
    return text(name, value.map(Instant::toString));
  }

  Json number(String name, long value) {
    return raw(name, Long.toString(value));
  }

  Json flag(String name, boolean value) {
    return raw(name, Boolean.toString(value));
  }

  Json object(String name, Json value) {
    return raw(name, value.toString());
  }

  Json objects(String name, Collection<Json> values) {
    name(name);
    out.append('[');
    String separator = "";
    for (Json value : values) {
      out.append(separator).append(value);
      separator = ",";
    }
    out.append(']');
    return this;
  }

  Json texts(String name, Collection<String> values) {
    name(name);
    out.append('[');
    String separator = "";
    for (String value : values) {
      out.append(separator);
      quote(value);
      separator = ",";
    }
    out.append(']');
    return this;
  }

  Json numbers(String name, Collection<Long> values) {
    name(name);
    out.append('[');
    String separator = "";
    for (Long value : values) {
      out.append(separator).append(value);
      separator = ",";
    }
    out.append(']');
    return this;
  }

  private Json raw(String name, String value) {
    name(name);
    out.append(value);
    return this;
  }

  private void name(String name) {
    if (!first) {
      out.append(',');
    }
    first = false;
    quote(name);
    out.append(':');
  }

  private void quote(String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c > '~' || c == '<') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  /** Returns the object, closed; more can be added all the same. */
  @Override
  public String toString() {
    return out + "}";
  }
}
