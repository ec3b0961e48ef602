package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.RevocationReason;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** S8: how a refusal is told, what a replacement may do, and what happens when something fails. */
@Timeout(60)
class PolicyTest {

  // ---- Refusals ----

  @Test
  void refused_manyHandshakes_areToldOnceAMinute() {
    try (World world = new World(PolicyTest::strict);
        LogLines log = new LogLines()) {
      TestCertificate leaf = bare(world);
      world.events.clear();

      for (int i = 0; i < 100; i++) {
        assertThat(handshake(world, leaf)).isFalse();
      }
      world.scheduler.runDue();

      assertThat(world.events.all()).containsExactly("a.test: refused");
      assertThat(world.counts.refused).hasValue(100);
      assertThat(log.all().stream().filter(line -> line.contains("refused, as")))
          .singleElement()
          .asString()
          .startsWith(
              "WARNING a.test: handshakes are refused, as the policy STRICT asks:"
                  + " http://ocsp.ca.test/ refused to connect, next attempt 2026-01-01T00:00:0");

      world.advance(Duration.ofMinutes(1));
      world.events.clear();
      assertThat(handshake(world, leaf)).isFalse();
      world.scheduler.runDue();

      assertThat(world.events.all()).containsExactly("a.test: refused");
    }
  }

  @Test
  void refused_chainOfOneCertificate_isToldOnceAMinute() {
    try (World world = new World(PolicyTest::strict)) {
      X509Certificate[] alone = {world.leaf("a.test").certificate()};

      for (int i = 0; i < 10; i++) {
        assertThat(World.handshake(world.stapler, alone, false)).isFalse();
      }
      world.scheduler.runDue();

      assertThat(world.events.all()).containsExactly("a.test: refused");
      assertThat(world.counts.refused).hasValue(10);
    }
  }

  @Test
  void refused_firstSeenOnAnEngine_isServedOnceStapled() {
    try (World world = new World(PolicyTest::strict)) {
      TestCertificate leaf = world.leaf("a.test");
      assertThat(handshake(world, leaf)).isFalse();

      world.scheduler.runDue();

      assertThat(handshake(world, leaf)).isTrue();
    }
  }

  // T6
  @ParameterizedTest
  @ValueSource(ints = {5, 17})
  void mustStaple_eitherTlsFeature_isListedAndRefusedWithoutAStaple(int feature) {
    try (World world = new World(builder -> builder.policy(StaplePolicy.MUST_STAPLE))) {
      world.responders.everywhere(InMemoryResponders.down());
      TestCertificate leaf =
          world.ca.leafBuilder("a.test").tlsFeatures(feature).ocspUrls("http://x.test/").build();

      assertThat(handshake(world, leaf)).isFalse();
      assertThat(world.status(leaf).mustStaple()).isTrue();
      assertThat(handshake(world, world.stapled("ordinary.test"))).isTrue();
    }
  }

  @Test
  void refused_lenient_nobodyIsTold() {
    try (World world = new World()) {
      TestCertificate leaf = bare(world);
      world.events.clear();

      assertThat(handshake(world, leaf)).isTrue();
      world.scheduler.runDue();

      assertThat(world.counts.refused).hasValue(0);
      assertThat(world.events.all()).isEmpty();
    }
  }

  /** It would be refused without: where a thread may block, better late. */
  @Test
  void strict_firstHandshakeOfAnOrdinaryCertificateOnASocket_waitsForTheStaple() throws Exception {
    ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
    InMemoryResponders responders = new InMemoryResponders(Clock.systemUTC(), scheduler);
    responders.latency(Duration.ofMillis(50));
    TestCertificate leaf = TestCa.root().leaf("a.test", "http://ocsp.ca.test");
    KeyManagers keys =
        new KeyManagers().hidden().add("a", leaf.chain().toArray(X509Certificate[]::new));
    try (Stapler stapler =
            Stapler.builder()
                .policy(StaplePolicy.STRICT)
                .mustStapleWait(Duration.ofSeconds(30))
                .scheduler(scheduler)
                .source(responders)
                .delivery(JsseDelivery.Mode.OFF)
                .build();
        var socket = SSLSocketFactory.getDefault().createSocket()) {
      assertThat(stapler.wrap(keys).chooseServerAlias("EC", null, socket)).isEqualTo("a");
    } finally {
      scheduler.shutdownNow();
    }
  }

  @Test
  void health_strictAndBare_isDown() {
    try (World world = new World(PolicyTest::strict)) {
      bare(world);

      assertThat(world.stapler.health().status()).isEqualTo(StaplerHealth.Status.DOWN);
    }
  }

  // ---- What fails ----

  /** A certificate that cannot be looked up counts as one without a staple. */
  @ParameterizedTest
  @EnumSource
  void pass_lookUpFails_goesOnOnlyIfABareCertificateMay(StaplePolicy policy) {
    FailingClock clock = new FailingClock();
    try (World world = new World();
        Stapler stapler = world.another(builder -> builder.policy(policy).clock(clock));
        LogLines log = new LogLines()) {
      TestCertificate ordinary = world.leaf("a.test");
      TestCertificate must = mustStaple(world);
      clock.fails = true;

      boolean ordinaryPasses = World.handshake(stapler, World.array(ordinary), false);
      boolean mustPasses = World.handshake(stapler, World.array(must), false);

      assertThat(ordinaryPasses).isEqualTo(policy != StaplePolicy.STRICT);
      assertThat(mustPasses).isEqualTo(policy == StaplePolicy.LENIENT);
      assertThat(log.all().stream().filter(line -> line.contains("In a handshake"))).hasSize(1);
      clock.fails = false;
    }
  }

