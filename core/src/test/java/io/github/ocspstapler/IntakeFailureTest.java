package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.Outcome.Kind;
import io.github.ocspstapler.Outcome.NoAnswer;
import io.github.ocspstapler.StapleStatus.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What failures, other nodes and the passing of time do to one certificate. */
class IntakeFailureTest extends IntakeFixture {
  // ---- Failures ----

  @Test
  void failure_bare_isToldAtOnceAndOnce() {
    List<String> lines =
        lines(() -> {
          intake.takeIn(kept, down(), start);
          intake.takeIn(kept, down(), start + MINUTE);
        });

    assertThat(kept.snapshot.state).isEqualTo(State.UNAVAILABLE);
    assertThat(kept.snapshot.failures).isEqualTo(2);
    assertThat(kept.snapshot.lastError).isEqualTo("no connection");
    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + MINUTE + SECOND);
    assertThat(kept.failingSince).isEqualTo(start);
    assertThat(lines).singleElement().asString().contains("since " + time(start) + " (1 attempt)");
    assertThat(counts.failed).containsExactly("connect", "connect");
  }

  @Test
  void failure_stapled_keepsTheStapleAndIsToldAtTheThird() {
    intake.takeIn(kept, good(start), start);
    Staple held = staple();

    assertThat(lines(() -> intake.takeIn(kept, down(), start + 1))).isEmpty();
    assertThat(lines(() -> intake.takeIn(kept, down(), start + 2))).isEmpty();
    assertThat(lines(() -> intake.takeIn(kept, down(), start + 3))).hasSize(1);
    assertThat(lines(() -> intake.takeIn(kept, down(), start + 4))).isEmpty();

    assertThat(staple()).isSameAs(held);
    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    assertThat(kept.snapshot.failures).isEqualTo(4);
    assertThat(told()).hasSize(5);
  }

  @Test
  void failure_firstOfAnotherOutage_isToldAnew() {
    kept.failureTold = true;

    assertThat(lines(() -> intake.takeIn(kept, down(), start))).hasSize(1);
  }

  @Test
  void failure_revoked_staysRevoked() {
    intake.takeIn(kept, revoked(start, null), start);

    intake.takeIn(kept, down(), start + HOUR);

    assertThat(kept.snapshot.state).isEqualTo(State.REVOKED);
  }

  @Test
  void failure_outage_isRetriedEveryTenMinutesWhileBare() {
    NoAnswer unreachable = new NoAnswer(Kind.UNREACHABLE, "dns", "no host", false, false, null);
    NoAnswer overloaded = new NoAnswer(Kind.REFUSED, "http_status", "503", false, true, null);
    NoAnswer forged = new NoAnswer(Kind.REJECTED, "bad_signature", "forged", false, false, null);

    assertThat(longestRetryAfter(unreachable)).isEqualTo(10 * MINUTE);
    assertThat(longestRetryAfter(overloaded)).isEqualTo(10 * MINUTE);
    assertThat(longestRetryAfter(forged)).isEqualTo(HOUR);
  }

  @Test
  void failure_stapled_isRetriedWithinAnEighthOfWhatRemains() {
    intake.takeIn(kept, good(start, HOUR), start);
    long end = staple().servedUntil;

    assertThat(longestRetryAfter(down())).isEqualTo((end - start) / 8);
  }

  private long longestRetryAfter(NoAnswer failure) {
    kept.failures = 20;
    intake(Dice.HIGHEST, false).takeIn(kept, failure, start);
    return kept.nextAttempt - start;
  }

  @Test
  void failure_responderAsksForAPause_isHeeded() {
    Duration pause = Duration.ofMinutes(7);

    intake.takeIn(
        kept, new NoAnswer(Kind.REFUSED, "try_later", "later", false, false, pause), start);

    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + 7 * MINUTE);
  }

  @Test
  void failure_moreThanCanBeCounted_staysOne() {
    kept.failures = Integer.MAX_VALUE;

    intake.takeIn(kept, down(), start);

    assertThat(kept.failures).isEqualTo(1);
  }

  @Test
  void nobodyToAsk_bare_isUnstapleable() {
    kept.failures = 3;
    NoAnswer nobody = new NoAnswer(Kind.NOBODY_TO_ASK, "disabled", "off", false, false, null);

    List<String> lines = lines(() -> intake.takeIn(kept, nobody, start));

    assertThat(kept.snapshot.state).isEqualTo(State.UNSTAPLEABLE);
    assertThat(kept.snapshot.lastError).isEqualTo("off");
    assertThat(kept.snapshot.failures).isZero();
    assertThat(kept.snapshot.nextAttempt).isEqualTo(RefreshPlan.NEVER);
    assertThat(lines).containsExactly("INFO example.com: is not stapled: off");
    assertThat(told()).isEmpty();
  }

  @Test
  void nobodyToAsk_stapled_keepsTheStaple() {
    intake.takeIn(kept, good(start), start);

    intake.unstapleable(kept, "off", start + HOUR);

    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    assertThat(kept.snapshot.staple).isNotNull();
  }

  // ---- The store and other nodes ----

  @Test
  void restore_newer_isTakenIn() {
    assertThat(intake.restore(kept, stored(start), start + HOUR)).isTrue();

    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    assertThat(kept.asked).isTrue();
  }

  @Test
  void restore_dueAndJustAskedAbout_isLeftToWhoAsked() {
    Duration pause = Duration.ofMinutes(40);
    Answered asked = good(start).stored(RESPONDER, pause, null);

    intake.restore(kept, asked, start + 5 * DAY);

    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + 5 * DAY + 40 * MINUTE);
  }

  // Whoever may write to the store may say anything.
  @Test
  void restore_dueAndFreshForEver_isAskedAboutAtOnce() {
    Answered forged = good(start).stored(RESPONDER, Duration.ofSeconds(Long.MAX_VALUE), null);

    intake.restore(kept, forged, start + 5 * DAY);

    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + 5 * DAY);
  }

  @Test
  void leaveToOthers_stapled_isPutOffButNeverHurried() {
    intake.takeIn(kept, good(start), start);
    long due = kept.nextAttempt;

    assertThat(intake.leaveToOthers(kept, Duration.ofHours(1), start)).isTrue();
    assertThat(kept.snapshot.nextAttempt).isEqualTo(due);
    assertThat(intake.leaveToOthers(kept, Duration.ofHours(1), due)).isTrue();
    assertThat(kept.snapshot.nextAttempt).isEqualTo(due + HOUR);
    assertThat(intake.leaveToOthers(kept, Duration.ofHours(1), start + 159 * HOUR)).isFalse();
    assertThat(kept.snapshot.nextAttempt).isEqualTo(due + HOUR);
  }

  @Test
  void leaveToOthers_bareOrRevoked_isNot() {
    assertThat(intake.leaveToOthers(kept, Duration.ofHours(1), start)).isFalse();

    Intake relaying = intake(Dice.LOWEST, true);
    relaying.takeIn(kept, revoked(start, null), start);

    assertThat(relaying.leaveToOthers(kept, Duration.ofHours(1), start)).isFalse();
  }

  @Test
  void restore_noNewer_isNot() {
    intake.takeIn(kept, good(start), start);

    assertThat(intake.restore(kept, stored(start), start + HOUR)).isFalse();
    assertThat(intake.restore(kept, stored(start + 1), start + HOUR)).isTrue();
  }

  // Another node asked again in the same second, and heard of the revocation.
  @Test
  void restore_revokedInTheSameSecond_isTakenInOnce() {
    intake.takeIn(kept, good(start), start);

    assertThat(intake.restore(kept, revoked(start, null), start)).isTrue();
    assertThat(kept.snapshot.state).isEqualTo(State.REVOKED);
    assertThat(intake.restore(kept, revoked(start, null), start)).isFalse();
    assertThat(intake.restore(kept, stored(start), start)).isFalse();
  }

  @Test
  void restore_revokedLongAgo_isNot() {
    intake.takeIn(kept, good(start), start);

    assertThat(intake.restore(kept, revoked(start - 1, null), start)).isFalse();
  }

  @Test
  void restore_servedNoMore_isNot() {
    long end = start + 7 * DAY - 5 * MINUTE;

    assertThat(intake.restore(kept, stored(start), end)).isFalse();
    assertThat(intake.restore(kept, stored(start), end - 1)).isTrue();
  }

  @Test
  void restore_unknown_isNot() {
    assertThat(intake.restore(kept, unknown(start), start)).isFalse();

    assertThat(kept.snapshot.state).isEqualTo(State.PENDING);
  }

  @Test
  void saveAgain_stapled_savesWhatIsAtHand() {
    intake.takeIn(kept, good(start).with(validator("1"), null), start);
    Answered first = saved.get(0);

    intake.saveAgain(kept, start + HOUR);

    Answered again = saved.get(1);
    assertThat(again.encoded).isEqualTo(first.encoded);
    assertThat(again.status).isEqualTo(first.status);
    assertThat(again.thisUpdate).isEqualTo(first.thisUpdate);
    assertThat(again.nextUpdate).isEqualTo(first.nextUpdate);
    assertThat(again.validUntil).isEqualTo(first.validUntil);
    assertThat(again.responder).isEqualTo(RESPONDER);
    assertThat(again.validator).isEqualTo(validator("1"));
  }

  @Test
  void saveAgain_nothingServed_savesNothing() {
    intake.saveAgain(kept, start);
    intake.takeIn(kept, good(start), start);
    intake.saveAgain(kept, start + 7 * DAY);

    assertThat(saved).hasSize(1);
  }

  @Test
  void waitForOthers_againAndAgain_remembersSinceWhen() {
    intake.takeIn(kept, good(start), start);

    intake.waitForOthers(kept, start + DAY);
    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + DAY + SECOND / 2);
    intake(Dice.HIGHEST, false).waitForOthers(kept, start + DAY + SECOND);

    assertThat(kept.waitingSince).isEqualTo(start + DAY);
    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + DAY + 2 * SECOND);
    assertThat(kept.snapshot.staple).isNotNull();
  }

  // ---- The host ----

  @Test
  void putOff_neverAsked_isUnavailableAndSaysWhy() {
    HostGate gate = openGate();

    intake.putOff(kept, gate, start);

    assertThat(kept.asked).isTrue();
    assertThat(kept.snapshot.state).isEqualTo(State.UNAVAILABLE);
    assertThat(kept.snapshot.lastError)
        .isEqualTo("responder http://ocsp.ca.test does not answer, and is only probed");
    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + 10 * SECOND);
  }

  @Test
  void putOff_stapled_keepsAllElse() {
    intake.takeIn(kept, good(start), start);

    intake.putOff(kept, openGate(), start);

    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    assertThat(kept.snapshot.staple).isNotNull();
    assertThat(kept.snapshot.lastError).isNull();
  }

  private HostGate openGate() {
    HostGate gate = new HostGate("http://ocsp.ca.test", 1);
    for (int i = 0; i < HostGate.FAILURES_TO_OPEN; i++) {
      gate.failed(start, 0, Dice.LOWEST);
    }
    return gate;
  }

  // ---- Time ----

  @Test
  void startOver_anything_isAsNew() {
    intake.takeIn(kept, good(start).with(validator("1"), null), start);
    kept.failures = 3;
    kept.failureTold = true;

    intake.startOver(kept, start + HOUR);

    assertThat(kept.snapshot.staple).isNull();
    assertThat(kept.snapshot.state).isEqualTo(State.PENDING);
    assertThat(kept.snapshot.lastError).isEqualTo("not asked yet");
    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + HOUR);
    assertThat(kept.snapshot.failures).isZero();
    assertThat(kept.failureTold).isFalse();
    assertThat(kept.validator).isNull();
    intake.takeIn(kept, good(start - DAY), start + HOUR);
    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
  }

  @Test
  void timePasses_bare_doesNothing() {
    intake.timePasses(kept, start);

    assertThat(kept.snapshot.state).isEqualTo(State.PENDING);
    assertThat(intake.nextAlert(kept)).isEqualTo(RefreshPlan.NEVER);
    assertThat(told()).isEmpty();
  }

  @Test
  void timePasses_noSuccessor_raisesEachAlarmOnceAndInTime() {
    intake.takeIn(kept, good(start), start);
    long late = RefreshPlan.lateAt(start, start + 7 * DAY);
    long end = staple().servedUntil;
    long expiring = RefreshPlan.expiringAt(start, end);

    passes(late, "stapled");
    passes(expiring, "stapled", "late");
    passes(end, "stapled", "late", "expiring");

    assertThat(told()).containsExactly("stapled", "late", "expiring", "expired");
    assertThat(kept.snapshot.staple).isNull();
    assertThat(kept.snapshot.state).isEqualTo(State.UNAVAILABLE);
    assertThat(kept.snapshot.lastError).isEqualTo("the staple ended before a newer answer came");
    assertThat(intake.nextAlert(kept)).isEqualTo(RefreshPlan.NEVER);
  }

  /** The next alarm is at an instant; a moment before there is none, and later no second one. */
  private void passes(long at, String... before) {
    assertThat(intake.nextAlert(kept)).isEqualTo(at);
    intake.timePasses(kept, at - 1);
    assertThat(told()).containsExactly(before);
    intake.timePasses(kept, at);
    intake.timePasses(kept, at);
  }

  @Test
  void timePasses_endAfterFailures_keepsTheirReason() {
    intake.takeIn(kept, good(start), start);
    intake.takeIn(kept, down(), start + 6 * DAY);

    intake.timePasses(kept, start + 7 * DAY);

    assertThat(kept.snapshot.lastError).isEqualTo("no connection");
  }

  @Test
  void timePasses_relayedRevocationEnds_isDroppedWithoutAlarm() {
    Intake relaying = intake(Dice.LOWEST, true);
    relaying.takeIn(kept, revoked(start, null), start);
    long end = staple().servedUntil;
    assertThat(relaying.nextAlert(kept)).isEqualTo(end);

    relaying.timePasses(kept, end - 1);
    assertThat(kept.snapshot.staple).isNotNull();
    relaying.timePasses(kept, end);

    assertThat(kept.snapshot.staple).isNull();
    assertThat(kept.snapshot.state).isEqualTo(State.REVOKED);
    assertThat(told()).containsExactly("revoked");
  }

  @Test
  void timePasses_stapleEndsWithTheCertificate_needsNoSuccessor() {
    long now = kept.notAfter - DAY;
    intake.takeIn(kept, good(now), now);
    assertThat(staple().servedUntil).isEqualTo(kept.notAfter);

    intake.timePasses(kept, kept.notAfter - 1);

    assertThat(told()).containsExactly("stapled");
  }

  @Test
  void clockWentBack_stapled_isPlannedAnew() {
    intake.takeIn(kept, good(start), start + DAY);
    kept.nextAttempt = start + 5 * DAY;

    intake.clockWentBack(kept, start);

    assertThat(kept.snapshot.nextAttempt).isBetween(start + 7 * DAY / 2, start + 7 * DAY * 6 / 10);
    assertThat(kept.snapshot.staple).isNotNull();
  }

  @Test
  void clockWentBack_failing_isAskedAboutSoon() {
    intake.takeIn(kept, good(start), start);
    intake.takeIn(kept, down(), start + DAY);

    intake.clockWentBack(kept, start);

    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + HOUR / 2 + 5 * SECOND);
  }

  @Test
  void clockWentBack_bare_isAskedAboutSoon() {
    intake.takeIn(kept, down(), start + DAY);
    kept.failures = 0;

    intake.clockWentBack(kept, start);

    assertThat(kept.snapshot.nextAttempt).isBetween(start, start + 6 * SECOND);
  }

  @Test
  void clockWentBack_plannedSooner_staysPlanned() {
    intake.takeIn(kept, good(start), start);
    Snapshot before = kept.snapshot;

    intake.clockWentBack(kept, start);

    assertThat(kept.snapshot).isSameAs(before);
  }

  @Test
  void clockWentBack_nobodyToAsk_staysSo() {
    intake.unstapleable(kept, "off", start);

    intake.clockWentBack(kept, start - DAY);

    assertThat(kept.snapshot.nextAttempt).isEqualTo(RefreshPlan.NEVER);
  }
}
