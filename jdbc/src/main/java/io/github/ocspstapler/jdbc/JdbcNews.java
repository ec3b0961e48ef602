package io.github.ocspstapler.jdbc;

import io.github.ocspstapler.jdbc.Database.Pair;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Looks now and then for answers that other nodes have saved, on a thread of its own. What it
 * misses while the database fails it tells of later. Thread-safe.
 */
final class JdbcNews implements Closeable {
  /** A row may become visible so long after the time in it: the longest time-out, and more. */
  private static final Duration OVERLAP = Duration.ofSeconds(75);

  /** What is older is no news: every node has looked, or soon will. */
  private static final Duration LONGEST = Duration.ofHours(1);

  /** More at once is not told. */
  private static final int MAX_NEWS = 10_000;

  private final Database database;
  private final Tables tables;
  private final Duration interval;
  private final String origin;
  private final Consumer<String> saved;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  /**
   * Creates what hears nothing yet.
   *
   * @param origin what this node's own rows are signed with, which are not told
   */
  JdbcNews(
      Database database, Tables tables, Duration interval, String origin, Consumer<String> saved) {
    this.database = database;
    this.tables = tables;
    this.interval = interval;
    this.origin = origin;
    this.saved = saved;
    this.thread = new Thread(this::listen, "ocsp-stapler-jdbc-news");
    thread.setDaemon(true);
  }

  JdbcNews started() {
    thread.start();
    return this;
  }

  private void listen() {
    long heardUntil = System.nanoTime();
    Set<String> told = Set.of(); // what the overlap shows once more
    try {
      while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        long now = System.nanoTime();
        try {
          List<Pair> rows = since(Duration.ofNanos(now - heardUntil));
          for (Pair row : rows) {
            if (!row.second().startsWith(origin) && !told.contains(row.second())) {
              saved.accept(row.first());
            }
          }
          told = rows.stream().map(Pair::second).collect(Collectors.toSet());
          heardUntil = now;
        } catch (IOException | RuntimeException e) {
          // The store's methods fail as well, and tell.
        }
      }
    } catch (InterruptedException e) {
      // Nobody listens any more.
    }
  }

  private List<Pair> since(Duration elapsed) throws IOException {
    Duration window = elapsed.compareTo(LONGEST) > 0 ? LONGEST : elapsed;
    String sql = tables.savedWithin(window.plus(OVERLAP).toSeconds() + 1);
    return database.run(session -> session.pairs(MAX_NEWS, sql));
  }

  /** Ends it, after the look that may be under way: some drivers break on an interrupt. */
  @Override
  public void close() {
    closed.countDown();
  }
}