  @Test
  void pass_metricsFail_stapledCertificateIsServed() {
    StaplerMetrics broken =
        new StaplerMetrics() {
          @Override
          public void resolved(boolean stapled) {
            throw new IllegalStateException("broken");
          }

          @Override
          public void refused() {
            throw new IllegalStateException("broken");
          }
        };
    try (World world = new World(builder -> strict(builder).metrics(broken));
        LogLines log = new LogLines()) {
      TestCertificate leaf = world.stapled("a.test");
      assertThat(handshake(world, leaf)).isTrue();

      TestCertificate bare = bare(world);
      assertThat(handshake(world, bare)).isFalse();
      assertThat(log.all().stream().filter(line -> line.contains("In a handshake"))).hasSize(1);
    }
  }

  // ---- Replacing ----

  @Test
  void replacement_asLongAsRevoked_servesTheOther() {
    List<X509Certificate> asked = new ArrayList<>();
    Replacement toSpare =
        revoked -> {
          asked.add(revoked);
          return "spare";
        };
    try (World world = new World(builder -> builder.replacement(toSpare))) {
      TestCertificate leaf = world.stapled("a.test");
      KeyManagers keys = keys(leaf, world.stapled("spare.test"));
      assertThat(chosen(world, keys)).isEqualTo("a");
      assertThat(asked).isEmpty();

      say(world, leaf, InMemoryResponders.revoked(DAYS, RevocationReason.CERTIFICATE_HOLD));
      assertThat(chosen(world, keys)).isEqualTo("spare");
      assertThat(asked).containsExactly(leaf.certificate());

      say(world, leaf, InMemoryResponders.good(DAYS));
      assertThat(chosen(world, keys)).isEqualTo("a");
      assertThat(world.counts.resolved).containsExactly(true, true, true);
    }
  }

  @Test
  void replacement_itselfBareUnderStrict_isRefused() {
    try (World world = new World(builder -> strict(builder).replacement(leaf -> "spare"))) {
      TestCertificate leaf = world.stapled("a.test");
      say(world, leaf, InMemoryResponders.revoked(DAYS, null));
      world.responders.everywhere(InMemoryResponders.down());

      assertThat(chosen(world, keys(leaf, world.leaf("spare.test")))).isNull();
    }
  }

  @Test
  void replacement_revokedToo_isNotReplacedInTurn() {
    try (World world = new World(builder -> builder.replacement(revoked -> "spare"))) {
      TestCertificate leaf = world.stapled("a.test");
      TestCertificate spare = world.stapled("spare.test");
      say(world, leaf, InMemoryResponders.revoked(DAYS, null));
      say(world, spare, InMemoryResponders.revoked(DAYS, null));

      assertThat(chosen(world, keys(leaf, spare))).isEqualTo("spare");
      assertThat(world.counts.resolved).containsExactly(false);
    }
  }

  @Test
  void replacement_noneOrUnknownOrFailing_servesAsThePolicyHasIt() {
    Replacement none = revoked -> null;
    Replacement unknown = revoked -> "nobody";
    Replacement failing =
        revoked -> {
          throw new IllegalStateException("broken");
        };
    for (Replacement replacement : List.of(none, unknown, failing)) {
      assertThat(chosenAfterRevocation(StaplePolicy.LENIENT, replacement)).isEqualTo("a");
      assertThat(chosenAfterRevocation(StaplePolicy.STRICT, replacement)).isNull();
    }
  }

  private static @Nullable String chosenAfterRevocation(
      StaplePolicy policy, Replacement replacement) {
    try (World world = new World(builder -> builder.policy(policy).replacement(replacement))) {
      TestCertificate leaf = world.stapled("a.test");
      say(world, leaf, InMemoryResponders.revoked(DAYS, null));
      return chosen(world, keys(leaf, world.stapled("spare.test")));
    }
  }

  // ---- Fixtures ----

  private static final Duration DAYS = Duration.ofDays(7);

  private static Stapler.Builder strict(Stapler.Builder builder) {
    return builder.policy(StaplePolicy.STRICT);
  }

  private static TestCertificate bare(World world) {
    world.responders.everywhere(InMemoryResponders.down());
    return world.stapled("a.test");
  }

  private static TestCertificate mustStaple(World world) {
    return world.ca.leafBuilder("must.test").mustStaple().ocspUrls("http://x.test/").build();
  }

  private static boolean handshake(World world, TestCertificate leaf) {
    return World.handshake(world.stapler, World.array(leaf), false);
  }

  private static KeyManagers keys(TestCertificate leaf, TestCertificate spare) {
    return new KeyManagers().add("spare", World.array(spare)).add("a", World.array(leaf)).hidden();
  }

  private static @Nullable String chosen(World world, KeyManagers keys) {
    return world.stapler.wrap(keys).chooseEngineServerAlias("EC", null, null);
  }

  private static void say(
      World world, TestCertificate leaf, InMemoryResponders.Behaviour behaviour) {
    world.responders.certificate(leaf.certificate(), behaviour);
    world.advance(Duration.ofSeconds(1)); // a newer answer than the one before
    var unused = world.stapler.refresh(World.chain(leaf));
    world.scheduler.runDue();
  }

  /** A clock that a user brought, and that breaks. */
  private static final class FailingClock extends Clock {
    private volatile boolean fails;

    @Override
    public Instant instant() {
      if (fails) {
        throw new IllegalStateException("broken");
      }
      return Instant.parse("2026-01-01T00:00:00Z");
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
