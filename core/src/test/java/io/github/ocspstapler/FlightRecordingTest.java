package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.ocspstapler.ocsp.RevocationReason;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Java Flight Recorder is told, and that nobody pays for it who does not record. */
@Timeout(120)
class FlightRecordingTest {
  private static final String FETCH = "ocspstapler.Fetch";
  private static final String PUBLISHED = "ocspstapler.StaplePublished";
  private static final String BARE = "ocspstapler.HandshakeWithoutStaple";

  @TempDir Path folder;

  @Test
  void fetch_answered_saysWhomWhatAndHowMuch() throws IOException {
    try (World world = new World();
        Recording recording = recording()) {
      world.responders.latency(Duration.ofMillis(1));

      TestCertificate leaf = world.leaf("a.test");
      var unused = world.stapler.preload(World.chain(leaf));
      world.advance(Duration.ofSeconds(1));

      RecordedEvent fetch = only(recording, FETCH);
      assertThat(fetch.getString("certificate")).isEqualTo("a.test");
      assertThat(fetch.getString("serialNumber"))
          .isEqualTo(leaf.certificate().getSerialNumber().toString(16));
      assertThat(fetch.getString("responder")).isEqualTo("http://ocsp.ca.test/");
      assertThat(fetch.getString("outcome")).isEqualTo("good");
      assertThat(fetch.getString("reason")).isEmpty();
      assertThat(fetch.getInt("size"))
          .isEqualTo(world.stapler.staple(leaf.certificate()).orElseThrow().encoded().length);
      assertThat(fetch.getDuration()).isPositive();
    }
  }

  @Test
  void fetch_notAnswered_saysWhy() throws IOException {
    try (World world = new World();
        Recording recording = recording()) {
      world.responders.everywhere(InMemoryResponders.down());

      world.stapled("a.test");

      RecordedEvent fetch = only(recording, FETCH);
      assertThat(fetch.getString("outcome")).isEqualTo("unreachable");
      assertThat(fetch.getString("reason")).isNotBlank();
      assertThat(fetch.getString("error"))
          .isEqualTo(
              world.stapler.statuses().stream()
                  .filter(row -> row.name().equals("a.test"))
                  .findAny()
                  .orElseThrow()
                  .lastError()
                  .orElseThrow());
      assertThat(fetch.getInt("size")).isZero();
    }
  }

  // X9: whoever names no responder is quiet here, too.
  @Test
  void noOcspUrl_always_isRecordedNowhere() throws IOException {
    try (World world = new World();
        Recording recording = recording()) {
      TestCertificate quiet = world.ca.leaf("quiet.test");

      var unused = world.stapler.preload(World.chain(quiet));
      world.scheduler.runDue();
      World.handshake(world.stapler, World.array(quiet), false);

      assertThat(events(recording, FETCH)).isEmpty();
      assertThat(events(recording, BARE)).isEmpty();
    }
  }

  @Test
  void published_firstAndRenewed_areOneEventEach() throws IOException {
    try (World world = new World();
        Recording recording = recording()) {
      TestCertificate leaf = world.stapled("a.test");
      world.advance(Duration.ofDays(5));

      List<RecordedEvent> published = events(recording, PUBLISHED);
      assertThat(published)
          .extracting(event -> event.getBoolean("first"))
          .containsExactly(true, false);
      Staple last = world.stapler.staple(leaf.certificate()).orElseThrow();
      RecordedEvent renewed = published.get(1);
      assertThat(renewed.getInstant("thisUpdate")).isEqualTo(last.thisUpdate());
      assertThat(renewed.getInstant("servedUntil")).isEqualTo(last.servedUntil());
      assertThat(renewed.getString("responder")).isEqualTo("http://ocsp.ca.test/");
      assertThat(renewed.getInt("size")).isEqualTo(last.encoded().length);
    }
  }

  @Test
  void handshake_stapled_isNotRecorded() throws IOException {
    try (World world = new World();
        Recording recording = recording()) {
      TestCertificate leaf = world.stapled("a.test");

      World.handshake(world.stapler, World.array(leaf), false);

      assertThat(events(recording, BARE)).isEmpty();
    }
  }

  @Test
  void handshake_neverSeenBefore_isRecordedAsNew() throws IOException {
    try (World world = new World();
        Recording recording = recording()) {
      World.handshake(world.stapler, World.array(world.leaf("a.test")), false);

      RecordedEvent bare = only(recording, BARE);
      assertThat(bare.getString("certificate")).isEqualTo("a.test");
      assertThat(bare.getString("state")).isEqualTo("new");
      assertThat(bare.getBoolean("refused")).isFalse();
    }
  }

  @Test
  void handshake_refused_isRecordedWithTheState() throws IOException {
    try (World world = new World(builder -> builder.policy(StaplePolicy.STRICT));
        Recording recording = recording()) {
      world.responders.everywhere(
          InMemoryResponders.revoked(Duration.ofDays(7), RevocationReason.KEY_COMPROMISE));
      TestCertificate leaf = world.stapled("a.test");

      World.handshake(world.stapler, World.array(leaf), false);

      RecordedEvent bare = only(recording, BARE);
      assertThat(bare.getString("state")).isEqualTo("revoked");
      assertThat(bare.getBoolean("refused")).isTrue();
    }
  }

  // After somebody has recorded, too: then the events' classes are there, and look whether they are
  // wanted.
  @Test
  void handshake_nobodyRecords_allocatesNothing() throws IOException {
    try (World world = new World();
        Stapler uncounted = world.another(builder -> builder.metrics(new StaplerMetrics() {}))) {
      try (Recording recording = recording()) {
        World.handshake(world.stapler, World.array(world.leaf("before.test")), false);
        assertThat(events(recording, BARE)).hasSize(1);
      }
      world.responders.everywhere(InMemoryResponders.down());
      TestCertificate leaf = world.leaf("a.test");
      var unused = uncounted.preload(World.chain(leaf));
      world.scheduler.runDue();
      X509Certificate[] bare = World.array(leaf);
      allocated(uncounted, bare); // what is allocated once

      long allocated = allocated(uncounted, bare);

      assertThat(allocated).isLessThan(10_000); // of ten thousand handshakes
    }
  }

  private static long allocated(Stapler stapler, X509Certificate[] bare) {
    KeyManagers keyManager = new KeyManagers();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Handshakes handshakes = stapler.handshakes;
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      handshakes.pass(keyManager, "chosen", bare, false);
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private static Recording recording() {
    Recording recording = new Recording();
    recording.enable(FETCH);
    recording.enable(PUBLISHED);
    recording.enable(BARE);
    recording.start();
    return recording;
  }

  private RecordedEvent only(Recording recording, String name) throws IOException {
    List<RecordedEvent> events = events(recording, name);
    assertThat(events).hasSize(1);
    return events.get(0);
  }

  private List<RecordedEvent> events(Recording recording, String name) throws IOException {
    Path file = folder.resolve(name + ".jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals(name))
        .toList();
  }
}
