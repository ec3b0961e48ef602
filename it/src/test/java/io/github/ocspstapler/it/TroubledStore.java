package io.github.ocspstapler.it;

import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.store.StoredStaple;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** A store that fails when it is told to, and works like another one otherwise. */
final class TroubledStore implements StapleStore {
  private final StapleStore working;
  private volatile Trouble trouble = Trouble.NONE;

  /** Ways to fail. */
  enum Trouble {
    NONE("works"),
    CANNOT_READ("cannot be read"),
    CANNOT_WRITE("cannot be written, as on a full or read-only disk"),
    CANNOT_DO_ANYTHING("cannot do anything"),
    IS_BROKEN("throws unchecked exceptions");

    final String title;

    Trouble(String title) {
      this.title = title;
    }
  }

  TroubledStore(StapleStore working) {
    this.working = working;
  }

  void is(Trouble now) {
    trouble = now;
  }

  @Override
  public Optional<StoredStaple> load(String fingerprint) throws IOException {
    failIf(Trouble.CANNOT_READ);
    return working.load(fingerprint);
  }

  @Override
  public void save(String fingerprint, StoredStaple staple) throws IOException {
    failIf(Trouble.CANNOT_WRITE);
    working.save(fingerprint, staple);
  }

  @Override
  public void remove(String fingerprint) throws IOException {
    failIf(Trouble.CANNOT_WRITE);
    working.remove(fingerprint);
  }

  @Override
  public void removeExpired(Instant now) throws IOException {
    failIf(Trouble.CANNOT_WRITE);
    working.removeExpired(now);
  }

  private void failIf(Trouble matters) throws IOException {
    Trouble now = trouble;
    if (now == Trouble.IS_BROKEN) {
      throw new IllegalStateException("the store is broken");
    }
    if (now == matters || now == Trouble.CANNOT_DO_ANYTHING) {
      throw new IOException("the store " + now.title);
    }
  }

  @Override
  public String toString() {
    return working.toString();
  }
}
