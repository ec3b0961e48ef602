package io.github.ocspstapler;

import static io.github.ocspstapler.Books.DAY;
import static io.github.ocspstapler.Books.HOUR;
import static io.github.ocspstapler.Books.ISSUER;
import static io.github.ocspstapler.Books.MINUTE;
import static io.github.ocspstapler.Books.SECOND;
import static io.github.ocspstapler.Books.found;
import static io.github.ocspstapler.Books.good;
import static io.github.ocspstapler.Books.hopeless;
import static io.github.ocspstapler.Books.leaf;
import static io.github.ocspstapler.Books.listed;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Certificates go: forgotten, expired, or thought to be by a clock that is wrong. */
class LedgerForgetTest {
  private final Books books = new Books();
  private final Ledger ledger = books.ledger;
  private final long now = books.now;
  private final Listing listing = new Listing(new KeyManagers());

  @Test
  void forget_known_leavesNothingBehind() {
    KeptCertificate kept = books.keep("a.test");
    var waiter = books.waiter(kept, false, now);
    Attempt attempt = books.ask(now);

    assertThat(ledger.forget(kept, now)).isTrue();

    assertThat(waiter).isCompleted();
    assertThat(books.roster.size()).isZero();
    assertThat(ledger.bare()).isZero();
    assertThat(ledger.earliest()).isEqualTo(now + Ledger.WATCHDOG); // its request's
    assertThat(attempt.gate.certificates).isZero();
    assertThat(books.told()).containsExactly("a.test: forgotten");
    assertThat(ledger.forget(kept, now)).isFalse();
    ledger.finished(attempt, good(now), now);
    assertThat(kept.snapshot.staple).isNull();
    assertThat(ledger.earliest()).isEqualTo(RefreshPlan.NEVER);
    assertThat(ledger.summary(now).certificates().values()).containsOnly(0);
  }

  @Test
  void forget_waitingForASlot_isNotAskedAbout() {
    KeptCertificate kept = books.keep("a.test");
    books.pass(now);
    assertThat(kept.ready).isTrue();

    ledger.forget(kept, now);

    assertThat(kept.ready).isFalse();
    assertThat(ledger.next(now)).isNull();
  }

  @Test
  void workOff_unused_isForgottenInTime() {
    Books forgetful = new Books(settings -> settings.forgetUnseenAfter = Duration.ofDays(2), false);
    KeptCertificate kept = forgetful.keep(found(leaf("a.test")));
    kept.seen(now + HOUR);
    forgetful.answer(kept, good(now), now);
    long end = now + HOUR + 2 * DAY;

    forgetful.pass(end - 1);
    assertThat(kept.removed).isFalse();
    assertThat(forgetful.ledger.earliest()).isEqualTo(end);
    forgetful.pass(end);

    assertThat(kept.removed).isTrue();
    assertThat(forgetful.told()).containsExactly("a.test: stapled", "a.test: forgotten");
  }

  @Test
  void workOff_preloadedAndUnused_stays() {
    KeptCertificate kept = books.stapled("a.test");

    books.pass(now + 30 * DAY);

    assertThat(kept.removed).isFalse();
  }

  @Test
  void workOff_listedAndUnused_staysUntilItIsListedNoMore() {
    KeptCertificate kept = books.keep(listed(leaf("a.test"), listing, 1));
    listing.succeeded(1);
    books.answer(kept, good(now), now);

    // It is looked at every hour, for nobody tells when a key manager lists it no more.
    assertThat(ledger.earliest()).isEqualTo(now + Agenda.ROTATED_OUT);
    books.pass(now + 30 * DAY);
    assertThat(kept.removed).isFalse();
    listing.succeeded(2);
    books.pass(now + 31 * DAY);

    assertThat(kept.removed).isTrue();
  }

  @Test
  void workOff_listedNoMore_isForgottenAnHourAfterItWasSeen() {
    KeptCertificate kept = books.keep(listed(leaf("a.test"), listing, 1), now);
    books.keep(listed(leaf("a.test"), listing, 1), now);
    listing.succeeded(2);
    books.answer(kept, good(now), now);

    books.pass(now + HOUR - 1);
    assertThat(kept.removed).isFalse();
    books.pass(now + HOUR);

    assertThat(kept.removed).isTrue();
  }

  @Test
  void workOff_seenInTheFuture_isForgottenAllTheSame() {
    KeptCertificate kept = books.keep(found(leaf("a.test")), now);
    kept.seen(now + 1000 * DAY);

    ledger.clockWentBack(now + 1000 * DAY, now);
    books.pass(now + 7 * DAY);
    books.pass(now + 14 * DAY);

    // Each time it is worked off, the clock may have been set back again.
    assertThat(ledger.earliest()).isLessThanOrEqualTo(now + 21 * DAY);
  }

