package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.ocsp.CertificateStatus.Good;
import io.github.ocspstapler.ocsp.HttpValidator;
import io.github.ocspstapler.ocsp.RevocationReason;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What answers do to one certificate: which staple it has, and when it is asked about next. */
class IntakeAnswerTest extends IntakeFixture {
  private final long due = start + 4 * DAY; // of answers that last a week

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
    assertThat(kept.snapshot.nextAttempt).isBetween(start + 7 * DAY / 2, start + 7 * DAY * 6 / 10);
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

  // Somebody wished for it; the CA is not late with anything.
  @Test
  void good_sameBeforeItIsDue_isRenewedAsPlanned() {
    intake.takeIn(kept, good(start), start);
    long planned = kept.nextAttempt;

    intake.takeIn(kept, good(start), start + HOUR);

    assertThat(kept.snapshot.nextAttempt).isEqualTo(planned);
    assertThat(noted).isEmpty();
  }

  @Test
  void good_same_changesNothingButWhatItCameWith() {
    intake.takeIn(kept, good(start).with(validator("1"), null), start);
    Staple held = staple();

    intake.takeIn(kept, good(start).with(validator("2"), null), due);

    assertThat(staple()).isSameAs(held);
    assertThat(kept.validator).isEqualTo(validator("2"));
    assertThat(saved).hasSize(1);
    assertThat(kept.snapshot.nextAttempt).isEqualTo(due + HOUR / 2 + 5 * SECOND);
  }

  // S6: others save a request by it.
  @Test
  void good_same_isNotedAsFreshUntilItIsAskedAboutAgain() {
    intake.takeIn(kept, good(start).with(validator("1"), null), start);

    intake.takeIn(kept, good(start).with(validator("2"), null), due);

    assertThat(noted).hasSize(1);
    Answered same = noted.get(0);
    assertThat(same.encoded).isEqualTo(saved.get(0).encoded);
    assertThat(same.validUntil).isEqualTo(saved.get(0).validUntil);
    assertThat(same.validator).isEqualTo(validator("2"));
    assertThat(same.responder).isEqualTo(RESPONDER);
    assertThat(due + same.freshFor.toMillis()).isEqualTo(kept.nextAttempt);
  }

  @Test
  void good_sameFromTheStore_isNotNoted() {
    intake.takeIn(kept, good(start), start);

    intake.takeIn(kept, stored(start), due);

    assertThat(noted).isEmpty();
  }

  @Test
  void good_sameWhenNobodyMayWait_isNotNoted() {
    intake.takeIn(kept, good(start), start);

    intake.takeIn(kept, good(start), start + 159 * HOUR);

    assertThat(noted).isEmpty();
  }

  @Test
  void good_oldWhenItComes_isSavedAsFreshUntilItIsAskedAboutAgain() {
    intake.takeIn(kept, good(start), start + 5 * DAY);

    assertThat(start + 5 * DAY + saved.get(0).freshFor.toMillis()).isEqualTo(kept.nextAttempt);
  }

  // Others put it off until then, and later than three quarters it is not put off by HTTP.
  @Test
  void good_freshForTooLong_isSavedAsFreshUntilTheLatestRefresh() {
    intake.takeIn(kept, fresh(good(start), Duration.ofDays(6)), start);
    intake.takeIn(kept, fresh(good(start + 1), Duration.ofDays(4)), start + 1);

    assertThat(saved.get(0).freshFor).isEqualTo(Duration.ofHours(126));
    assertThat(saved.get(1).freshFor).isEqualTo(Duration.ofDays(4));
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

    intake.takeIn(kept, fresh(good(start), Duration.ofHours(5)), due);

    assertThat(kept.snapshot.nextAttempt).isEqualTo(due + 5 * HOUR);
  }

  @Test
  void good_sameAndFreshForTooLong_isAskedAboutInGoodTime() {
    intake.takeIn(kept, good(start), start);

    intake.takeIn(kept, fresh(good(start), Duration.ofSeconds(Long.MAX_VALUE)), due);

    assertThat(kept.snapshot.nextAttempt).isEqualTo(start + 7 * DAY / 4 * 3);
  }

  @Test
  void good_freshByHttp_isRenewedWhenThatEnds() {
    intake.takeIn(kept, fresh(good(start), Duration.ofDays(4)), start);

    assertThat(kept.snapshot.nextAttempt)
        .isBetween(start + 4 * DAY, start + 4 * DAY + 7 * DAY / 10);
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
    long now = start + 7 * DAY / 2 - 1;

    intake.takeIn(kept, stored(start), now);

    // After the middle of its life, and two requests are ten seconds apart.
    assertThat(kept.snapshot.nextAttempt).isBetween(now + 10 * SECOND, start + 7 * DAY * 6 / 10);
  }

  @Test
  void good_fetchedLate_isNotAskedAboutAtOnce() {
    long late = start + 7 * DAY * 6 / 10;

    intake.takeIn(kept, good(start), late);

    assertThat(kept.snapshot.nextAttempt).isBetween(late + 10 * SECOND, late + 7 * DAY / 10);
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
}
