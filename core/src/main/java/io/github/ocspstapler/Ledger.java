package io.github.ocspstapler;

import io.github.ocspstapler.Look.Finding;
import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.Outcome.Kind;
import io.github.ocspstapler.Outcome.NoAnswer;
import io.github.ocspstapler.store.FleetStore.Lease;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The books of the {@link Engine}: which certificates are kept, when each is due, and which may be
 * asked about now. It makes no request, calls no user and starts no timer.
 *
 * <p>Guarded by the engine's lock.
 */
final class Ledger {
  /** A request that has not come back after this long never will. */
  static final long WATCHDOG = 120_000;

  private final Roster roster;
  private final Announcer announcer;
  private final Consumer<Runnable> completions;
  private final Tally tally;
  private final Intake intake;
  private final Dispatcher dispatcher;
  private final Agenda agenda;
  private final HostHealth health;
  private final StoreLooks looks;
  private final @Nullable StoreAccess store;
  private final int maxCertificates;
  private boolean fullTold;

  /**
   * Creates empty books.
   *
   * @param completions takes what completes users' futures, to be run without the lock
   * @param store where answers are looked for and kept, if anywhere
   */
  Ledger(
      Settings settings,
      Roster roster,
      Announcer announcer,
      Consumer<Runnable> completions,
      @Nullable StoreAccess store) {
    this.roster = roster;
    this.announcer = announcer;
    this.completions = completions;
    this.store = store;
    this.tally = new Tally(settings.policy);
    this.intake =
        new Intake(
            settings.plan(),
            settings.random,
            announcer,
            settings.relayRevoked,
            tally,
            this::save,
            this::note);
    this.agenda = new Agenda(intake, settings.forgetUnseenAfter);
    this.health = new HostHealth(announcer, settings.random);
    this.looks = new StoreLooks(store, intake, announcer);
    this.dispatcher = new Dispatcher(settings.maxConcurrency, settings.maxConcurrencyPerHost);
    this.maxCertificates = settings.maxCertificates;
  }

  /** Returns how many certificates have no staple and could have one. */
  int bare() {
    return tally.bare();
  }

  StaplerSummary summary(long now) {
    return tally.summary(now);
  }

  /**
   * Notes that one of the staples has ended, before it is its turn; returns whether one has. Once
   * none has, {@link #worst} is true.
   */
  boolean noteEnd(long now) {
    KeptCertificate kept = tally.ended(now);
    if (kept == null) {
      return false;
    }
    if (isExpired(kept, now)) {
      expire(kept, now);
    } else {
      intake.timePasses(kept, now);
    }
    return true;
  }

  /** Returns what is wrong with the first of those who are worst off; null if nothing is. */
  Ailments.@Nullable Finding worst() {
    return tally.worst();
  }

  /** Says how many are well. */
  String well() {
    return tally.well();
  }

  private void save(KeptCertificate kept, Answered answer) {
    if (store != null) {
      store.save(kept, answer);
    }
  }

  private void note(KeptCertificate kept, Answered answer) {
    if (store != null) {
      store.note(kept, answer);
    }
  }

  // ---- Certificates come and go ----

  /**
   * Keeps a certificate from now on, or notes that it was found again.
   *
   * @return its entry; null if it was only listed, and there is no room for it
   */
  @Nullable KeptCertificate keep(Found found, long now) {
    KeptCertificate kept = roster.find(found.certificate());
    if (kept == null && found.listing() != null && roster.size() >= maxCertificates) {
      refused(now);
      return null;
    }
    if (found.issuer() != null && (kept == null || !found.next().equals(kept.next))) {
      roster.check(found.certificate(), found.issuer()); // throws now or never
    }
    if (kept == null) {
      kept = new KeptCertificate(found.certificate(), found.next(), now);
      tally.added(kept);
      link(kept, found, now);
      makeRoom(kept, now);
    } else if (!found.next().equals(kept.next)) {
      relink(kept, found, now);
    }
    kept.parent = found.issuer() == null ? null : roster.find(found.issuer());
    kept.preloaded |= found.preloaded();
    if (found.listing() != null) {
      kept.listing = found.listing();
      kept.listedInRound = found.round();
      kept.listedAt = now;
    } else {
      kept.seen(now);
    }
    agenda.plan(kept, now);
    return kept;
  }

