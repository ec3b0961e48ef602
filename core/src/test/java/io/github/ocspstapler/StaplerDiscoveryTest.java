package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.jsse.StapleSource;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which certificates are kept, and for how long. */
class StaplerDiscoveryTest {
  private World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  // C6, C8
  @Test
  void wrap_keyManagerThatLists_staplesAllItLists() {
    TestCertificate one = world.leaf("one.test");
    TestCertificate two = world.leaf("two.test");

    var unused = world.stapler.wrap(KeyManagers.of(one, two));
    world.scheduler.runDue();

    assertThat(world.staple(one)).isNotNull();
    assertThat(world.staple(two)).isNotNull();
  }

  // C6
  @Test
  void wrap_always_choosesWhatTheKeyManagerChooses() {
    TestCertificate leaf = world.leaf("one.test");

    X509ExtendedKeyManager wrapped = world.stapler.wrap(KeyManagers.of(leaf));

    String alias = wrapped.chooseEngineServerAlias("EC", null, null);
    assertThat(wrapped.getCertificateChain(alias)).containsExactly(World.array(leaf));
  }

  @Test
  void wrap_listsMoreThanTheBound_keepsTheFirstAndAsksForEachOnce() {
    world.close();
    world = new World(builder -> builder.maxCertificates(10));
    KeyManagers keyManager = new KeyManagers();
    for (int i = 0; i < 15; i++) {
      keyManager.add(world.leaf("many" + i + ".test"));
    }

    try (LogLines log = new LogLines()) {
      var unused = world.stapler.wrap(keyManager);
      world.advance(Duration.ofHours(3));

      assertThat(world.responders.requestCount()).isLessThanOrEqualTo(10);
      assertThat(world.stapler.statuses()).hasSize(10);
      assertThat(world.events.all()).noneMatch(event -> event.endsWith("forgotten"));
      assertThat(log.all())
          .filteredOn(line -> line.contains("key managers list more than 10"))
          .hasSize(1);
    }
  }

  @Test
  void wrap_oneChainCannotBeRead_staplesTheOthersAndListsAgain() {
    TestCertificate broken = world.leaf("broken.test");
    world.close();
    world = new World(builder -> builder.source(new Picky(broken.certificate())));
    TestCertificate good = world.leaf("good.test");
    TestCertificate later = world.leaf("later.test");
    KeyManagers keyManager = KeyManagers.of(broken, good);

    var unused = world.stapler.wrap(keyManager);
    world.scheduler.runDue();
    keyManager.add(later);
    world.advance(Duration.ofMinutes(11));

    assertThat(world.stapler.status(World.chain(broken))).isEmpty();
    assertThat(world.status(good).failuresInARow()).isPositive();
    assertThat(world.status(later).failuresInARow()).isPositive();
  }

  /** Fails on one certificate, and has no answer for the others. */
  private record Picky(X509Certificate broken) implements ResponseSource {
    @Override
    public List<URI> responders(X509Certificate certificate, X509Certificate issuer) {
      if (certificate.equals(broken)) {
        throw new StackOverflowError("strange");
      }
      return List.of(URI.create("http://ocsp.ca.test/"));
    }

    @Override
    public CompletableFuture<Outcome> ask(X509Certificate certificate, X509Certificate issuer) {
      return CompletableFuture.failedFuture(new IllegalStateException("no answer"));
    }

    @Override
    public Outcome check(byte[] response, X509Certificate certificate, X509Certificate issuer) {
      throw new IllegalStateException("there is no store to have it from");
    }
  }

  // C7, C8, C9, C19
  @Test
  void handshake_unknownCertificate_goesOnUnstapledAndTheNextIsStapled() {
    TestCertificate leaf = world.leaf("hidden.test");
    X509ExtendedKeyManager wrapped = world.stapler.wrap(KeyManagers.of(leaf).hidden());

    handshake(wrapped);
    assertThat(world.responders.requestCount()).isZero(); // not in the handshake
    world.scheduler.runDue();
    handshake(wrapped);

    assertThat(world.counts.resolved).containsExactly(false, true);
    assertThat(world.staple(leaf)).isNotNull();
  }

  // X1
  @Test
  void handshake_manyOfOneUnknownCertificate_makeOneRequest() {
    TestCertificate leaf = world.leaf("hidden.test");
    X509ExtendedKeyManager wrapped = world.stapler.wrap(KeyManagers.of(leaf).hidden());

    for (int i = 0; i < 100; i++) {
      handshake(wrapped);
    }
    world.scheduler.runDue();

    assertThat(world.responders.requestCount()).isEqualTo(1);
  }

  // C16
  @Test
  void wrap_chainOfOneCertificate_isPassedThroughUntouched() {
    TestCertificate leaf = world.leaf("alone.test");
    X509ExtendedKeyManager wrapped =
        world.stapler.wrap(new KeyManagers().add("alone", leaf.certificate()));

    handshake(wrapped);
    world.advance(Duration.ofHours(1));

    assertThat(world.responders.requestCount()).isZero();
    assertThat(world.stapler.statuses()).isEmpty();
    assertThat(wrapped.getCertificateChain("alone")).containsExactly(leaf.certificate());
  }

