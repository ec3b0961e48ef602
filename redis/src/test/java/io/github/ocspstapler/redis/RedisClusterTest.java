package io.github.ocspstapler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.store.FleetStore;
import io.github.ocspstapler.store.FleetStoreContract;
import io.github.ocspstapler.testsupport.Eventually;
import io.github.ocspstapler.testsupport.FreePort;
import java.io.Closeable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;

/** The store on a real Redis Cluster of three nodes, by a client of Jedis's. */
class RedisClusterTest extends FleetStoreContract {
  private static final Clock CLOCK = Clock.fixed(NOW.minusSeconds(60), ZoneOffset.UTC);
  private static final int NODES = 3;
  private static final int SLOTS = 16_384;

  @TempDir private static Path folder;

  private static final List<RedisServer> SERVERS = new ArrayList<>();
  private static RedisClusterClient client;
  private static RedisStore store;

  @BeforeAll
  static void startCluster() throws Exception {
    for (int i = 0; i < NODES; i++) {
      SERVERS.add(
          RedisServer.start(
              Files.createDirectory(folder.resolve("node-" + i)),
              "--cluster-enabled",
              "yes",
              "--cluster-port",
              String.valueOf(FreePort.next())));
    }
    for (int i = 0; i < NODES; i++) {
      int from = SLOTS * i / NODES;
      int to = SLOTS * (i + 1) / NODES - 1;
      tell(SERVERS.get(i), "ADDSLOTSRANGE", from, to);
      RedisServer met = SERVERS.get(0);
      tell(SERVERS.get(i), "MEET", "127.0.0.1", met.port(), met.clusterPort());
    }
    for (RedisServer server : SERVERS) {
      Eventually.until(() -> tell(server, "INFO").contains("cluster_state:ok"));
    }
    client = RedisClusterClient.create(new HostAndPort("127.0.0.1", SERVERS.get(0).port()));
    store = RedisStore.builder().client(client).clock(CLOCK).build();
  }

  private static String tell(RedisServer server, Object... command) {
    CommandArguments words = new CommandArguments(Command.CLUSTER);
    for (Object word : command) {
      words.add(word);
    }
    try (RedisClient one = server.client()) {
      Object answer = one.executeCommand(words);
      return answer instanceof byte[] text ? new String(text, UTF_8) : String.valueOf(answer);
    }
  }

  @AfterAll
  static void stopCluster() {
    if (client != null) {
      client.close();
    }
    SERVERS.forEach(RedisServer::close);
    SERVERS.clear();
  }

  @BeforeEach
  void empty() {
    for (RedisServer server : SERVERS) {
      try (RedisClient one = server.client()) {
        one.flushAll();
      }
    }
  }

  @Override
  protected FleetStore store() {
    return store;
  }

  @Test
  void save_manyCertificates_areSpreadOverTheNodes() throws Exception {
    for (int i = 0; i < 30; i++) {
      String fingerprint = Integer.toHexString(i % 16).repeat(63) + i / 16;
      store.save(fingerprint, staple(i));
      assertThat(store.load(fingerprint)).hasValue(staple(i));
      store.lease(fingerprint, Duration.ofMinutes(1)).orElseThrow().release();
    }

    assertThat(SERVERS)
        .allSatisfy(server -> {
          try (RedisClient one = server.client()) {
            assertThat(one.dbSize()).isPositive();
          }
        });
  }

  @Test
  void watch_anotherNodeSaves_isTold() throws Exception {
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    RedisStore other = RedisStore.builder().client(client).clock(CLOCK).build();
    try (Closeable watch = store.watch(heard::add)) {
      Eventually.until(() -> {
        other.save(ONE, staple(1));
        return !heard.isEmpty();
      });

      assertThat(heard).containsOnly(ONE);
      assertThat(watch).isNotNull();
    }
  }
}
