package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.TestCa;
import java.security.cert.X509Certificate;
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

  private void failOften(int times, long at) {
    for (int i = 0; i < times; i++) {
      gate.failed(at, 0, random);
    }
  }

  private long openFor(long from) {
    long at = from;
    while (gate.isOpen(at)) {
      at += 10;
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
