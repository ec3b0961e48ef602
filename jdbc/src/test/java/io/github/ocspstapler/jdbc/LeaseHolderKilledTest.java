package io.github.ocspstapler.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.Staple;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What a process leaves behind that is killed while it holds leases in a database. Small in every
 * build; with {@code -Dfleet.certificates=2000} as many leases as one node has at once.
 */
@Execution(ExecutionMode.CONCURRENT)
class LeaseHolderKilledTest {
  private static final int CERTIFICATES = Integer.getInteger("fleet.certificates", 20);

  /** Renewed after half of it; its staples outlast the leases on them. */
  private static final Duration VALIDITY = Duration.ofSeconds(40 + CERTIFICATES / 10);

  /** As many at once as to be sure that some are left when it is dead. */
  private static final int LEASES = Math.max(1, Math.min(CERTIFICATES, 30) / 2);

  private static final Duration LEASE = Duration.ofSeconds(10);

  /** After the end of a dead process's lease somebody has asked within this. */
  private static final Duration AFTER_A_LEASE = Duration.ofSeconds(1);

  /** What a machine that is busy with other tests may add to it, in seconds. */
  private static final Duration GRACE = Duration.ofSeconds(Integer.getInteger("fleet.grace", 10));

  @TempDir private Path folder;

  private TestResponder responder;
  private final TestCa ca = TestCa.root().intermediate("CA");

  @BeforeEach
  void start() {
    responder = TestResponder.start(ca);
  }

  @AfterEach
  void stop() {
    responder.close();
  }

  @Test
  void kill_holdsLeasesInPostgres_anotherAsksOnceTheseHaveEnded() throws Exception {
    try (PostgresServer server = PostgresServer.start(folder)) {
      killAndTakeOver("PostgreSQL", server.url());
    }
  }

  @Test
  void kill_holdsLeasesInMariaDb_anotherAsksOnceTheseHaveEnded() throws Exception {
    try (MariaDbServer server = MariaDbServer.start(folder)) {
      try (Connection connection = DriverManager.getConnection(server.url(""));
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE staples");
      }
      killAndTakeOver("MariaDB", server.url("staples"));
    }
  }

  private void killAndTakeOver(String product, String url) throws Exception {
    DataSource source = Connections.from(() -> DriverManager.getConnection(url));
    JdbcStore store = JdbcStore.builder(source).timeout(Duration.ofSeconds(30)).build();
    store.createTables();
    responder.validity(VALIDITY);
    List<Path> chains = issue();
    Process victim = startVictim(url, folder.resolve("chains"));
    Duration limit = VALIDITY.multipliedBy(2).plusSeconds(60);
    Instant first;
    try {
      Eventually.within(
          limit, () -> column(source, "fingerprint FROM ocsp_staples").size() == CERTIFICATES);
      Eventually.within(limit, () -> leases(source).isEmpty());
      first = Instant.now();
      responder.latency(Duration.ofSeconds(2));
      Eventually.within(limit, () -> leases(source).size() >= LEASES);
    } finally {
      victim.destroyForcibly(); // as kill -9 does
      assertThat(victim.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    long killed = System.nanoTime();
    Set<String> held = leases(source);
    responder.latency(Duration.ZERO);

    try (Stapler other = Stapler.builder().store(store).delivery(JsseDelivery.Mode.OFF).build()) {
      List<X509Certificate> leased = new ArrayList<>();
      for (Path chain : chains) {
        List<X509Certificate> certificates = LeaseHolderProgram.read(chain);
        if (held.contains(fingerprint(certificates.get(0)))) {
          leased.add(certificates.get(0));
        }
        var unused = other.preload(certificates);
      }
      Eventually.within(limit, () -> leased.stream().allMatch(leaf -> isNewer(other, leaf, first)));
    }

    Duration took = Duration.ofNanos(System.nanoTime() - killed);
    System.out.printf(
        "%s, %d certificates: a process was killed that held %d leases; %d ms later another had"
            + " all these answers%n",
        product, CERTIFICATES, held.size(), took.toMillis());
    assertThat(held).isNotEmpty();
    assertThat(took).isLessThan(LEASE.plus(AFTER_A_LEASE).plus(GRACE));
  }

  private List<Path> issue() throws Exception {
    Path chains = Files.createDirectory(folder.resolve("chains"));
    KeyPair key = ca.leaf("key.test").keyPair();
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < CERTIFICATES; i++) {
      TestCertificate leaf =
          ca.leafBuilder(i + ".example.com").keyPair(key).ocspUrls(responder.url()).build();
      files.add(Files.writeString(chains.resolve(i + ".pem"), leaf.pem() + ca.held().pem()));
    }
    return files;
  }

  private Process startVictim(String url, Path chains) throws Exception {
    String own = System.getProperty("java.class.path");
    String path = System.getProperty("surefire.test.class.path", own); // its own is a jar of jars
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            path,
            LeaseHolderProgram.class.getName(),
            url,
            chains.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("victim.log").toFile())
        .start();
  }

  private static boolean isNewer(Stapler stapler, X509Certificate leaf, Instant start) {
    return stapler.staple(leaf).map(Staple::thisUpdate).filter(start::isBefore).isPresent();
  }

  private static String fingerprint(X509Certificate leaf) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(leaf.getEncoded());
    return HexFormat.of().formatHex(digest);
  }

  private static Set<String> leases(DataSource source) throws SQLException {
    return column(source, "fingerprint FROM ocsp_leases");
  }

  private static Set<String> column(DataSource source, String what) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT " + what)) {
      Set<String> values = new HashSet<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }
}