  private void link(KeptCertificate kept, Found found, long now) {
    kept.issuer = found.issuer();
    kept.askable = found.askable();
    // Before handshakes find it: the first of them waits for the store.
    kept.unread = store != null && found.obstacle() == null && now < kept.notAfter;
    roster.add(kept);
    if (now >= kept.notAfter) {
      kept.expiredAt = now;
    }
    if (found.obstacle() != null) {
      unstapleable(kept, found.obstacle(), now);
      return;
    }
    URI responder = found.responders().get(0);
    HostGate gate = dispatcher.gate(responder);
    kept.responder = gate.shared(responder);
    enter(kept, gate);
    if (now >= kept.notAfter) {
      expired(kept, now);
      return;
    }
    kept.nextAttempt = now;
    kept.looked = store == null;
    intake.publish(kept, kept.snapshot.staple);
  }

  /** The same certificate came with another chain: the new one counts. */
  private void relink(KeptCertificate kept, Found found, long now) {
    kept.next = found.next();
    CertIdKey before = kept.certId;
    if (found.issuer() == null) {
      return; // it was better before
    }
    if (before != null && before.issuer().isOf(kept.certificate, found.issuer())) {
      kept.issuer = found.issuer(); // the same CA by another certificate: its answers stay good
      return;
    }
    leave(kept);
    roster.unlink(kept);
    kept.attempt = null; // what it asks is not the question any more
    kept.expiredAt = RefreshPlan.NEVER;
    intake.startOver(kept, now);
    link(kept, found, now);
  }

  private void unstapleable(KeptCertificate kept, String why, long now) {
    intake.unstapleable(kept, why, now);
    completeWaiters(kept, now);
  }

  private void expired(KeptCertificate kept, long now) {
    kept.expiredAt = now;
    unstapleable(kept, "the certificate expired at " + Announcer.time(kept.notAfter), now);
  }

  /** One that is listed may never be used: it drives out nobody. */
  private void refused(long now) {
    if (!fullTold) {
      fullTold = true;
      String bound = "key managers list more than " + maxCertificates + " certificates";
      String then = " (maxCertificates): the others are stapled when they are used";
      announcer.log(Level.WARNING, now, bound + then);
    }
  }

  private void makeRoom(KeptCertificate added, long now) {
    int size = roster.size();
    if (size <= maxCertificates) {
      return;
    }
    // A few at once: finding them costs a look at all.
    int count = size - maxCertificates + maxCertificates / 32;
    String why = "more than " + maxCertificates + " certificates, and it was unseen for longest";
    roster.longestUnseen(count + 1).stream()
        .filter(unseen -> unseen != added)
        .limit(count)
        .forEach(unseen -> forget(unseen, why, now));
    String lesson = " that were unseen for longest; they come back when they are used";
    String bound = "more than " + maxCertificates + " certificates (maxCertificates): forgot ";
    announcer.log(Level.WARNING, now, bound + count + lesson);
  }

  /** Forgets what a user wants no more; returns whether it was still there. */
  boolean forget(KeptCertificate kept, long now) {
    boolean known = !kept.removed;
    if (known) {
      forget(kept, "it is wanted no more", now);
    }
    return known;
  }

  private void forget(KeptCertificate kept, String why, long now) {
    agenda.remove(kept);
    leave(kept);
    roster.remove(kept);
    tally.removed(kept);
    kept.removed = true;
    kept.attempt = null; // if one is in flight, nobody waits for its answer
    kept.unread = false;
    if (store != null) {
      store.drop(kept);
    }
    announcer.forgotten(kept, why, now);
    completeWaiters(kept, now);
  }

  private void enter(KeptCertificate kept, HostGate gate) {
    kept.gate = gate;
    gate.certificates++;
  }

  private void leave(KeptCertificate kept) {
    HostGate gate = kept.gate;
    if (gate != null) {
      gate.remove(kept);
      gate.certificates--;
      kept.gate = null;
    }
  }

  /**
   * Notes that somebody waits for the next attempt.
   *
   * @param now whether to make that attempt now, even if none is planned
   * @return whether there will be one; false if the certificate's status is all there is to say
   */
  boolean await(
      KeptCertificate kept, CompletableFuture<StapleStatus> waiter, boolean always, long now) {
    boolean expired = kept.expiredAt != RefreshPlan.NEVER;
    if (kept.gate == null || kept.removed || expired || (!always && kept.asked)) {
      return false;
    }
    kept.addWaiter(waiter);
    if (always && kept.attempt == null) {
      kept.wished = true;
      kept.nextAttempt = Math.min(kept.nextAttempt, now);
      agenda.plan(kept, now);
    }
    return true;
  }

