package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.testkit.TestCertificate;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** What must never happen, and what happens then: everything else goes on. */
class StaplerFailureTest {
  private static final Logger LOGGER = Logger.getLogger("io.github.ocspstapler");

  @Test
  void request_throwsAnError_isAFailedAttemptAndTheEngineGoesOn() {
    try (World world = new World()) {
      TestCertificate first = world.leaf("first.test");
      TestCertificate second = world.leaf("second.test");
      world.responders.certificate(
          first.certificate(),
          (certificate, responder, now) -> {
            throw new OutOfMemoryError("unable to create native thread");
          });
      CompletableFuture<StapleStatus> told = world.stapler.preload(World.chain(first));
      var unused = world.stapler.preload(World.chain(second));
      world.scheduler.runDue();

      assertThat(told).isDone();
      assertThat(told.join().lastError().orElseThrow()).contains("unable to create native thread");
      assertThat(world.status(second).state()).isEqualTo(State.STAPLED);

      world.responders.certificate(
          first.certificate(), InMemoryResponders.good(Duration.ofDays(7)));
      world.advance(Duration.ofHours(2));
      assertThat(world.status(first).state()).isEqualTo(State.STAPLED);
    }
  }

  @Test
  void log_throws_laterEventsAreToldAllTheSame() {
    Handler broken = new BrokenHandler();
    LOGGER.addHandler(broken);
    try (World world = new World()) {
      TestCertificate first = world.stapled("first.test");
      TestCertificate second = world.stapled("second.test");
      LOGGER.removeHandler(broken);
      TestCertificate third = world.stapled("third.test");

      assertThat(world.staple(first)).isNotNull();
      assertThat(world.staple(second)).isNotNull();
      assertThat(world.staple(third)).isNotNull();
      assertThat(world.events.all()).contains("third.test: stapled");
    } finally {
      LOGGER.removeHandler(broken);
    }
  }

  @Test
  void answer_onAThreadThatVerifies_callsUsersOnTheScheduler() {
    try (World world = new World()) {
      world.responders.everywhere(InMemoryResponders.hang());
      TestCertificate leaf = world.leaf("example.com");
      CompletableFuture<StapleStatus> told = world.stapler.preload(World.chain(leaf));
      List<String> order = new ArrayList<>();
      var unused = told.thenRun(() -> order.addAll(world.events.all()));
      world.scheduler.runDue();

      world.responders.hanging().forEach(exchange -> exchange.complete(good(world)));

      assertThat(world.staple(leaf)).isNotNull(); // taken in at once
      assertThat(world.events.all()).isEmpty();
      assertThat(world.counts.requested).isNotEmpty(); // metrics do not block
      assertThat(told).isNotDone();

      world.scheduler.runDue();
      assertThat(told).isDone();
      assertThat(order).isEmpty(); // the future came before the events
      assertThat(world.events.all()).contains("example.com: stapled");
    }
  }

  private static Outcome good(World world) {
    Instant now = world.now();
    return InMemoryResponders.answered(
        new CertificateStatus.Good(),
        URI.create("http://ocsp.ca.test/"),
        now,
        now.plus(Duration.ofDays(7)),
        Duration.ZERO);
  }

  private static final class BrokenHandler extends Handler {
    @Override
    public void publish(LogRecord entry) {
      throw new IllegalStateException("the disk is full");
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
