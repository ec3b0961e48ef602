package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.store.StoredStaple;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A store in memory that fails when it is told to. */
final class FaultyStore implements StapleStore {
  final Map<String, StoredStaple> staples = new ConcurrentHashMap<>();
  volatile @Nullable Exception failure;
  volatile boolean hidden; // finds nothing
  int loads; // confined to the test: stores are used in its thread

  String onlyName() {
    assertThat(staples).hasSize(1);
    return staples.keySet().iterator().next();
  }

  @Override
  public Optional<StoredStaple> load(String fingerprint) throws IOException {
    loads++;
    failIfTold();
    return hidden ? Optional.empty() : Optional.ofNullable(staples.get(fingerprint));
  }

  @Override
  public void save(String fingerprint, StoredStaple staple) throws IOException {
    failIfTold();
    staples.put(fingerprint, staple);
  }

  @Override
  public void remove(String fingerprint) throws IOException {
    failIfTold();
    staples.remove(fingerprint);
  }

  private void failIfTold() throws IOException {
    Exception told = failure;
    if (told instanceof IOException e) {
      throw e;
    }
    if (told instanceof RuntimeException e) {
      throw e;
    }
  }
}
