package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Long times and many certificates. */
class StaplerOutageTest {
  // Made once: signing takes longer than the tests. By the number of their responders' hosts.
  private static final Map<Integer, List<TestCertificate>> LEAVES = new HashMap<>();

  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  // S5
  @Test
  void outageOfADay_oneCertificate_isAskedABoundedNumberOfTimesWithJitter() {
    TestCertificate leaf = world.stapled("example.com");
    world.advance(Duration.ofHours(84)); // the refresh is due soon
    world.responders.everywhere(InMemoryResponders.down());
    world.responders.clearRequests();

    world.advance(Duration.ofHours(24));

    assertThat(world.responders.requestCount()).isBetween(20, 100);
    assertThat(pauses()).hasSizeGreaterThan(15);
    assertThat(world.staple(leaf)).isNotNull();
  }

  // S5
  @Test
  void outageOfADay_aThousandCertificates_asksTheHostLittleMoreThanForOne() {
    List<TestCertificate> leaves = preload(1_000, 1);
    world.scheduler.runDue();
    world.advance(Duration.ofHours(84));
    world.responders.everywhere(InMemoryResponders.down());
    world.responders.clearRequests();

    world.advance(Duration.ofHours(24));

    assertThat(world.responders.requestCount()).isBetween(100, 600);
    assertThat(leaves).allSatisfy(leaf -> assertThat(world.staple(leaf)).isNotNull());
  }

  // S5, and the crate's "new certificates starve during an outage"
  @Test
  void outage_over_allAreRenewedWithinMinutes() {
    List<TestCertificate> leaves = preload(1_000, 1);
    world.responders.everywhere(InMemoryResponders.down());
    world.advance(Duration.ofHours(24));
    assertThat(leaves).noneSatisfy(leaf -> assertThat(world.staple(leaf)).isNotNull());

    world.responders.everywhere(InMemoryResponders.good(Duration.ofDays(7)));
    world.advance(Duration.ofMinutes(16));

    assertThat(leaves).allSatisfy(leaf -> assertThat(world.staple(leaf)).isNotNull());
  }

  // Of a chain of two at start, of a dozen, and of a thousand: no breaker may make it longer.
  @ParameterizedTest
  @CsvSource({"2, 1, 20", "2, 5, 40", "2, 20, 45", "12, 1, 15", "12, 20, 30", "1000, 1, 17"})
  void outageAtStart_over_allAreStapledWithinOneRetryInterval(int count, int down, int within) {
    for (int seed = 0; seed < (count > 100 ? 1 : 20); seed++) {
      SplittableRandom dice = new SplittableRandom(seed);
      try (World strict = new World(it -> it.policy(StaplePolicy.STRICT).random(dice))) {
        strict.responders.everywhere(InMemoryResponders.down());
        List<TestCertificate> leaves = preload(strict, count, 1);
        strict.advance(Duration.ofSeconds(down));
        strict.responders.everywhere(InMemoryResponders.good(Duration.ofDays(7)));

        strict.advance(Duration.ofSeconds(within));

        assertThat(leaves).allSatisfy(leaf -> assertThat(strict.staple(leaf)).isNotNull());
      }
    }
  }

  // S7, S3
  @Test
  void thirtyDays_responderGood_isNeverWithoutAndAskedAboutSoOften() {
    world.responders.everywhere(InMemoryResponders.good(Duration.ofDays(4)));
    List<TestCertificate> leaves = preload(20, 20);
    world.scheduler.runDue();

    for (int hour = 0; hour < 30 * 24; hour++) {
      world.advance(Duration.ofHours(1));
      assertThat(leaves).allSatisfy(leaf -> assertThat(world.staple(leaf)).isNotNull());
    }

    // 30 days at 2 to 2.4 days each, and the first.
    assertThat(world.responders.requestCount()).isBetween(20 * 13, 20 * 16);
    assertThat(world.counts.failed).isEmpty();
    assertThat(world.events.all()).noneMatch(event -> event.endsWith("late"));
  }

