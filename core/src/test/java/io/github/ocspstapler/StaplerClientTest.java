package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.HttpFreshness;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.Malformation;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The stapler with its own client, over HTTP, against a responder that misbehaves. */
@Timeout(60)
class StaplerClientTest {
  private final TestCa ca = TestCa.root();
  private final TestResponder responder = TestResponder.start(ca);
  private final TestCertificate leaf = ca.leaf("example.com", responder.url());
  private final Stapler stapler = Stapler.builder().delivery(JsseDelivery.Mode.OFF).build();

  @AfterEach
  void close() {
    stapler.close();
    responder.close();
  }

  // C8, T7
  @Test
  void preload_realResponder_staplesWhatItSent() throws Exception {
    StapleStatus status = preload();

    assertThat(status.state()).isEqualTo(State.STAPLED);
    assertThat(status.responder()).hasValue(responder.uri());
    Staple staple = stapler.staple(leaf.certificate()).orElseThrow();
    assertThat(staple.status()).isEqualTo(new CertificateStatus.Good());
    assertThat(staple.encoded()).hasSizeGreaterThan(100).isEqualTo(staple.encoded());
    assertThat(staple.freshFor(Instant.now())).isPositive();
    assertThat(staple.freshFor(staple.servedUntil())).isZero();
  }

  // C15, C18: whether anybody trusts the chain is not ours to judge.
  @Test
  void preload_issuerExpiredItself_isStapledAllTheSame() throws Exception {
    Instant now = Instant.now();
    TestCa expired =
        ca.intermediateBuilder("Expired CA")
            .validity(now.minus(Duration.ofDays(30)), now.minus(Duration.ofDays(1)))
            .buildCa();
    responder.add(expired);
    TestCertificate site = expired.leaf("still.test", responder.url());

    stapler.preload(site.chain()).get(20, TimeUnit.SECONDS);

    assertThat(stapler.status(site.chain()).map(StapleStatus::state)).hasValue(State.STAPLED);
  }

  // S2: whatever is wrong with an answer, the staple at hand stays.
  @ParameterizedTest
  @EnumSource(Malformation.class)
  void refresh_malformedAnswer_keepsTheOldStaple(Malformation malformation) throws Exception {
    preload();
    Staple before = stapler.staple(leaf.certificate()).orElseThrow();
    responder.fault(Fault.malformed(malformation));

    StapleStatus after = stapler.refresh(leaf.chain()).get(20, TimeUnit.SECONDS);

    assertThat(after.state()).isEqualTo(State.STAPLED);
    assertThat(after.failuresInARow()).isEqualTo(1);
    assertThat(stapler.staple(leaf.certificate())).containsSame(before);
  }

  static Stream<Fault> faults() {
    return Stream.of(
        Fault.http(500),
        Fault.http(404),
        Fault.html(),
        Fault.reset(),
        Fault.hugeBody(1_000_000),
        Fault.redirectLoop(),
        Fault.error(1),
        Fault.error(3),
        Fault.error(6));
  }

  // S2
  @ParameterizedTest
  @MethodSource("faults")
  void refresh_faultyResponder_keepsTheOldStapleAndSaysWhy(Fault fault) throws Exception {
    preload();
    Staple before = stapler.staple(leaf.certificate()).orElseThrow();
    responder.fault(fault);

    StapleStatus after = stapler.refresh(leaf.chain()).get(20, TimeUnit.SECONDS);

    assertThat(after.failuresInARow()).isEqualTo(1);
    assertThat(after.lastError()).hasValueSatisfying(error -> assertThat(error).isNotBlank());
    assertThat(stapler.staple(leaf.certificate())).containsSame(before);
  }

  @Test
  void refresh_revokedMeanwhile_dropsTheStaple() throws Exception {
    preload();
    responder.revoke(leaf, Instant.now().minusSeconds(60));

    StapleStatus after = stapler.refresh(leaf.chain()).get(20, TimeUnit.SECONDS);

    assertThat(after.state()).isEqualTo(State.REVOKED);
    assertThat(stapler.staple(leaf.certificate())).isEmpty();
  }

  // B5, over the wire
  @Test
  void preload_justIssuedAndUnauthorized_isNoFailure() throws Exception {
    TestCertificate fresh =
        ca.leafBuilder("new.test").notBefore(Instant.now()).ocspUrls(responder.url()).build();
    responder.fault(Fault.error(6));

    StapleStatus status = stapler.preload(fresh.chain()).get(20, TimeUnit.SECONDS);

    assertThat(status.state()).isEqualTo(State.PENDING);
    assertThat(status.failuresInARow()).isZero();
  }

  @Test
  void preload_serviceUnavailableWithRetryAfter_waitsSoLong() throws Exception {
    responder.fault(Fault.http(503, Duration.ofMinutes(20)));

    StapleStatus status = preload();

    assertThat(status.nextAttempt())
        .hasValueSatisfying(
            at -> assertThat(at).isAfter(Instant.now().plus(Duration.ofMinutes(19))));
  }

  @Test
  void preload_nobodyListens_isUnreachableWithReason() throws Exception {
    responder.goDown();

    StapleStatus status = preload();

    assertThat(status.state()).isEqualTo(State.UNAVAILABLE);
    assertThat(status.lastError())
        .hasValueSatisfying(error -> assertThat(error).contains(responder.url()));
  }

  // L13
  @Test
  void freshFor_httpHead_readsMaxAgeBeforeExpires() {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    Optional<Duration> hour = Optional.of(Duration.ofHours(1));
    Optional<Instant> tomorrow = Optional.of(now.plus(Duration.ofDays(1)));
    Optional<Instant> theirNoon = Optional.of(now.plus(Duration.ofHours(12)));

    assertThat(fresh(hour, Optional.empty(), tomorrow, Optional.empty(), now))
        .isEqualTo(Duration.ofHours(1));
    assertThat(fresh(hour, Optional.of(Duration.ofMinutes(40)), tomorrow, Optional.empty(), now))
        .isEqualTo(Duration.ofMinutes(20));
    assertThat(fresh(Optional.empty(), Optional.empty(), tomorrow, theirNoon, now))
        .isEqualTo(Duration.ofHours(12));
    assertThat(fresh(Optional.empty(), hour, Optional.empty(), Optional.empty(), now)).isZero();
    assertThat(ClientSource.freshFor(HttpFreshness.NONE, now)).isZero();
  }

  private static Duration fresh(
      Optional<Duration> maxAge,
      Optional<Duration> age,
      Optional<Instant> expires,
      Optional<Instant> date,
      Instant now) {
    HttpFreshness http = new HttpFreshness(maxAge, age, expires, date, Optional.empty());
    return ClientSource.freshFor(http, now);
  }

  private StapleStatus preload() throws Exception {
    List<java.security.cert.X509Certificate> chain = leaf.chain();
    return Objects.requireNonNull(stapler.preload(chain).get(20, TimeUnit.SECONDS));
  }
}
