package io.github.ocspstapler;

import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.Outcome.Kind;
import io.github.ocspstapler.Outcome.NoAnswer;
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

/** One certificate, an {@link Intake}, and what it is given. */
abstract class IntakeFixture {
  static final TestCertificate LEAF = TestCa.root().leaf("example.com");
  static final URI RESPONDER = URI.create("http://ocsp.ca.test/");
  static final long SECOND = 1_000;
  static final long MINUTE = 60 * SECOND;
  static final long HOUR = 60 * MINUTE;
  static final long DAY = 24 * HOUR;

  final World.Events events = new World.Events();
  final World.Counts counts = new World.Counts();
  final Announcer announcer = new Announcer(events, counts, Runnable::run);
  final Tally tally = new Tally(StaplePolicy.LENIENT);
  final List<Answered> saved = new ArrayList<>();
  final List<Answered> noted = new ArrayList<>();
  final Intake intake = intake(Dice.LOWEST, false);
  final KeptCertificate kept = kept(0);
  final long start = kept.notBefore + DAY;

  Intake intake(RandomGenerator random, boolean relayRevoked) {
    return new Intake(
        RefreshPlan.DEFAULT,
        random,
        announcer,
        relayRevoked,
        tally,
        (certificate, answer) -> saved.add(answer),
        (certificate, answer) -> noted.add(answer));
  }

  KeptCertificate kept(long firstSeen) {
    KeptCertificate made = new KeptCertificate(LEAF.certificate(), LEAF.certificate(), firstSeen);
    made.responder = RESPONDER;
    tally.added(made);
    return made;
  }

  static Answered good(long thisUpdate) {
    return good(thisUpdate, 7 * DAY);
  }

  static Answered good(long thisUpdate, long validity) {
    return answer(new Good(), thisUpdate, validity);
  }

  static Answered stored(long thisUpdate) {
    return good(thisUpdate).stored(RESPONDER, Duration.ZERO, null);
  }

  static Answered revoked(long thisUpdate, @Nullable RevocationReason reason) {
    Instant at = Instant.ofEpochMilli(thisUpdate);
    return answer(new Revoked(at, Optional.ofNullable(reason)), thisUpdate, 7 * DAY);
  }

  static Answered unknown(long thisUpdate) {
    return answer(new Unknown(), thisUpdate, DAY);
  }

  static Answered answer(CertificateStatus status, long thisUpdate, long validity) {
    Instant from = Instant.ofEpochMilli(thisUpdate);
    return InMemoryResponders.answered(
        status, RESPONDER, from, from.plusMillis(validity), Duration.ZERO);
  }

  static Answered fresh(Answered answer, Duration freshFor) {
    return new Answered(
        answer.status,
        answer.thisUpdate,
        answer.nextUpdate,
        answer.validUntil,
        answer.encoded,
        answer.responder,
        freshFor);
  }

  static NoAnswer down() {
    return new NoAnswer(Kind.UNREACHABLE, "connect", "no connection", false, true, null);
  }

  static NoAnswer unauthorized() {
    return new NoAnswer(Kind.REFUSED, "unauthorized", "not mine", true, false, null);
  }

  static HttpValidator validator(String etag) {
    return new HttpValidator(RESPONDER, Optional.of('"' + etag + '"'), Optional.empty());
  }

  static String time(long at) {
    return Announcer.time(at);
  }

  Staple staple() {
    return Objects.requireNonNull(kept.snapshot.staple);
  }

  /** What listeners were told so far. */
  List<String> told() {
    announcer.deliver();
    return events.all().stream().map(event -> event.replace("example.com: ", "")).toList();
  }

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
