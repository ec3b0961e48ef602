package io.github.ocspstapler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.ocspstapler.store.FleetStore;
import io.github.ocspstapler.store.FleetStoreContract;
import io.github.ocspstapler.store.StoredStaple;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testsupport.Eventually;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.SslOptions;

/**
 * The store on a real redis-server, and all that can be wrong with one; and on a valkey-server,
 * where there is one. Not every distribution has a package of that, so CI need not have it.
 */
@ParameterizedClass
@MethodSource("programs")
class RedisStoreTest extends FleetStoreContract {
  private static final Clock CLOCK = Clock.fixed(NOW.minusSeconds(60), ZoneOffset.UTC);
  private static final String KEY = "ocsp-stapler:" + ONE;

  @Parameter private String program = RedisServer.REDIS;
  @TempDir private Path folder;

  private RedisServer server;
  private RedisStore store;
  private Closeable watch = () -> {};

  static Stream<String> programs() {
    Stream<String> valkey =
        OutsideTool.optional(RedisServer.VALKEY)
            .map(Path::getFileName)
            .map(Path::toString)
            .stream();
    return Stream.concat(Stream.of(RedisServer.REDIS), valkey);
  }

  private RedisServer server(String name, String... options) throws Exception {
    Path own = Files.createDirectory(folder.resolve(name));
    return RedisServer.start(program, own, List.of(options));
  }

  @BeforeEach
  void start() throws Exception {
    server = server("redis");
    store = at(server.uri());
  }

  @AfterEach
  void stop() throws Exception {
    watch.close();
    if (server != null) { // where there is no such program
      store.close();
      server.close();
    }
  }

  @Override
  protected FleetStore store() {
    return store;
  }

  private static RedisStore at(URI uri) {
    return at(uri, Duration.ofSeconds(20));
  }

  private static RedisStore at(URI uri, Duration timeout) {
    return RedisStore.builder().uri(uri).clock(CLOCK).timeout(timeout).build();
  }

  @Test
  void save_aStaple_expiresWithIt() throws Exception {
    store.save(ONE, staple(1));

    try (RedisClient client = server.client()) {
      long left = Duration.between(CLOCK.instant(), staple(1).validUntil()).toMillis();
      assertThat(client.pttl(KEY)).isBetween(left - 60_000, left);
    }
  }

  @Test
  void save_validForEver_expiresAllTheSame() throws Exception {
    store.save(ONE, endingAt(Instant.MAX));

    try (RedisClient client = server.client()) {
      assertThat(client.ttl(KEY)).isPositive();
    }
  }

  @Test
  void save_alreadyExpired_removesWhatWasThere() throws Exception {
    store.save(ONE, staple(1));

    store.save(ONE, endingAt(CLOCK.instant()));

    assertThat(store.load(ONE)).isEmpty();
  }

  @Test
  void save_longDescription_leavesItOut() throws Exception {
    StoredStaple staple =
        new StoredStaple(
            new byte[] {1, 2, 3},
            NOW,
            Optional.of(URI.create("http://ocsp.ca.test/")),
            Optional.empty(),
            Map.of("subject", "CN=" + "x".repeat(100_000)));

    store.save(ONE, staple);

    StoredStaple found = store.load(ONE).orElseThrow();
    assertThat(found.response()).isEqualTo(staple.response());
    assertThat(found.responder()).isEqualTo(staple.responder());
    assertThat(found.description()).isEmpty();
  }

  // X12: the verifier's business, and never more of it than it would look at.
  @Test
  void load_hugeValue_readsTheBeginningOnly() throws Exception {
    try (RedisClient client = server.client()) {
      client.set(KEY.getBytes(UTF_8), new byte[5_000_000]);
    }

    byte[] response = store.load(ONE).orElseThrow().response();

    assertThat(response).hasSize(StoredStaple.MAX_ENCODED + 1);
  }

  @Test
  void load_foreignBytes_passForAResponse() throws Exception {
    try (RedisClient client = server.client()) {
      client.set(KEY, "validUntil=never\n\nand more");
    }

    assertThat(store.load(ONE).orElseThrow().response())
        .isEqualTo("validUntil=never\n\nand more".getBytes(UTF_8));
  }

  @Test
  void load_anotherType_failsUntilItIsReplaced() throws Exception {
    try (RedisClient client = server.client()) {
      client.lpush(KEY, "not", "a", "string");
    }

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> store.load(ONE))
        .withMessageContaining("WRONGTYPE");

