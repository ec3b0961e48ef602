package io.github.ocspstapler;

import static io.github.ocspstapler.Books.DAY;
import static io.github.ocspstapler.Books.HOUR;
import static io.github.ocspstapler.Books.MINUTE;
import static io.github.ocspstapler.Books.SECOND;
import static io.github.ocspstapler.Books.down;
import static io.github.ocspstapler.Books.found;
import static io.github.ocspstapler.Books.good;
import static io.github.ocspstapler.Books.refusal;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.Outcome.Kind;
import io.github.ocspstapler.Outcome.NoAnswer;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.testkit.TestCa;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Requests go out, and what comes of them says something about their hosts. */
class LedgerRequestTest {
  private final Books books = new Books();
  private final Ledger ledger = books.ledger;
  private final long now = books.now;

  @Test
  void workOff_nothingDue_saysSo() {
    books.stapled("a.test");

    assertThat(ledger.workOff(now)).isFalse();
    assertThat(ledger.workOff(ledger.earliest() - 1)).isFalse();
    assertThat(ledger.workOff(ledger.earliest())).isTrue();
  }

  @Test
  void workOff_inFlight_isNotDueUntilItIsGivenUp() {
    books.keep("a.test");
    Attempt attempt = books.ask(now);
    assertThat(ledger.earliest()).isEqualTo(now + Ledger.WATCHDOG);

    assertThat(books.pass(now + Ledger.WATCHDOG - 1)).isEmpty();
    assertThat(books.pass(now + Ledger.WATCHDOG)).containsExactly(attempt);

    ledger.finished(attempt, down(), now + Ledger.WATCHDOG);
    assertThat(ledger.lost(now + DAY)).isEmpty();
  }

  // Whoever it belongs to: its place is taken, and the host it probes stays half-open.
  @Test
  void lost_cutOffFromItsCertificate_isGivenUpAllTheSame() {
    KeptCertificate forgotten = books.keep("a.test");
    KeptCertificate relinked = books.keep("b.test");
    KeptCertificate expired = books.keep("c.test");
    long start = expired.notAfter - 1;
    List<Attempt> attempts = List.of(books.ask(start), books.ask(start), books.ask(start));
    ledger.forget(forgotten, start);
    books.keep(found(relinked.certificate, TestCa.root().certificate(), true), start);
    long end = start + Ledger.WATCHDOG;

    assertThat(books.pass(end - 1)).isEmpty();
    assertThat(ledger.earliest()).isEqualTo(end);
    assertThat(books.pass(end)).containsExactlyElementsOf(attempts);

    attempts.forEach(attempt -> ledger.finished(attempt, down(), end));
    assertThat(ledger.inFlight()).isEmpty();
    assertThat(attempts).allMatch(attempt -> attempt.gate.isQuiet());
  }

  @Test
  void workOff_stapleLate_isToldOfInTime() {
    KeptCertificate kept = books.stapled("a.test");
    Attempt attempt = books.ask(kept.nextAttempt);
    assertThat(attempt.kept).isSameAs(kept);
    long late = RefreshPlan.lateAt(now, now + 7 * DAY);

    books.pass(late - 1);
    assertThat(books.told()).containsExactly("a.test: stapled");
    books.pass(late);

    assertThat(books.told()).containsExactly("a.test: late");
  }

  @Test
  void finished_answer_isTakenInOnce() {
    KeptCertificate kept = books.keep("a.test");
    Attempt attempt = books.ask(now);

    ledger.finished(attempt, good(now), now + SECOND);
    ledger.finished(attempt, down(), now + MINUTE);

    assertThat(kept.attempt).isNull();
    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    assertThat(ledger.earliest()).isBetween(now + 7 * DAY / 2, now + 7 * DAY * 6 / 10);
    assertThat(ledger.inFlight()).isEmpty();
    assertThat(books.told()).containsExactly("a.test: stapled");
    assertThat(books.counts.requested).containsExactly("good");
    assertThat(books.counts.took).containsExactly(Duration.ofSeconds(1));
  }

