package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.Outcome.Kind;
import io.github.ocspstapler.Outcome.NoAnswer;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.CertificateStatus.Good;
import io.github.ocspstapler.ocsp.CertificateStatus.Revoked;
import io.github.ocspstapler.ocsp.CertificateStatus.Unknown;
import io.github.ocspstapler.ocsp.HttpValidator;
import io.github.ocspstapler.ocsp.RevocationReason;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What answers, failures and time do to one certificate, moment by moment. */
class IntakeTest {
  private static final TestCertificate LEAF = TestCa.root().leaf("example.com");
  private static final URI RESPONDER = URI.create("http://ocsp.ca.test/");
  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private final World.Events events = new World.Events();
  private final World.Counts counts = new World.Counts();
  private final Announcer announcer = new Announcer(events, counts, Runnable::run);
  private final Tally tally = new Tally(StaplePolicy.LENIENT);
  private final List<Answered> saved = new ArrayList<>();
  private final Intake intake = intake(Dice.LOWEST, false);
  private final KeptCertificate kept = kept(0);
  private final long start = kept.notBefore + DAY;

  private Intake intake(RandomGenerator random, boolean relayRevoked) {
    return new Intake(
        RefreshPlan.DEFAULT,
        random,
        announcer,
        relayRevoked,
        tally,
        (certificate, answer) -> saved.add(answer));
  }

  private KeptCertificate kept(long firstSeen) {
    KeptCertificate made = new KeptCertificate(LEAF.certificate(), LEAF.certificate(), firstSeen);
    made.responder = RESPONDER;
    tally.added(made);
    return made;
  }

  // ---- Good ----