  // X3
  @Test
  void thousandCertificatesOfTwentyCas_threeHang_theOthersAreStapledMeanwhile() {
    world.responders.latency(Duration.ofMillis(50));
    for (int dead = 0; dead < 3; dead++) {
      world.responders.host("ocsp" + dead + ".test", InMemoryResponders.hang());
    }
    List<TestCertificate> leaves = preload(1_000, 20);

    world.advance(Duration.ofSeconds(5));

    for (int i = 0; i < leaves.size(); i++) {
      boolean dead = i % 20 < 3;
      assertThat(world.staple(leaves.get(i)) == null).isEqualTo(dead);
    }
    assertThat(world.responders.mostInFlight()).isLessThanOrEqualTo(64);
  }

  // X3
  @Test
  void thousandCertificatesOfTwentyCas_threeRefuse_areOnlyProbed() {
    for (int dead = 0; dead < 3; dead++) {
      world.responders.host("ocsp" + dead + ".test", InMemoryResponders.down());
    }
    List<TestCertificate> leaves = preload(1_000, 20);

    world.advance(Duration.ofHours(24));

    assertThat(leaves.subList(3, 20))
        .allSatisfy(leaf -> assertThat(world.status(leaf).state()).isEqualTo(State.STAPLED));
    for (int dead = 0; dead < 3; dead++) {
      assertThat(world.responders.requestsTo("ocsp" + dead + ".test")).isBetween(50L, 500L);
    }
  }

  @Test
  void requests_inFlight_stayWithinTheBoundOfOneHost() {
    world.responders.latency(Duration.ofSeconds(1));
    preload(500, 1);

    world.advance(Duration.ofMinutes(1));

    assertThat(world.responders.requestCount()).isEqualTo(500);
    assertThat(world.responders.mostInFlight()).isEqualTo(32);
  }

  // Overloaded responders say how long to leave them alone.
  @Test
  void overloaded_withRetryAfter_leavesTheHostAloneForSoLong() {
    world.responders.everywhere(InMemoryResponders.overloaded(Duration.ofMinutes(4)));
    preload(200, 1);
    world.advance(Duration.ofMinutes(1));
    int before = world.responders.requestCount();

    world.advance(Duration.ofMinutes(2));

    assertThat(before).isLessThanOrEqualTo(HostGate.FAILURES_TO_OPEN + HostGate.UNPROVEN_LIMIT);
    assertThat(world.responders.requestCount()).isEqualTo(before);
  }

  // X2 of the engine: a request that never comes back does not stop a certificate for ever.
  @Test
  void request_neverComesBack_isGivenUpAndRetried() {
    world.responders.everywhere(InMemoryResponders.hang());
    TestCertificate leaf = world.leaf("example.com");
    var outcome = world.stapler.preload(World.chain(leaf));
    world.advance(Duration.ofMinutes(1));
    world.responders.everywhere(InMemoryResponders.good(Duration.ofDays(7)));

    world.advance(Duration.ofMinutes(2));

    assertThat(outcome.join().lastError()).hasValue("the request never came back");
    assertThat(world.responders.hanging()).allSatisfy(one -> assertThat(one).isCancelled());
    assertThat(world.status(leaf).state()).isEqualTo(State.STAPLED);
  }

  private List<TestCertificate> preload(int count, int hosts) {
    return preload(world, count, hosts);
  }

  private static List<TestCertificate> preload(World world, int count, int hosts) {
    List<TestCertificate> some =
        LEAVES.computeIfAbsent(hosts, StaplerOutageTest::make).subList(0, count);
    some.forEach(leaf -> {
      var unused = world.stapler.preload(leaf.chain());
    });
    return some;
  }

  private static List<TestCertificate> make(int hosts) {
    TestCa ca = TestCa.builder("Large CA").clock(ManualScheduler.create().clock()).buildCa();
    KeyPair key = ca.leaf("key.test").keyPair();
    List<TestCertificate> leaves = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      String host = hosts == 1 ? World.HOST : "ocsp" + (i % hosts) + ".test";
      String url = "http://" + host + "/";
      leaves.add(ca.leafBuilder("host" + i + ".test").keyPair(key).ocspUrls(url).build());
    }
    return leaves;
  }

  private Set<Duration> pauses() {
    Set<Duration> pauses = new HashSet<>();
    Instant last = null;
    for (InMemoryResponders.Request request : world.responders.requests()) {
      if (last != null) {
        pauses.add(Duration.between(last, request.at()));
      }
      last = request.at();
    }
    return pauses;
  }
}