  @Test
  void workOff_expired_isForgotten() {
    KeptCertificate kept = books.keep(found(leaf("a.test")), now);
    for (long day = now; day < kept.notAfter; day += DAY) {
      kept.seen(day);
    }
    books.pass(kept.notAfter - 1);
    assertThat(kept.removed).isFalse();
    assertThat(ledger.earliest()).isEqualTo(kept.notAfter);

    books.pass(kept.notAfter);

    assertThat(kept.removed).isTrue();
  }

  @Test
  void workOff_expiredAndPreloaded_isForgottenADayLater() {
    KeptCertificate kept = books.keep("a.test");
    Attempt attempt = books.ask(now);
    var waiter = books.waiter(kept, false, now);

    books.pass(kept.notAfter);

    assertThat(waiter).isCompletedWithValueMatching(row -> row.state() == State.UNSTAPLEABLE);
    assertThat(kept.snapshot.lastError)
        .isEqualTo("the certificate expired at " + Announcer.time(kept.notAfter));
    ledger.finished(attempt, good(now), kept.notAfter);
    assertThat(kept.snapshot.state).isEqualTo(State.UNSTAPLEABLE);
    assertThat(ledger.earliest()).isEqualTo(kept.notAfter + DAY);
    books.pass(kept.notAfter + DAY - 1);
    assertThat(kept.removed).isFalse();
    books.pass(kept.notAfter + DAY);
    assertThat(kept.removed).isTrue();
  }

  @Test
  void workOff_expiredWhileWaitingForASlot_isNotAskedAbout() {
    KeptCertificate kept = books.keep("a.test");
    books.pass(now);

    books.pass(kept.notAfter);

    assertThat(ledger.next(kept.notAfter)).isNull();
  }

  @Test
  void workOff_preloadedWithoutResponderExpires_isForgottenAtOnce() {
    KeptCertificate kept = books.keep(hopeless(leaf("a.test").certificate(), ISSUER));

    books.pass(kept.notAfter);

    assertThat(kept.removed).isTrue();
  }

  // ---- The clock ----

  @Test
  void clockWentBack_expiredMeanwhile_startsOver() {
    KeptCertificate kept = books.stapled("a.test");
    books.pass(kept.notAfter);

    List<String> lines = books.lines(() -> ledger.clockWentBack(kept.notAfter, now + HOUR));

    assertThat(kept.snapshot.state).isEqualTo(State.PENDING);
    assertThat(kept.expiredAt).isEqualTo(RefreshPlan.NEVER);
    assertThat(books.ask(now + HOUR).kept).isSameAs(kept);
    assertThat(lines)
        .containsExactly(
            "WARNING the clock was set back from "
                + Announcer.time(kept.notAfter)
                + " to "
                + Announcer.time(now + HOUR)
                + ": all refreshes are planned anew");
  }

  @Test
  void clockWentBack_stillExpired_isForgottenADayAfterNow() {
    KeptCertificate kept = books.stapled("a.test");
    long end = kept.notAfter;
    books.pass(end + HOUR);

    ledger.clockWentBack(end + HOUR, end);

    assertThat(kept.snapshot.state).isEqualTo(State.UNSTAPLEABLE);
    assertThat(kept.expiredAt).isEqualTo(end);
    assertThat(ledger.earliest()).isEqualTo(end + DAY);
    ledger.clockWentBack(end + HOUR, end + MINUTE);
    assertThat(kept.expiredAt).isEqualTo(end);
  }

  @Test
  void clockWentBack_plannedFarAhead_isPlannedAnew() {
    KeptCertificate kept = books.keep("a.test");
    books.answer(kept, good(now), now + 6 * DAY);
    assertThat(kept.nextAttempt).isEqualTo(now + 6 * DAY + HOUR / 2 + 5 * SECOND);

    ledger.clockWentBack(now + 6 * DAY, now);

    assertThat(ledger.earliest()).isBetween(now + 7 * DAY / 2, now + 7 * DAY * 6 / 10);
  }

  @Test
  void clockWentBack_seenByTheWrongClock_isNotYoungUntilItIsRight() {
    KeptCertificate kept = books.keep(found(leaf("a.test")), now + DAY);

    ledger.clockWentBack(now + DAY, now);

    assertThat(kept.firstSeen).isEqualTo(now);
  }

  @Test
  void clockWentBack_waitingForAnotherNode_waitsNoLongerForIt() {
    KeptCertificate waiting = books.keep("a.test");
    KeptCertificate other = books.keep("b.test");
    waiting.waitingSince = now + DAY;

    ledger.clockWentBack(now + DAY, now);

    assertThat(waiting.waitingSince).isEqualTo(now);
    assertThat(other.waitingSince).isEqualTo(RefreshPlan.NEVER);
  }

  @Test
  void clockWentBack_requestInFlight_isWatchedByTheNewClock() {
    books.keep("a.test");
    Attempt attempt = books.ask(now + DAY);

    ledger.clockWentBack(now + DAY, now);

    assertThat(attempt.watchedUntil).isEqualTo(now + Ledger.WATCHDOG);
    assertThat(ledger.earliest()).isEqualTo(now + Ledger.WATCHDOG);
  }
}
