package io.github.ocspstapler.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.ocsp.HttpValidator;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store does. Compiled into the tests of each module that has a store. */
public abstract class StapleStoreContract {
  protected static final String ONE = "1".repeat(64);
  protected static final String OTHER = "2".repeat(64);
  protected static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

  protected abstract StapleStore store() throws Exception;

  protected static StoredStaple staple(int seed) {
    byte[] response = new byte[400 + seed % 100];
    for (int i = 0; i < response.length; i++) {
      response[i] = (byte) (seed * 31 + i);
    }
    URI responder = URI.create("http://ocsp.ca.test/" + seed);
    return new StoredStaple(
        response,
        NOW.plus(Duration.ofDays(7)),
        Optional.of(responder),
        Optional.of(NOW.plus(Duration.ofHours(seed + 1L))),
        Optional.of(
            new HttpValidator(responder, Optional.of("W/\"" + seed + "\""), Optional.of(NOW))),
        Map.of("subject", "CN=Zoë \\ = : # !\n" + seed, "status", "good"));
  }

  protected static StoredStaple endingAt(Instant end) {
    return new StoredStaple(
        new byte[] {1, 2, 3}, end, Optional.empty(), Optional.empty(), Map.of());
  }

  @Test
  protected final void load_nothingSaved_isEmpty() throws Exception {
    assertThat(store().load(ONE)).isEmpty();
  }

  @Test
  protected final void load_saved_returnsTheSame() throws Exception {
    StapleStore store = store();

    store.save(ONE, staple(1));

    assertThat(store.load(ONE)).hasValue(staple(1));
    assertThat(store.load(OTHER)).isEmpty();
  }

  @Test
  protected final void load_savedWithTheLeast_returnsTheSame() throws Exception {
    StapleStore store = store();

    store.save(ONE, endingAt(NOW));

    assertThat(store.load(ONE)).hasValue(endingAt(NOW));
  }

  @Test
  protected final void save_another_replacesTheFirst() throws Exception {
    StapleStore store = store();
    store.save(ONE, staple(1));

    store.save(ONE, staple(2));

    assertThat(store.load(ONE)).hasValue(staple(2));
  }

  // "Asked, and nothing newer": how a node spares the others a request.
  @Test
  protected final void save_sameResponseFreshForLonger_replacesTheFirst() throws Exception {
    StapleStore store = store();
    store.save(ONE, staple(1));
    StoredStaple later =
        new StoredStaple(
            staple(1).response(),
            staple(1).validUntil(),
            staple(1).responder(),
            Optional.of(NOW.plus(Duration.ofHours(40))),
            staple(1).validator(),
            staple(1).description());

    store.save(ONE, later);

    assertThat(store.load(ONE)).hasValue(later);
  }

  @Test
  protected final void remove_saved_forgetsThatOneOnly() throws Exception {
    StapleStore store = store();
    store.save(ONE, staple(1));
    store.save(OTHER, staple(2));

    store.remove(ONE);
    store.remove(ONE);

    assertThat(store.load(ONE)).isEmpty();
    assertThat(store.load(OTHER)).hasValue(staple(2));
  }

  @Test
  protected final void removeExpired_longPast_removesThoseOnly() throws Exception {
    StapleStore store = store();
    store.save(ONE, endingAt(NOW.minus(Duration.ofDays(3))));
    store.save(OTHER, endingAt(NOW.plus(Duration.ofDays(3))));

    store.removeExpired(NOW);

    assertThat(store.load(ONE)).isEmpty();
    assertThat(store.load(OTHER)).isPresent();
  }

  @Test
  protected final void removeExpired_nothingSaved_doesNothing() throws Exception {
    StapleStore store = store();

    store.removeExpired(NOW);

    assertThat(store.load(ONE)).isEmpty();
  }

  // X15: whoever reads meanwhile finds one or the other, whole.
  @Test
  protected final void save_manyAtOnce_leavesOneOfThem() throws Exception {
    StapleStore store = store();
    ConcurrentLinkedQueue<Exception> failures = new ConcurrentLinkedQueue<>();
    store.save(ONE, staple(0));

    IntStream.range(0, 200)
        .parallel()
        .forEach(i -> {
          try {
            store.save(ONE, staple(i));
            byte[] found = store.load(ONE).orElseThrow().response();
            assertThat(IntStream.range(0, 200).mapToObj(seed -> staple(seed).response()))
                .anyMatch(saved -> Arrays.equals(saved, found));
          } catch (Exception e) {
            failures.add(e);
          }
        });

    assertThat(failures).isEmpty();
  }
}
