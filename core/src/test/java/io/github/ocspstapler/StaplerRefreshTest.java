package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.RevocationReason;
import io.github.ocspstapler.testkit.TestCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to one certificate as time passes and its responder behaves or does not. */
class StaplerRefreshTest {
  private World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void preload_responderGood_staplesAtOnceWithTheVeryBytes() {
    TestCertificate leaf = world.leaf("example.com");

    var outcome = world.stapler.preload(World.chain(leaf));
    world.scheduler.runDue(); // C9: no time passes

    assertThat(outcome).isCompleted();
    assertThat(outcome.join().state()).isEqualTo(State.STAPLED);
    assertThat(new String(staple(leaf).encoded(), java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("Good[] of " + world.now());
    assertThat(world.events.all()).containsExactly("example.com: stapled");
  }

  @Test
  void preload_always_tellsTheWholeStatus() {
    TestCertificate leaf =
        world.ca.leafBuilder("a.test").sans("a.test", "b.test").ocspUrls("http://o.test").build();
    var outcome = world.stapler.preload(World.chain(leaf));
    world.scheduler.runDue();

    StapleStatus status = outcome.join();

    assertThat(status.name()).isEqualTo("a.test");
    assertThat(status.subject()).contains("a.test");
    assertThat(status.subjectAlternativeNames()).containsExactly("a.test", "b.test");
    assertThat(status.serialNumber()).isEqualTo(leaf.serialNumber());
    assertThat(status.issuer()).contains("CA");
    assertThat(status.mustStaple()).isFalse();
    assertThat(status.responder()).hasValueSatisfying(uri -> assertThat(uri).hasHost("o.test"));
    assertThat(status.thisUpdate()).hasValue(world.now());
    assertThat(status.nextUpdate()).hasValue(world.now().plus(Duration.ofDays(7)));
    assertThat(status.servedUntil())
        .hasValue(world.now().plus(Duration.ofDays(7)).minus(Duration.ofMinutes(5)));
    assertThat(status.nextAttempt()).isPresent();
    assertThat(status.lastError()).isEmpty();
    assertThat(status.failuresInARow()).isZero();
  }

  // C10, S3
  @Test
  void refresh_responderGood_renewsAfterHalfOfTheValidityAndNotBefore() {
    TestCertificate leaf = world.stapled("example.com");
    Staple first = staple(leaf);

    world.advance(Duration.ofHours(84).minusMillis(1));
    assertThat(world.responders.requestCount()).isEqualTo(1);
    world.advance(Duration.ofDays(7).dividedBy(10).plusMillis(1));

    assertThat(world.responders.requestCount()).isEqualTo(2);
    assertThat(staple(leaf).thisUpdate()).isAfter(first.thisUpdate());
    assertThat(world.events.all()).last().isEqualTo("example.com: renewed");
  }

  // L13
  @Test
  void refresh_maxAgeBeyondHalf_waitsForIt() {
    Duration sixDays = Duration.ofDays(6);
    world.responders.everywhere(InMemoryResponders.goodFreshFor(Duration.ofDays(10), sixDays));

    TestCertificate leaf = world.stapled("example.com");

    assertThat(world.status(leaf).nextAttempt())
        .hasValueSatisfying(at ->
            assertThat(Duration.between(world.now(), at)).isBetween(sixDays, sixDays.plusDays(1)));
  }

  // L13
  @Test
  void refresh_maxAgeForever_stillAsksAtThreeQuarters() {
    world.responders.everywhere(
        InMemoryResponders.goodFreshFor(Duration.ofDays(8), Duration.ofSeconds(Long.MAX_VALUE)));

    TestCertificate leaf = world.stapled("example.com");

    assertThat(world.status(leaf).nextAttempt()).hasValue(world.now().plus(Duration.ofDays(6)));
  }

  // STYLE's own example
  @Test
  void refresh_responderDown_keepsServingUntilNextUpdate() {
    TestCertificate leaf = world.stapled("example.com");
    Staple first = staple(leaf);
    world.responders.everywhere(InMemoryResponders.down());

    world.advance(Duration.ofDays(7).minus(Duration.ofMinutes(5)).minusSeconds(1));
    assertThat(staple(leaf)).isSameAs(first);
    world.advance(Duration.ofSeconds(1));

    assertThat(world.staple(leaf)).isNull();
    assertThat(world.status(leaf).state()).isEqualTo(State.UNAVAILABLE);
    assertThat(world.status(leaf).lastError())
        .hasValueSatisfying(error -> assertThat(error).contains("refused to connect"));
  }

  // S3, B3
  @Test
  void refresh_responderDown_warnsWellBeforeTheEnd() {
    world.stapled("example.com");
    world.responders.everywhere(InMemoryResponders.down());

    world.advance(Duration.ofDays(7).minus(Duration.ofHours(8)).plusMinutes(1));
    assertThat(world.events.all()).contains("example.com: late");
    assertThat(world.events.all()).doesNotContain("example.com: expiring");
    world.advance(Duration.ofHours(8));

    assertThat(world.events.all()).containsOnlyOnce("example.com: late");
    assertThat(world.events.all()).containsOnlyOnce("example.com: expiring");
    assertThat(world.events.remaining).containsExactly(Duration.ofHours(4));
    assertThat(world.events.all()).containsOnlyOnce("example.com: expired");
  }

  // B3: answering is not renewing
  @Test
  void refresh_sameAnswerAgain_isReportedAsLate() {
    Instant published = world.now();
    world.responders.everywhere(InMemoryResponders.goodOf(published, Duration.ofDays(7)));
    world.stapled("example.com");

    world.advance(Duration.ofDays(7).minus(Duration.ofHours(7)));

    assertThat(world.events.all()).contains("example.com: late");
    assertThat(world.events.all()).doesNotContain("example.com: renewed");
    assertThat(world.responders.requestCount()).isLessThan(200);
  }

  @Test
  void refresh_oldAnswerWhenItComes_isNotAskedForAgainAtOnce() {
    Instant published = world.now().minus(Duration.ofDays(6));
    world.responders.everywhere(InMemoryResponders.goodOf(published, Duration.ofDays(7)));

    TestCertificate leaf = world.stapled("example.com");
    world.advance(Duration.ofMinutes(5));

    assertThat(world.staple(leaf)).isNotNull();
    assertThat(world.responders.requestCount()).isEqualTo(1);
  }

  // S2
  @Test
  void refresh_badAnswer_isRefusedAndTheOldStapleKept() {
    TestCertificate leaf = world.stapled("example.com");
    Staple first = staple(leaf);
    world.responders.everywhere(InMemoryResponders.forged());

    world.advance(Duration.ofDays(5));

    assertThat(staple(leaf)).isSameAs(first);
    assertThat(world.events.all()).contains("example.com: failed bad_signature");
    assertThat(world.counts.failed).contains("bad_signature");
    assertThat(world.status(leaf).failuresInARow()).isGreaterThan(1);
  }

  @Test
  void refresh_unknown_keepsTheValidStaple() {
    TestCertificate leaf = world.stapled("example.com");
    world.responders.everywhere(InMemoryResponders.unknown());

    world.advance(Duration.ofDays(5));

    assertThat(world.staple(leaf)).isNotNull();
    assertThat(world.status(leaf).state()).isEqualTo(State.STAPLED);
    assertThat(world.counts.requested).contains("unknown");
  }

  @Test
  void first_unknown_staplesNothing() {
    world.responders.everywhere(InMemoryResponders.unknown());

    TestCertificate leaf = world.stapled("example.com");

    assertThat(world.staple(leaf)).isNull();
    assertThat(world.status(leaf).state()).isEqualTo(State.UNKNOWN);
  }

  // Never a newer by an older thisUpdate
  @Test
  void refresh_olderAnswer_doesNotReplaceTheNewer() {
    TestCertificate leaf = world.stapled("example.com");
    Staple first = staple(leaf);
    world.responders.everywhere(
        InMemoryResponders.goodOf(world.now().minus(Duration.ofHours(1)), Duration.ofDays(30)));

    world.advance(Duration.ofDays(5));

    assertThat(world.responders.requestCount()).isGreaterThan(1);
    assertThat(staple(leaf)).isSameAs(first);
  }

  @Test
  void refresh_revoked_dropsTheGoodStapleAtOnce() {
    TestCertificate leaf = world.stapled("example.com");
    world.responders.everywhere(
        InMemoryResponders.revoked(Duration.ofDays(7), RevocationReason.KEY_COMPROMISE));

    var outcome = world.stapler.refresh(World.chain(leaf));
    world.scheduler.runDue();

    assertThat(outcome.join().state()).isEqualTo(State.REVOKED);
    assertThat(world.staple(leaf)).isNull();
    assertThat(world.events.all()).last().isEqualTo("example.com: revoked");
    assertThat(world.counts.requested).last().isEqualTo("revoked");
  }

  // A replay of the last good answer must not undo a revocation.
  @Test
  void revoked_olderGoodAnswer_staysRevoked() {
    TestCertificate leaf = world.leaf("example.com");
    world.responders.everywhere(InMemoryResponders.revoked(Duration.ofDays(7), null));
    var revoked = world.stapler.preload(World.chain(leaf));
    world.scheduler.runDue();
    world.responders.everywhere(
        InMemoryResponders.goodOf(world.now().minusSeconds(1), Duration.ofDays(7)));

    world.advance(Duration.ofDays(1));

    assertThat(revoked.join().state()).isEqualTo(State.REVOKED);
    assertThat(world.responders.requestCount()).isGreaterThan(1);
    assertThat(world.status(leaf).state()).isEqualTo(State.REVOKED);
    assertThat(world.staple(leaf)).isNull();
  }

  @Test
  void revoked_holdLifted_isStapledAgainWithinTheHour() {
    TestCertificate leaf = world.leaf("example.com");
    world.responders.everywhere(
        InMemoryResponders.revoked(Duration.ofDays(7), RevocationReason.CERTIFICATE_HOLD));
    var revoked = world.stapler.preload(World.chain(leaf));
    world.scheduler.runDue();
    world.responders.everywhere(InMemoryResponders.good(Duration.ofDays(7)));

    world.advance(Duration.ofHours(1));

    assertThat(revoked.join().state()).isEqualTo(State.REVOKED);
    assertThat(world.status(leaf).state()).isEqualTo(State.STAPLED);
    assertThat(world.events.all()).containsExactly("example.com: revoked", "example.com: stapled");
  }

  @Test
  void revoked_forGood_isAskedAboutAFewTimesADay() {
    world.responders.everywhere(InMemoryResponders.revoked(Duration.ofDays(7), null));
    world.stapled("example.com");
    world.responders.clearRequests();

    world.advance(Duration.ofDays(10));

    assertThat(world.responders.requestCount()).isBetween(30, 60);
    assertThat(world.events.all()).containsExactly("example.com: revoked");
  }

  @Test
  void revoked_relayed_servesTheRevokedAnswer() {
    world.close();
    world = new World(Stapler.Builder::relayRevoked);
    world.responders.everywhere(InMemoryResponders.revoked(Duration.ofDays(7), null));

    TestCertificate leaf = world.stapled("example.com");

    assertThat(staple(leaf).status()).isInstanceOf(CertificateStatus.Revoked.class);
    assertThat(world.status(leaf).state()).isEqualTo(State.REVOKED);
  }

  // B5
  @Test
  void young_unauthorized_isRetriedEveryMinuteAndNoFailure() {
    TestCertificate leaf =
        world
            .ca
            .leafBuilder("new.test")
            .notBefore(world.now().minus(Duration.ofHours(1)))
            .ocspUrls("http://ocsp.ca.test")
            .build();
    world.responders.everywhere(InMemoryResponders.unauthorized());
    var outcome = world.stapler.preload(World.chain(leaf));

    world.advance(Duration.ofMinutes(10));

    assertThat(outcome.join().state()).isEqualTo(State.PENDING);
    assertThat(world.status(leaf).failuresInARow()).isZero();
    assertThat(world.counts.failed).isEmpty();
    assertThat(world.events.all()).isEmpty();
    assertThat(world.responders.requestCount()).isBetween(10, 21);
  }

  // B5
  @Test
  void young_noLonger_unauthorizedIsAFailure() {
    TestCertificate leaf =
        world
            .ca
            .leafBuilder("new.test")
            .notBefore(world.now())
            .ocspUrls("http://ocsp.ca.test")
            .build();
    world.responders.everywhere(InMemoryResponders.unauthorized());
    var unused = world.stapler.preload(World.chain(leaf));

    world.advance(Duration.ofMinutes(17));

    assertThat(world.status(leaf).state()).isEqualTo(State.UNAVAILABLE);
    assertThat(world.counts.failed).contains("unauthorized");
  }

  @Test
  void retry_retryAfter_isHonoured() {
    world.responders.everywhere(InMemoryResponders.tryLater(Duration.ofMinutes(40)));

    TestCertificate leaf = world.stapled("example.com");

    assertThat(world.status(leaf).nextAttempt())
        .hasValueSatisfying(
            at -> assertThat(at).isAfterOrEqualTo(world.now().plus(Duration.ofMinutes(40))));
  }

  // X14
  @Test
  void staple_nextUpdateAfterTheCertificatesExpiry_isServedUntilThat() {
    Instant expiry = world.now().plus(Duration.ofDays(2));
    TestCertificate leaf =
        world.ca.leafBuilder("short.test").notAfter(expiry).ocspUrls("http://o.test").build();

    var unused = world.stapler.preload(World.chain(leaf));
    world.scheduler.runDue();

    assertThat(staple(leaf).servedUntil()).isEqualTo(expiry);
    world.advance(Duration.ofDays(3));
    assertThat(world.events.all()).containsExactly("short.test: stapled", "short.test: forgotten");
  }

  // A staple of six minutes is served, and renewed before it ends.
  @Test
  void refresh_sixMinutesOfValidity_isAlwaysStapled() {
    world.responders.everywhere(InMemoryResponders.good(Duration.ofMinutes(6)));
    TestCertificate leaf = world.stapled("example.com");

    for (int minute = 0; minute < 60; minute++) {
      world.advance(Duration.ofMinutes(1));
      assertThat(world.staple(leaf)).isNotNull();
    }

    assertThat(world.responders.requestCount()).isBetween(15, 21);
  }

  // X9
  @Test
  void preload_noOcspUrl_isQuietAndNeverAsked() {
    TestCertificate leaf = world.ca.leafBuilder("quiet.test").build();
    var outcome = world.stapler.preload(World.chain(leaf));

    world.advance(Duration.ofDays(2));

    assertThat(outcome.join().state()).isEqualTo(State.UNSTAPLEABLE);
    assertThat(world.responders.requestCount()).isZero();
    assertThat(world.events.all()).isEmpty();
    assertThat(world.counts.failed).isEmpty();
  }

  @Test
  void preload_disabledByConfiguration_isNotCountedAsARequest() {
    world.responders.everywhere(InMemoryResponders.disabled());

    TestCertificate leaf = world.stapled("example.com");
    world.advance(Duration.ofDays(2));

    assertThat(world.status(leaf).state()).isEqualTo(State.UNSTAPLEABLE);
    assertThat(world.responders.requestCount()).isEqualTo(1);
    assertThat(world.counts.requested).isEmpty();
  }

  // C11
  @Test
  void certificate_expired_isForgotten() {
    TestCertificate leaf =
        world
            .ca
            .leafBuilder("short.test")
            .notAfter(world.now().plus(Duration.ofDays(2)))
            .ocspUrls("http://ocsp.ca.test")
            .build();
    var unused = world.stapler.preload(World.chain(leaf));

    world.advance(Duration.ofDays(3));

    assertThat(world.stapler.status(World.chain(leaf))).isEmpty();
    assertThat(world.stapler.statuses())
        .extracting(StapleStatus::name)
        .doesNotContain("short.test");
    assertThat(world.events.all()).last().isEqualTo("short.test: forgotten");
  }

  // L10
  @Test
  void preload_expiredCertificate_isNotQueried() {
    TestCertificate leaf =
        world
            .ca
            .leafBuilder("old.test")
            .notAfter(world.now().minusSeconds(1))
            .ocspUrls("http://ocsp.ca.test")
            .build();

    var outcome = world.stapler.preload(World.chain(leaf));
    world.advance(Duration.ofHours(1));

    assertThat(outcome.join().state()).isEqualTo(State.UNSTAPLEABLE);
    assertThat(world.responders.requestCount()).isZero();
  }

  // C12: stale bytes are not kept either
  @Test
  void staple_ended_isClearedFromMemory() {
    TestCertificate leaf = world.stapled("example.com");
    world.responders.everywhere(InMemoryResponders.down());

    world.advance(Duration.ofDays(8));

    StapleStatus status = world.status(leaf);
    assertThat(status.thisUpdate()).isEmpty();
    assertThat(world.stapler.summary().untilEarliestExpiry()).isEmpty();
    assertThat(world.stapler.summary().count(State.UNAVAILABLE)).isEqualTo(1);
  }

  // X7
  @Test
  void clock_aDayAhead_isNoticedAndNothingStaleServed() {
    world.responders.everywhere(InMemoryResponders.good(Duration.ofHours(12)));
    TestCertificate leaf = world.stapled("example.com");

    world.scheduler.jumpClock(Duration.ofDays(1));
    assertThat(world.staple(leaf)).isNull(); // at once: the handshake asks the clock
    world.advance(Duration.ofMillis(Engine.LONGEST_SLEEP));

    assertThat(world.staple(leaf)).isNotNull();
  }

  // X7
  @Test
  void clock_aDayBack_refreshesAreNotADayLate() {
    world.responders.everywhere(InMemoryResponders.down());
    TestCertificate leaf = world.leaf("example.com");
    var unused = world.stapler.preload(World.chain(leaf));
    world.advance(Duration.ofHours(3));
    world.scheduler.jumpClock(Duration.ofDays(-1));
    world.responders.everywhere(InMemoryResponders.good(Duration.ofDays(7)));

    world.advance(Duration.ofHours(1).plusMinutes(1));

    assertThat(world.status(leaf).state()).isEqualTo(State.STAPLED);
  }

  @Test
  void clock_tenYearsForwardAndBack_preloadedCertificateIsStapledAgain() {
    TestCertificate leaf = world.stapled("example.com");
    world.scheduler.jumpClock(Duration.ofDays(3650));
    world.advance(Duration.ofMinutes(10));
    assertThat(world.status(leaf).state()).isEqualTo(State.UNSTAPLEABLE);

    world.scheduler.jumpClock(Duration.ofDays(-3650));
    world.advance(Duration.ofMinutes(10));

    assertThat(world.status(leaf).state()).isEqualTo(State.STAPLED);
  }

  // X10
  @Test
  void retry_aThousandFailures_isStillAskedEveryHour() {
    world.responders.everywhere(InMemoryResponders.forged());
    TestCertificate leaf =
        world
            .ca
            .leafBuilder("long.test")
            .notAfter(world.now().plus(Duration.ofDays(3000)))
            .ocspUrls("http://ocsp.ca.test")
            .build();
    var unused = world.stapler.preload(World.chain(leaf));
    while (world.responders.requestCount() < 1_000) {
      world.advance(Duration.ofDays(1));
    }

    Instant next = world.status(leaf).nextAttempt().orElseThrow();

    assertThat(Duration.between(world.now(), next)).isBetween(Duration.ZERO, Duration.ofHours(1));
  }

  private Staple staple(TestCertificate leaf) {
    return Objects.requireNonNull(world.staple(leaf));
  }
}
