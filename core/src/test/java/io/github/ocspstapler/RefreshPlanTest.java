package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.ocsp.CertificateStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The bounds of the refresh arithmetic, held against many random cases and the corners. */
class RefreshPlanTest {
  private static final int CASES = 200_000;
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long MINUTE = 60_000;

  private static final long PLACE = 42L << 32;

  private final RefreshPlan plan = RefreshPlan.DEFAULT;
  private final RandomGenerator random = new SplittableRandom(7);
  private final long now = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

  // S3, C10
  @Test
  void refreshAt_anyValidityAndMaxAge_isAfterHalfAndBeforeTheLatest() {
    for (int i = 0; i < CASES; i++) {
      long life = between(MINUTE, 60 * 24 * HOUR);
      long freshUntil = now + between(-HOUR, 2 * life);

      long at = plan.refreshAt(now, now, now + life, freshUntil, PLACE, random);

      assertThat(at).isGreaterThanOrEqualTo(now + life / 2);
      assertThat(at).isLessThanOrEqualTo(now + life / 4 * 3 + 1);
      if (life >= 16 * HOUR) {
        assertThat(at).isLessThanOrEqualTo(now + life - 8 * HOUR);
      }
      if (freshUntil < now + life / 2) {
        assertThat(at).isLessThanOrEqualTo(now + life / 2 + life / 10);
      }
    }
  }

  @Test
  void refreshAt_answerOfAnyAge_isInTheFutureAndNeverHurried() {
    for (int i = 0; i < CASES; i++) {
      long life = between(1, 60 * 24 * HOUR);
      long thisUpdate = now - between(0, life);

      long at = plan.refreshAt(now, thisUpdate, thisUpdate + life, 0, PLACE, random);

      assertThat(at - now).isGreaterThanOrEqualTo(RefreshPlan.SHORTEST_REFRESH);
      long left = thisUpdate + life - now;
      if (left > 2 * MINUTE) {
        assertThat(at).isLessThan(thisUpdate + life);
      }
    }
  }

  @Test
  void refreshAt_exactlySixteenHours_asksAtTheLastMomentThatIsEarlyEnough() {
    long at = plan.refreshAt(now, now, now + 16 * HOUR, 0, PLACE, random);

    assertThat(at).isEqualTo(now + 8 * HOUR);
  }

  @Test
  void refreshAt_manyCertificates_areSpread() {
    long week = 7 * 24 * HOUR;

    long distinct =
        LongStream.range(0, 1_000)
            .map(place -> plan.refreshAt(now, now, now + week, 0, place << 32, random))
            .distinct()
            .count();

    assertThat(distinct).isGreaterThan(990);
  }

  // S6: the first of many nodes asks for all of them, and must not always come at once.
  @Test
  void refreshAt_firstOfAThousandNodes_spreadsCertificatesAsOneNodeDoes() {
    long week = 7 * 24 * HOUR;
    long half = now + week / 2;

    List<Long> firsts =
        LongStream.range(0, 200)
            .map(place ->
                LongStream.range(0, 1_000)
                    .map(node -> plan.refreshAt(now, now, now + week, 0, place << 32, random))
                    .min()
                    .orElseThrow())
            .sorted()
            .boxed()
            .toList();

    for (int tenth = 1; tenth < 10; tenth++) {
      assertThat((firsts.get(20 * tenth) - half) / (week / 10.0))
          .isCloseTo(0.09 * tenth, Offset.offset(0.08));
    }
  }

  // S6: one of them is ahead, so that the others hear of its answer before they ask.
  @Test
  void refreshAt_thousandNodes_areApart() {
    long week = 7 * 24 * HOUR;

    long[] times =
        LongStream.range(0, 1_000)
            .map(node -> plan.refreshAt(now, now, now + week, 0, PLACE, random))
            .sorted()
            .toArray();

    assertThat(times[999] - times[0]).isBetween(week / 110, week / 100);
  }

