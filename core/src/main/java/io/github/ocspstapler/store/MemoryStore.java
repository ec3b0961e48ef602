package io.github.ocspstapler.store;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A store in memory. Thread-safe. */
final class MemoryStore implements StapleStore {
  private final Map<String, StoredStaple> staples = new ConcurrentHashMap<>();

  @Override
  public Optional<StoredStaple> load(String fingerprint) {
    return Optional.ofNullable(staples.get(fingerprint));
  }

  @Override
  public void save(String fingerprint, StoredStaple staple) {
    staples.put(fingerprint, staple);
  }

  @Override
  public void remove(String fingerprint) {
    staples.remove(fingerprint);
  }

  @Override
  public void removeExpired(Instant now) {
    staples.values().removeIf(staple -> staple.validUntil().isBefore(now));
  }

  @Override
  public String toString() {
    return "memory";
  }
}
