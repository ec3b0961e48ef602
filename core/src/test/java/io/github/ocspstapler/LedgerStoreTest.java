package io.github.ocspstapler;

import static io.github.ocspstapler.Books.DAY;
import static io.github.ocspstapler.Books.HOUR;
import static io.github.ocspstapler.Books.ISSUER;
import static io.github.ocspstapler.Books.down;
import static io.github.ocspstapler.Books.found;
import static io.github.ocspstapler.Books.good;
import static io.github.ocspstapler.Books.hopeless;
import static io.github.ocspstapler.Books.leaf;
import static io.github.ocspstapler.Books.look;
import static io.github.ocspstapler.Books.preloaded;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.Look.Finding;
import io.github.ocspstapler.Look.Result;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.testkit.TestCa;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The store is looked into before anybody is asked, and given what came of it. */
class LedgerStoreTest {
  private static final Finding NOTHING = Finding.nothing(Result.NOTHING);

  private final Books books = Books.stored();
  private final Ledger ledger = books.ledger;
  private final long now = books.now;

  @Test
  void keep_new_isLookedUpBeforeAnybodyIsAsked() {
    KeptCertificate kept = books.keep("a.test");
    assertThat(kept.unread).isTrue();

    books.pass(now);

    assertThat(look(kept).issuer).isSameAs(ISSUER);
    assertThat(ledger.look(kept, now)).isSameAs(look(kept));
    assertThat(ledger.next(now)).isNull();
    assertThat(ledger.earliest()).isEqualTo(now + StoreReader.PATIENCE);
  }

  @Test
  void looked_answer_isStapledWithoutRequest() {
    KeptCertificate kept = books.keep("a.test");
    var waiter = books.waiter(kept, false, now);
    kept.waitingSince = now;

    books.find(kept, found(good(now)), now);

    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    assertThat(waiter).isCompletedWithValueMatching(row -> row.state() == State.STAPLED);
    assertThat(kept.unread).isFalse();
    assertThat(kept.waitingSince).isEqualTo(RefreshPlan.NEVER);
    assertThat(kept.look).isNull();
    assertThat(ledger.earliest()).isBetween(now + 7 * DAY / 2, now + 7 * DAY * 6 / 10);
    assertThat(kept.looked).isFalse(); // another may have renewed it by then
    assertThat(saved()).isFalse();
  }

  @Test
  void looked_answerThatIsToBeRenewed_isStapledAndThenAskedAbout() {
    KeptCertificate kept = books.keep("a.test");
    long half = now + 7 * DAY / 2;

    books.find(kept, found(good(now)), half);

    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    assertThat(books.ask(half).kept).isSameAs(kept);
  }