  @Test
  void afterOutage_littleOrMuchLeftOfTheStaple_isWithinSecondsOrAnHour() {
    for (int i = 0; i < CASES; i++) {
      long left = between(-HOUR, 60 * 24 * HOUR);
      long place = between(0, Long.MAX_VALUE - 1);

      long delay = plan.afterOutage(now, now + left, place, random) - now;

      assertThat(delay).isBetween(0L, Math.min(HOUR, Math.max(5_000, left / 8)) * 11 / 10);
    }
  }

  // S6: each node's pauses end at another time, and yet no certificate is asked about at once.
  @Test
  void afterOutage_firstOfAThousandNodes_spreadsCertificatesOverFortyMinutes() {
    List<Long> firsts =
        LongStream.range(0, 200)
            .map(place ->
                LongStream.range(0, 1_000)
                    .map(node -> now + node * 300) // within five minutes
                    .map(from -> plan.afterOutage(from, now + 84 * HOUR, place << 32, random))
                    .min()
                    .orElseThrow())
            .map(first -> first - now)
            .sorted()
            .boxed()
            .toList();

    assertThat(firsts.get(100)).isCloseTo(21 * MINUTE, Offset.offset(5 * MINUTE));
    assertThat(firsts.get(199)).isGreaterThan(39 * MINUTE);
  }

  @Test
  void spread_aThousandCertificates_fillItEvenly() {
    List<Long> delays =
        LongStream.range(0, 1_000)
            .map(place -> RefreshPlan.spread(HOUR, place << 32, random))
            .sorted()
            .boxed()
            .toList();

    assertThat(delays.get(0)).isNotNegative();
    assertThat(delays.get(500)).isCloseTo(HOUR / 2, Offset.offset(5 * MINUTE));
    assertThat(delays.get(999)).isBetween(55 * MINUTE, HOUR);
  }

  @Test
  void servedUntil_anyAnswer_endsBeforeEveryEnd() {
    for (int i = 0; i < CASES; i++) {
      long nextUpdate = now + between(1, 60 * 24 * HOUR);
      long validUntil = now + between(1, 60 * 24 * HOUR);
      long notAfter = now + between(1, 60 * 24 * HOUR);

      long until = plan.servedUntil(now, nextUpdate, validUntil, notAfter);

      assertThat(until).isLessThanOrEqualTo(nextUpdate);
      assertThat(until).isLessThanOrEqualTo(validUntil);
      assertThat(until).isLessThanOrEqualTo(notAfter);
      assertThat(until - now)
          .isGreaterThanOrEqualTo(
              Math.min(Math.min(validUntil, notAfter) - now, 7 * (nextUpdate - now) / 8));
    }
  }

  @Test
  void servedUntil_longValidity_isFiveMinutesBeforeNextUpdate() {
    long nextUpdate = now + 24 * HOUR;

    long until = plan.servedUntil(now, nextUpdate, nextUpdate, RefreshPlan.NEVER);

    assertThat(nextUpdate - until).isEqualTo(5 * MINUTE);
  }

  @Test
  void servedUntil_sixMinutesOfValidity_isServedForMostOfThem() {
    long nextUpdate = now + 6 * MINUTE;

    long until = plan.servedUntil(now, nextUpdate, nextUpdate, RefreshPlan.NEVER);

    assertThat(until - now).isEqualTo(Duration.ofSeconds(315).toMillis());
  }

  @Test
  void servedUntil_noNextUpdate_isWhatTheVerifierAllows() {
    long until = plan.servedUntil(now, RefreshPlan.NEVER, now + HOUR, RefreshPlan.NEVER);

    assertThat(until).isEqualTo(now + HOUR);
  }

