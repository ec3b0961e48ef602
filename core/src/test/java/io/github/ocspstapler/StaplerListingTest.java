package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.testkit.TestCertificate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A key manager with so many certificates, or so slow, that listing it takes long. */
@Timeout(60)
class StaplerListingTest {
  private static final int CERTIFICATES = 10;

  /** A key manager takes so long for each chain: a few fit into a moment. */
  private static final Duration EACH = Duration.ofMillis(30);

  private final World world = new World();
  private final AtomicInteger read = new AtomicInteger();

  @AfterEach
  void close() {
    world.close();
  }

  // C6
  @Test
  void wrap_listingTakesLong_returnsAfterAMomentAndListsTheRestInTheBackground() {
    KeyManagers slow = slow();
    for (int i = 0; i < CERTIFICATES; i++) {
      slow.add(world.leaf("site" + i + ".test"));
    }

    var unused = world.stapler.wrap(slow);
    int listedInWrap = read.get();
    world.scheduler.runDue();

    assertThat(listedInWrap * EACH.toMillis())
        .isBetween(Discovery.MOMENT, Discovery.MOMENT + EACH.toMillis());
    assertThat(world.stapler.summary().count(State.STAPLED)).isEqualTo(CERTIFICATES);
  }

  // C17
  @Test
  void awaitStapled_listingGoesOn_isFalseUntilAllAreListed() throws Exception {
    KeyManagers slow = slow();
    for (int i = 0; i < CERTIFICATES; i++) {
      slow.add("quiet" + i, World.array(world.ca.leaf("quiet" + i + ".test")));
    }
    var unused = world.stapler.wrap(slow);

    boolean before = world.stapler.awaitStapled(Duration.ZERO);
    world.scheduler.runDue();
    boolean after = world.stapler.awaitStapled(Duration.ZERO);

    assertThat(before).isFalse(); // though nothing that is kept lacks a staple it could have
    assertThat(after).isTrue();
  }

  // C17
  @Test
  void awaitStapled_lastIsListedMeanwhile_isTrue() throws Exception {
    KeyManagers slow = slow();
    for (int i = 0; i < CERTIFICATES; i++) {
      slow.add("quiet" + i, World.array(world.ca.leaf("quiet" + i + ".test")));
    }
    var unused = world.stapler.wrap(slow);
    CompletableFuture<Boolean> waited =
        CompletableFuture.supplyAsync(() -> {
          try {
            return world.stapler.awaitStapled(Duration.ofSeconds(30));
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });

    world.scheduler.runDue();

    assertThat(waited.get()).isTrue();
  }

  // C17
  @Test
  void awaitStapled_listingFails_doesNotWaitForIt() throws Exception {
    KeyManagers failing = KeyManagers.of(world.leaf("example.com"));
    failing.fail();

    var unused = world.stapler.wrap(failing);

    assertThat(world.stapler.awaitStapled(Duration.ZERO)).isTrue();
  }

  // C17: a gate must not open because nobody is left to look.
  @Test
  void awaitStapled_schedulerShutDownWhileListing_isFalse() throws Exception {
    KeyManagers slow = slow();
    for (int i = 0; i < CERTIFICATES; i++) {
      slow.add("quiet" + i, World.array(world.ca.leaf("quiet" + i + ".test")));
    }
    world.scheduler.shutdown();

    var unused = world.stapler.wrap(slow);

    assertThat(world.stapler.awaitStapled(Duration.ofMillis(10))).isFalse();
  }

  // C14
  @Test
  void close_listingGoesOn_endsIt() {
    KeyManagers slow = slow();
    for (int i = 0; i < CERTIFICATES; i++) {
      slow.add(world.leaf("site" + i + ".test"));
    }
    var unused = world.stapler.wrap(slow);
    int before = read.get();

    world.stapler.close();
    world.scheduler.runDue();

    assertThat(read).hasValue(before);
  }

  // C8
  @Test
  void relisting_takesLong_findsWhatIsNewAndForgetsNothing() {
    KeyManagers slow = slow();
    for (int i = 0; i < CERTIFICATES; i++) {
      slow.add(world.leaf("site" + i + ".test"));
    }
    var wrapped = world.stapler.wrap(slow);
    world.scheduler.runDue();
    TestCertificate later = world.leaf("later.test");
    slow.add(later);

    world.advance(Duration.ofHours(3));

    assertThat(world.staple(later)).isNotNull();
    assertThat(world.stapler.summary().count(State.STAPLED)).isEqualTo(CERTIFICATES + 1);
    assertThat(wrapped).isNotNull();
  }

  private KeyManagers slow() {
    return new KeyManagers()
        .whenRead(() -> {
          read.incrementAndGet();
          world.scheduler.jumpClock(EACH);
        });
  }
}
