package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.InMemoryResponders.Behaviour;
import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.jsse.TlsHandshake;
import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.RevocationReason;
import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;

/**
 * A site with its stapler, on virtual time that begins now; the CA's answers are real ones, and so
 * are the handshakes.
 */
final class Scene implements AutoCloseable {
  private static final Duration VALIDITY = Duration.ofDays(4);

  private final Situation situation;
  final World world;
  final TestCertificate site;
  private final TestCertificate spare;
  private final KeyManagers keys = new KeyManagers();

  Scene(Situation situation, boolean mustStaple, StaplePolicy policy) {
    this.situation = situation;
    world =
        new World(
            ManualScheduler.startingAt(Instant.now()),
            builder -> {
              builder.policy(policy).delivery(JsseDelivery.Mode.IN_PROCESS);
              if (situation == Situation.RELAYED) {
                builder.relayRevoked();
              }
              if (situation == Situation.REPLACED) {
                builder.replacement(revoked -> alias());
              }
              return builder;
            });
    TestCa issuer = situation == Situation.NO_ISSUER ? world.root : world.ca;
    site = leaf(issuer, mustStaple, situation != Situation.NO_URL);
    spare = leaf(issuer, mustStaple, true);
    answers(site, Scene::good);
    answers(spare, Scene::good);
    if (situation == Situation.DISABLED) {
      world.responders.disable();
    }
    if (situation == Situation.REPLACED) {
      keys.add(spare);
    }
    keys.add(site);
    if (situation == Situation.NO_ISSUER) {
      keys.add(KeyManagers.alias(site), site.certificate());
    }
  }

  /** Returns a new context that serves the site. */
  SSLContext server() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {world.stapler.wrap(keys)}, null, null);
    return context;
  }

  /** Shakes hands, and returns what the client is shown. */
  String shows(SSLContext server, String protocol) throws Exception {
    ExtendedSSLSession session;
    try {
      session = TlsHandshake.session(site.clientContext(), server, protocol);
    } catch (SSLException e) {
      assertThat(e).hasMessageContaining("Received fatal alert: handshake_failure");
      return "alert";
    }
    BigInteger serial = ((X509Certificate) session.getPeerCertificates()[0]).getSerialNumber();
    String which = serial.equals(site.serialNumber()) ? "" : "the replacement, ";
    return which + status(session.getStatusResponses());
  }

  static String status(List<byte[]> staples) throws Exception {
    if (staples.isEmpty() || staples.get(0).length == 0) {
      return "no staple";
    }
    BasicOCSPResp answer = (BasicOCSPResp) new OCSPResp(staples.get(0)).getResponseObject();
    Object status = answer.getResponses()[0].getCertStatus(); // null is "good"
    if (status instanceof RevokedStatus) {
      return "revoked";
    }
    return status instanceof UnknownStatus ? "unknown" : "good";
  }

  private String alias() {
    return KeyManagers.alias(spare);
  }

  private TestCertificate leaf(TestCa issuer, boolean mustStaple, boolean url) {
    TestCertificate.Builder builder = issuer.leafBuilder("localhost").keyPair(world.leafKey);
    if (mustStaple) {
      builder.mustStaple();
    }
    return url ? builder.ocspUrls("http://" + World.HOST + "/").build() : builder.build();
  }

  /** Lets the situation come about. */
  void comeAbout() {
    switch (situation) {
      case NO_ANSWER_YET -> responderHangs();
      case STAPLED, NO_URL, DISABLED, NO_ISSUER -> settle();
      case RENEWAL_FAILS -> renewalFails();
      case UNKNOWN_LATER -> unknownLater();
      case EXPIRED -> stapleEnds();
      case DOWN -> responderDown();
      case UNKNOWN -> unknown();
      case REVOKED, RELAYED, REPLACED -> revoke();
      case HOLD_LIFTED -> liftHold();
      case CLOSED -> closeStapler();
    }
  }

  void settle() {
    world.scheduler.runDue();
  }

  void responderHangs() {
    world.responders.certificate(site.certificate(), InMemoryResponders.hang());
    settle();
  }

  void responderDown() {
    world.responders.certificate(site.certificate(), InMemoryResponders.down());
    settle();
  }

  void unknown() {
    answers(site, Scene::unknown);
    settle();
  }

  void unknownLater() {
    settle();
    answers(site, Scene::unknown);
    world.advance(VALIDITY.dividedBy(4).multipliedBy(3));
  }

  void renewalFails() {
    settle();
    world.responders.certificate(site.certificate(), InMemoryResponders.down());
    world.advance(VALIDITY.dividedBy(4).multipliedBy(3));
  }

  void stapleEnds() {
    renewalFails();
    world.advance(VALIDITY.dividedBy(4));
  }

  void revoke() {
    settle();
    answers(site, Scene::revoked);
    refresh();
  }

  void hold() {
    settle();
    answers(site, Scene::onHold);
    refresh();
  }

  void liftHold() {
    hold();
    answers(site, Scene::good);
    world.advance(Duration.ofHours(2));
  }

  void closeStapler() {
    settle();
    world.stapler.close();
  }

  private void refresh() {
    var unused = world.stapler.refresh(World.chain(site));
    settle();
  }

  private record Said(CertificateStatus status, OcspAnswer answer) {}

  private void answers(TestCertificate about, Function<TestCertificate, Said> saying) {
    world.responders.certificate(about.certificate(), answering(about, saying));
  }

  /** Answers "good", in the bytes of a real response. */
  static Behaviour answering(TestCertificate about) {
    return answering(about, Scene::good);
  }

  private static Behaviour answering(
      TestCertificate about, Function<TestCertificate, Said> saying) {
    return (certificate, responder, now) -> {
      Said said = saying.apply(about);
      Instant next = now.plus(VALIDITY);
      byte[] der = said.answer.thisUpdate(now).nextUpdate(next).producedAt(now).der();
      return new Answered(said.status, now, next, next, der, responder, Duration.ZERO);
    };
  }

  private static Said good(TestCertificate about) {
    return new Said(new CertificateStatus.Good(), OcspAnswer.good(about));
  }

  private static Said unknown(TestCertificate about) {
    return new Said(new CertificateStatus.Unknown(), OcspAnswer.unknown(about));
  }

  private static Said revoked(TestCertificate about) {
    return revoked(about, RevocationReason.KEY_COMPROMISE, 1);
  }

  private static Said onHold(TestCertificate about) {
    return revoked(about, RevocationReason.CERTIFICATE_HOLD, 6);
  }

  private static Said revoked(TestCertificate about, RevocationReason reason, int code) {
    Instant at = about.certificate().getNotBefore().toInstant();
    return new Said(
        new CertificateStatus.Revoked(at, Optional.of(reason)),
        OcspAnswer.revoked(about, at, code));
  }

  @Override
  public void close() {
    world.close();
  }
}
