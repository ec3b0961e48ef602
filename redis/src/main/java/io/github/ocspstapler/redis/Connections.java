package io.github.ocspstapler.redis;

import java.net.URI;
import java.time.Duration;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.util.JedisURIHelper;

/** Connections to one server that a URI names. */
final class Connections {
  private static final int DEFAULT_PORT = 6379;

  private Connections() {}

  static URI checked(URI uri) {
    String scheme = uri.getScheme();
    if (!"redis".equals(scheme) && !"rediss".equals(scheme)) {
      throw new IllegalArgumentException("uri: " + scheme + " (expected: redis or rediss)");
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("uri: no host (expected: redis://HOST:PORT)");
    }
    String path = uri.getPath();
    if (!path.isEmpty() && !path.matches("/[0-9]{0,5}")) {
      throw new IllegalArgumentException("uri: " + path + " (expected: a database's number)");
    }
    return uri;
  }

  static HostAndPort address(URI uri) {
    return new HostAndPort(uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
  }

  static UnifiedJedis to(URI uri, Duration timeout, SslOptions sslOptions) {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .timeoutMillis(Math.toIntExact(timeout.toMillis()))
            .user(JedisURIHelper.getUser(uri))
            .password(JedisURIHelper.getPassword(uri))
            .database(JedisURIHelper.getDBIndex(uri));
    if (JedisURIHelper.isRedisSSLScheme(uri)) {
      config.sslOptions(sslOptions);
    }
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxWait(timeout); // for ever otherwise
    return RedisClient.builder()
        .hostAndPort(address(uri))
        .clientConfig(config.build())
        .poolConfig(pool)
        .build();
  }
}
