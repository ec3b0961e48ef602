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
import static io.github.ocspstapler.Books.preloaded;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Certificates come, are waited for, and go. */
class LedgerTest {
  private final Books books = new Books();
  private final Ledger ledger = books.ledger;
  private final long now = books.now;
  private final KeyManagers keys = new KeyManagers();
  private final Listing listing = new Listing(keys);

  // ---- They come ----

  @Test
  void keep_new_isDueAtOnce() {
    KeptCertificate kept = books.keep("a.test");

    assertThat(books.roster.find(kept.certificate)).isSameAs(kept);
    assertThat(ledger.bare()).isEqualTo(1);
    assertThat(ledger.summary(now).count(State.PENDING)).isEqualTo(1);
    assertThat(ledger.earliest()).isEqualTo(now);
    assertThat(kept.snapshot.nextAttempt).isEqualTo(now);
    assertThat(kept.askable).isTrue();
    assertThat(kept.preloaded).isTrue();
    assertThat(kept.unread).isFalse();
    assertThat(ledger.gates()).singleElement().satisfies(gate -> {
      assertThat(gate.host).isEqualTo("http://ocsp.ca.test");
      assertThat(gate.certificates).isEqualTo(1);
    });
    assertThat(books.ask(now).issuer).isSameAs(ISSUER);
  }

  @Test
  void keep_again_isTheSameEntry() {
    TestCertificate leaf = leaf("a.test");
    KeptCertificate kept = books.keep(preloaded(leaf));

    assertThat(books.keep(found(leaf), now + HOUR)).isSameAs(kept);

    assertThat(kept.preloaded).isTrue();
    assertThat(kept.lastSeen()).isEqualTo(now + HOUR);
    assertThat(ledger.bare()).isEqualTo(1);
  }

  @Test
  void keep_obstacle_isUnstapleableAndNeverAskedAbout() {
    KeptCertificate kept = books.keep(hopeless(leaf("a.test").certificate(), ISSUER));

    assertThat(kept.snapshot.state).isEqualTo(State.UNSTAPLEABLE);
    assertThat(kept.snapshot.lastError).isEqualTo("off");
    assertThat(ledger.bare()).isZero();
    assertThat(ledger.gates()).isEmpty();
    books.pass(now + HOUR);
    assertThat(ledger.next(now + HOUR)).isNull();
  }

  @Test
  void keep_expired_isUnstapleableAndNotForgotten() {
    TestCertificate leaf = leaf("a.test");
    long end = leaf.certificate().getNotAfter().getTime();

    KeptCertificate kept = books.keep(found(leaf), end);
    books.pass(end);
    books.pass(end + DAY);

    assertThat(kept.snapshot.state).isEqualTo(State.UNSTAPLEABLE);
    assertThat(kept.snapshot.lastError)
        .isEqualTo("the certificate expired at " + Announcer.time(end));
    assertThat(kept.removed).isFalse();
    assertThat(ledger.next(end + DAY)).isNull();
    assertThat(books.keep(found(leaf("b.test")), end - 1).snapshot.state).isEqualTo(State.PENDING);
  }

  // A machine starts with a clock that is years ahead.
  @Test
  void keep_expiredByAClockThatIsSetBack_isAskedAbout() {
    TestCertificate leaf = leaf("a.test");
    long end = leaf.certificate().getNotAfter().getTime();
    KeptCertificate kept = books.keep(preloaded(leaf), end + DAY);
    books.pass(end + DAY);

    ledger.clockWentBack(end + DAY, now);
    books.answer(kept, good(now), now);

    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    books.pass(end);
    assertThat(kept.snapshot.state).isEqualTo(State.UNSTAPLEABLE);
  }

  @Test
  void keep_issuerIsKept_isItsParent() {
    KeptCertificate above = books.keep(found(ISSUER, ISSUER, false));

    KeptCertificate kept = books.keep(found(leaf("a.test")));

    assertThat(kept.parent).isSameAs(above);
    assertThat(above.parent).isSameAs(above);
  }

  @Test
  void keep_withoutIssuer_hasNoParent() {
    X509Certificate leaf = leaf("a.test").certificate();
    Found found = new Found(leaf, leaf, null, List.of(), "no issuer", true, false, null, 0);

    assertThat(books.keep(found).parent).isNull();
  }