  @Test
  void looked_nothing_isAskedAbout() {
    KeptCertificate kept = books.keep("a.test");
    var waiter = books.waiter(kept, false, now);

    books.find(kept, NOTHING, now);

    assertThat(kept.unread).isFalse();
    assertThat(waiter).isNotDone();
    books.answer(kept, good(now), now);
    assertThat(waiter).isCompleted();
    assertThat(kept.looked).isFalse();
    assertThat(saved()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Result.class)
  void looked_stapleLost_isSavedAgainOnlyThen(Result result) {
    KeptCertificate kept = stapled("a.test");
    books.store.staples.clear();
    long later = kept.nextAttempt;

    books.find(kept, new Finding(result, null, "forged", Duration.ZERO), later);

    assertThat(saved()).isEqualTo(result == Result.NOTHING || result == Result.REFUSED);
    assertThat(books.ask(later).kept).isSameAs(kept);
  }

  @Test
  void looked_entryRefused_isToldOnce() {
    KeptCertificate kept = stapled("a.test");
    Finding forged = Finding.refused("forged");

    List<String> lines =
        books.lines(() -> {
          books.find(kept, forged, kept.nextAttempt);
          books.answer(kept, down(), kept.nextAttempt);
          books.find(kept, forged, kept.nextAttempt);
        });

    assertThat(lines)
        .containsExactly("WARNING a.test: its staple in the store is refused and replaced: forged");
  }

  @Test
  void looked_otherIssuerMeanwhile_isAnotherQuestion() {
    KeptCertificate kept = books.keep("a.test");
    books.pass(now);
    Look first = look(kept);
    books.keep(found(kept.certificate, TestCa.root().certificate(), true));

    ledger.looked(first, found(good(now)), now);

    assertThat(kept.snapshot.staple).isNull();
    books.pass(now);
    assertThat(look(kept)).isNotSameAs(first);
  }

  @Test
  void looked_goneMeanwhile_isNotTakenIn() {
    KeptCertificate removed = books.keep("a.test");
    KeptCertificate expired = books.keep("b.test");
    KeptCertificate hopeless = books.keep("c.test");
    books.pass(now);
    ledger.forget(removed, now);
    books.keep(hopeless(hopeless.certificate, TestCa.root().certificate()));
    Look ofExpired = look(expired);
    books.pass(expired.notAfter);

    ledger.looked(look(removed), found(good(now)), now);
    ledger.looked(look(hopeless), found(good(now)), now);
    ledger.looked(ofExpired, found(good(now)), now);

    assertThat(List.of(removed, expired, hopeless))
        .allSatisfy(kept -> assertThat(kept.snapshot.staple).isNull());
    assertThat(hopeless.look).isNull();
    assertThat(books.told()).doesNotContain("a.test: stapled", "b.test: stapled");
  }

  // ---- A store that hangs ----

  @Test
  void watch_storeHangs_isNotWaitedForAnyLonger() {
    KeptCertificate kept = books.keep("a.test");
    books.pass(now);
    Look look = look(kept);

    long end = now + StoreReader.PATIENCE;
    books.pass(end - 1);
    assertThat(look.givenUp).isFalse();
    assertThat(books.ask(end).kept).isSameAs(kept);

    assertThat(look.givenUp).isTrue();
    assertThat(kept.unread).isFalse();
    assertThat(kept.look).isSameAs(look); // there is never more than one
    assertThat(ledger.look(kept, end)).isNull();
  }

  @Test
  void watch_storeIsBusyWithOthers_isWaitedFor() {
    KeptCertificate kept = books.keep("a.test");
    books.pass(now);
    long end = now + StoreReader.PATIENCE;
    books.storeReturns(end);

    books.pass(end);

    assertThat(look(kept).givenUp).isFalse();
    assertThat(ledger.earliest()).isEqualTo(end + StoreReader.PATIENCE);
    assertThat(ledger.next(end)).isNull();
  }

  @Test
  void watch_certificateExpiresMeanwhile_isLeftAlone() {
    KeptCertificate kept = books.keep("a.test");
    books.pass(kept.notAfter - 1);
    assertThat(kept.look).isNotNull();

    books.pass(kept.notAfter);

    assertThat(ledger.earliest()).isEqualTo(kept.notAfter + DAY);
  }

  // ---- A host that does not answer ----

  // Another process, which shares the directory, may reach it.
  @Test
  void putOff_hostIsDown_looksAgainEachTime() {
    List<KeptCertificate> all = new ArrayList<>();
    for (int i = 0; i <= HostGate.FAILURES_TO_OPEN; i++) {
      all.add(books.keep(i + ".test"));
    }
    books.pass(now);
    all.forEach(kept -> ledger.looked(look(kept), NOTHING, now));
    for (int i = 0; i < HostGate.FAILURES_TO_OPEN; i++) {
      ledger.finished(books.ask(now), down(), now);
    }
    KeptCertificate sentAway =
        all.stream().filter(kept -> kept.failures == 0).findFirst().orElseThrow();
    KeptCertificate comesNext = books.keep("next.test");
    books.find(comesNext, NOTHING, now);
    books.pass(now);
    assertThat(comesNext.snapshot.state).isEqualTo(State.UNAVAILABLE);

    for (KeptCertificate kept : List.of(sentAway, comesNext)) {
      long later = kept.nextAttempt;
      books.find(kept, found(good(now)), later);
      assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    }
  }

  // ---- The clock ----

  @Test
  void clockWentBack_storeHangs_isNotWaitedForUntilTheClockHasCaughtUp() {
    KeptCertificate kept = books.keep(preloaded(leaf("a.test")), now + DAY);
    books.pass(now + DAY);

    ledger.clockWentBack(now + DAY, now);

    assertThat(ledger.earliest()).isEqualTo(now + StoreReader.PATIENCE);
    assertThat(books.ask(now + StoreReader.PATIENCE).kept).isSameAs(kept);
  }

  // ---- Another node has asked ----

  @Test
  void looked_sameAndJustAskedAbout_isLeftToWhoAsked() {
    KeptCertificate kept = stapled("a.test");
    long due = kept.nextAttempt;
    kept.waitingSince = due;

    books.find(kept, Finding.same(Duration.ofMinutes(40)), due);

    assertThat(kept.nextAttempt).isEqualTo(due + 40 * Books.MINUTE);
    assertThat(kept.waitingSince).isEqualTo(RefreshPlan.NEVER);
    assertThat(kept.looked).isFalse(); // somebody may have a newer one by then
    assertThat(ledger.next(due)).isNull();
  }

  @Test
  void looked_sameAndAskedAboutLongAgo_isAskedAbout() {
    KeptCertificate kept = stapled("a.test");
    long due = kept.nextAttempt;

    books.find(kept, Finding.same(Duration.ZERO), due);

    assertThat(books.ask(due).kept).isSameAs(kept);
  }

  // It waits for another's lease, and whoever may write must not make it wait afresh.
  @Test
  void looked_sameAndNotToBeTrusted_goesOnWaiting() {
    KeptCertificate kept = stapled("a.test");
    long due = kept.nextAttempt;
    kept.waitingSince = due;

    books.find(kept, Finding.same(Duration.ofDays(100)), due);

    assertThat(kept.waitingSince).isEqualTo(due);
    assertThat(books.ask(due).kept).isSameAs(kept);
  }

  @Test
  void looked_wishedAndJustAskedAbout_isAskedAbout() {
    KeptCertificate kept = stapled("a.test");
    ledger.heard(kept, now + HOUR);
    var unused = books.waiter(kept, true, now + HOUR);

    ledger.looked(look(kept), Finding.same(Duration.ofMinutes(40)), now + HOUR);

    assertThat(books.ask(now + HOUR).kept).isSameAs(kept);
  }

  @Test
  void answer_nothingNewer_isWrittenDown() {
    KeptCertificate kept = stapled("a.test");
    books.write();
    assertThat(freshUntil(kept)).isEmpty();
    long due = kept.nextAttempt;

    books.storeReturns(due);
    books.find(kept, Finding.same(Duration.ZERO), due);
    books.answer(kept, good(now), due);
    books.write();

    assertThat(freshUntil(kept)).hasValue(Instant.ofEpochMilli(kept.nextAttempt));
  }

  // After an outage of the store, each of a thousand nodes would have one to write.
  @Test
  void answer_nothingNewerAndStoreFails_isNotWrittenDownLater() {
    KeptCertificate kept = stapled("a.test");
    books.write();
    long due = kept.nextAttempt;
    books.storeReturns(due);
    books.store.failure = new IOException("down");
    books.find(kept, Finding.same(Duration.ZERO), due);

    books.answer(kept, good(now), due);
    books.write();
    long second = kept.nextAttempt;
    books.find(kept, Finding.same(Duration.ZERO), second);
    books.answer(kept, good(now), second);
    books.store.failure = null;
    books.storeReturns(second + StoreWriter.LONGEST_PAUSE);

    assertThat(freshUntil(kept)).isEmpty();
  }

  // What is not in the store at all is written until it is there.
  @Test
  void answer_nothingNewerAndNothingWrittenYet_losesNothing() {
    KeptCertificate kept = books.keep("a.test");
    books.find(kept, NOTHING, now);
    books.answer(kept, good(now), now);
    long due = kept.nextAttempt;
    books.find(kept, Finding.nothing(Result.FAILED), due);
    books.answer(kept, good(now), due);
    books.store.failure = new IOException("down");
    books.write();
    books.store.failure = null;

    books.storeReturns(due + StoreWriter.LONGEST_PAUSE);

    assertThat(saved()).isTrue();
  }

  private Optional<Instant> freshUntil(KeptCertificate kept) {
    try {
      String name = Fingerprint.of(kept.certificate);
      return Objects.requireNonNull(books.store.staples.get(name)).freshUntil();
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  // ---- News ----

  // What it has read may be what was there before: a good answer, and now it is revoked.
  @Test
  void heard_whileLooking_looksOnceMore() {
    KeptCertificate kept = stapled("a.test");
    ledger.heard(kept, now + HOUR);
    Look first = look(kept);
    assertThat(first.begin()).isTrue();

    ledger.heard(kept, now + HOUR);
    ledger.looked(first, Finding.same(Duration.ZERO), now + HOUR);

    Look second = look(kept);
    assertThat(second).isNotSameAs(first);
    ledger.looked(second, Finding.same(Duration.ZERO), now + HOUR);
    assertThat(kept.look).isNull();
  }

  @Test
  void heard_lookHasNotBegun_isContentWithThat() {
    KeptCertificate kept = stapled("a.test");
    ledger.heard(kept, now + HOUR);

    ledger.heard(kept, now + HOUR);
    ledger.looked(look(kept), Finding.same(Duration.ZERO), now + HOUR);

    assertThat(kept.look).isNull();
  }

  // ---- A wish ----

  @Test
  void wish_neverLooked_isAskedAboutAtOnce() {
    KeptCertificate kept = books.keep("a.test");
    var unused = books.waiter(kept, true, now);

    assertThat(books.ask(now).kept).isSameAs(kept);
    assertThat(kept.look).isNull();
  }

  @Test
  void wish_whileTheStoreIsLookedInto_isNotFulfilledByIt() {
    KeptCertificate kept = books.keep("a.test");
    books.pass(now);
    var waiter = books.waiter(kept, true, now);

    ledger.looked(look(kept), found(good(now)), now);

    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    assertThat(waiter).isNotDone();
    books.answer(kept, good(now + HOUR), now);
    assertThat(waiter).isCompleted();
  }

  // ---- News ----

  @Test
  void heard_stapled_isLookedUp() {
    KeptCertificate kept = stapled("a.test");

    ledger.heard(kept, now + HOUR);

    assertThat(ledger.earliest()).isEqualTo(now + HOUR + StoreReader.PATIENCE);
    ledger.looked(look(kept), found(good(now + HOUR)), now + HOUR);
    assertThat(kept.newestUpdate).isEqualTo(now + HOUR);
    assertThat(ledger.earliest())
        .isBetween(now + HOUR + 7 * DAY / 2, now + HOUR + 7 * DAY * 6 / 10);
  }

  @Test
  void heard_waitingForASlot_isAskedAboutNoMore() {
    KeptCertificate kept = books.keep("a.test");
    books.find(kept, NOTHING, now);
    books.pass(now);
    assertThat(kept.ready).isTrue();

    ledger.heard(kept, now);
    ledger.looked(look(kept), found(good(now)), now);

    assertThat(kept.ready).isFalse();
    assertThat(ledger.next(now)).isNull();
  }

  @Test
  void heard_beingSeenTo_changesNothing() {
    KeptCertificate kept = books.keep("a.test");
    books.pass(now);
    Look look = look(kept);
    ledger.heard(kept, now);
    assertThat(look(kept)).isSameAs(look);
    ledger.looked(look, NOTHING, now);
    books.ask(now);

    ledger.heard(kept, now);

    assertThat(kept.look).isNull();
    assertThat(kept.looked).isTrue();
  }

  @Test
  void heard_forgotten_changesNothing() {
    KeptCertificate kept = stapled("a.test");
    ledger.forget(kept, now);

    ledger.heard(kept, now);

    assertThat(kept.look).isNull();
    assertThat(ledger.earliest()).isEqualTo(RefreshPlan.NEVER);
  }

  // ---- What it is given ----

  @Test
  void forget_saved_isDropped() {
    KeptCertificate kept = books.keep("a.test");
    books.find(kept, NOTHING, now);
    books.answer(kept, good(now), now);

    ledger.forget(kept, now);

    assertThat(saved()).isFalse(); // it was not written yet
  }

  @Test
  void finished_withLease_givesItBack() {
    KeptCertificate kept = books.keep("a.test");
    books.find(kept, NOTHING, now);
    Attempt attempt = books.ask(now);
    int[] releases = new int[1];
    attempt.lease = () -> releases[0]++;

    ledger.finished(attempt, good(now), now);
    books.write();

    assertThat(releases[0]).isEqualTo(1);
  }

  @Test
  void keep_hopeless_isNotLookedUp() {
    KeptCertificate kept = books.keep(hopeless(leaf("a.test").certificate(), ISSUER));

    assertThat(ledger.look(kept, now)).isNull();
    assertThat(kept.unread).isFalse();
  }

  private KeptCertificate stapled(String name) {
    KeptCertificate kept = books.keep(name);
    books.find(kept, NOTHING, now);
    books.answer(kept, good(now), now);
    books.write();
    return kept;
  }

  private boolean saved() {
    books.write();
    return !books.store.staples.isEmpty();
  }
}
