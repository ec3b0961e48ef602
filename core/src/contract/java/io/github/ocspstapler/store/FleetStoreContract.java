package io.github.ocspstapler.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.store.FleetStore.Lease;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store that a fleet shares does besides. */
public abstract class FleetStoreContract extends StapleStoreContract {
  private static final Duration LONG = Duration.ofMinutes(1);

  @Override
  protected abstract FleetStore store() throws Exception;

  @Test
  protected final void lease_free_isGivenToOne() throws Exception {
    FleetStore store = store();

    Optional<Lease> first = store.lease(ONE, LONG);

    assertThat(first).isPresent();
    assertThat(store.lease(ONE, LONG)).isEmpty();
    assertThat(store.lease(OTHER, LONG)).isPresent();
  }

  @Test
  protected final void lease_released_isGivenToTheNext() throws Exception {
    FleetStore store = store();
    store.lease(ONE, LONG).orElseThrow().release();

    assertThat(store.lease(ONE, LONG)).isPresent();
  }

  // Its owner may have been killed.
  @Test
  protected final void lease_termIsOver_isGivenToTheNext() throws Exception {
    FleetStore store = store();
    assertThat(store.lease(ONE, Duration.ofMillis(200))).isPresent();

    Optional<Lease> next = store.lease(ONE, LONG);
    for (int i = 0; i < 500 && next.isEmpty(); i++) {
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
      next = store.lease(ONE, LONG);
    }

    assertThat(next).isPresent();
  }

  @Test
  protected final void release_goneToAnother_takesNothingFromIt() throws Exception {
    FleetStore store = store();
    Lease late = store.lease(ONE, LONG).orElseThrow();
    late.release();
    assertThat(store.lease(ONE, LONG)).isPresent();

    late.release();

    assertThat(store.lease(ONE, LONG)).isEmpty();
  }

  @Test
  protected final void lease_manyAtOnce_isGivenToOne() throws Exception {
    FleetStore store = store();
    AtomicInteger given = new AtomicInteger();

    IntStream.range(0, 50)
        .parallel()
        .forEach(i -> {
          try {
            given.addAndGet(store.lease(ONE, LONG).isPresent() ? 1 : 0);
          } catch (Exception e) {
            given.addAndGet(1_000);
          }
        });

    assertThat(given).hasValue(1);
  }

  @Test
  protected final void lease_held_changesNothingThatIsKept() throws Exception {
    FleetStore store = store();
    store.save(ONE, staple(1));

    var unused = store.lease(ONE, LONG);

    assertThat(store.load(ONE)).hasValue(staple(1));
    store.save(ONE, staple(2));
    assertThat(store.load(ONE)).hasValue(staple(2));
  }
}
