package io.github.ocspstapler.netty;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the stapler writes to the log, and nothing else: "LEVEL text". */
final class LogLines extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("io.github.ocspstapler");
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  LogLines() {
    setLevel(Level.ALL);
    logger.setUseParentHandlers(false);
    logger.addHandler(this);
  }

  List<String> all() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  @Override
  public void publish(LogRecord entry) {
    lines.add(entry.getLevel() + " " + entry.getMessage());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}