  @Test
  void good_first_isStapledSavedAndTold() {
    kept.failures = 2;
    kept.entryRefused = true;

    intake.takeIn(kept, good(start), start);

    Staple staple = staple();
    assertThat(staple.thisUpdate).isEqualTo(start);
    assertThat(staple.nextUpdate).isEqualTo(start + 7 * DAY);
    assertThat(staple.validUntil).isEqualTo(start + 7 * DAY);
    assertThat(staple.servedUntil).isEqualTo(start + 7 * DAY - 5 * MINUTE);
    assertThat(staple.status()).isEqualTo(new Good());
    assertThat(staple.responder()).containsSame(RESPONDER);
    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + 7 * DAY / 2);
    assertThat(kept.snapshot.lastError).isNull();
    assertThat(kept.snapshot.failures).isZero();
    assertThat(kept.newestUpdate).isEqualTo(start);
    assertThat(kept.asked).isTrue();
    assertThat(kept.entryRefused).isFalse();
    assertThat(saved).hasSize(1);
    assertThat(tally.summary(start).count(State.STAPLED)).isEqualTo(1);
    assertThat(told()).containsExactly("stapled");
  }

  @Test
  void good_newer_replacesAndIsARenewal() {
    intake.takeIn(kept, good(start), start);
    kept.lateTold = true;
    kept.expiringTold = true;

    intake.takeIn(kept, good(start + HOUR), start + HOUR);

    assertThat(staple().thisUpdate).isEqualTo(start + HOUR);
    assertThat(kept.lateTold).isFalse();
    assertThat(kept.expiringTold).isFalse();
    assertThat(saved).hasSize(2);
    assertThat(told()).containsExactly("stapled", "renewed");
  }

  @Test
  void good_older_neverReplaces() {
    intake.takeIn(kept, good(start), start);
    Staple held = staple();
    intake.takeIn(kept, down(), start + HOUR);

    intake.takeIn(kept, good(start - 1), start + 2 * HOUR);

    assertThat(staple()).isSameAs(held);
    assertThat(kept.snapshot.failures).isZero();
    assertThat(kept.snapshot.lastError).isNull();
    assertThat(kept.failureTold).isFalse();
    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + 2 * HOUR + HOUR / 2 + 5 * SECOND);
    assertThat(saved).hasSize(1);
    assertThat(told()).containsExactly("stapled", "failed connect");
  }

  @Test
  void good_olderAndNothingHeld_isAFailure() {
    intake.takeIn(kept, good(start), start);
    long later = start + 7 * DAY;
    intake.timePasses(kept, later);

    intake.takeIn(kept, good(start - HOUR, 30 * DAY), later);

    assertThat(kept.snapshot.staple).isNull();
    assertThat(kept.snapshot.lastError)
        .isEqualTo(
            "the answer of "
                + Announcer.time(start - HOUR)
                + " is older than one of "
                + Announcer.time(start));
    assertThat(told()).containsExactly("stapled", "expired", "failed older");
  }

  @Test
  void good_sameAndLonger_replaces() {
    intake.takeIn(kept, good(start), start);

    intake.takeIn(kept, good(start, 7 * DAY + 1), start + HOUR);

    assertThat(staple().validUntil).isEqualTo(start + 7 * DAY + 1);
    assertThat(told()).containsExactly("stapled", "renewed");
  }

  @Test
  void good_same_changesNothingButWhatItCameWith() {
    intake.takeIn(kept, good(start).with(validator("1"), null), start);
    Staple held = staple();

    intake.takeIn(kept, good(start).with(validator("2"), null), start + HOUR);

    assertThat(staple()).isSameAs(held);
    assertThat(kept.validator).isEqualTo(validator("2"));
    assertThat(saved).hasSize(1);
    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + HOUR + HOUR / 2 + 5 * SECOND);
  }

  @Test
  void good_older_doesNotChangeWhatTheNewerCameWith() {
    intake.takeIn(kept, good(start).with(validator("1"), null), start);

    intake.takeIn(kept, good(start - 1).with(validator("2"), null), start + HOUR);

    assertThat(kept.validator).isEqualTo(validator("1"));
  }

  @Test
  void good_sameAndFreshByHttp_isAskedAboutWhenThatEnds() {
    intake.takeIn(kept, good(start), start);

    intake.takeIn(kept, fresh(good(start), Duration.ofHours(5)), start + HOUR);

    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + 6 * HOUR);
  }

  @Test
  void good_sameAndFreshForTooLong_isAskedAboutInGoodTime() {
    intake.takeIn(kept, good(start), start);

    intake.takeIn(kept, fresh(good(start), Duration.ofSeconds(Long.MAX_VALUE)), start + HOUR);

    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + 7 * DAY / 4 * 3);
  }

  @Test
  void good_freshByHttp_isRenewedWhenThatEnds() {
    intake.takeIn(kept, fresh(good(start), Duration.ofDays(4)), start);

    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + 4 * DAY);
  }

  @Test
  void good_servedNoMore_isAFailure() {
    long end = start + 7 * DAY - 5 * MINUTE;

    intake.takeIn(kept, good(start), end);

    assertThat(kept.snapshot.staple).isNull();
    assertThat(kept.snapshot.state).isEqualTo(State.UNAVAILABLE);
    assertThat(kept.snapshot.lastError)
        .isEqualTo("the answer could be served until " + Announcer.time(end) + " only");
    assertThat(saved).isEmpty();
    assertThat(told()).containsExactly("failed stale");
  }

  @Test
  void good_servedForAMoment_isStapled() {
    intake.takeIn(kept, good(start), start + 7 * DAY - 5 * MINUTE - 1);

    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
  }

  @Test
  void good_noNextUpdate_isServedUntilItsEnd() {
    Instant end = Instant.ofEpochMilli(start + HOUR);
    Instant now = Instant.ofEpochMilli(start);

    intake.takeIn(
        kept, new Answered(new Good(), now, null, end, new byte[1], null, Duration.ZERO), start);

    assertThat(staple().nextUpdate()).isEmpty();
    assertThat(staple().servedUntil()).isEqualTo(end);
  }

  @Test
  void good_afterFailuresThatWereTold_tellsSinceWhen() {
    intake.takeIn(kept, good(start), start);
    for (int i = 0; i < 3; i++) {
      intake.takeIn(kept, down(), start + HOUR + i);
    }

    List<String> lines = lines(() -> intake.takeIn(kept, good(start + DAY), start + DAY));

    assertThat(lines).singleElement().asString().contains("failed since " + time(start + HOUR));
    assertThat(kept.failureTold).isFalse();
  }

  @Test
  void good_firstAfterFailures_tellsHowMany() {
    intake.takeIn(kept, down(), start);
    intake.takeIn(kept, down(), start + SECOND);

    List<String> lines = lines(() -> intake.takeIn(kept, good(start), start + MINUTE));

    assertThat(lines).singleElement().asString().contains("after 2 attempts");
  }

  @Test
  void good_stored_isNotSavedAndRenewedAtOnceIfThatWasDue() {
    intake.takeIn(kept, stored(start), start + 7 * DAY / 2);

    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + 7 * DAY / 2);
    assertThat(saved).isEmpty();
  }

  @Test
  void good_storedAndYoung_isRenewedInTime() {
    intake.takeIn(kept, stored(start), start + 7 * DAY / 2 - 1);

    // In the middle of its life, but two requests are ten seconds apart.
    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + 7 * DAY / 2 - 1 + 10 * SECOND);
  }

  @Test
  void good_fetchedLate_isNotAskedAboutAtOnce() {
    long late = start + 7 * DAY / 2;

    intake.takeIn(kept, good(start), late);

    assertThat(kept.snapshot.nextAttempt).isEqualTo(late + HOUR / 2 + 5 * SECOND);
  }

  @Test
  void validator_ofTheSameResponder_sharesItsUrl() {
    URI copy = URI.create("http://ocsp.ca.test/");

    HttpValidator came = new HttpValidator(copy, Optional.of("\"1\""), Optional.of(Instant.EPOCH));

    intake.takeIn(kept, good(start).with(came, null), start);

    assertThat(kept.validator).isEqualTo(came);
    assertThat(came.responder()).isNotSameAs(RESPONDER);
    assertThat(Objects.requireNonNull(kept.validator).responder()).isSameAs(RESPONDER);
  }

  @Test
  void validator_ofAnotherResponder_staysItself() {
    HttpValidator other =
        new HttpValidator(URI.create("http://other.test/"), Optional.of("\"1\""), Optional.empty());

    intake.takeIn(kept, good(start).with(other, null), start);

    assertThat(kept.validator).isSameAs(other);
  }

  // ---- Revoked ----

  @Test
  void revoked_stapled_dropsTheStapleAtOnce() {
    intake.takeIn(kept, good(start).with(validator("1"), null), start);

    intake.takeIn(kept, revoked(start, RevocationReason.KEY_COMPROMISE), start + MINUTE);

    assertThat(kept.snapshot.staple).isNull();
    assertThat(kept.snapshot.state).isEqualTo(State.REVOKED);
    assertThat(kept.snapshot.lastError)
        .isEqualTo("revoked by its CA at " + time(start) + " (KEY_COMPROMISE)");
    assertThat(kept.validator).isNull();
    assertThat(kept.hold).isFalse();
    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + MINUTE + 6 * HOUR);
    assertThat(saved).hasSize(2);
    assertThat(told()).containsExactly("stapled", "revoked");
  }

  @Test
  void revoked_onHold_isAskedAboutSooner() {
    intake.takeIn(kept, revoked(start, RevocationReason.CERTIFICATE_HOLD), start);

    assertThat(kept.hold).isTrue();
    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + HOUR);
  }

  @Test
  void revoked_withoutReason_saysNone() {
    intake.takeIn(kept, revoked(start, null), start);

    assertThat(kept.snapshot.lastError).isEqualTo("revoked by its CA at " + time(start));
  }

  @Test
  void revoked_again_isToldOnce() {
    intake.takeIn(kept, revoked(start, null), start);

    intake.takeIn(kept, revoked(start + HOUR, null), start + HOUR);

    assertThat(kept.newestUpdate).isEqualTo(start + HOUR);
    assertThat(told()).containsExactly("revoked");
  }

  @Test
  void revoked_relayed_isTheStaple() {
    Intake relaying = intake(Dice.LOWEST, true);
    Answered answer = revoked(start, RevocationReason.SUPERSEDED);

    List<String> lines = lines(() -> relaying.takeIn(kept, answer, start));

    assertThat(staple().status()).isEqualTo(answer.status);
    assertThat(kept.snapshot.state).isEqualTo(State.REVOKED);
    assertThat(lines).singleElement().asString().contains("this answer is stapled");
  }

  @Test
  void revoked_olderThanTheStaple_changesNothing() {
    intake.takeIn(kept, good(start), start);
    Staple held = staple();

    intake.takeIn(kept, revoked(start - 1, null), start + MINUTE);

    assertThat(staple()).isSameAs(held);
    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + MINUTE + HOUR / 2 + 5 * SECOND);
    assertThat(told()).containsExactly("stapled");
  }

  @Test
  void good_ofTheMomentOfRevocation_doesNotLiftIt() {
    intake.takeIn(kept, revoked(start, null), start);
    kept.failures = 1;

    intake.takeIn(kept, good(start), start + MINUTE);

    assertThat(kept.snapshot.state).isEqualTo(State.REVOKED);
    assertThat(kept.snapshot.staple).isNull();
    assertThat(kept.snapshot.failures).isZero();
    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + MINUTE + HOUR / 2 + 5 * SECOND);
    assertThat(told()).containsExactly("revoked");
  }

  @Test
  void good_afterRevocation_isStapledAnew() {
    intake.takeIn(kept, revoked(start, null), start);

    intake.takeIn(kept, good(start + 1), start + MINUTE);

    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    assertThat(told()).containsExactly("revoked", "stapled");
  }

  @Test
  void good_afterRelayedRevocation_isStapledAnew() {
    Intake relaying = intake(Dice.LOWEST, true);
    relaying.takeIn(kept, revoked(start, null), start);

    relaying.takeIn(kept, good(start + 1), start + MINUTE);

    assertThat(staple().status()).isEqualTo(new Good());
    assertThat(told()).containsExactly("revoked", "stapled");
  }

  // ---- Not known ----

  @Test
  void unknown_oldCertificate_isAFailure() {
    intake.takeIn(kept, unknown(start), start);

    assertThat(kept.snapshot.state).isEqualTo(State.UNKNOWN);
    assertThat(kept.snapshot.failures).isEqualTo(1);
    assertThat(kept.asked).isTrue();
    assertThat(told()).containsExactly("failed unknown");
  }

  @Test
  void unauthorized_oldCertificate_isUnavailable() {
    intake.takeIn(kept, unauthorized(), start);

    assertThat(kept.snapshot.state).isEqualTo(State.UNAVAILABLE);
    assertThat(kept.snapshot.lastError).isEqualTo("not mine");
    assertThat(told()).containsExactly("failed unauthorized");
  }

  @Test
  void unknown_youngCertificate_isAskedAgainSoonAndToldOnce() {
    long young = kept.notBefore + MINUTE;
    KeptCertificate newborn = kept(young);

    List<String> lines =
        lines(() -> {
          intake.takeIn(newborn, unknown(young), young);
          intake.takeIn(newborn, unauthorized(), young + MINUTE);
        });

    assertThat(newborn.snapshot.state).isEqualTo(State.PENDING);
    assertThat(newborn.snapshot.nextAttempt).isEqualTo(young + MINUTE + MINUTE / 2);
    assertThat(newborn.snapshot.lastError).isEqualTo("not mine");
    assertThat(newborn.snapshot.failures).isZero();
    assertThat(lines).singleElement().asString().contains("is new, and its responder");
    assertThat(told()).isEmpty();
  }

  @Test
  void unknown_youngButStapledBefore_keepsTheStaple() {
    long young = kept.notBefore + MINUTE;
    KeptCertificate newborn = kept(young);
    intake.takeIn(newborn, good(young), young);

    intake.takeIn(newborn, unknown(young), young + SECOND);

    assertThat(newborn.snapshot.staple).isNotNull();
    assertThat(newborn.snapshot.state).isEqualTo(State.STAPLED);
    assertThat(newborn.snapshot.failures).isEqualTo(1);
  }

  @Test
  void unknown_youngAndRevoked_staysRevoked() {
    long young = kept.notBefore + MINUTE;
    KeptCertificate newborn = kept(young);
    intake.takeIn(newborn, revoked(young, null), young);

    intake.takeIn(newborn, unknown(young), young + SECOND);

    assertThat(newborn.snapshot.state).isEqualTo(State.REVOKED);
    assertThat(newborn.snapshot.failures).isEqualTo(1);
  }

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
  void restore_noNewer_isNot() {
    intake.takeIn(kept, good(start), start);

    assertThat(intake.restore(kept, stored(start), start + HOUR)).isFalse();
    assertThat(intake.restore(kept, stored(start + 1), start + HOUR)).isTrue();
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
    assertThat(kept.snapshot.lastError)
        .isEqualTo("the staple ended before a newer answer came");
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

    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + 7 * DAY / 2);
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

    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + HOUR / 2 + 5 * SECOND);
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

  // ---- Fixtures ----

  private static Answered good(long thisUpdate) {
    return good(thisUpdate, 7 * DAY);
  }

  private static Answered good(long thisUpdate, long validity) {
    return answer(new Good(), thisUpdate, validity);
  }

  private static Answered stored(long thisUpdate) {
    return good(thisUpdate).stored(RESPONDER, Duration.ZERO, null);
  }

  private static Answered revoked(long thisUpdate, @Nullable RevocationReason reason) {
    Instant at = Instant.ofEpochMilli(thisUpdate);
    return answer(new Revoked(at, Optional.ofNullable(reason)), thisUpdate, 7 * DAY);
  }

  private static Answered unknown(long thisUpdate) {
    return answer(new Unknown(), thisUpdate, DAY);
  }

  private static Answered answer(CertificateStatus status, long thisUpdate, long validity) {
    Instant from = Instant.ofEpochMilli(thisUpdate);
    return InMemoryResponders.answered(
        status, RESPONDER, from, from.plusMillis(validity), Duration.ZERO);
  }

  private static Answered fresh(Answered answer, Duration freshFor) {
    return new Answered(
        answer.status,
        answer.thisUpdate,
        answer.nextUpdate,
        answer.validUntil,
        answer.encoded,
        answer.responder,
        freshFor);
  }

  private static NoAnswer down() {
    return new NoAnswer(Kind.UNREACHABLE, "connect", "no connection", false, true, null);
  }

  private static NoAnswer unauthorized() {
    return new NoAnswer(Kind.REFUSED, "unauthorized", "not mine", true, false, null);
  }

  private static HttpValidator validator(String etag) {
    return new HttpValidator(RESPONDER, Optional.of('"' + etag + '"'), Optional.empty());
  }

  private static String time(long at) {
    return Announcer.time(at);
  }

  private Staple staple() {
    return Objects.requireNonNull(kept.snapshot.staple);
  }

  /** What listeners were told so far. */
  private List<String> told() {
    announcer.deliver();
    return events.all().stream().map(event -> event.replace("example.com: ", "")).toList();
  }

  private List<String> lines(Runnable doing) {
    told();
    try (LogLines lines = new LogLines()) {
      doing.run();
      announcer.count();
      announcer.deliver();
      return lines.all();
    }
  }
}