  private void completeWaiters(KeptCertificate kept, long now) {
    List<CompletableFuture<StapleStatus>> waiters = kept.waiters;
    if (waiters != null) {
      kept.waiters = null;
      Snapshot at = kept.snapshot;
      completions.accept(() -> {
        StapleStatus status = kept.status(at, now);
        waiters.forEach(waiter -> waiter.complete(status));
      });
    }
  }

  // ---- Time ----

  /** Returns when something is due next. */
  long earliest() {
    return Math.min(agenda.earliest(), dispatcher.earliestLoss());
  }

  /** Works off the first certificate that is due; returns whether one was. */
  boolean workOff(long now) {
    KeptCertificate kept = agenda.pollDue(now);
    if (kept == null) {
      return false;
    }
    try {
      workOff(kept, now);
    } finally {
      agenda.comeRound(kept, now);
    }
    return true;
  }

  private void workOff(KeptCertificate kept, long now) {
    if (isExpired(kept, now)) {
      expire(kept, now);
    } else if (now >= agenda.forgetAt(kept, now)) {
      forget(kept, kept.listing == null ? "unused for long" : "no key manager lists it", now);
    } else {
      intake.timePasses(kept, now);
      looks.watch(kept, now);
      if (kept.attempt == null) {
        askIfDue(kept, now);
      }
      agenda.plan(kept, now);
    }
  }

  /** One that had expired when it came is kept like any other. */
  private static boolean isExpired(KeptCertificate kept, long now) {
    return now >= kept.notAfter && kept.firstSeen < kept.notAfter;
  }

  /** What users preload is kept a little longer: the clock may be wrong, and be set back. */
  private void expire(KeptCertificate kept, long now) {
    boolean ended =
        kept.expiredAt != RefreshPlan.NEVER && now >= kept.expiredAt + Agenda.KEPT_EXPIRED;
    if (!kept.preloaded || kept.gate == null || ended) {
      forget(kept, "the certificate has expired", now);
      return;
    }
    if (kept.expiredAt == RefreshPlan.NEVER) {
      kept.gate.remove(kept);
      kept.attempt = null; // if one is in flight, nobody waits for its answer
      looks.giveUp(kept);
      kept.unread = false;
      expired(kept, now);
    }
    agenda.plan(kept, now);
  }

  private void askIfDue(KeptCertificate kept, long now) {
    HostGate gate = kept.gate;
    if (gate == null || kept.ready || now < kept.nextAttempt || StoreLooks.isUnderWay(kept)) {
      return;
    }
    if (!kept.looked && !kept.wished && looks.begin(kept, now) != null) {
      return; // another process may have asked already, or we ourselves before a restart
    }
    if (gate.isOpen(now) && !kept.wished) {
      putOff(kept, gate, now);
    } else {
      gate.allowProbe(now);
      dispatcher.add(kept, gate, !kept.snapshot.isServed(now));
    }
  }

  private void putOff(KeptCertificate kept, HostGate gate, long now) {
    intake.putOff(kept, gate, now);
    kept.looked = store == null; // meanwhile, another process may reach whom this one cannot
    completeWaiters(kept, now);
  }

  // ---- The store ----

  /** Has the store asked about a certificate, and returns the look; null if there is no need. */
  @Nullable Look look(KeptCertificate kept, long now) {
    return looks.begin(kept, now);
  }

  /** Takes in what a look into the store has found. */
  void looked(Look look, Finding finding, long now) {
    KeptCertificate kept = look.kept;
    kept.look = null; // there is never more than one
    if (kept.removed || kept.gate == null || kept.expiredAt != RefreshPlan.NEVER) {
      return;
    }
    if (!look.issuer.equals(kept.issuer)) {
      agenda.plan(kept, now); // it came with another issuer meanwhile: that is another question
      return;
    }
    boolean settled = looks.takeIn(kept, finding, now);
    if (kept.wished) {
      kept.nextAttempt = Math.min(kept.nextAttempt, now); // what is wished for is the CA's answer
    } else if (settled) {
      kept.waitingSince = RefreshPlan.NEVER;
      kept.gate.remove(kept);
      completeWaiters(kept, now);
    }
    agenda.plan(kept, now);
    if (look.overtaken) {
      heard(kept, now);
    }
  }

  /** Another node has saved an answer. */
  void heard(KeptCertificate kept, long now) {
    if (kept.look != null) {
      kept.look.overtaken = kept.look.hasBegun(); // then it may have read what was there before
    } else if (kept.attempt == null) { // otherwise its CA is being asked
      kept.looked = false;
      looks.begin(kept, now);
      agenda.plan(kept, now);
    }
  }

