package io.github.ocspstapler.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** A log that keeps its lines. Not thread-safe. */
final class Lines implements System.Logger {
  private final List<String> lines = new ArrayList<>();

  List<String> lines() {
    return lines;
  }

  @Override
  public String getName() {
    return "lines";
  }

  @Override
  public boolean isLoggable(Level level) {
    return true;
  }

  @Override
  public void log(Level level, @Nullable ResourceBundle bundle, String line, Throwable thrown) {
    lines.add(line + thrown);
  }

  @Override
  public void log(Level level, @Nullable ResourceBundle bundle, String line, Object... values) {
    lines.add(line);
  }
}