  // X10
  @Test
  void retryAt_anyFailures_isBetweenASecondAndTheCap() {
    for (int i = 0; i < CASES; i++) {
      int failures = i % 4 == 0 ? Integer.MAX_VALUE : (int) between(1, 10_000);
      long remaining = between(-HOUR, 60 * 24 * HOUR);
      boolean outage = i % 2 == 0;

      long delay = plan.retryAt(now, failures, now + remaining, outage, null, random) - now;

      assertThat(delay).isBetween(1_000L, HOUR);
      if (remaining > 0) {
        assertThat(delay).isLessThanOrEqualTo(Math.max(10_000, remaining / 8));
      } else if (outage) {
        assertThat(delay).isLessThanOrEqualTo(RefreshPlan.BARE_RETRY);
      }
      if (failures < 8) {
        assertThat(delay).isLessThanOrEqualTo(10_000L << (failures - 1));
      }
    }
  }

  @Test
  void retryAt_retryAfter_isHonouredButNeverLosesTheStaple() {
    for (int i = 0; i < CASES; i++) {
      long remaining = between(MINUTE, 60 * 24 * HOUR);
      Duration asked = Duration.ofMillis(between(0, 90 * 24 * HOUR));

      long delay = plan.retryAt(now, 3, now + remaining, false, asked, random) - now;

      assertThat(delay).isGreaterThanOrEqualTo(Math.min(asked.toMillis(), remaining / 2));
      assertThat(delay).isLessThan(remaining);
    }
  }

  @Test
  void retryAt_endlessRetryAfterAndNoStaple_isTheLongestRetryAtMost() {
    Duration asked = Duration.ofSeconds(Long.MAX_VALUE);

    long delay = plan.retryAt(now, 1, now, false, asked, random) - now;

    assertThat(delay).isEqualTo(HOUR);
  }

  @Test
  void askAgainAt_anyRemaining_isBetweenTenSecondsAndAboutAnHour() {
    for (int i = 0; i < CASES; i++) {
      long until = i == 0 ? RefreshPlan.NEVER : now + between(-HOUR, 60 * HOUR);

      long delay = plan.askAgainAt(now, until, random) - now;

      assertThat(delay)
          .isBetween(RefreshPlan.SHORTEST_REFRESH, HOUR + RefreshPlan.SHORTEST_REFRESH);
    }
  }

  // B3
  @Test
  void lateAt_anyValidity_comesAfterTheLatestRefreshAndBeforeTheEnd() {
    for (int i = 0; i < CASES; i++) {
      long life = between(1_000, 60 * 24 * HOUR);

      long late = RefreshPlan.lateAt(now, now + life);

      assertThat(late).isGreaterThanOrEqualTo(RefreshPlan.latestRefresh(now, now + life));
      assertThat(late).isLessThan(now + life);
      if (life >= 16 * HOUR) {
        assertThat(late).isEqualTo(now + life - 8 * HOUR + MINUTE);
      }
    }
  }

  // S6: whatever the store says, and should the other node be no more.
  @Test
  void mayBeLeft_anyInstant_leavesTimeToAskBeforeItIsLate() {
    int left = 0;
    for (int i = 0; i < CASES; i++) {
      long life = between(MINUTE, 60 * 24 * HOUR);
      Staple held = staple(life);
      long at = now + between(0, life);
      long again = at + between(-HOUR, life);

      if (plan.mayBeLeft(at, again, held)) {
        left++;
        assertThat(again).isGreaterThan(at);
        assertThat(plan.afterOther(at, again, random))
            .isBetween(again, Math.min(again + HOUR, again + (again - at)))
            .isLessThan(RefreshPlan.lateAt(now, now + life));
      }
    }
    assertThat(left).isGreaterThan(CASES / 10);
  }

  @Test
  void mayBeLeft_aWeek_isUntilTheLastTwoHoursBeforeItIsOverdue() {
    Staple held = staple(7 * 24 * HOUR);
    long overdue = now + 160 * HOUR;

    assertThat(plan.mayBeLeft(overdue - 2 * HOUR, overdue - HOUR, held)).isTrue();
    assertThat(plan.mayBeLeft(overdue - 2 * HOUR, overdue - HOUR + 1, held)).isFalse();
    assertThat(plan.mayBeLeft(overdue - HOUR, overdue - HOUR / 2, held)).isTrue();
    assertThat(plan.mayBeLeft(overdue - HOUR, overdue - HOUR / 2 + 1, held)).isFalse();
    assertThat(plan.mayBeLeft(now, now, held)).isFalse();
    assertThat(
            plan.mayBeLeft(now, RefreshPlan.after(now, Duration.ofSeconds(Long.MAX_VALUE)), held))
        .isFalse();
  }

