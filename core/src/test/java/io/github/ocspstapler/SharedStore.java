package io.github.ocspstapler;

import io.github.ocspstapler.store.FleetStore;
import io.github.ocspstapler.store.StoredStaple;
import io.github.ocspstapler.testkit.ManualScheduler;
import java.io.Closeable;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a fleet on virtual time shares: leases that end, and news that can be held back. */
final class SharedStore implements FleetStore {
  final Map<String, StoredStaple> staples = new ConcurrentHashMap<>();
  final Map<String, Instant> leases = new ConcurrentHashMap<>(); // until when
  final List<Consumer<String>> hearers = new ArrayList<>();
  final ScheduledExecutorService scheduler;
  final Clock clock;
  @Nullable IOException failure;
  boolean telling = true;
  @Nullable Duration freshFor; // what each entry is said to be, if anything
  Runnable beforeLease = () -> {};
  int releases;

  SharedStore(ManualScheduler scheduler) {
    this.scheduler = scheduler;
    this.clock = scheduler.clock();
  }

  @Override
  public Optional<StoredStaple> load(String fingerprint) throws IOException {
    failIfTold();
    Optional<StoredStaple> found = Optional.ofNullable(staples.get(fingerprint));
    Duration said = freshFor;
    return said == null ? found : found.map(staple -> fresh(staple, clock.instant().plus(said)));
  }

  static StoredStaple fresh(StoredStaple staple, Instant until) {
    return new StoredStaple(
        staple.response(),
        staple.validUntil(),
        staple.responder(),
        Optional.of(until),
        staple.description());
  }

  @Override
  public void save(String fingerprint, StoredStaple staple) throws IOException {
    failIfTold();
    staples.put(fingerprint, staple);
    if (telling) {
      tell(fingerprint);
    }
  }

  @Override
  public void remove(String fingerprint) throws IOException {
    failIfTold();
    staples.remove(fingerprint);
  }

  @Override
  public Optional<Lease> lease(String fingerprint, Duration term) throws IOException {
    failIfTold();
    beforeLease.run();
    Instant now = clock.instant();
    Instant held = leases.get(fingerprint);
    if (held != null && held.isAfter(now)) {
      return Optional.empty();
    }
    leases.put(fingerprint, now.plus(term));
    return Optional.of(() -> {
      releases++;
      leases.remove(fingerprint);
    });
  }

  /** Tells everybody, as a publisher does: soon, and from another thread. */
  void tell(String message) {
    for (Consumer<String> hearer : List.copyOf(hearers)) {
      var unused = scheduler.schedule(() -> hearer.accept(message), 1, TimeUnit.MILLISECONDS);
    }
  }

  /** Has a node that is no more own the lease. */
  void leaseToTheDead(String fingerprint) {
    leases.put(fingerprint, clock.instant().plus(Leases.TERM));
  }

  @Override
  public Closeable watch(Consumer<String> saved) {
    hearers.add(saved);
    return () -> hearers.remove(saved);
  }

  private void failIfTold() throws IOException {
    IOException told = failure;
    if (told != null) {
      throw told;
    }
  }
}