  @Test
  void keep_listed_isNotSeenByThat() {
    TestCertificate leaf = leaf("a.test");
    KeptCertificate kept = books.keep(listed(leaf, listing, 1));

    books.keep(listed(leaf, listing, 2), now + HOUR);

    assertThat(kept.lastSeen()).isEqualTo(now);
    assertThat(kept.listedAt).isEqualTo(now + HOUR);
    assertThat(kept.listedInRound).isEqualTo(2);
    assertThat(kept.listing).isSameAs(listing);
  }

  // ---- There is no more room ----

  @Test
  void keep_full_forgetsThoseUnseenForLongest() {
    Books small = new Books(settings -> settings.maxCertificates = 64, false);
    List<KeptCertificate> all = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      all.add(small.keep(found(leaf(i + ".test")), now + i * MINUTE));
    }
    assertThat(small.told()).isEmpty();

    List<String> lines =
        small.lines(() -> all.add(small.keep(found(leaf("new.test")), now - DAY)));

    assertThat(all.subList(0, 3)).allSatisfy(kept -> assertThat(kept.removed).isTrue());
    assertThat(all.subList(3, 65)).noneSatisfy(kept -> assertThat(kept.removed).isTrue());
    assertThat(small.roster.size()).isEqualTo(62);
    assertThat(lines)
        .containsExactly(
            "WARNING more than 64 certificates (maxCertificates): forgot 3 that were unseen for"
                + " longest; they come back when they are used");
  }

  @Test
  void keep_listedAndFull_isRefusedAndToldOnce() {
    Books small = new Books(settings -> settings.maxCertificates = 1, false);
    TestCertificate first = leaf("a.test");
    KeptCertificate kept = small.keep(listed(first, listing, 1));

    List<String> lines =
        small.lines(() -> {
          assertThat(small.ledger.keep(listed(leaf("b.test"), listing, 1), now)).isNull();
          assertThat(small.ledger.keep(listed(leaf("c.test"), listing, 1), now)).isNull();
        });

    assertThat(lines)
        .containsExactly(
            "WARNING key managers list more than 1 certificates (maxCertificates): the others are"
                + " stapled when they are used");
    assertThat(small.keep(listed(first, listing, 2))).isSameAs(kept);
    assertThat(small.roster.size()).isEqualTo(1);
  }

  // ---- They come with another chain ----

  @Test
  void keep_sameCaByAnotherCertificate_keepsTheStaple() {
    TestCa ca = TestCa.builder("CA").clock(books.scheduler.clock()).buildCa();
    TestCa again = TestCa.builder("CA").clock(books.scheduler.clock()).keyPair(ca.keyPair()).buildCa();
    X509Certificate leaf = ca.leaf("a.test").certificate();
    KeptCertificate kept = books.keep(found(leaf, ca.certificate(), true));
    books.answer(kept, good(now), now);

    books.keep(found(leaf, again.certificate(), true));

    assertThat(kept.issuer).isSameAs(again.certificate());
    assertThat(kept.next).isSameAs(again.certificate());
    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
  }

  @Test
  void keep_anotherCa_startsOver() {
    KeptCertificate kept = books.keep("a.test");
    Attempt attempt = books.ask(now);
    X509Certificate other = TestCa.root().certificate();

    books.keep(found(kept.certificate, other, true));

    assertThat(kept.issuer).isSameAs(other);
    assertThat(kept.snapshot.state).isEqualTo(State.PENDING);
    assertThat(kept.attempt).isNull();
    ledger.finished(attempt, good(now), now);
    assertThat(kept.snapshot.staple).isNull();
    assertThat(ledger.gates()).singleElement().extracting(gate -> gate.certificates).isEqualTo(1);
    assertThat(books.ask(now).issuer).isSameAs(other);
  }

  @Test
  void keep_anotherCaAfterAStaple_dropsItAndItsIndex() {
    KeptCertificate kept = books.stapled("a.test");
    CertIdKey before = Objects.requireNonNull(kept.certId);

    books.keep(found(kept.certificate, TestCa.root().certificate(), true));

    assertThat(kept.snapshot.staple).isNull();
    assertThat(kept.certId).isNotEqualTo(before);
    assertThat(before.issuer().certificates).isZero();
  }

  @Test
  void keep_chainWithoutIssuer_keepsWhatWasBetter() {
    KeptCertificate kept = books.stapled("a.test");
    X509Certificate leaf = kept.certificate;

    books.keep(new Found(leaf, leaf, null, List.of(), "no issuer", true, false, null, 0));

    assertThat(kept.issuer).isSameAs(ISSUER);
    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
  }

  @Test
  void keep_nobodyToAskAfterAll_completesWhoWaits() {
    TestCertificate leaf = leaf("a.test");
    KeptCertificate kept = books.keep(preloaded(leaf));
    var waiter = books.waiter(kept, false, now);

    books.keep(hopeless(leaf.certificate(), TestCa.root().certificate()));

    assertThat(waiter).isCompletedWithValueMatching(row -> row.state() == State.UNSTAPLEABLE);
    assertThat(ledger.gates()).isEmpty();
  }

  // ---- They are waited for ----

  @Test
  void await_firstAttempt_completesWithItsOutcome() {
    KeptCertificate kept = books.keep("a.test");
    var first = books.waiter(kept, false, now);
    var second = books.waiter(kept, false, now);

    Attempt attempt = books.ask(now);
    assertThat(first).isNotDone();
    ledger.finished(attempt, good(now), now);

    assertThat(first).isCompletedWithValueMatching(row -> row.state() == State.STAPLED);
    assertThat(second).isCompleted();
    assertThat(kept.waiters).isNull();
    assertThat(books.waiter(kept, false, now)).isCancelled();
  }

  @Test
  void await_wish_isFulfilledNow() {
    KeptCertificate kept = books.stapled("a.test");

    var waiter = books.waiter(kept, true, now + HOUR);

    assertThat(ledger.earliest()).isEqualTo(now + HOUR);
    assertThat(kept.wished).isTrue();
    Attempt attempt = books.ask(now + HOUR);
    assertThat(attempt.wished).isTrue();
    ledger.finished(attempt, good(now + HOUR), now + HOUR);
    assertThat(kept.wished).isFalse();
    assertThat(waiter).isCompleted();
  }

  @Test
  void await_wishOfOneThatIsDue_doesNotPutItOff() {
    KeptCertificate kept = books.keep("a.test");

    books.waiter(kept, true, now + HOUR);

    assertThat(kept.nextAttempt).isEqualTo(now);
  }

  @Test
  void await_requestInFlight_joinsIt() {
    KeptCertificate kept = books.keep("a.test");
    Attempt attempt = books.ask(now);

    var waiter = books.waiter(kept, true, now);

    assertThat(kept.wished).isFalse();
    ledger.finished(attempt, good(now), now);
    assertThat(waiter).isCompleted();
  }

  @Test
  void await_nothingToComeOfIt_saysSo() {
    KeptCertificate hopeless = books.keep(hopeless(leaf("a.test").certificate(), ISSUER));
    KeptCertificate removed = books.keep("b.test");
    ledger.forget(removed, now);
    KeptCertificate expired = books.keep("c.test");
    books.pass(expired.notAfter);

    assertThat(List.of(hopeless, removed, expired))
        .allSatisfy(kept -> assertThat(books.waiter(kept, true, now)).isCancelled());
  }

  // ---- They go ----

  @Test
  void forget_known_leavesNothingBehind() {
    KeptCertificate kept = books.keep("a.test");
    var waiter = books.waiter(kept, false, now);
    Attempt attempt = books.ask(now);

    assertThat(ledger.forget(kept, now)).isTrue();

    assertThat(waiter).isCompleted();
    assertThat(books.roster.size()).isZero();
    assertThat(ledger.bare()).isZero();
    assertThat(ledger.earliest()).isEqualTo(RefreshPlan.NEVER);
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
    Books forgetful =
        new Books(settings -> settings.forgetUnseenAfter = Duration.ofDays(2), false);
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

    assertThat(ledger.earliest()).isEqualTo(now + 7 * DAY / 2);
  }

  @Test
  void clockWentBack_requestInFlight_isWatchedByTheNewClock() {
    books.keep("a.test");
    Attempt attempt = books.ask(now + DAY);

    ledger.clockWentBack(now + DAY, now);

    assertThat(attempt.watchedUntil).isEqualTo(now + Ledger.WATCHDOG);
    assertThat(ledger.earliest()).isEqualTo(now + Ledger.WATCHDOG);
  }

  // ---- The end ----

  @Test
  void clear_inUse_tellsWhoWaitsAndForgetsAll() {
    KeptCertificate kept = books.keep("a.test");
    var waiter = books.waiter(kept, false, now);
    Attempt attempt = books.ask(now);
    assertThat(ledger.inFlight()).containsExactly(attempt);

    ledger.clear(now);

    assertThat(waiter).isCompleted();
    assertThat(ledger.inFlight()).isEmpty();
    assertThat(ledger.gates()).isEmpty();
    assertThat(ledger.bare()).isZero();
    assertThat(ledger.earliest()).isEqualTo(RefreshPlan.NEVER);
    assertThat(books.roster.size()).isZero();
  }
}