  @Test
  void finished_nobodyToAsk_isNoRequest() {
    KeptCertificate kept = books.keep("a.test");

    books.answer(kept, refusal(Kind.NOBODY_TO_ASK, null), now);

    assertThat(books.told()).isEmpty();
    assertThat(books.counts.requested).isEmpty();
    assertThat(books.counts.breakers).isEmpty(); // nobody knows yet whether it answers
    assertThat(kept.snapshot.state).isEqualTo(State.UNSTAPLEABLE);
  }

  @Test
  void finished_anotherResponderAnswers_isAskedNextTime() {
    KeptCertificate kept = books.keep("a.test");

    books.answer(kept, good(now, "http://second.test/"), now);

    assertThat(kept.responder).isEqualTo(URI.create("http://second.test/"));
    assertThat(ledger.gates())
        .singleElement()
        .satisfies(gate -> {
          assertThat(gate.host).isEqualTo("http://second.test");
          assertThat(gate.certificates).isEqualTo(1);
        });
  }

  @Test
  void finished_anotherUrlOfTheHostAnswers_isRememberedOnce() {
    KeptCertificate first = books.keep("a.test");
    books.answer(first, good(now, Books.URL + "b"), now);
    KeptCertificate second = books.keep("b.test");
    books.answer(second, good(now, Books.URL + "b"), now);

    assertThat(first.responder).isEqualTo(URI.create(Books.URL + "b"));
    assertThat(ledger.gates()).singleElement().extracting(gate -> gate.certificates).isEqualTo(2);
  }

  @Test
  void finished_answerFromNowhere_keepsTheResponder() {
    KeptCertificate kept = books.keep("a.test");

    books.answer(kept, down(), now);

    assertThat(kept.responder).isEqualTo(URI.create(Books.URL));
  }

  // ---- The breaker ----

  @Test
  void breaker_fiveOutages_opensAndSendsTheOthersAway() {
    List<KeptCertificate> all = new ArrayList<>();
    Map<KeptCertificate, CompletableFuture<StapleStatus>> waiters = new HashMap<>();
    for (int i = 0; i < 6; i++) {
      all.add(books.keep(i + ".test"));
    }
    for (KeptCertificate kept : all) {
      var unused = waiters.put(kept, books.waiter(kept, false, now));
    }
    books.pass(now);

    List<String> lines = books.lines(() -> failOften(5));

    KeptCertificate waiting =
        all.stream().filter(kept -> kept.failures == 0).findFirst().orElseThrow();
    long probe = now + 10 * SECOND;
    assertThat(waiting.ready).isFalse();
    assertThat(waiting.snapshot.nextAttempt).isEqualTo(probe);
    assertThat(waiters.get(waiting))
        .isCompletedWithValueMatching(row -> row.state() == State.UNAVAILABLE);
    assertThat(books.counts.breakers)
        .containsExactly("http://ocsp.ca.test CLOSED", "http://ocsp.ca.test OPEN");
    assertThat(lines)
        .contains(
            "WARNING responder http://ocsp.ca.test unreachable since "
                + Announcer.time(now)
                + ": its certificates keep their staples, and it is only probed until it answers");
    assertThat(ledger.gates().get(0).lastError).isEqualTo("no connection");

    books.pass(probe - 1);
    assertThat(ledger.next(probe - 1)).isNull();
    books.pass(probe);
    assertThat(waiting.ready).isTrue();
    assertThat(ledger.next(probe)).isNotNull();
    assertThat(ledger.next(probe)).isNull(); // one at a time
  }

  @Test
  void breaker_probeFails_isToldNoMore() {
    openBreaker();
    long probe = now + 10 * SECOND;
    Attempt attempt = books.ask(probe);

    List<String> lines = books.lines(() -> ledger.finished(attempt, down(), probe));

    assertThat(lines).noneMatch(line -> line.contains("unreachable since"));
    assertThat(books.counts.breakers).hasSize(3).last().isEqualTo("http://ocsp.ca.test OPEN");
  }