  // C16
  @Test
  void wrap_chainWithoutTheIssuer_isPassedThroughAndListedAsUnstapleable() {
    TestCertificate leaf = world.leaf("odd.test");
    X509Certificate stranger = TestCa.root("Stranger").certificate();
    X509ExtendedKeyManager wrapped =
        world.stapler.wrap(new KeyManagers().add("odd", leaf.certificate(), stranger));

    handshake(wrapped);
    world.advance(Duration.ofHours(1));

    assertThat(world.responders.requestCount()).isZero();
    StapleStatus status = world.stapler.statuses().get(0);
    assertThat(status.state()).isEqualTo(State.UNSTAPLEABLE);
    assertThat(status.lastError()).hasValueSatisfying(why -> assertThat(why).contains("issuer"));
    assertThat(world.counts.resolved).containsExactly(false);
  }

  // T4
  @Test
  void wrap_intermediateWithResponder_isKeptAsWell() {
    TestCa issuing =
        world.ca.intermediateBuilder("Issuing CA").ocspUrls("http://ocsp.root.test").buildCa();
    TestCertificate leaf = issuing.leaf("deep.test", "http://ocsp.ca.test");

    var unused = world.stapler.wrap(KeyManagers.of(leaf));
    world.scheduler.runDue();

    assertThat(world.stapler.staple(issuing.certificate())).isPresent();
    assertThat(world.stapler.response(key(issuing.held()))).isPresent();
    assertThat(world.responders.requestsTo("ocsp.root.test")).isEqualTo(1);
  }

  // T7
  @Test
  void response_byCertId_isTheVeryBytes() {
    TestCertificate leaf = world.stapled("example.com");

    assertThat(world.stapler.response(key(leaf)))
        .hasValueSatisfying(bytes ->
            assertThat(bytes).isEqualTo(Objects.requireNonNull(world.staple(leaf)).encoded()));
  }

  @Test
  void response_anyOtherBytes_isNone() {
    TestCertificate leaf = world.stapled("example.com");
    byte[] good = new byte[key(leaf).remaining()];
    key(leaf).get(good);

    for (int length = 0; length < good.length; length++) {
      assertThat(world.stapler.response(ByteBuffer.wrap(good, 0, length))).isEmpty();
    }
    for (int i = 0; i < good.length; i++) {
      byte[] other = good.clone();
      other[i]++;
      assertThat(world.stapler.response(ByteBuffer.wrap(other))).as("byte %s", i).isEmpty();
    }
    assertThat(world.stapler.response(ByteBuffer.allocate(1_000))).isEmpty();
  }

  @Test
  void response_stapleEnded_isNone() {
    TestCertificate leaf = world.stapled("example.com");

    world.scheduler.jumpClock(Duration.ofDays(7)); // and nothing has woken up since

    assertThat(world.stapler.response(key(leaf))).isEmpty();
    assertThat(world.stapler.summary().count(State.UNAVAILABLE)).isEqualTo(1);
  }

  // X11
  @Test
  void handshake_newChainForTheSameLeaf_isHonoured() {
    TestCertificate leaf = world.leaf("example.com");
    X509Certificate stranger = TestCa.root("Stranger").certificate();
    KeyManagers keyManager = new KeyManagers().hidden().add("a", leaf.certificate(), stranger);
    X509ExtendedKeyManager wrapped = world.stapler.wrap(keyManager);
    handshake(wrapped);
    world.scheduler.runDue();
    assertThat(world.status(leaf).state()).isEqualTo(State.UNSTAPLEABLE);

    keyManager.add("a", World.array(leaf));
    handshake(wrapped);
    world.scheduler.runDue();

    assertThat(world.status(leaf).state()).isEqualTo(State.STAPLED);
    assertThat(world.stapler.response(key(leaf))).isPresent();
  }

  // X11
  @Test
  void preload_issuerReissuedWithTheSameKey_keepsTheStaple() {
    TestCertificate leaf = world.stapled("example.com");
    TestCa reissued =
        world
            .root
            .intermediateBuilder("CA")
            .subject(world.ca.certificate().getSubjectX500Principal().getName())
            .keyPair(world.ca.keyPair())
            .buildCa();

    var outcome = world.stapler.preload(List.of(leaf.certificate(), reissued.certificate()));
    world.advance(Duration.ofMinutes(1));

    assertThat(outcome.join().state()).isEqualTo(State.STAPLED);
    assertThat(world.responders.requestCount()).isEqualTo(1);
  }

