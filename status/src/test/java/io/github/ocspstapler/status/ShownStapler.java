package io.github.ocspstapler.status;

import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A stapler that keeps a certificate in each state there is, of CAs with responders of their own.
 */
final class ShownStapler implements AutoCloseable {
  /** A name that is markup, and that would tell on a page that takes it for such. */
  static final String HOSTILE = "<img src=x onerror=document.title='owned'>";

  private final Instant issued = Instant.now().minus(Duration.ofDays(30));

  final StatusMetrics metrics = StatusMetrics.create(new LongPast());
  final TestCa root = TestCa.builder("Example Root CA").notBefore(issued).buildCa();
  final TestResponder responder = TestResponder.start(root);
  final TestResponder sick = TestResponder.start(root);
  final TestCa ca =
      root.intermediateBuilder("Example TLS CA 2")
          .notBefore(issued)
          .ocspUrls(responder.url())
          .buildCa();
  final Stapler stapler =
      Stapler.builder()
          .metrics(metrics)
          .delivery(JsseDelivery.Mode.OFF)
          .retry(Duration.ofMinutes(20), Duration.ofHours(1))
          .build();

  ShownStapler() {
    responder.add(ca);
    sick.add(ca);
  }

  /** Counts an hour of handshakes and requests, as a server would. */
  ShownStapler countAnHour() {
    SplittableRandom random = new SplittableRandom(7);
    for (int minute = 59; minute >= 0; minute--) {
      LongPast.minutesAgo = minute;
      int handshakes = 20 + (int) (14 * Math.sin(minute / 9.0)) + random.nextInt(8);
      for (int i = 0; i < handshakes; i++) {
        metrics.resolved(minute > 40 || minute < 36 || random.nextInt(3) > 0);
      }
      for (int i = random.nextInt(4); i > 1; i--) {
        metrics.requested(minute < 9 ? "unreachable" : "good", Duration.ofMillis(23));
      }
    }
    LongPast.minutesAgo = 0;
    return this;
  }

  /** A clock that stands, so that no minute ends between counting and looking. */
  private static final class LongPast extends Clock {
    static volatile int minutesAgo; // confined to the test that counts
    private final Instant made = Instant.now();

    @Override
    public Instant instant() {
      return made.minus(Duration.ofMinutes(minutesAgo));
    }

    @Override
    public ZoneId getZone() {
      return ZoneId.of("UTC");
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  /** Keeps a certificate of this name whose answer is so old. */
  TestCertificate good(String name, Duration age, Duration validity) {
    TestCertificate leaf = leaf(name, responder);
    from(responder, leaf, age, validity);
    return kept(leaf);
  }

  private static void from(
      TestResponder there, TestCertificate leaf, Duration age, Duration validity) {
    Instant thisUpdate = Instant.now().minus(age);
    there.fault(
        leaf,
        Fault.answer(answer ->
            answer
                .producedAt(thisUpdate)
                .thisUpdate(thisUpdate)
                .nextUpdate(thisUpdate.plus(validity))));
  }

  /** Keeps one with a staple whose renewal fails. */
  TestCertificate failing(String name, Duration age, Duration validity) {
    TestCertificate leaf = leaf(name, sick);
    from(sick, leaf, age, validity);
    kept(leaf);
    sick.fault(leaf, Fault.http(503));
    join(stapler.refresh(leaf.certificate()).orElseThrow());
    return leaf;
  }

  TestCertificate revoked(String name) {
    TestCertificate leaf = leaf(name, responder);
    responder.revoke(leaf, Instant.now().minus(Duration.ofHours(5)), 1);
    return kept(leaf);
  }

  TestCertificate unavailable(String name) {
    TestCertificate leaf = leaf(name, sick);
    sick.fault(leaf, Fault.html());
    return kept(leaf);
  }

  TestCertificate unstapleable(String name) {
    return kept(ca.leafBuilder(name).notBefore(issued).build());
  }

  TestCertificate mustStapleUnavailable(String name) {
    TestCertificate leaf =
        ca.leafBuilder(name).notBefore(issued).ocspUrls(sick.url()).mustStaple().build();
    sick.fault(leaf, Fault.http(500));
    return kept(leaf);
  }

  private TestCertificate leaf(String name, TestResponder there) {
    return ca.leafBuilder(name).sans(name).notBefore(issued).ocspUrls(there.url()).build();
  }

  /** One whose common name is markup. */
  TestCertificate hostile() {
    return kept(ca.leafBuilder(HOSTILE).notBefore(issued).ocspUrls(responder.url()).build());
  }

  private TestCertificate kept(TestCertificate leaf) {
    join(stapler.preload(chain(leaf)));
    return leaf;
  }

  private static StapleStatus join(CompletableFuture<StapleStatus> future) {
    return future.orTimeout(60, TimeUnit.SECONDS).join();
  }

  State state(TestCertificate leaf) {
    return stapler.status(chain(leaf)).orElseThrow().state();
  }

  private static List<X509Certificate> chain(TestCertificate leaf) {
    return leaf.chain();
  }

  @Override
  public void close() {
    stapler.close();
    responder.close();
    sick.close();
  }
}