  /** The clock was set back: nothing that was planned by it can be trusted. */
  void clockWentBack(long before, long now) {
    String from = "the clock was set back from " + Announcer.time(before);
    String to = " to " + Announcer.time(now) + ": all refreshes are planned anew";
    announcer.log(Level.WARNING, now, from + to);
    dispatcher.clockWentBack(now);
    for (KeptCertificate kept : roster.all()) {
      kept.firstSeen = Math.min(kept.firstSeen, now);
      if (kept.expiredAt != RefreshPlan.NEVER) {
        if (now < kept.notAfter) {
          kept.expiredAt = RefreshPlan.NEVER;
          if (kept.gate != null) {
            intake.startOver(kept, now);
          } else {
            intake.publish(kept, kept.snapshot.staple); // as hopeless, but no more expired
          }
        } else {
          kept.expiredAt = Math.min(kept.expiredAt, now);
        }
      }
      intake.clockWentBack(kept, now);
      looks.clockWentBack(kept, now);
      if (kept.waitingSince != RefreshPlan.NEVER) {
        kept.waitingSince = Math.min(kept.waitingSince, now);
      }
      agenda.plan(kept, now);
    }
  }

  // ---- Attempts ----

  /** Returns the attempt to start now, its slots taken; null if there is none. */
  @Nullable Attempt next(long now) {
    Attempt attempt = dispatcher.next(now);
    if (attempt != null) {
      agenda.plan(attempt.kept, now);
    }
    return attempt;
  }

  /** Lists the attempts that never came back. */
  List<Attempt> lost(long now) {
    return dispatcher.lost(now);
  }

  /** Takes in what came of an attempt; only what comes first counts. */
  void finished(Attempt attempt, Outcome outcome, long now) {
    if (!dispatcher.release(attempt)) {
      return;
    }
    KeptCertificate kept = attempt.kept;
    boolean stored = outcome instanceof Answered answer && answer.stored;
    if (!stored && !outcome.isElsewhere()) {
      requested(attempt, outcome, now);
    }
    if (kept.attempt == attempt) {
      kept.attempt = null;
      kept.looked = store == null;
      if (outcome.isElsewhere()) {
        intake.waitForOthers(kept, now);
      } else {
        kept.wished = false;
        kept.waitingSince = RefreshPlan.NEVER;
        if (!stored) {
          noteResponder(kept, outcome);
        }
        intake.takeIn(kept, outcome, now);
        completeWaiters(kept, now);
      }
      agenda.plan(kept, now);
    }
    Lease lease = attempt.lease;
    if (lease != null && store != null) {
      store.release(lease); // after the answer is saved
    }
  }

  private void requested(Attempt attempt, Outcome outcome, long now) {
    if (!(outcome instanceof NoAnswer failure && failure.kind() == Kind.NOBODY_TO_ASK)) {
      announcer.requested(attempt, outcome, now);
    }
    HostGate asked = attempt.gate;
    URI by = responder(outcome);
    HostGate answering = by == null ? asked : dispatcher.gate(by);
    for (KeptCertificate waiting : health.note(asked, answering, outcome, now)) {
      putOff(waiting, asked, now);
      waiting.wished = false;
      agenda.plan(waiting, now);
    }
  }

  /** Returns the responder hosts that matter. */
  List<HostGate> gates() {
    return dispatcher.gates();
  }

  /** Remembers who answered; a certificate goes through the gate of the host that answers it. */
  private void noteResponder(KeptCertificate kept, Outcome outcome) {
    URI responder = responder(outcome);
    if (responder == null || responder.equals(kept.responder)) {
      return;
    }
    HostGate gate = dispatcher.gate(responder);
    kept.responder = gate.shared(responder);
    if (gate != kept.gate) {
      leave(kept);
      enter(kept, gate);
    }
  }

  private static @Nullable URI responder(Outcome outcome) {
    return outcome instanceof Answered answer ? answer.responder : null;
  }

  // ---- The end ----

  List<Attempt> inFlight() {
    return dispatcher.inFlight();
  }

  /** Drops everything; whoever waits is told what is known. */
  void clear(long now) {
    for (KeptCertificate kept : roster.all()) {
      completeWaiters(kept, now);
    }
    dispatcher.clear();
    agenda.clear();
    tally.clear();
    roster.clear();
  }
}
