package io.github.ocspstapler.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What held on a bad day, and what did not. */
final class Verdict {
  /** What must hold. */
  enum Check {
    RIGHT_STAPLE("right staple or none"),
    STAYS_STAPLED("stapled while current"),
    NO_DELAY("no handshake delayed or asking"),
    RECOVERS("well again within"),
    BOUNDED("requests"),
    FLAT("memory flat"),
    CLOSES("closes at once");

    final String title;

    Check(String title) {
      this.title = title;
    }
  }

  private final Map<Check, String> broken = new EnumMap<>(Check.class);
  final int requests;
  final Duration recovery;

  /**
   * Nothing is broken yet.
   *
   * @param requests the bound of requests that the table shows
   * @param recovery the bound of the time until all is well again
   */
  Verdict(int requests, Duration recovery) {
    this.requests = requests;
    this.recovery = recovery;
  }

  /** Notes whether something held; what went wrong first is kept. */
  void that(Check check, boolean holds, String otherwise) {
    if (!holds) {
      broken.putIfAbsent(check, otherwise);
    }
  }

  /** Closes something, and notes whether that was done at once. */
  void closes(AutoCloseable what) throws Exception {
    long start = System.nanoTime();
    what.close();
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    that(Check.CLOSES, millis < 4_000, millis + " ms");
  }

  boolean holds(Check check) {
    return !broken.containsKey(check);
  }

  List<String> broken() {
    List<String> all = new ArrayList<>();
    broken.forEach((check, why) -> all.add(check.title + ": " + why));
    return all;
  }
}
