package io.github.ocspstapler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.store.StoredStaple;
import io.github.ocspstapler.testsupport.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisSentinelClient;

/** The store on real servers that a real Sentinel watches, by a client of Jedis's. */
class RedisSentinelTest {
  private static final String ONE = "1".repeat(64);

  @TempDir private Path folder;

  private static StoredStaple staple(int seed) {
    return new StoredStaple(
        new byte[] {(byte) seed},
        Instant.now().plus(Duration.ofDays(1)),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectory(folder.resolve(name));
  }

  @Test
  void save_masterKilled_goesToTheReplicaThatTookOver() throws Exception {
    StoredStaple before = staple(1);
    StoredStaple after = staple(2);
    try (RedisServer master = RedisServer.start(folder("master"));
        RedisServer replica =
            RedisServer.start(folder("replica"), "--replicaof", "127.0.0.1 " + master.port());
        RedisServer sentinel = RedisServer.sentinel(folder("sentinel"), "staples", master);
        RedisSentinelClient client =
            RedisSentinelClient.builder()
                .masterName("staples")
                .sentinels(Set.of(new HostAndPort("127.0.0.1", sentinel.port())))
                .build();
        RedisClient second = replica.client()) {
      RedisStore store = RedisStore.builder().client(client).build();
      store.save(ONE, before);
      Eventually.until(() -> second.dbSize() == 1 && sentinel.knowsAReplica());

      master.kill();

      Eventually.until(() -> isSaved(store, after));
      assertThat(store.load(ONE)).hasValue(after);
      assertThat(client.getCurrentMaster().getPort()).isEqualTo(replica.port());
      assertThat(store.lease(ONE, Duration.ofMinutes(1))).isPresent();
    }
  }

  private static boolean isSaved(RedisStore store, StoredStaple staple) {
    try {
      store.save(ONE, staple);
      return true;
    } catch (IOException e) {
      return false; // nobody has taken over yet
    }
  }
}
