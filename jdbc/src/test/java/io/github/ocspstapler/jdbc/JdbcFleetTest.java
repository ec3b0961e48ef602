package io.github.ocspstapler.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.Staple;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.store.StoredStaple;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.Eventually;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fleet on one real PostgreSQL and one real responder. */
class JdbcFleetTest {
  private static final int NODES = 3;
  private static final int CERTIFICATES = 20;

  /** Renewed after half of it; long enough for all of a round. */
  private static final Duration VALIDITY = Duration.ofSeconds(16);

  /** What a round of renewals may cost, in requests; three times as many without leases. */
  private static final int ROUND = CERTIFICATES + CERTIFICATES / 4;

  /** One of so many at most is to be as it should be: on a busy machine, nodes go on alone. */
  private static final int ROUNDS = 4;

  /** How often to wish for a new answer, which has whole seconds for its time. */
  private static final Duration WISH = Duration.ofMillis(500);

  @TempDir private static Path folder;

  private static PostgresServer server;
  private static DataSource dataSource;
  private TestResponder responder;
  private final TestCa ca = TestCa.root().intermediate("CA");
  private final List<TestCertificate> certificates = new ArrayList<>();
  private final List<Stapler> nodes = new ArrayList<>();
  private final List<JdbcConnectionPool> pools = new ArrayList<>();

  @BeforeAll
  static void startServer() throws Exception {
    server = PostgresServer.start(folder);
    dataSource = server.dataSource(PostgresServer.OWNER);
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void start() throws Exception {
    responder = TestResponder.start(ca);
    JdbcStore.builder(dataSource).build().createTables();
  }

  @AfterEach
  void stop() {
    nodes.forEach(Stapler::close);
    pools.forEach(JdbcConnectionPool::dispose);
    responder.close();
  }

  private void issue(int count) throws Exception {
    KeyPair key = ca.leaf("key.test").keyPair();
    for (int i = 0; i < count; i++) {
      certificates.add(
          ca.leafBuilder(i + ".example.com").keyPair(key).ocspUrls(responder.url()).build());
    }
  }

  private Stapler node() throws Exception {
    JdbcConnectionPool pool = server.pool();
    pools.add(pool);
    JdbcStore store = JdbcStore.builder(pool).newsInterval(Duration.ofSeconds(1)).build();
    Stapler node = Stapler.builder().store(store).delivery(JsseDelivery.Mode.OFF).build();
    nodes.add(node);
    for (TestCertificate certificate : certificates) {
      var unused = node.preload(chain(certificate));
    }
    return node;
  }

  private List<X509Certificate> chain(TestCertificate leaf) {
    return List.of(leaf.certificate(), ca.certificate());
  }

  private void awaitAllNewerThan(Instant thisUpdate) throws Exception {
    Eventually.until(() ->
        nodes.stream()
            .allMatch(node ->
                certificates.stream()
                    .map(certificate -> node.staple(certificate.certificate()))
                    .allMatch(staple -> isNewer(staple, thisUpdate))));
  }

  private Optional<StoredStaple> stored(TestCertificate certificate) throws Exception {
    byte[] der = certificate.certificate().getEncoded();
    String fingerprint = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
    return JdbcStore.builder(dataSource).build().load(fingerprint);
  }

  /** Waits until there are rows of all that a stapler has written. */
  private void awaitAllStored() throws Exception {
    for (TestCertificate certificate : certificates) {
      Eventually.until(() -> stored(certificate).flatMap(StoredStaple::responder).isPresent());
    }
  }

  private static boolean isNewer(Optional<Staple> staple, Instant thisUpdate) {
    return staple.filter(found -> found.thisUpdate().isAfter(thisUpdate)).isPresent();
  }

  // S6: each certificate is asked about once a round, by whichever node comes first.
  @Test
  void round_allNodes_askOnceForEachCertificate() throws Exception {
    responder.validity(VALIDITY);
    issue(CERTIFICATES);
    for (int i = 0; i < NODES; i++) {
      node();
    }
    awaitAllNewerThan(Instant.EPOCH);
    int requests = requestsInARound();
    for (int i = 1; i < ROUNDS && requests > ROUND; i++) {
      requests = requestsInARound();
    }

    System.out.printf(
        "%d nodes, %d certificates: %d requests in a round%n", NODES, CERTIFICATES, requests);
    assertThat(requests).isBetween(CERTIFICATES, ROUND);
  }

  private int requestsInARound() throws Exception {
    responder.clearRequests();
    Instant newest =
        nodes.stream()
            .flatMap(node ->
                certificates.stream().flatMap(leaf -> node.staple(leaf.certificate()).stream()))
            .map(Staple::thisUpdate)
            .max(Instant::compareTo)
            .orElseThrow();
    awaitAllNewerThan(newest);
    return responder.requestCount();
  }

  @Test
  void news_revoked_isHeardByAllWithoutAsking() throws Exception {
    issue(1);
    for (int i = 0; i < NODES; i++) {
      node();
    }
    awaitAllNewerThan(Instant.EPOCH);
    awaitAllStored(); // or what is saved late replaces the news
    responder.revoke(certificates.get(0), Instant.now());
    responder.clearRequests();

    var unused = nodes.get(0).refresh(chain(certificates.get(0))).get();

    Eventually.until(() ->
        nodes.stream().allMatch(node -> node.staple(certificates.get(0).certificate()).isEmpty()));
    assertThat(responder.requestCount()).isEqualTo(1);
  }

  // X12
  @Test
  void rows_poisoned_areRefusedAndReplaced() throws Exception {
    issue(5);
    node();
    awaitAllStored();
    server.execute("UPDATE ocsp_staples SET staple = 'poison'");
    responder.clearRequests();

    node();
    awaitAllNewerThan(Instant.EPOCH);

    assertThat(responder.requestCount()).isBetween(5, 10); // twice if it took too long
    awaitAllStored();
  }

  // X13: nothing is lost, each node asks for itself, and the table is written again.
  @Test
  void database_crashedAndRestarted_nothingIsUnstapled() throws Exception {
    issue(5);
    Stapler node = node();
    node();
    awaitAllNewerThan(Instant.EPOCH);
    awaitAllStored();
    TestCertificate renewed = certificates.get(0);
    Staple before = node.staple(renewed.certificate()).orElseThrow();
    server.crash();
    responder.clearRequests();

    Eventually.until(
        WISH,
        () -> {
          var unused = node.refresh(chain(renewed)).get();
          return isNewer(node.staple(renewed.certificate()), before.thisUpdate());
        });
    awaitAllNewerThan(Instant.EPOCH);

    server.restart();
    byte[] old = before.encoded();
    Eventually.until(
        WISH,
        () -> {
          var unused = node.refresh(chain(renewed)).get();
          return !Arrays.equals(stored(renewed).orElseThrow().response(), old);
        });
  }
}
