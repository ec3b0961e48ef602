package io.github.ocspstapler;

import static io.github.ocspstapler.Books.DAY;
import static io.github.ocspstapler.Books.HOUR;
import static io.github.ocspstapler.Books.ISSUER;
import static io.github.ocspstapler.Books.MINUTE;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Certificates come, and are waited for. */
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
    assertThat(ledger.gates())
        .singleElement()
        .satisfies(gate -> {
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
    long end = leaf.certificate().getNotAfter().toInstant().toEpochMilli();

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

  @Test
  void keep_listedAndExpired_staysAsLongAsItIsListed() {
    TestCertificate leaf = leaf("a.test");
    long end = leaf.certificate().getNotAfter().toInstant().toEpochMilli();
    KeptCertificate kept = books.keep(listed(leaf, listing, 1), end);

    books.pass(end + HOUR);

    assertThat(kept.removed).isFalse();
  }

  // A machine starts with a clock that is years ahead.
  @Test
  void keep_expiredByAClockThatIsSetBack_isAskedAbout() {
    TestCertificate leaf = leaf("a.test");
    long end = leaf.certificate().getNotAfter().toInstant().toEpochMilli();
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

    List<String> lines = small.lines(() -> all.add(small.keep(found(leaf("new.test")), now - DAY)));

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
    TestCa again =
        TestCa.builder("CA").clock(books.scheduler.clock()).keyPair(ca.keyPair()).buildCa();
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

    var unused = books.waiter(kept, true, now + HOUR);

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

  // ---- How they do ----

  @Test
  void worst_stapled_isNobody() {
    books.stapled("a.test");
    books.keep(hopeless(leaf("b.test").certificate(), ISSUER));

    assertThat(ledger.noteEnd(now)).isFalse();
    assertThat(ledger.worst()).isNull();
    assertThat(ledger.well()).isEqualTo("1 stapled, 1 cannot be");
  }

  @Test
  void worst_staplesHaveEnded_areFoundBeforeTheirTurnOneAfterTheOther() {
    KeptCertificate kept = books.stapled("a.test");
    KeptCertificate other = books.stapled("b.test");
    long end = kept.snapshot.servedUntil;
    assertThat(other.snapshot.servedUntil).isEqualTo(end);
    books.told();

    assertThat(ledger.noteEnd(end - 1)).isFalse();
    assertThat(ledger.worst()).isNull();
    assertThat(ledger.noteEnd(end)).isTrue();
    assertThat(ledger.worst()).extracting(finding -> finding.more()).isEqualTo(0);
    assertThat(ledger.noteEnd(end)).isTrue();
    assertThat(ledger.noteEnd(end)).isFalse();

    assertThat(ledger.worst()).extracting(finding -> finding.more()).isEqualTo(1);
    assertThat(books.told()).containsExactlyInAnyOrder("a.test: expired", "b.test: expired");
  }

  @Test
  void worst_certificateHasEndedToo_isNobody() {
    KeptCertificate kept = books.keep("a.test");
    books.answer(kept, good(kept.notAfter - HOUR), kept.notAfter - HOUR);

    assertThat(ledger.noteEnd(kept.notAfter)).isTrue();

    assertThat(ledger.worst()).isNull();
    assertThat(ledger.noteEnd(kept.notAfter)).isFalse();
  }

  @Test
  void well_expiredByAClockThatIsSetBack_countsIt() {
    X509Certificate leaf = leaf("a.test").certificate();
    long end = leaf.getNotAfter().toInstant().toEpochMilli();
    KeptCertificate kept = books.keep(hopeless(leaf, ISSUER), end);
    assertThat(ledger.well()).isEqualTo("0 stapled");

    ledger.clockWentBack(end, now);

    assertThat(ledger.well()).isEqualTo("0 stapled, 1 cannot be");
    assertThat(kept.snapshot.state).isEqualTo(State.UNSTAPLEABLE);
    assertThat(books.pass(now + DAY)).isEmpty();
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