  // Nobody goes ahead: each comes by itself, as if each had asked.
  @Test
  void afterOther_eitherEndOfTheDice_isThenOrAsLongAPauseLater() {
    assertThat(plan.afterOther(now, now + HOUR / 2, Dice.LOW)).isEqualTo(now + HOUR / 2);
    assertThat(plan.afterOther(now, now + HOUR / 2, Dice.HIGH)).isEqualTo(now + HOUR);
    assertThat(plan.afterOther(now, now + 30 * HOUR, Dice.HIGH)).isEqualTo(now + 31 * HOUR);
  }

  private Staple staple(long life) {
    return new Staple(
        new byte[0], new CertificateStatus.Good(), null, now, now + life, now + life, now + life);
  }

  @Test
  void revokedAskAt_hold_isWithinTheHour() {
    for (int i = 0; i < 1_000; i++) {
      long at = plan.revokedAskAt(now, now, now + 7 * 24 * HOUR, true, PLACE, random);

      assertThat(at - now).isBetween(HOUR / 2, HOUR);
    }
  }

  // B5
  @Test
  void isYoung_backdatedByAnHour_countsFromTheFirstSight() {
    long quarter = 15 * MINUTE;

    assertThat(RefreshPlan.isYoung(now, now - HOUR, now - MINUTE)).isTrue();
    assertThat(RefreshPlan.isYoung(now, now - quarter + 1, now - quarter)).isTrue();
    assertThat(RefreshPlan.isYoung(now, now - HOUR, now - quarter)).isFalse();
    assertThat(RefreshPlan.isYoung(now, now - 3 * HOUR, now)).isFalse();
  }

  // Exact instants, with the dice at either end.

  @Test
  void refreshAt_tenHours_isAfterHalfAndUpToATenthMore() {
    long end = now + 10 * HOUR;
    long shared = sharedPart(54 * MINUTE);

    assertThat(plan.refreshAt(now, now, end, 0, PLACE, Dice.LOW))
        .isEqualTo(now + 5 * HOUR + shared);
    assertThat(plan.refreshAt(now, now, end, 0, PLACE, Dice.HIGH))
        .isEqualTo(now + 5 * HOUR + shared + 6 * MINUTE);
  }

  /** What all nodes add for this certificate. */
  private long sharedPart(long most) {
    return new SplittableRandom(PLACE + now).nextLong(most + 1);
  }

  @Test
  void refreshAt_freshLonger_isSoMuchLaterPlusTheSpread() {
    long end = now + 10 * HOUR;

    assertThat(plan.refreshAt(now, now, end, now + 5 * HOUR, PLACE, Dice.HIGH))
        .isEqualTo(now + 5 * HOUR + sharedPart(54 * MINUTE) + 6 * MINUTE);
    assertThat(plan.refreshAt(now, now, end, now + 6 * HOUR + 1, PLACE, Dice.HIGH))
        .isEqualTo(now + 6 * HOUR + 1 + sharedPart(54 * MINUTE) + 6 * MINUTE);
  }

  @Test
  void refreshAt_halfAndSpreadAreOver_asksAgainLaterInsteadOfAtOnce() {
    long at = plan.refreshAt(now, now - 7 * HOUR, now + 3 * HOUR, 0, PLACE, Dice.LOW);

    assertThat(at).isEqualTo(plan.askAgainAt(now, now + 3 * HOUR, Dice.LOW));
    assertThat(at - now).isEqualTo(3 * HOUR / 16 + 5_000);
  }

