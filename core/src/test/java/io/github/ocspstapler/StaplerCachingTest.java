package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.CertIdHash;
import io.github.ocspstapler.ocsp.HttpValidator;
import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.testkit.CertHash;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.Eventually;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** L13: the stapler as a citizen among HTTP caches. */
@Timeout(60)
class StaplerCachingTest {
  private static final HttpValidator TAG =
      new HttpValidator(
          URI.create("http://" + World.HOST + "/"), Optional.of("\"a\""), Optional.empty());

  @TempDir private Path folder;

  private static Stapler.Builder overHttp() {
    return Stapler.builder().delivery(JsseDelivery.Mode.OFF);
  }

  private static List<String> conditions(TestResponder responder) {
    return responder.requests().stream()
        .map(request -> request.header("If-None-Match").orElse("none"))
        .toList();
  }

  private static StapleStatus preload(Stapler stapler, TestCertificate leaf) throws Exception {
    return stapler.preload(leaf.chain()).get(20, TimeUnit.SECONDS);
  }

  private static StapleStatus refresh(Stapler stapler, TestCertificate leaf) throws Exception {
    return stapler.refresh(leaf.chain()).get(20, TimeUnit.SECONDS);
  }

  @Test
  void refresh_nothingNewer_isNotSentAgainAndNoFailure() throws Exception {
    TestCa ca = TestCa.root();
    try (TestResponder responder = TestResponder.start(ca).etags(true);
        Stapler stapler = overHttp().build()) {
      TestCertificate leaf = ca.leaf("example.com", responder.url());
      preload(stapler, leaf);
      Staple before = stapler.staple(leaf.certificate()).orElseThrow();
      long sent = responder.bytesSent();

      StapleStatus after = refresh(stapler, leaf);

      assertThat(after.state()).isEqualTo(State.STAPLED);
      assertThat(after.failuresInARow()).isZero();
      assertThat(after.lastError()).isEmpty();
      assertThat(stapler.staple(leaf.certificate())).containsSame(before);
      assertThat(responder.bytesSent()).isEqualTo(sent);
      assertThat(conditions(responder).get(1)).startsWith("\"");
    }
  }

  @Test
  void refresh_notModifiedUnasked_isAFailureThatKeepsTheStaple() throws Exception {
    TestCa ca = TestCa.root();
    try (TestResponder responder = TestResponder.start(ca);
        Stapler stapler = overHttp().build()) {
      TestCertificate leaf = ca.leaf("example.com", responder.url());
      preload(stapler, leaf);
      responder.fault(Fault.http(304));

      StapleStatus after = refresh(stapler, leaf);

      assertThat(after.state()).isEqualTo(State.STAPLED);
      assertThat(after.failuresInARow()).isEqualTo(1);
      assertThat(after.lastError().orElseThrow()).contains("304");
    }
  }

  @Test
  void restart_withAStore_stillKnowsTheTag() throws Exception {
    TestCa ca = TestCa.root();
    try (TestResponder responder = TestResponder.start(ca).etags(true)) {
      TestCertificate leaf = ca.leaf("example.com", responder.url());
      try (Stapler stapler = overHttp().store(StapleStore.directory(folder)).build()) {
        preload(stapler, leaf);
        Path notes = folder.resolve(Fingerprint.of(leaf.certificate()) + ".properties");
        Eventually.until(() -> Files.exists(notes)); // closing waits for a slow disk a moment only
      }
      responder.clearRequests();

      try (Stapler stapler = overHttp().store(StapleStore.directory(folder)).build()) {
        preload(stapler, leaf);
        refresh(stapler, leaf);
      }

      assertThat(conditions(responder)).singleElement().asString().startsWith("\"");
    }
  }

  @Test
  void clockBehind_everyAnswerRefused_listingSaysWhoseFaultItIs() throws Exception {
    TestCa ca = TestCa.root();
    Clock behind = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-7));
    LogLines log = new LogLines();
    try (TestResponder responder = TestResponder.start(ca);
        Stapler stapler = overHttp().clock(behind).build()) {
      TestCertificate leaf = ca.leaf("example.com", responder.url());

      StapleStatus status = preload(stapler, leaf);

      assertThat(status.lastError().orElseThrow())
          .endsWith("this clock is 7 minutes behind the responder's");
    } finally {
      log.close();
    }
    assertThat(log.all()).anyMatch(line -> line.contains("clock of this machine is 7 minutes"));
  }

  @Test
  void responders_afterTheLadder_showWhatWasLearned() throws Exception {
    TestCa ca = TestCa.root();
    try (TestResponder responder =
            TestResponder.start(ca).acceptGet(false).acceptHashes(CertHash.SHA256);
        Stapler stapler = overHttp().build()) {
      preload(stapler, ca.leaf("example.com", responder.url()));

      ResponderStatus row = stapler.responders().get(0);

      assertThat(row.needsPost()).isTrue();
      assertThat(row.certIdHash()).hasValue(CertIdHash.SHA256);
    }
  }

  // On virtual time

  private static InMemoryResponders.Behaviour always(
      Instant thisUpdate, Duration validity, Duration maxAge) {
    return (certificate, responder, now) ->
        InMemoryResponders.answered(
                new io.github.ocspstapler.ocsp.CertificateStatus.Good(),
                responder,
                thisUpdate,
                thisUpdate.plus(validity),
                maxAge)
            .with(TAG, null);
  }

  // A responder whose tag never changes would say 304 until the staple has ended.
  @Test
  void renewal_successorOverdue_asksWithoutCondition() {
    try (World world = new World()) {
      world.responders.everywhere(always(world.now(), Duration.ofDays(4), Duration.ZERO));
      world.stapled("example.com");

      world.advance(Duration.ofDays(3).minusHours(1));
      int conditional = world.responders.conditions().size();
      assertThat(conditional).isPositive().isEqualTo(world.responders.requestCount() - 1);
      world.advance(Duration.ofHours(20));

      assertThat(world.responders.conditions()).containsOnly(TAG);
      assertThat(world.responders.conditions().size() - conditional).isBetween(0, 2);
      assertThat(world.responders.requestCount() - conditional - 1).isGreaterThan(5);
    }
  }

  @Test
  void renewal_answerTheSameAndFreshForHours_waitsSoLong() {
    try (World world = new World()) {
      world.responders.everywhere(always(world.now(), Duration.ofDays(4), Duration.ofHours(12)));
      TestCertificate leaf = world.stapled("example.com");
      world.responders.clearRequests();

      world.advance(Duration.ofDays(3));

      assertThat(world.responders.requestCount()).isBetween(2, 4);
      assertThat(world.status(leaf).nextAttempt().orElseThrow())
          .isBefore(world.now().plus(Duration.ofHours(2)));
    }
  }
}
