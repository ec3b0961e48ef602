package io.github.ocspstapler.status;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What was looked up for the last few questions. Several readers ask the same every few seconds,
 * and looking at many certificates costs something: an answer is kept for a second, and for ten
 * times as long as it took.
 *
 * <p>Thread-safe: looks one thing up at a time.
 */
final class Remembered<K, V> {
  private static final long KEPT_NANOS = 1_000_000_000;
  private static final int KEPT_TIMES = 10;
  private static final long LONGEST_KEPT_NANOS = 30_000_000_000L; // a look may have been held up
  private static final int QUESTIONS = 8;

  private final LongSupplier nanoTime;
  private final Function<K, V> look;
  private final Map<K, Answer<V>> answers = new LinkedHashMap<>(); // guarded by this

  private record Answer<V>(V value, long takenAt, long keptFor) {}

  Remembered(LongSupplier nanoTime, Function<K, V> look) {
    this.nanoTime = nanoTime;
    this.look = look;
  }

  synchronized V get(K question) {
    long now = nanoTime.getAsLong();
    answers.values().removeIf(answer -> now - answer.takenAt >= answer.keptFor);
    Answer<V> known = answers.get(question);
    if (known == null) {
      V value = Objects.requireNonNull(look.apply(question));
      long takenAt = nanoTime.getAsLong();
      long kept = Math.min(LONGEST_KEPT_NANOS, KEPT_TIMES * (takenAt - now));
      known = new Answer<>(value, takenAt, Math.max(KEPT_NANOS, kept));
      if (answers.size() == QUESTIONS) {
        answers.remove(answers.keySet().iterator().next()); // the oldest
      }
      answers.put(question, known);
    }
    return known.value;
  }

  /** What is known is no longer true: somebody has just changed it. */
  synchronized void expire() {
    answers.clear();
  }
}