  @Test
  void breaker_probeAnswers_closesAndIsTold() {
    openBreaker();
    long probe = now + 10 * SECOND;
    Attempt attempt = books.ask(probe);

    List<String> lines = books.lines(() -> ledger.finished(attempt, good(now), probe));

    assertThat(lines).contains("INFO responder http://ocsp.ca.test answers again");
    assertThat(books.counts.breakers).hasSize(3).last().isEqualTo("http://ocsp.ca.test CLOSED");
    assertThat(ledger.gates().get(0).isClosed()).isTrue();
  }

  // It names two responders, and the second stands in for the first.
  @Test
  void breaker_anotherHostAnswersTheProbe_closesAndDoesNotCountAsAnswering() {
    openBreaker();
    long probe = now + 10 * SECOND;
    HostGate gate = ledger.gates().get(0);
    Attempt attempt = books.ask(probe);

    List<String> lines =
        books.lines(() -> ledger.finished(attempt, good(now, "http://second.test/"), probe));

    assertThat(gate.isClosed()).isTrue(); // whoever comes here gets an answer
    assertThat(gate.lastError).isEqualTo("no connection");
    assertThat(gate.status(probe).failuresInARow()).isEqualTo(5);
    assertThat(lines).noneMatch(line -> line.contains("answers again"));
    assertThat(books.counts.breakers)
        .hasSize(4)
        .endsWith("http://second.test CLOSED", "http://ocsp.ca.test CLOSED");

    List<String> later =
        books.lines(() -> ledger.finished(books.ask(ledger.earliest()), good(now), probe));
    assertThat(later).contains("INFO responder http://ocsp.ca.test answers again");
  }

  // The host that answers is the one that is well again.
  @Test
  void breaker_anotherHostAnswersThatWasDown_closesThat() {
    HostGate second = second(books.keep("second.test"));
    for (int i = 0; i < 5; i++) {
      second.failed(now, 0, Dice.LOWEST);
    }
    KeptCertificate kept = books.keep("a.test");

    books.answer(kept, good(now, "http://second.test/"), now);

    assertThat(second.isClosed()).isTrue();
  }

  private HostGate second(KeptCertificate kept) {
    books.answer(kept, good(now, "http://second.test/"), now);
    return requireNonNull(kept.gate);
  }

  @Test
  void breaker_refusalsAndForgeries_areAnswers() {
    KeptCertificate kept = books.keep("a.test");
    for (int i = 0; i < 20; i++) {
      long at = now + i * DAY;
      books.answer(kept, refusal(i % 2 == 0 ? Kind.REFUSED : Kind.REJECTED, null), at);
      assertThat(ledger.gates().get(0).status(at).failuresInARow()).isZero();
    }

    books.told();
    assertThat(books.counts.breakers).containsExactly("http://ocsp.ca.test CLOSED");
  }

  @Test
  void breaker_refusalBetweenOutages_endsTheRow() {
    KeptCertificate kept = books.keep("a.test");
    for (Kind kind : List.of(Kind.REFUSED, Kind.REJECTED)) {
      books.answer(kept, down(), ledger.earliest());
      assertThat(ledger.gates().get(0).status(now).failuresInARow()).isEqualTo(1);
      books.answer(kept, refusal(kind, null), ledger.earliest());
      assertThat(ledger.gates().get(0).status(now).failuresInARow()).isZero();
    }
  }

  @Test
  void breaker_unreachableForOneCertificate_saysNothingOfTheHost() {
    KeptCertificate kept = books.keep("a.test");
    books.answer(kept, down(), now);

    books.answer(kept, refusal(Kind.UNREACHABLE, null), ledger.earliest());

    assertThat(ledger.gates().get(0).status(now).failuresInARow()).isEqualTo(1);
  }

  @Test
  void breaker_hostAsksForAPause_isLeftAloneSoLong() {
    Duration pause = Duration.ofMinutes(4);
    NoAnswer busy = new NoAnswer(Kind.REFUSED, "http_status", "503", false, true, pause);
    for (int i = 0; i < 5; i++) {
      books.keep(i + ".test");
    }
    books.pass(now);

    for (int i = 0; i < 5; i++) {
      ledger.finished(books.ask(now), busy, now);
    }

    HostGate gate = ledger.gates().get(0);
    assertThat(gate.isOpen(now + 4 * MINUTE - 1)).isTrue();
    assertThat(gate.isOpen(now + 4 * MINUTE)).isFalse();
  }

