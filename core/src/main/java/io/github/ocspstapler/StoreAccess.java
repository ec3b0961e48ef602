package io.github.ocspstapler;

import io.github.ocspstapler.Look.Finding;
import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.store.FleetStore;
import io.github.ocspstapler.store.FleetStore.Lease;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The engine's way to a store: what is wanted of it is noted under the lock, and done without.
 *
 * <p>Thread-safe. Only {@link #look}, {@link #save}, {@link #note}, {@link #release}, {@link #drop}
 * and {@link #isResponsive} may be called under the engine's lock; they do not block.
 */
final class StoreAccess {
  private final StoreReader reader;
  private final StoreWriter writer;
  private final @Nullable Leases leases; // null unless a fleet shares the store
  private final @Nullable News news;
  private final Queue<Look> wanted = new ConcurrentLinkedQueue<>();

  /**
   * Creates the way to the store of the settings.
   *
   * @param taker is called with what a look found, on the reader's threads
   * @param hearer is called with what another node has saved an answer about, on the store's
   */
  StoreAccess(
      Settings settings,
      Announcer announcer,
      BiConsumer<Look, Finding> taker,
      Consumer<KeptCertificate> hearer) {
    this.reader = new StoreReader(settings, announcer, taker);
    this.writer = new StoreWriter(settings, announcer);
    if (settings.requireStore() instanceof FleetStore fleet) {
      this.leases = new Leases(fleet, reader, settings);
      this.news = new News(fleet, hearer);
      reader.tell(news);
    } else {
      this.leases = null;
      this.news = null;
    }
  }

  /** Has an attempt made, unless another node of the fleet makes it. Does not block. */
  CompletableFuture<Outcome> ask(
      Attempt attempt, Function<Attempt, CompletableFuture<Outcome>> asking) {
    return leases == null ? asking.apply(attempt) : leases.ask(attempt, asking);
  }

  void release(Lease lease) {
    writer.release(lease);
  }

  void look(Look look) {
    wanted.add(look);
  }

  void save(KeptCertificate kept, Answered answer) {
    writer.add(kept, answer);
  }

  void note(KeptCertificate kept, Answered answer) {
    writer.note(kept, answer);
  }

  void drop(KeptCertificate kept) {
    writer.drop(kept);
    if (news != null) {
      news.drop(kept);
    }
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
    if (news != null) {
      news.close();
    }
    reader.close();
    writer.close();
  }
}
