package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StaplerHealth.Status;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.RevocationReason;
import io.github.ocspstapler.testkit.TestCertificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a health check is told. */
class StaplerHealthTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void health_nothingKept_isUp() {
    assertHealth(Status.UP, "0 stapled");
  }

  @Test
  void health_oneStapledAndOneWithoutUrl_isUp() {
    world.stapled("a.test");
    TestCertificate quiet = world.ca.leaf("quiet.test");
    var unused = world.stapler.preload(World.chain(quiet));

    assertHealth(Status.UP, "1 stapled, 1 cannot be");
  }

  @Test
  void health_responderDownWithStapleAtHand_isUp() {
    world.stapled("a.test");
    world.responders.everywhere(InMemoryResponders.down());
    world.advance(Duration.ofDays(4));

    assertHealth(Status.UP, "1 stapled");
  }

  @Test
  void health_newerAnswerOverdue_isDegraded() {
    world.stapled("a.test");
    world.responders.everywhere(InMemoryResponders.down());
    world.advance(Duration.ofDays(7).minusHours(7));

    assertHealth(
        Status.DEGRADED,
        "a.test gets no newer answer from its CA: http://ocsp.ca.test/ refused to connect");
  }

  @Test
  void health_noStaple_isDegradedAndNamesOne() {
    world.responders.everywhere(InMemoryResponders.down());
    world.stapled("a.test");
    world.stapled("b.test");

    StaplerHealth health = world.stapler.health();

    assertThat(health.status()).isEqualTo(Status.DEGRADED);
    assertThat(health.detail())
        .matches("[ab]\\.test has no staple: http://ocsp.ca.test/ refused .* \\(and 1 more\\)");
  }

  @Test
  void health_mustStapleWithoutStaple_isDown() {
    world.responders.everywhere(InMemoryResponders.down());
    world.stapled("a.test");
    var unused = world.stapler.preload(World.chain(mustStaple()));
    world.scheduler.runDue();

    assertHealth(
        Status.DOWN,
        "must.test is refused without a staple, and has none: http://ocsp.ca.test/ refused to"
            + " connect");
  }

  @Test
  void health_mustStapleWithoutUrl_isDown() {
    TestCertificate hopeless = world.ca.leafBuilder("must.test").mustStaple().build();
    var unused = world.stapler.preload(World.chain(hopeless));

    assertThat(world.stapler.health().status()).isEqualTo(Status.DOWN);
  }

  @Test
  void health_revokedAndLaterGood_isDownUntilThen() {
    TestCertificate leaf = world.stapled("a.test");
    world.responders.everywhere(
        InMemoryResponders.revoked(Duration.ofDays(7), RevocationReason.CERTIFICATE_HOLD));
    var unused = world.stapler.refresh(World.chain(leaf));
    world.scheduler.runDue();

    assertHealth(
        Status.DOWN,
        "a.test is revoked: revoked by its CA at 2026-01-01T00:00:00Z (CERTIFICATE_HOLD)");

    world.responders.everywhere(InMemoryResponders.good(Duration.ofDays(7)));
    world.advance(Duration.ofHours(2));
    assertHealth(Status.UP, "1 stapled");
  }

  @Test
  void health_expiredCertificate_doesNotCount() {
    TestCertificate leaf = mustStaple();
    var unused = world.stapler.preload(World.chain(leaf));
    world.responders.everywhere(InMemoryResponders.down());
    world.scheduler.jumpClock(
        Duration.between(world.now(), leaf.certificate().getNotAfter().toInstant()));
    world.advance(Duration.ofMinutes(1));

    assertHealth(Status.UP, "0 stapled");
  }

  @Test
  void health_stapleHasEndedAndNothingWasDoneYet_isDegraded() {
    world.stapled("a.test");

    world.scheduler.jumpClock(Duration.ofDays(7));

    assertHealth(
        Status.DEGRADED, "a.test has no staple: the staple ended before a newer answer came");
  }

  // More than are worked off in one go.
  @Test
  void health_manyStaplesHaveEndedAndNothingWasDoneYet_countsAll() {
    int many = 1_050;
    for (int i = 0; i < many; i++) {
      var unused = world.stapler.preload(World.chain(world.leaf("site" + i + ".test")));
    }
    world.scheduler.runDue();

    world.scheduler.jumpClock(Duration.ofDays(7));

    assertThat(world.stapler.health().detail()).endsWith(" (and " + (many - 1) + " more)");
  }

  @Test
  void health_wellAgain_isUp() {
    world.responders.everywhere(InMemoryResponders.down());
    TestCertificate leaf = world.stapled("a.test");
    world.responders.everywhere(InMemoryResponders.good(Duration.ofDays(7)));

    var unused = world.stapler.refresh(World.chain(leaf));
    world.scheduler.runDue();

    assertHealth(Status.UP, "1 stapled");
  }

  @Test
  void health_illAndForgotten_isUp() {
    world.responders.everywhere(InMemoryResponders.down());
    TestCertificate leaf = world.stapled("a.test");

    world.stapler.forget(leaf.certificate());

    assertHealth(Status.UP, "0 stapled");
  }

  @ParameterizedTest
  @EnumSource(StaplePolicy.class)
  void health_afterAnyChange_isWhatALookAtAllFinds(StaplePolicy policy) {
    SplittableRandom random = new SplittableRandom(11);
    try (World some = new World(builder -> builder.policy(policy).maxCertificates(20))) {
      List<TestCertificate> leaves = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        TestCertificate.Builder leaf = some.ca.leafBuilder("site" + i).keyPair(some.leafKey);
        if (i % 6 != 0) {
          leaf.ocspUrls("http://ocsp" + i % 3 + ".test/");
        }
        leaves.add(i % 4 == 0 ? leaf.mustStaple().build() : leaf.build());
      }
      for (int i = 0; i < 250; i++) {
        doSomething(some, leaves.get(random.nextInt(leaves.size())), random);

        StaplerHealth health = some.stapler.health();

        Checkup all = Checkup.of(some.stapler.roster, policy, some.now().toEpochMilli());
        assertThat(health.status()).isEqualTo(all.status());
        assertThat(all.details()).contains(health.detail());
      }
    }
  }

  private static void doSomething(World some, TestCertificate leaf, SplittableRandom random) {
    switch (random.nextInt(9)) {
      case 0, 1 -> {
        var unused = some.stapler.preload(World.chain(leaf));
        some.scheduler.runDue();
      }
      case 2 -> {
        var unused = some.stapler.refresh(World.chain(leaf));
        some.scheduler.runDue();
      }
      case 3 -> some.stapler.forget(leaf.certificate());
      case 4 -> some.responders.everywhere(InMemoryResponders.good(Duration.ofDays(4)));
      case 5 -> some.responders.everywhere(InMemoryResponders.down());
      case 6 ->
          some.responders.certificate(
              leaf.certificate(), InMemoryResponders.revoked(Duration.ofDays(2), null));
      case 7 ->
          some.responders.certificate(
              leaf.certificate(), InMemoryResponders.good(Duration.ofDays(4)));
      default -> some.advance(Duration.ofHours(random.nextInt(30)));
    }
  }

  @Test
  void health_closed_saysSo() {
    world.stapler.close();

    assertHealth(Status.DEGRADED, "the stapler is closed");
  }

  @Test
  void health_jdkCannotStaple_isDegradedAndSaysWhy() {
    String name = "jdk.tls.stapling.responderURI";
    System.setProperty(name, "http://other.test/");
    try (Stapler stapler =
        world.another(builder -> builder.delivery(JsseDelivery.Mode.AUTOMATIC))) {
      assertThat(stapler.health().status()).isEqualTo(Status.DEGRADED);
      assertThat(stapler.health().detail()).contains("http://other.test/");
    } finally {
      System.clearProperty(name);
    }
  }

  private TestCertificate mustStaple() {
    return world
        .ca
        .leafBuilder("must.test")
        .mustStaple()
        .ocspUrls("http://" + World.HOST + "/")
        .build();
  }

  private void assertHealth(Status status, String detail) {
    assertThat(world.stapler.health()).isEqualTo(new StaplerHealth(status, detail));
  }
}
