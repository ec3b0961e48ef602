package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.testkit.TestCertificate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user does to one certificate that is kept: ask about it again, and let go of it. */
class StaplerForgetTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void refresh_keptCertificate_isAskedAboutAtOnce() {
    TestCertificate leaf = world.stapled("a.test");
    int asked = world.counts.requested.size();

    CompletableFuture<StapleStatus> refreshed =
        world.stapler.refresh(leaf.certificate()).orElseThrow();
    world.scheduler.runDue();

    assertThat(refreshed).isCompleted();
    assertThat(refreshed.join().state()).isEqualTo(State.STAPLED);
    assertThat(world.counts.requested).hasSize(asked + 1);
  }

  @Test
  void refresh_unknownCertificate_isEmpty() {
    TestCertificate stranger = world.leaf("stranger.test");

    assertThat(world.stapler.refresh(stranger.certificate())).isEmpty();
  }

  @Test
  void forget_keptCertificate_hasNoStapleAndIsAskedAboutNoMore() {
    TestCertificate leaf = world.stapled("a.test");
    TestCertificate other = world.stapled("b.test");
    int asked = world.counts.requested.size();

    boolean known = world.stapler.forget(leaf.certificate());
    world.advance(Duration.ofHours(1));

    assertThat(known).isTrue();
    assertThat(world.staple(leaf)).isNull();
    assertThat(world.stapler.status(World.chain(leaf))).isEmpty();
    assertThat(world.staple(other)).isNotNull();
    assertThat(world.counts.requested).hasSize(asked);
    assertThat(world.events.all()).contains("a.test: forgotten");
  }

  @Test
  void forget_whileAsked_dropsTheAnswerAndTellsWhoWaits() {
    TestCertificate leaf = world.leaf("a.test");
    CompletableFuture<StapleStatus> first = world.stapler.preload(World.chain(leaf));

    boolean known = world.stapler.forget(leaf.certificate());
    world.scheduler.runDue();

    assertThat(known).isTrue();
    assertThat(first).isCompleted();
    assertThat(world.staple(leaf)).isNull();
  }

  @Test
  void forget_twice_isFalseTheSecondTime() {
    TestCertificate leaf = world.stapled("a.test");

    assertThat(world.stapler.forget(leaf.certificate())).isTrue();
    assertThat(world.stapler.forget(leaf.certificate())).isFalse();
  }

  @Test
  void forget_thenPreloaded_isKeptAgain() {
    TestCertificate leaf = world.stapled("a.test");
    world.stapler.forget(leaf.certificate());

    var unused = world.stapler.preload(World.chain(leaf));
    world.scheduler.runDue();

    assertThat(world.staple(leaf)).isNotNull();
  }
}
