package io.github.ocspstapler;

import io.github.ocspstapler.Look.Finding;
import io.github.ocspstapler.Outcome.Answered;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;

/**
 * The engine's way to a store: what is wanted of it is noted under the lock, and done without.
 *
 * <p>Thread-safe. Only {@link #look}, {@link #save}, {@link #drop} and {@link #isResponsive} may be
 * called under the engine's lock; they do not block.
 */
final class StoreAccess {
  private final StoreReader reader;
  private final StoreWriter writer;
  private final Queue<Look> wanted = new ConcurrentLinkedQueue<>();

  /**
   * Creates the way to the store of the settings.
   *
   * @param taker is called with what a look found, on the reader's threads
   */
  StoreAccess(Settings settings, Announcer announcer, BiConsumer<Look, Finding> taker) {
    this.reader = new StoreReader(settings, announcer, taker);
    this.writer = new StoreWriter(settings, announcer);
  }

  void look(Look look) {
    wanted.add(look);
  }

  void save(KeptCertificate kept, Answered answer) {
    writer.add(kept, answer);
  }

  void drop(KeptCertificate kept) {
    writer.drop(kept);
  }

  boolean isResponsive(long now) {
    return reader.isResponsive(now);
  }

  /** Sees to it that what was noted is done. Does not block. */
  void proceed() {
    for (Look next = wanted.poll(); next != null; next = wanted.poll()) {
      reader.submit(next);
    }
    writer.flush();
  }

  /** Waits for a look, a moment only. */
  void await(Look look) {
    reader.await(look);
  }

  /** Writes what can be written quickly, and ends. */
  void close() {
    reader.close();
    writer.close();
  }
}
