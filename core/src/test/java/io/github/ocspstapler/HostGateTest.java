package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.ResponderStatus.Breaker;
import io.github.ocspstapler.testkit.TestCa;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HostGateTest {
  private final X509Certificate certificate = TestCa.root().certificate();
  private final SplittableRandom random = new SplittableRandom(3);
  private final HostGate gate = new HostGate("http://ocsp.ca.test", 32);
  private final long now = 1_000_000;

  @Test
  void hasFreeSlot_neverAnswered_isLimitedToAFew() {
    assertThat(startAll(now)).isEqualTo(HostGate.UNPROVEN_LIMIT);
  }

  @Test
  void hasFreeSlot_answeredBefore_goesUpToTheLimit() {
    gate.answered();

    assertThat(startAll(now)).isEqualTo(32);
  }

  @Test
  void failed_fiveInARow_opens() {
    failOften(HostGate.FAILURES_TO_OPEN - 1, now);
    assertThat(gate.isOpen(now)).isFalse();

    assertThat(gate.failed(now, 0, random)).isTrue();

    assertThat(gate.isOpen(now)).isTrue();
    assertThat(gate.hasFreeSlot(now)).isFalse();
  }

  @Test
  void failed_answersBetween_doesNotOpen() {
    for (int i = 0; i < 50; i++) {
      failOften(HostGate.FAILURES_TO_OPEN - 1, now);
      gate.answered();
    }

    assertThat(gate.isOpen(now)).isFalse();
  }

  @Test
  void halfOpen_afterThePause_letsOneThrough() {
    failOften(HostGate.FAILURES_TO_OPEN, now);
    long later = now + HostGate.FIRST_PAUSE;

    assertThat(startAll(later)).isEqualTo(1);
  }

  @Test
  void halfOpen_probeAnswered_closes() {
    failOften(HostGate.FAILURES_TO_OPEN, now);

    assertThat(gate.answered()).isTrue();

    assertThat(gate.isClosed()).isTrue();
    assertThat(gate.answered()).isFalse();
  }

  @Test
  void stoodInFor_open_letsAllThroughUntilItFailsAgain() {
    failOften(HostGate.FAILURES_TO_OPEN, now);

    assertThat(gate.stoodInFor()).isTrue();
    assertThat(gate.stoodInFor()).isFalse();
    assertThat(startAll(now)).isEqualTo(32);

    assertThat(gate.failed(now, 0, random)).isTrue();
  }

  @Test
  void halfOpen_probesFailForever_pausesGrowToTheLongestAndNoFurther() {
    failOften(HostGate.FAILURES_TO_OPEN, now);
    long at = now;
    long pause = 0;
    for (int i = 0; i < 100; i++) {
      long open = openFor(at);
      assertThat(open).isBetween(HostGate.FIRST_PAUSE / 4 * 3, HostGate.LONGEST_PAUSE);
      pause = open;
      at += open;
      assertThat(gate.failed(at, 0, random)).isTrue();
    }

    assertThat(pause).isGreaterThanOrEqualTo(HostGate.LONGEST_PAUSE / 4 * 3);
  }

  @Test
  void failed_whileOpen_saysNothingNew() {
    failOften(HostGate.FAILURES_TO_OPEN, now);
    long before = openFor(now);

    assertThat(gate.failed(now, 0, random)).isFalse();

    assertThat(openFor(now)).isEqualTo(before);
  }

  @Test
  void take_bareAndRenewing_takesTheBareFirst() {
    KeptCertificate renewing = kept();
    KeptCertificate bare = kept();
    gate.add(renewing, false);
    gate.add(bare, true);

    assertThat(gate.take()).isSameAs(bare);
    assertThat(gate.take()).isSameAs(renewing);
    assertThat(gate.take()).isNull();
  }

  @Test
  void release_slotTaken_freesIt() {
    startAll(now);
    assertThat(gate.hasFreeSlot(now)).isFalse();

    gate.release();

    assertThat(gate.hasFreeSlot(now)).isTrue();
  }

  @Test
  void isIdle_anythingToDo_isNot() {
    assertThat(gate.isIdle()).isTrue();
    KeptCertificate kept = kept();

    gate.certificates = 1;
    assertThat(gate.isIdle()).isFalse();
    gate.certificates = 0;
    gate.add(kept, true);
    assertThat(gate.isIdle()).isFalse();
    gate.take();
    assertThat(gate.isQuiet()).isFalse();
    assertThat(gate.isIdle()).isFalse();
    gate.release();

    assertThat(gate.isQuiet()).isTrue();
    assertThat(gate.isIdle()).isTrue();
  }

  @Test
  void hasReady_eitherKindWaits_isTrue() {
    assertThat(gate.hasReady()).isFalse();
    KeptCertificate bare = kept();
    KeptCertificate renewing = kept();

    gate.add(bare, true);
    assertThat(gate.hasReady()).isTrue();
    gate.remove(bare);
    assertThat(gate.hasReady()).isFalse();
    gate.add(renewing, false);
    assertThat(gate.hasReady()).isTrue();
    gate.remove(renewing);

    assertThat(gate.hasReady()).isFalse();
    assertThat(renewing.ready).isFalse();
    gate.remove(renewing); // nothing happens
    assertThat(gate.take()).isNull();
  }

  @Test
  void sendAway_bothKindsWait_emptiesTheGate() {
    KeptCertificate renewing = kept();
    KeptCertificate second = kept();
    KeptCertificate bare = kept();
    gate.add(renewing, false);
    gate.add(second, false);
    gate.add(bare, true);

    assertThat(gate.sendAway()).containsExactly(bare, renewing, second);

    assertThat(bare.ready).isFalse();
    assertThat(renewing.ready).isFalse();
    assertThat(gate.hasReady()).isFalse();
  }

  @Test
  void breaker_failsAndRecovers_goesThroughItsStates() {
    assertThat(gate.breaker(now)).isEqualTo(Breaker.CLOSED);
    failOften(HostGate.FAILURES_TO_OPEN, now);
    long end = now + openFor(now);

    assertThat(gate.breaker(now)).isEqualTo(Breaker.OPEN);
    assertThat(gate.breaker(end)).isEqualTo(Breaker.HALF_OPEN);
    gate.answered();
    assertThat(gate.breaker(end)).isEqualTo(Breaker.CLOSED);
  }

  @Test
  void failed_hostAsksForALongerPause_isLeftAloneSoLong() {
    failOften(HostGate.FAILURES_TO_OPEN - 1, now);

    gate.failed(now, 120_000, random);

    assertThat(gate.isOpen(now + 119_999)).isTrue();
    assertThat(gate.isOpen(now + 120_000)).isFalse();
  }

  @Test
  void isFirstOpening_probeFails_isNoMore() {
    assertThat(gate.isFirstOpening()).isFalse();
    failOften(HostGate.FAILURES_TO_OPEN, now);
    assertThat(gate.isFirstOpening()).isTrue();

    gate.failed(now + HostGate.FIRST_PAUSE, 0, random);

    assertThat(gate.isFirstOpening()).isFalse();
  }

  @Test
  void allowProbe_open_letsOneThroughAtOnce() {
    failOften(HostGate.FAILURES_TO_OPEN, now);

    gate.allowProbe(now);

    assertThat(gate.breaker(now)).isEqualTo(Breaker.HALF_OPEN);
    assertThat(startAll(now)).isEqualTo(1);
  }

  @Test
  void allowProbe_closed_changesNothing() {
    gate.allowProbe(now);

    assertThat(gate.isClosed()).isTrue();
  }

  @Test
  void wantsProbe_openAnew_isTrueOnceInEachPause() {
    failOften(HostGate.FAILURES_TO_OPEN, now);
    assertThat(gate.wantsProbe()).isTrue();
    assertThat(gate.wantsProbe()).isFalse();
    assertThat(gate.failed(gate.openUntil(), 0, random)).isTrue();

    assertThat(gate.wantsProbe()).isTrue();
    assertThat(gate.wantsProbe()).isFalse();
  }

  @Test
  void openUntil_asLongAsTheHostAskedFor_isTheEndOfThat() {
    failOften(HostGate.FAILURES_TO_OPEN - 1, now);
    gate.failed(now, 120_000, random);

    assertThat(gate.openUntil()).isEqualTo(now + 120_000);
  }

  @Test
  void clockWentBack_open_letsAProbeThroughNow() {
    failOften(HostGate.FAILURES_TO_OPEN, now);

    gate.clockWentBack(now - 500);

    assertThat(gate.breaker(now - 500)).isEqualTo(Breaker.HALF_OPEN);
    assertThat(gate.failingSince).isEqualTo(now - 500);
  }

  @Test
  void shared_sameUrl_isOneObject() {
    URI first = URI.create("http://ocsp.ca.test/a");
    URI other = URI.create("http://ocsp.ca.test/b");
    assertThat(gate.responder()).isEqualTo(URI.create("http://ocsp.ca.test"));

    assertThat(gate.shared(first)).isSameAs(first);

    assertThat(gate.shared(URI.create("http://ocsp.ca.test/a"))).isSameAs(first);
    assertThat(gate.responder()).isSameAs(first);
    assertThat(gate.shared(other)).isSameAs(other);
  }

  @Test
  void news_aboutOutcomeAndClocks_isToldOnce() {
    assertThat(gate.isFirstOutcome()).isTrue();
    assertThat(gate.isFirstOutcome()).isFalse();
    assertThat(gate.noteClocks(false)).isFalse();
    assertThat(gate.noteClocks(true)).isTrue();
    assertThat(gate.noteClocks(true)).isFalse();
    assertThat(gate.noteClocks(false)).isTrue();
  }

  @Test
  void status_failingAndAnswering_saysSinceWhenAndUntilWhen() {
    assertThat(gate.status(now).failingSince()).isEmpty();
    assertThat(gate.status(now).nextProbe()).isEmpty();
    gate.failed(now, 0, random);
    failOften(HostGate.FAILURES_TO_OPEN - 1, now + 5);

    ResponderStatus status = gate.status(now + 5);

    assertThat(status.breaker()).isEqualTo(Breaker.OPEN);
    assertThat(status.failuresInARow()).isEqualTo(HostGate.FAILURES_TO_OPEN);
    assertThat(status.failingSince()).contains(Instant.ofEpochMilli(now));
    assertThat(status.nextProbe().orElseThrow().toEpochMilli())
        .isBetween(now + 5 + HostGate.FIRST_PAUSE / 4 * 3, now + 5 + HostGate.FIRST_PAUSE);
  }

  private void failOften(int times, long at) {
    for (int i = 0; i < times; i++) {
      gate.failed(at, 0, random);
    }
  }

  private long openFor(long from) {
    long at = from;
    while (gate.isOpen(at)) {
      at++;
    }
    return at - from;
  }

  private int startAll(long at) {
    for (int i = 0; i < 100; i++) {
      gate.add(kept(), true);
    }
    int started = 0;
    while (gate.hasFreeSlot(at)) {
      gate.take();
      started++;
    }
    return started;
  }

  private KeptCertificate kept() {
    return new KeptCertificate(certificate, certificate, 0);
  }
}
