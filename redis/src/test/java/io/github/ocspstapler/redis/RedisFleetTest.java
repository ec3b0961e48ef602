package io.github.ocspstapler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.store.StoredStaple;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.Eventually;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import redis.clients.jedis.RedisClient;

/**
 * A fleet of real processes on one real Redis and one real responder. Small in every build; as
 * large as {@code -Dfleet.nodes=8 -Dfleet.certificates=2000 -Dfleet.round=2040} says on demand.
 */
@Execution(ExecutionMode.CONCURRENT)
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

  /** What the start may cost, which comes once: less than if each node asked for itself. */
  private static final int START = Integer.getInteger("fleet.round", NODES * CERTIFICATES - 1);

  /** Under a running fleet, again and again until each node has seen each. */
  private static final int POISONED = Math.min(CERTIFICATES, 50);

  /** One of so many at most is to be as it should be. */
  private static final int ROUNDS = 4;

  /** A node has many leases at once, where its fair share of all would be three times as many. */
  private static final int LEASES = Math.max(1, Math.min(10, CERTIFICATES / (3 * NODES)));

  /** After the end of a dead node's lease somebody has asked within this, on a quiet machine. */
  private static final Duration AFTER_A_LEASE = Duration.ofSeconds(1);

  /** What a machine that is busy with other tests may add to it, in seconds. */
  private static final Duration GRACE = Duration.ofSeconds(Integer.getInteger("fleet.grace", 10));

  /** So long after an outage some node may still leave the store alone, on a busy machine, too. */
  private static final Duration AFTER_AN_OUTAGE = Duration.ofSeconds(10);

  @TempDir private Path folder;

  private RedisServer redis;
  private TestResponder responder;
  private final TestCa ca = TestCa.root().intermediate("CA");
  private final List<FleetNode> nodes = new ArrayList<>();
  private final Map<String, String> keys = new TreeMap<>(); // in Redis, by serial number

  @BeforeEach
  void start() throws Exception {
    responder = TestResponder.start(ca);
    redis = RedisServer.start(Files.createDirectory(folder.resolve("redis")));
  }

  @AfterEach
  void stop() {
    nodes.forEach(FleetNode::close);
    responder.close();
    if (redis != null) { // where there is no redis-server
      redis.close();
    }
  }

  private Path issue(int certificates) throws Exception {
    Path chains = Files.createDirectory(folder.resolve("chains"));
    KeyPair key = ca.leaf("key.test").keyPair();
    for (int i = 0; i < certificates; i++) {
      TestCertificate leaf =
          ca.leafBuilder(i + ".example.com").keyPair(key).ocspUrls(responder.url()).build();
      Files.writeString(chains.resolve(i + ".pem"), leaf.pem() + ca.held().pem());
      byte[] der = leaf.certificate().getEncoded();
      byte[] fingerprint = MessageDigest.getInstance("SHA-256").digest(der);
      keys.put(
          leaf.certificate().getSerialNumber().toString(),
          "ocsp-stapler:" + HexFormat.of().formatHex(fingerprint));
    }
    return chains;
  }

  private void nodes(int count, Path chains) throws Exception {
    for (int i = 0; i < count; i++) {
      var unused = node(chains);
    }
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
    nodes(NODES, chains);
    awaitAll(0, CERTIFICATES);
    int start = responder.requestCount();
    int renewals = requestsInARound();
    for (int i = 1; i < ROUNDS && renewals > ROUND; i++) {
      renewals = requestsInARound();
    }

    System.out.printf("%d requests at the start, %d in a round of renewals%n", start, renewals);
    assertThat(renewals).isBetween(CERTIFICATES, ROUND);
    assertThat(start).isBetween(CERTIFICATES, START);
    assertNothingWasUnstapled();
    System.out.println(spread());
  }

  private int requestsInARound() throws Exception {
    responder.clearRequests();
    long before = newest();
    awaitAll(before, CERTIFICATES);
    return responder.requestCount();
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

  private void assertNothingWasUnstapled() throws Exception {
    for (FleetNode node : nodes) {
      assertThat(node.unstapled()).isEmpty();
      assertThat(node.looks()).isPositive();
    }
  }

  /** Returns when which node had a staple newer than an instant, for each certificate. */
  private Map<String, LongSummaryStatistics> hadNewerThan(long thisUpdate) throws Exception {
    List<FleetNode.Had> all = new ArrayList<>();
    for (FleetNode node : nodes) {
      Map<String, FleetNode.Had> first =
          node.had().stream()
              .filter(had -> had.thisUpdate() > thisUpdate)
              .collect(toMap(FleetNode.Had::serial, had -> had, (one, later) -> one));
      all.addAll(first.values());
    }
    return all.stream()
        .collect(
            Collectors.groupingBy(
                FleetNode.Had::serial, Collectors.summarizingLong(FleetNode.Had::at)));
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
      assertThat(leases(client)).hasSize(1);
    }
    first.close();
    nodes.clear();
    responder.latency(Duration.ZERO);

    FleetNode second = node(chains);
    Eventually.until(second::isReady);

    Eventually.until(() -> second.newerThan(0) == 1);
  }

  // Each lease of a dead node ends by itself, and then somebody else asks at once.
  @Test
  void kill_nodeThatHoldsManyLeases_othersAskOnceTheseHaveEnded() throws Exception {
    responder.validity(VALIDITY.plusSeconds(10));
    Path chains = issue(CERTIFICATES);
    try (RedisClient client = redis.client()) {
      responder.latency(Duration.ofSeconds(2)); // or its leases are not seen
      FleetNode victim = node(chains);
      Eventually.until(() -> !leases(client).isEmpty());
      String owner = origin(leases(client).values().iterator().next());
      responder.latency(Duration.ZERO);
      nodes(NODES - 1, chains);
      awaitAll(0, CERTIFICATES);
      long first = newest();
      Map<String, byte[]> before = entries(client);
      responder.latency(Duration.ofSeconds(2)); // in time on a busy machine, too
      Eventually.within(
          VALIDITY.multipliedBy(2),
          () ->
              leases(client).values().stream()
                      .map(RedisFleetTest::origin)
                      .filter(owner::equals)
                      .count()
                  >= LEASES);
      victim.close();
      nodes.remove(victim);
      responder.latency(Duration.ZERO);
      responder.clearRequests();
      Map<String, Long> ends = new HashMap<>();
      leases(client)
          .forEach((serial, holder) -> {
            long end = System.currentTimeMillis() + client.pttl(key(serial) + ":lease");
            byte[] entry = client.get(key(serial).getBytes(UTF_8));
            if (origin(holder).equals(owner) && Arrays.equals(entry, before.get(serial))) {
              ends.put(serial, end); // it has neither saved its answer nor given the lease back
            }
          });

      awaitAll(first, CERTIFICATES);

      Map<String, LongSummaryStatistics> had = hadNewerThan(first);
      LongSummaryStatistics late =
          ends.entrySet().stream()
              .mapToLong(end -> requireNonNull(had.get(end.getKey())).getMin() - end.getValue())
              .summaryStatistics();
      System.out.printf(
          "%d nodes, %d certificates: %d leases of a dead node; the next had an answer %d to %d ms"
              + " after the lease's end%n",
          NODES, CERTIFICATES, ends.size(), late.getMin(), late.getMax());
      assertThat(ends).isNotEmpty();
      assertThat(late.getMax()).isLessThan(AFTER_A_LEASE.plus(GRACE).toMillis());
      assertThat(askedAbout()).containsAll(ends.keySet());
      assertNothingWasUnstapled();
    }
  }

  private List<String> askedAbout() {
    return responder.requests().stream()
        .flatMap(request -> request.serialNumbers().stream())
        .map(BigInteger::toString)
        .toList();
  }

  private String key(String serial) {
    return requireNonNull(keys.get(serial));
  }

  /** Returns who holds leases, by serial number. */
  private Map<String, String> leases(RedisClient client) {
    Map<String, String> leases = new HashMap<>();
    values(client, ":lease")
        .forEach((serial, value) -> leases.put(serial, new String(value, UTF_8)));
    return leases;
  }

  /** Returns which node a lease's owner is. */
  private static String origin(String holder) {
    return holder.substring(0, holder.lastIndexOf('-'));
  }

  /** Returns what Redis has, by serial number. */
  private Map<String, byte[]> entries(RedisClient client) {
    return values(client, "");
  }

  private Map<String, byte[]> values(RedisClient client, String suffix) {
    List<String> serials = List.copyOf(keys.keySet());
    byte[][] wanted =
        serials.stream()
            .map(serial -> (key(serial) + suffix).getBytes(UTF_8))
            .toArray(byte[][]::new);
    List<byte[]> found = client.mget(wanted);
    Map<String, byte[]> values = new HashMap<>();
    for (int i = 0; i < wanted.length; i++) {
      if (found.get(i) != null) {
        values.put(serials.get(i), found.get(i));
      }
    }
    return values;
  }

  // X13: nothing is lost, and each node asks for itself about what comes due meanwhile.
  @Test
  void redis_killedInARoundAndRestartedEmpty_nothingIsUnstapled() throws Exception {
    killInARound();

    try (RedisClient client = redis.client()) { // it fills with the next refreshes
      Eventually.within(VALIDITY.multipliedBy(2), () -> entries(client).size() == CERTIFICATES);
    }
    assertNothingWasUnstapled();
  }

  // X13
  @Test
  void redis_killedInARoundAndRestartedWithItsData_nothingIsUnstapled() throws Exception {
    redis.close();
    redis =
        RedisServer.start(Files.createDirectory(folder.resolve("durable")), "--appendonly", "yes");

    killInARound();

    try (RedisClient client = redis.client()) {
      Eventually.until(() -> entries(client).size() == CERTIFICATES);
    }
    assertNothingWasUnstapled();
  }

  private void killInARound() throws Exception {
    responder.validity(VALIDITY);
    Path chains = issue(CERTIFICATES);
    nodes(NODES, chains);
    awaitAll(0, CERTIFICATES);
    long first = newest();
    responder.clearRequests();
    FleetNode one = nodes.get(0);
    Duration limit = VALIDITY.multipliedBy(2);

    Eventually.within(limit, () -> one.newerThan(first) >= Math.max(1, CERTIFICATES / 10));
    long killed = System.currentTimeMillis();
    redis.kill();
    long soFar = one.newerThan(first);
    Eventually.within(limit, () -> one.newerThan(first) >= Math.max(1, CERTIFICATES / 2));
    long after = one.newerThan(first);
    redis.restart();
    long back = System.currentTimeMillis() + AFTER_AN_OUTAGE.toMillis();
    awaitAll(first, CERTIFICATES);

    int requests = responder.requestCount();
    long meanwhile =
        hadNewerThan(first).values().stream()
            .filter(had -> had.getMax() >= killed && had.getMin() <= back)
            .count();
    System.out.printf(
        "%d nodes, %d certificates: Redis killed when a node had renewed %d, and back when %d:"
            + " %d requests in the round, in which %d came due without it%n",
        NODES, CERTIFICATES, soFar, after, requests, meanwhile);
    assertThat((long) requests).isBetween((long) CERTIFICATES, ROUND + (NODES - 1) * meanwhile);
  }

  // X12: whoever may write to Redis does so until each node has seen it.
  @Test
  void entries_poisonedUnderARunningFleet_areRefusedByEachNodeOnceAndReplaced() throws Exception {
    responder.validity(Duration.ofHours(12));
    Path chains = issue(CERTIFICATES);
    nodes(NODES, chains);
    awaitAll(0, CERTIFICATES);
    try (RedisClient client = redis.client()) {
      Eventually.until(() -> entries(client).size() == CERTIFICATES);
      Map<String, byte[]> good = entries(client);
      Map<String, byte[]> bad = poison(first(good, POISONED));
      responder.clearRequests();

      Eventually.within(
          Duration.ofMinutes(10),
          () -> {
            int seen = 0;
            for (FleetNode node : nodes) {
              seen += node.refused().size();
            }
            if (seen < NODES * POISONED) {
              bad.forEach((serial, value) -> poison(client, key(serial), value));
            }
            return seen == NODES * POISONED;
          });

      Eventually.within(
          Duration.ofMinutes(2),
          () ->
              entries(client).entrySet().stream()
                      .filter(entry ->
                          isSame(entry.getValue(), requireNonNull(good.get(entry.getKey()))))
                      .count()
                  == CERTIFICATES);
      for (FleetNode node : nodes) {
        if (CERTIFICATES == POISONED) { // of more, the log leaves lines out
          assertThat(node.reports()).isNotEmpty();
        }
        assertThat(node.reports().values()).allMatch(times -> times == 1);
      }
      assertThat(responder.requestCount()).isZero();
      assertNothingWasUnstapled();
    }
  }

  private static Map<String, byte[]> first(Map<String, byte[]> all, int count) {
    return all.entrySet().stream()
        .limit(count)
        .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** Returns garbage for every other certificate, and a good answer about another for the rest. */
  private static Map<String, byte[]> poison(Map<String, byte[]> good) {
    List<String> serials = List.copyOf(good.keySet());
    return IntStream.range(0, serials.size())
        .boxed()
        .collect(
            toMap(
                serials::get,
                i ->
                    i % 2 == 0
                        ? "poison".getBytes(UTF_8)
                        : good.get(serials.get((i + 1) % serials.size()))));
  }

  private static void poison(RedisClient client, String key, byte[] value) {
    client.set(key.getBytes(UTF_8), value);
    client.publish("ocsp-stapler:news", "mallory " + key.substring("ocsp-stapler:".length()));
  }

  private static boolean isSame(byte[] one, byte[] other) {
    return Arrays.equals(
        StoredStaple.decode(one).response(), StoredStaple.decode(other).response());
  }

  // X12
  @Test
  void entries_poisonedBeforeTheStart_areRefusedAndReplaced() throws Exception {
    Path chains = issue(CERTIFICATES);
    FleetNode one = node(chains);
    awaitAll(0, CERTIFICATES);
    try (RedisClient client = redis.client()) {
      Eventually.until(() -> entries(client).size() == CERTIFICATES);
      Map<String, byte[]> bad = poison(entries(client));
      one.close();
      nodes.clear();
      bad.forEach((serial, value) -> client.set(key(serial).getBytes(UTF_8), value));
      responder.clearRequests();

      nodes(NODES, chains);
      awaitAll(0, CERTIFICATES);

      assertThat(responder.requestCount()).isBetween(CERTIFICATES, ROUND);
      Eventually.until(() ->
          entries(client).entrySet().stream()
              .noneMatch(entry -> Arrays.equals(entry.getValue(), bad.get(entry.getKey()))));
    }
  }
}