  @Test
  void breaker_open_putsOffWhoComesNext() {
    openBreaker();
    KeptCertificate late = books.keep("late.test");
    var waiter = books.waiter(late, false, now);

    books.pass(now);

    assertThat(ledger.next(now)).isNull();
    assertThat(late.snapshot.state).isEqualTo(State.UNAVAILABLE);
    assertThat(late.snapshot.nextAttempt).isEqualTo(now + 10 * SECOND);
    assertThat(waiter).isCompleted();
  }

  @Test
  void breaker_open_letsAWishThrough() {
    openBreaker();
    KeptCertificate wished = books.keep("wish.test");
    var unused = books.waiter(wished, true, now);

    assertThat(books.ask(now).kept).isSameAs(wished);
    assertThat(ledger.next(now)).isNull();
  }

  @Test
  void breaker_staplesAtHand_goAfterThoseThatHaveNone() {
    KeptCertificate renewing = books.stapled("a.test");
    long later = renewing.nextAttempt;
    KeptCertificate bare = books.keep(Books.preloaded(Books.leaf("b.test")), later);
    books.pass(later);

    assertThat(ledger.next(later)).extracting(attempt -> attempt.kept).isSameAs(bare);
    assertThat(ledger.next(later)).extracting(attempt -> attempt.kept).isSameAs(renewing);
  }

  private void openBreaker() {
    for (int i = 0; i < 5; i++) {
      books.keep(i + ".test");
    }
    failOften(5);
    books.told();
  }

  private void failOften(int times) {
    for (int i = 0; i < times; i++) {
      ledger.finished(books.ask(now), down(), now);
    }
  }

  // ---- The clocks ----

  @Test
  void clock_differsFromTheHosts_isToldOnceAndWhenItAgreesAgain() {
    KeptCertificate kept = books.keep("a.test");
    Duration ahead = Duration.ofMinutes(7);

    List<String> lines =
        books.lines(() -> {
          for (Duration skew : List.of(ahead, ahead, ahead, Duration.ZERO)) {
            books.answer(kept, refusal(Kind.REJECTED, skew), ledger.earliest());
          }
          books.answer(kept, refusal(Kind.REJECTED, null), ledger.earliest());
        });

    assertThat(lines.stream().filter(line -> line.contains("clock")).toList())
        .containsExactly(
            "WARNING the clock of this machine is 7 minutes behind that of responder"
                + " http://ocsp.ca.test: one of them is wrong, and right answers may be refused for"
                + " their times",
            "INFO the clock of this machine agrees with responder http://ocsp.ca.test again");
  }

  // ---- Other nodes ----

  @Test
  void elsewhere_isNoRequestAndNobodysAnswer() {
    KeptCertificate kept = books.keep("a.test");
    var waiter = books.waiter(kept, false, now);

    books.answer(kept, refusal(Kind.ELSEWHERE, null), now);

    assertThat(waiter).isNotDone();
    assertThat(kept.waitingSince).isEqualTo(now);
    assertThat(ledger.earliest()).isEqualTo(now + SECOND / 2);
    books.answer(kept, good(now), now + SECOND);
    assertThat(kept.waitingSince).isEqualTo(RefreshPlan.NEVER);
    assertThat(waiter).isCompleted();
    books.told();
    assertThat(books.counts.requested).containsExactly("good");
  }

  @Test
  void stored_isNoRequestAndSaysNothingOfTheHost() {
    KeptCertificate kept = books.keep("a.test");
    URI by = URI.create("http://second.test/");

    books.answer(kept, good(now).stored(by, Duration.ZERO, null), now + HOUR);

    assertThat(kept.snapshot.state).isEqualTo(State.STAPLED);
    assertThat(kept.responder).isEqualTo(URI.create(Books.URL));
    books.told();
    assertThat(books.counts.requested).isEmpty();
    assertThat(books.counts.breakers).isEmpty();
  }
}