  @Test
  void relisting_keyManagerReloaded_findsTheNewAndForgetsTheOld() {
    TestCertificate before = world.leaf("before.test");
    TestCertificate after = world.leaf("after.test");
    KeyManagers keyManager = KeyManagers.of(before);
    X509ExtendedKeyManager wrapped = world.stapler.wrap(keyManager);
    world.scheduler.runDue();

    keyManager.remove(before);
    keyManager.add(after);
    world.advance(Duration.ofMinutes(11));
    assertThat(world.staple(after)).isNotNull();
    world.advance(Duration.ofHours(2));

    assertThat(world.stapler.status(World.chain(before))).isEmpty();
    assertThat(world.events.all()).contains("before.test: forgotten");
    assertThat(wrapped.getServerAliases("EC", null)).hasSize(1);
  }

  @Test
  void relisting_keyManagerStillLists_keepsForEver() {
    TestCertificate leaf = world.leaf("quiet.test");
    X509ExtendedKeyManager wrapped = world.stapler.wrap(KeyManagers.of(leaf));

    world.advance(Duration.ofDays(30));

    assertThat(world.staple(leaf)).isNotNull();
    assertThat(wrapped.getServerAliases("EC", null)).hasSize(1);
  }

  @Test
  void relisting_keyManagerFails_forgetsNothing() {
    TestCertificate leaf = world.leaf("example.com");
    KeyManagers keyManager = KeyManagers.of(leaf);
    X509ExtendedKeyManager wrapped = world.stapler.wrap(keyManager);
    world.scheduler.runDue();

    keyManager.fail();
    world.advance(Duration.ofDays(1));

    assertThat(world.staple(leaf)).isNotNull();
    assertThat(wrapped.chooseServerAlias("EC", null, null)).isNotNull();
  }

  @Test
  void unlisted_unseenForAWeek_isForgotten() {
    TestCertificate leaf = world.leaf("rare.test");
    X509ExtendedKeyManager wrapped = world.stapler.wrap(KeyManagers.of(leaf).hidden());
    handshake(wrapped);
    world.scheduler.runDue();
    world.advance(Duration.ofDays(6));
    handshake(wrapped);

    world.advance(Duration.ofDays(6));
    assertThat(world.stapler.status(World.chain(leaf))).isPresent();
    world.advance(Duration.ofDays(1));

    assertThat(world.stapler.statuses()).isEmpty();
    assertThat(world.events.all()).contains("rare.test: forgotten");
  }

  @Test
  void preloaded_neverSeen_isKeptUntilItExpires() {
    TestCertificate leaf = world.stapled("example.com");

    world.advance(Duration.ofDays(89));
    assertThat(world.staple(leaf)).isNotNull();
    world.advance(Duration.ofDays(2)); // a day longer, for the clock may be wrong

    assertThat(world.stapler.statuses()).isEmpty();
  }

  @Test
  void maxCertificates_reached_forgetsTheLongestUnseen() {
    world.close();
    world = new World(builder -> builder.maxCertificates(2));
    X509ExtendedKeyManager wrapped = null;
    TestCertificate first = world.leaf("leaf0.test");
    for (int i = 0; i < 3; i++) {
      TestCertificate leaf = i == 0 ? first : world.leaf("leaf" + i + ".test");
      wrapped = world.stapler.wrap(KeyManagers.of(leaf).hidden());
      handshake(wrapped);
      world.advance(Duration.ofMinutes(2));
    }

    List<StapleStatus> kept = world.stapler.statuses();

    assertThat(kept)
        .extracting(StapleStatus::name)
        .containsExactlyInAnyOrder("leaf1.test", "leaf2.test");
    assertThat(world.events.all()).contains("leaf0.test: forgotten");
    assertThat(wrapped).isNotNull();
  }

  @Test
  void preload_emptyChain_isTheCallersFault() {
    assertThatThrownBy(() -> world.stapler.preload(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("chain: empty");
  }

  @Test
  void preload_oneCertificate_saysWhyItIsNotKept() {
    TestCertificate leaf = world.leaf("alone.test");

    StapleStatus status = world.stapler.preload(List.of(leaf.certificate())).join();

    assertThat(status.state()).isEqualTo(State.UNSTAPLEABLE);
    assertThat(status.lastError()).hasValueSatisfying(why -> assertThat(why).contains("issuer"));
  }

  @Test
  void mustStaple_certificateSaysSo_isListed() {
    TestCertificate leaf =
        world.ca.leafBuilder("must.test").mustStaple().ocspUrls("http://ocsp.ca.test").build();
    var unused = world.stapler.preload(World.chain(leaf));

    assertThat(world.status(leaf).mustStaple()).isTrue();
  }

  private static ByteBuffer key(TestCertificate certificate) {
    return StapleSource.key(certificate.certificate(), certificate.issuerCertificate());
  }

  private static void handshake(@Nullable X509ExtendedKeyManager keyManager) {
    assertThat(Objects.requireNonNull(keyManager).chooseEngineServerAlias("EC", null, null))
        .isNotNull();
  }
}
