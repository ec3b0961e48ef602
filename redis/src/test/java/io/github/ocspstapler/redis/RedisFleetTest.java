package io.github.ocspstapler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.store.StoredStaple;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/**
 * A fleet of real processes on one real Redis and one real responder. Small in every build; as
 * large as {@code -Dfleet.nodes=8 -Dfleet.certificates=2000 -Dfleet.round=2040} says on demand.
 */
class RedisFleetTest {
  private static final int NODES = Integer.getInteger("fleet.nodes", 3);
  private static final int CERTIFICATES = Integer.getInteger("fleet.certificates", 50);

  /** Renewed after half of it; long enough for all of a round. */
  private static final Duration VALIDITY = Duration.ofSeconds(24 + CERTIFICATES / 10);

  /**
   * What a round may cost, in requests, where a node for itself would make as many again: to a node
   * on a busy machine, or in a cold JVM, Redis seems slow for a moment, in which it goes on alone.
   * That a round costs one for each otherwise is shown on virtual time, by {@code FleetTest}.
   */
  private static final int ROUND =
      Integer.getInteger("fleet.round", CERTIFICATES + CERTIFICATES / 2);

  @TempDir private Path folder;

  private RedisServer redis;
  private TestResponder responder;
  private final TestCa ca = TestCa.root().intermediate("CA");
  private final List<FleetNode> nodes = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    redis = RedisServer.start(Files.createDirectory(folder.resolve("redis")));
    responder = TestResponder.start(ca);
  }

  @AfterEach
  void stop() {
    nodes.forEach(FleetNode::close);
    responder.close();
    redis.close();
  }

  private Path issue(int certificates) throws Exception {
    Path chains = Files.createDirectory(folder.resolve("chains"));
    KeyPair key = ca.leaf("key.test").keyPair();
    for (int i = 0; i < certificates; i++) {
      TestCertificate leaf =
          ca.leafBuilder(i + ".example.com").keyPair(key).ocspUrls(responder.url()).build();
      Files.writeString(chains.resolve(i + ".pem"), leaf.pem() + ca.held().pem());
    }
    return chains;
  }

  private FleetNode node(Path chains) throws Exception {
    FleetNode node =
        FleetNode.start(redis.uri(), chains, folder.resolve("node-" + nodes.size() + ".log"));
    nodes.add(node);
    return node;
  }

  private void awaitAll(long newerThan, int certificates) throws Exception {
    Duration limit = VALIDITY.multipliedBy(2).plusSeconds(60);
    Eventually.within(
        limit,
        () -> {
          for (FleetNode node : nodes) {
            if (!node.isReady() || node.newerThan(newerThan) < certificates) {
              return false;
            }
          }
          return true;
        });
  }

  // S6: each certificate is asked about once a round, by whichever node comes first.
  @Test
  void round_allNodes_askOnceForEachCertificate() throws Exception {
    responder.validity(VALIDITY);
    Path chains = issue(CERTIFICATES);
    for (int i = 0; i < NODES; i++) {
      node(chains);
    }
    awaitAll(0, CERTIFICATES);
    int start = responder.requestCount();
    long first = newest();
    responder.clearRequests();

    awaitAll(first, CERTIFICATES);

    int renewals = responder.requestCount();
    System.out.printf("%d requests at the start, %d in a round of renewals%n", start, renewals);
    assertThat(renewals).isBetween(CERTIFICATES, ROUND);
    assertThat(start).isBetween(CERTIFICATES, ROUND);
    assertThat(nodes).allMatch(RedisFleetTest::lostNothing);
    System.out.println(spread());
  }

  private long newest() throws Exception {
    long newest = 0;
    for (FleetNode node : nodes) {
      LongSummaryStatistics all =
          node.had().stream().mapToLong(FleetNode.Had::thisUpdate).summaryStatistics();
      newest = Math.max(newest, all.getMax());
    }
    return newest;
  }

  private static boolean lostNothing(FleetNode node) {
    try {
      return node.lines().stream().noneMatch(line -> line.startsWith("expired"));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Returns how long the nodes take, from the first that has a staple to the last. */
  private String spread() throws Exception {
    List<FleetNode.Had> all = new ArrayList<>();
    for (FleetNode node : nodes) {
      all.addAll(node.had());
    }
    List<Long> millis =
        all.stream()
            .collect(
                Collectors.groupingBy(
                    had -> had.serial() + " " + had.thisUpdate(),
                    Collectors.summarizingLong(FleetNode.Had::at)))
            .values()
            .stream()
            .filter(times -> times.getCount() == NODES)
            .map(times -> times.getMax() - times.getMin())
            .sorted()
            .toList();
    return String.format(
        "%d nodes, %d certificates: all nodes hold a new staple within %d ms (p50), %d ms (p99)",
        NODES, CERTIFICATES, millis.get(millis.size() / 2), millis.get(millis.size() * 99 / 100));
  }

  // A node that is killed while it asks keeps the others waiting for a moment only.
  @Test
  void kill_nodeThatHoldsALease_anotherAsksInTime() throws Exception {
    Path chains = issue(1);
    responder.latency(Duration.ofSeconds(5));
    FleetNode first = node(chains);
    assertThat(responder.awaitRequests(1, Duration.ofSeconds(60))).isTrue();
    try (RedisClient client = redis.client()) {
      assertThat(client.keys("*:lease")).hasSize(1);
    }
    first.close();
    nodes.clear();
    responder.latency(Duration.ZERO);

    FleetNode second = node(chains);
    Eventually.until(second::isReady);

    Eventually.until(() -> second.newerThan(0) == 1);
  }

  // X13: nothing is lost, each node asks for itself at most, and Redis fills again.
  @Test
  void redis_killedAndRestartedEmpty_nothingIsUnstapled() throws Exception {
    responder.validity(VALIDITY);
    Path chains = issue(CERTIFICATES);
    for (int i = 0; i < NODES; i++) {
      node(chains);
    }
    awaitAll(0, CERTIFICATES);
    long first = newest();
    responder.clearRequests();
    redis.kill();

    Eventually.within(VALIDITY.multipliedBy(2), () -> nodes.get(0).newerThan(first) > 0);
    redis.restart();
    awaitAll(first, CERTIFICATES);

    assertThat(responder.requestCount()).isLessThanOrEqualTo(NODES * CERTIFICATES * 2);
    assertThat(nodes).allMatch(RedisFleetTest::lostNothing);
    try (RedisClient client = redis.client()) {
      Eventually.within(VALIDITY.multipliedBy(2), () -> !client.keys("ocsp-stapler:*").isEmpty());
    }
  }

  // X12
  @Test
  void entries_poisoned_areRefusedAndReplaced() throws Exception {
    Path chains = issue(5);
    node(chains);
    awaitAll(0, 5);
    try (RedisClient client = redis.client()) {
      Eventually.until(() -> client.keys("ocsp-stapler:*").size() == 5);
      Set<String> entries = client.keys("ocsp-stapler:*");
      entries.forEach(entry -> client.set(entry, "poison"));
      responder.clearRequests();

      node(chains);
      awaitAll(0, 5);

      assertThat(responder.requestCount()).isBetween(5, 10); // twice if it took too long
      for (String entry : entries) {
        Eventually.until(() -> isReplaced(client.get(entry.getBytes(UTF_8))));
      }
    }
  }

  private static boolean isReplaced(byte[] value) {
    return value != null && StoredStaple.decode(value).responder().isPresent();
  }
}