  @Test
  void askAgainAt_eitherEndOfTheDice_isBetweenHalfAndAllOfThePause() {
    assertThat(plan.askAgainAt(now, now + 4 * HOUR, Dice.LOW) - now).isEqualTo(HOUR / 4 + 5_000);
    assertThat(plan.askAgainAt(now, now + 4 * HOUR, Dice.HIGH) - now).isEqualTo(HOUR / 2 + 5_000);
  }

  @Test
  void retryAt_eitherEndOfTheDice_isASecondOrAllOfThePause() {
    assertThat(plan.retryAt(now, 3, now, false, null, Dice.LOW) - now).isEqualTo(1_000);
    assertThat(plan.retryAt(now, 3, now, false, null, Dice.HIGH) - now).isEqualTo(40_000);
  }

  @Test
  void retryAt_stapleEndsNow_isAsIfThereWereNone() {
    Duration halfAnHour = Duration.ofMinutes(30);

    assertThat(plan.retryAt(now, 20, now, false, null, Dice.HIGH) - now).isEqualTo(HOUR);
    assertThat(plan.retryAt(now, 20, now, true, null, Dice.HIGH) - now)
        .isEqualTo(RefreshPlan.BARE_RETRY);
    assertThat(plan.retryAt(now, 20, now, true, halfAnHour, Dice.LOW) - now).isEqualTo(30 * MINUTE);
  }

  @Test
  void youngRetryAt_eitherEndOfTheDice_isHalfAMinuteToAMinute() {
    assertThat(RefreshPlan.youngRetryAt(now, Dice.LOW) - now).isEqualTo(MINUTE / 2);
    assertThat(RefreshPlan.youngRetryAt(now, Dice.HIGH) - now).isEqualTo(MINUTE);
  }

  @Test
  void revokedAskAt_forGood_isAfterSixHoursOrATenthLess() {
    long end = now + 7 * 24 * HOUR;

    assertThat(plan.revokedAskAt(now, now, end, false, PLACE, Dice.LOW) - now).isEqualTo(6 * HOUR);
    assertThat(plan.revokedAskAt(now, now, end, false, PLACE, Dice.HIGH) - now)
        .isEqualTo(6 * HOUR / 10 * 9);
    assertThat(plan.revokedAskAt(now, now, end, true, PLACE, Dice.HIGH) - now)
        .isEqualTo(HOUR / 10 * 9);
  }

  @Test
  void revokedAskAt_answerEndsSooner_isBeforeThat() {
    assertThat(plan.revokedAskAt(now, now, now + 2 * HOUR, false, PLACE, Dice.LOW) - now)
        .isEqualTo(HOUR + sharedPart(12 * MINUTE / 10 * 9));
  }

  @Test
  void expiringAt_anyLife_isFourHoursOrAnEighthBeforeTheEnd() {
    assertThat(RefreshPlan.expiringAt(now, now + 100 * HOUR)).isEqualTo(now + 96 * HOUR);
    assertThat(RefreshPlan.expiringAt(now, now + 8 * HOUR)).isEqualTo(now + 7 * HOUR);
    assertThat(RefreshPlan.expiringAt(now, now - HOUR)).isEqualTo(now - HOUR);
  }

  @Test
  void isYoung_backdatedByExactlyAsMuchAsAllowed_countsFromTheFirstSight() {
    assertThat(RefreshPlan.isYoung(now, now - 61 * MINUTE, now)).isTrue();
    assertThat(RefreshPlan.isYoung(now, now - 61 * MINUTE - 1, now)).isFalse();
  }

  /** Dice that always fall to one side. */
  private enum Dice implements RandomGenerator {
    LOW,
    HIGH;

    @Override
    public long nextLong() {
      throw new AssertionError("no dice without a bound");
    }

    @Override
    public long nextLong(long bound) {
      return this == LOW ? 0 : bound - 1;
    }
  }

  private long between(long least, long most) {
    return random.nextLong(least, most + 1);
  }
}