    store.save(ONE, staple(1));
    assertThat(store.load(ONE)).hasValue(staple(1));
  }

  @Test
  void save_memoryFull_failsAndLeavesWhatWasThere() throws Exception {
    store.save(ONE, staple(1));
    try (RedisClient client = server.client()) {
      client.executeCommand(
          new CommandArguments(Protocol.Command.CONFIG).add("SET").add("maxmemory").add("1"));
    }

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> store.save(ONE, staple(2)))
        .withMessageContaining("OOM");

    assertThat(store.load(ONE)).hasValue(staple(1));
  }

  @Test
  void save_readOnlyReplica_failsAndReadsOn() throws Exception {
    store.save(ONE, staple(1));
    String master = "127.0.0.1 " + server.port();
    try (RedisServer replica = server("replica", "--replicaof", master);
        RedisStore reading = at(replica.uri())) {
      Eventually.until(() -> reading.load(ONE).isPresent());

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> reading.save(ONE, staple(2)))
          .withMessageContaining("READONLY");
      assertThat(reading.load(ONE)).hasValue(staple(1));
    }
  }

  @Test
  void load_killedAndRestartedEmpty_failsThenRecovers() throws Exception {
    store.save(ONE, staple(1));
    server.kill();

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> store.load(ONE));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> store.save(ONE, staple(1)));

    server.restart();
    Eventually.until(() -> isReadable(store));
    assertThat(store.load(ONE)).isEmpty();
    store.save(ONE, staple(2));
    assertThat(store.load(ONE)).hasValue(staple(2));
  }

  /** Connections from before its end fail once each. */
  private static boolean isReadable(RedisStore store) {
    try {
      var unused = store.load(ONE);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void load_hangingServer_failsInTime() throws Exception {
    store.save(ONE, staple(1));
    try (RedisStore hasty = at(server.uri(), Duration.ofMillis(500))) {
      server.freeze();
      long start = System.nanoTime();

      assertThatExceptionOfType(IOException.class).isThrownBy(() -> hasty.load(ONE));

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
      server.thaw();
      Eventually.until(() -> isReadable(hasty));
    }
  }

  @Test
  void load_nobodyThatSpeaksRedis_fails() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread talker = new Thread(() -> talkNonsense(socket));
      talker.start();
      URI uri = URI.create("redis://127.0.0.1:" + socket.getLocalPort());
      try (RedisStore other = at(uri)) {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> other.load(ONE));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> other.save(ONE, staple(1)));
      }
    }
  }

  private static void talkNonsense(ServerSocket socket) {
    while (!socket.isClosed()) {
      try (Socket connection = socket.accept();
          OutputStream out = connection.getOutputStream()) {
        out.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
      } catch (IOException e) {
        // Whoever asked has left, or the test is over.
      }
    }
  }

  @Test
  void load_aclUser_mayDoWhatTheGuideSays() throws Exception {
    String rights =
        "--user default off --user app on >s3cret ~ocsp-stapler:* &ocsp-stapler:*"
            + " +getrange +set +del +get +eval +publish +subscribe +unsubscribe +hello";
    try (RedisServer guarded = server("guarded", rights.split(" "));
        RedisStore allowed =
            at(URI.create("redis://app:s3cret@127.0.0.1:" + guarded.port() + "/0"));
        RedisStore refused = at(guarded.uri())) {
      allowed.save(ONE, staple(1));

      assertThat(allowed.load(ONE)).hasValue(staple(1));
      allowed.lease(ONE, Duration.ofMinutes(1)).orElseThrow().release();
      assertThat(allowed.lease(ONE, Duration.ofMinutes(1))).isPresent();
      assertThat(allowed).hasToString("redis://127.0.0.1:" + guarded.port());
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> refused.load(ONE));
    }
  }

  @Test
  void load_overTls_verifiesTheServersName() throws Exception {
    TestCa ca = TestCa.root();
    TestCertificate named = ca.leaf("localhost");
    Path certificate = Files.writeString(folder.resolve("server.pem"), named.chainPem());
    Path key = Files.writeString(folder.resolve("key.pem"), named.privateKeyPem());
    Path anchor = Files.writeString(folder.resolve("ca.pem"), ca.held().pem());
    String[] options = {
      "--tls-port",
      "PORT",
      "--tls-cert-file",
      certificate.toString(),
      "--tls-key-file",
      key.toString(),
      "--tls-ca-cert-file",
      anchor.toString(),
      "--tls-auth-clients",
      "no"
    };
    try (RedisServer tls = server("tls", options);
        RedisStore right = overTls(tls, "localhost", ca);
        RedisStore wrongName = overTls(tls, "127.0.0.1", ca);
        RedisStore wrongCa = overTls(tls, "localhost", TestCa.root())) {
      right.save(ONE, staple(1));

      assertThat(right.load(ONE)).hasValue(staple(1));
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> wrongName.load(ONE));
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> wrongCa.load(ONE));
    }
  }

  private RedisStore overTls(RedisServer server, String host, TestCa ca) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", ca.certificate());
    Path file = Files.createTempFile(folder, "trusted", ".p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      trusted.store(out, "changeit".toCharArray());
    }
    return RedisStore.builder()
        .uri(URI.create("rediss://" + host + ":" + server.port()))
        .sslOptions(
            SslOptions.builder().truststore(file.toFile(), "changeit".toCharArray()).build())
        .clock(CLOCK)
        .build();
  }

  @Test
  void watch_anotherNodeSaves_isTold() throws Exception {
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    watch = store.watch(heard::add);
    try (RedisStore other = at(server.uri())) {
      Eventually.until(() -> saved(other) && !heard.isEmpty());

      assertThat(heard).containsOnly(ONE);
    }
  }

  @Test
  void watch_ownSave_isNotTold() throws Exception {
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    watch = store.watch(heard::add);
    try (RedisStore other = at(server.uri())) {
      Eventually.until(() -> {
        store.save(OTHER, staple(2));
        return saved(other) && !heard.isEmpty();
      });

      assertThat(heard).containsOnly(ONE);
    }
  }

  @Test
  void watch_serverRestarted_isToldAgain() throws Exception {
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    watch = store.watch(heard::add);
    try (RedisStore other = at(server.uri())) {
      Eventually.until(() -> saved(other) && !heard.isEmpty());
      server.kill();
      server.restart();
      heard.clear();

      Eventually.until(() -> saved(other) && !heard.isEmpty());
    }
  }

  @Test
  void watch_closed_endsItsThread() throws Exception {
    watch = store.watch(fingerprint -> {});
    Eventually.until(() -> newsThreads() == 1);

    watch.close();

    Eventually.until(() -> newsThreads() == 0);
  }

  // A pool of the user's gets the connection back as it was.
  @Test
  void watch_closedAtAnyMoment_leavesNothingInTheConnection() throws Exception {
    try (RedisClient client = server.client()) {
      RedisStore shared = RedisStore.builder().client(client).clock(CLOCK).build();
      shared.save(ONE, staple(1));
      for (int i = 0; i < 300; i++) {
        Closeable news = shared.watch(fingerprint -> {});
        LockSupport.parkNanos(i * 10_000L);
        news.close();

        Eventually.until(() -> newsThreads() == 0);
        assertThat(shared.load(ONE)).hasValue(staple(1));
        assertThat(client.ping()).isEqualTo("PONG");
      }
    }
  }

  @Test
  void watch_listenerThrows_goesOnAndLeavesTheConnectionUsable() throws Exception {
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    try (RedisClient client = server.client()) {
      RedisStore shared = RedisStore.builder().client(client).clock(CLOCK).build();
      watch =
          shared.watch(fingerprint -> {
            heard.add(fingerprint);
            throw new IllegalStateException("of the listener");
          });
      Eventually.until(() -> saved(store) && heard.size() > 1);

      assertThat(client.ping()).isEqualTo("PONG");
    }
  }

  private static long newsThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("ocsp-stapler-redis-news"))
        .count();
  }

  private static boolean saved(RedisStore other) {
    try {
      other.save(ONE, staple(1));
      return true;
    } catch (IOException e) {
      return false; // a connection from before the restart
    }
  }

  @Test
  void close_givenClient_staysOpen() throws Exception {
    try (RedisClient client = server.client()) {
      RedisStore.builder().client(client).build().close();

      assertThat(client.ping()).isEqualTo("PONG");
    }
  }

  @Test
  void builder_badSettings_saysWhich() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RedisStore.builder().uri(URI.create("http://app:s3cret@host")))
        .withMessage("uri: http (expected: redis or rediss)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RedisStore.builder().uri(URI.create("redis:///0")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RedisStore.builder().uri(URI.create("redis://host/staples")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RedisStore.builder().timeout(Duration.ZERO));
    assertThatIllegalStateException().isThrownBy(() -> RedisStore.builder().build());
  }
}
