package io.github.ocspstapler;

import static java.util.Objects.requireNonNull;

import io.github.ocspstapler.Look.Finding;
import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.Outcome.Kind;
import io.github.ocspstapler.Outcome.NoAnswer;
import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.net.URI;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A {@link Ledger} without an engine, on a clock that stands still, and with loaded dice. */
final class Books {
  static final long SECOND = 1_000;
  static final long MINUTE = 60 * SECOND;
  static final long HOUR = 60 * MINUTE;
  static final long DAY = 24 * HOUR;
  static final String URL = "http://ocsp.ca.test/";

  private static final ManualScheduler TIME = ManualScheduler.create();
  static final TestCa CA = TestCa.builder("CA").clock(TIME.clock()).buildCa();
  static final X509Certificate ISSUER = CA.certificate();
  private static final KeyPair KEY = CA.leaf("key.test").keyPair();

  /** It is this time, a day after the certificates were issued. */
  final long now = TIME.now().toEpochMilli();

  final ManualScheduler scheduler = ManualScheduler.create();
  final World.Events events = new World.Events();
  final World.Counts counts = new World.Counts();
  final Roster roster = new Roster();
  final Deferred storeThreads = new Deferred();
  final SharedStore store = new SharedStore(scheduler);
  final Ledger ledger;
  private final @Nullable StoreAccess access;
  private final Announcer announcer = new Announcer(events, counts, Runnable::run);

  Books() {
    this(settings -> {}, false);
  }

  Books(Consumer<Settings> changes, boolean stored) {
    Settings settings = new Settings(scheduler.clock());
    settings.random = Dice.LOWEST;
    settings.scheduler = scheduler;
    settings.source = new InMemoryResponders(scheduler.clock(), scheduler);
    changes.accept(settings);
    settings.store = store;
    settings.storeExecutor = storeThreads;
    access =
        stored ? new StoreAccess(settings, announcer, (look, finding) -> {}, kept -> {}) : null;
    ledger = new Ledger(settings, roster, announcer, Runnable::run, access);
  }

  static Books stored() {
    return new Books(settings -> {}, true);
  }

  // ---- Certificates ----

  static TestCertificate leaf(String name) {
    return CA.leafBuilder(name).keyPair(KEY).build();
  }

  static Found found(TestCertificate leaf) {
    return found(leaf.certificate(), ISSUER, false);
  }

  static Found preloaded(TestCertificate leaf) {
    return found(leaf.certificate(), ISSUER, true);
  }

  static Found found(X509Certificate certificate, X509Certificate issuer, boolean preloaded) {
    List<URI> urls = List.of(URI.create(URL));
    return new Found(certificate, issuer, issuer, urls, null, true, preloaded, null, 0);
  }

  static Found listed(TestCertificate leaf, Listing listing, int round) {
    List<URI> urls = List.of(URI.create(URL));
    return new Found(leaf.certificate(), ISSUER, ISSUER, urls, null, true, false, listing, round);
  }

  static Found hopeless(X509Certificate certificate, X509Certificate issuer) {
    return new Found(certificate, issuer, issuer, List.of(), "off", true, true, null, 0);
  }

  KeptCertificate keep(Found found) {
    return keep(found, now);
  }

  KeptCertificate keep(Found found, long at) {
    return requireNonNull(ledger.keep(found, at));
  }

  KeptCertificate keep(String name) {
    return keep(preloaded(leaf(name)));
  }

  /** Keeps it and takes in its first answer, good for a week. */
  KeptCertificate stapled(String name) {
    KeptCertificate kept = keep(name);
    answer(kept, good(now), now);
    return kept;
  }

  // ---- Time and requests ----

  /** Does all that is due. */
  List<Attempt> pass(long at) {
    List<Attempt> lost = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      if (!ledger.workOff(at, lost)) {
        return lost;
      }
    }
    throw new AssertionError("there is always something due at " + at);
  }

  /** Does what is due; returns the attempt that then begins. */
  Attempt ask(long at) {
    pass(at);
    return requireNonNull(ledger.next(at));
  }

  /** Asks about a certificate, and has it answered. */
  void answer(KeptCertificate kept, Outcome outcome, long at) {
    Attempt attempt = ask(at);
    if (attempt.kept != kept) {
      throw new AssertionError("another is asked about: " + attempt.kept.certificate);
    }
    ledger.finished(attempt, outcome, at);
  }

  CompletableFuture<StapleStatus> waiter(KeptCertificate kept, boolean always, long at) {
    CompletableFuture<StapleStatus> waiter = new CompletableFuture<>();
    if (!ledger.await(kept, waiter, always, at)) {
      waiter.cancel(false);
    }
    return waiter;
  }

  static Answered good(long thisUpdate) {
    return good(thisUpdate, URL);
  }

  static Answered good(long thisUpdate, String by) {
    Instant from = Instant.ofEpochMilli(thisUpdate);
    return InMemoryResponders.answered(
        new CertificateStatus.Good(),
        URI.create(by),
        from,
        from.plus(Duration.ofDays(7)),
        Duration.ZERO);
  }

  static NoAnswer down() {
    return new NoAnswer(Kind.UNREACHABLE, "connect", "no connection", false, true, null);
  }

  static NoAnswer refusal(Kind kind, @Nullable Duration clockSkew) {
    return new NoAnswer(kind, "some", "some reason", false, false, null, clockSkew);
  }

  // ---- The store ----

  static Finding found(Answered answer) {
    URI by = answer.responder;
    return Finding.of(answer.stored(by, Duration.ZERO, null));
  }

  static Look look(KeptCertificate kept) {
    return requireNonNull(kept.look);
  }

  /** Does what is due, and has the store find something for a certificate. */
  void find(KeptCertificate kept, Finding finding, long at) {
    pass(at);
    ledger.looked(look(kept), finding, at);
  }

  /** Lets the store do what it was asked to. */
  void write() {
    requireNonNull(access).proceed();
    storeThreads.runAll();
  }

  /** The store shows that it works, at that time. */
  void storeReturns(long at) {
    scheduler.jumpClock(Duration.ofMillis(at - scheduler.now().toEpochMilli()));
    write();
  }

  // ---- What users hear ----

  List<String> told() {
    announcer.count();
    announcer.deliver();
    List<String> all = events.all();
    events.clear();
    return all;
  }

  /** What is written into the log meanwhile. */
  List<String> lines(Runnable doing) {
    told();
    try (LogLines lines = new LogLines()) {
      doing.run();
      announcer.count();
      announcer.deliver();
      return lines.all();
    }
  }
}
