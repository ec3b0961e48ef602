package io.github.ocspstapler;

import io.github.ocspstapler.InMemoryResponders.Behaviour;
import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.RevocationReason;
import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.X509ExtendedKeyManager;

/** What may have become of a certificate when a handshake asks for it. */
enum Situation {
  NO_ANSWER_YET("no answer yet", Scene::responderHangs),
  STAPLED("stapled", Scene::settle),
  RENEWAL_FAILS("renewal fails, staple current", Scene::renewalFails),
  UNKNOWN_LATER("CA no longer knows it, staple current", Scene::unknownLater),
  EXPIRED("renewal fails, staple ended", Scene::stapleEnds),
  DOWN("responder down from the start", Scene::responderDown),
  UNKNOWN("CA does not know it", Scene::unknown),
  REVOKED("revoked", Scene::revoke),
  RELAYED("revoked, with `relayRevoked`", Scene::revoke),
  REPLACED("revoked, with a `replacement`", Scene::revoke),
  HOLD_LIFTED("on hold, then good again", Scene::liftHold),
  NO_URL("names no OCSP responder", Scene::settle),
  DISABLED("OCSP disabled for its responder", Scene::settle),
  NO_ISSUER("served without its issuer", Scene::settle),
  CLOSED("stapler closed", Scene::closeStapler);

  final String text;
  final Consumer<Scene> comeAbout;

  Situation(String text, Consumer<Scene> comeAbout) {
    this.text = text;
    this.comeAbout = comeAbout;
  }

  /** A site with its stapler, the CA's answers are real ones. */
  static final class Scene implements AutoCloseable {
    private static final Duration VALIDITY = Duration.ofDays(4);

    final World world;
    final TestCertificate site;
    private final TestCertificate spare;
    private final KeyManagers keys = new KeyManagers();

    Scene(ManualScheduler time, Situation situation, boolean mustStaple, StaplePolicy policy) {
      world =
          new World(
              time,
              builder -> {
                builder.policy(policy).delivery(JsseDelivery.Mode.IN_PROCESS);
                if (situation == RELAYED) {
                  builder.relayRevoked();
                }
                if (situation == REPLACED) {
                  builder.replacement(revoked -> alias());
                }
                return builder;
              });
      TestCa issuer = situation == NO_ISSUER ? world.root : world.ca;
      site = leaf(issuer, mustStaple, situation != NO_URL);
      spare = leaf(issuer, mustStaple, true);
      answers(site, Scene::good);
      answers(spare, Scene::good);
      if (situation == DISABLED) {
        world.responders.disable();
      }
      if (situation == REPLACED) {
        keys.add(spare);
      }
      keys.add(site);
      if (situation == NO_ISSUER) {
        keys.add(KeyManagers.alias(site), site.certificate());
      }
    }

    X509ExtendedKeyManager wrapped() {
      return world.stapler.wrap(keys);
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

    void liftHold() {
      settle();
      answers(site, Scene::onHold);
      refresh();
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
      Behaviour behaviour =
          (certificate, responder, now) -> {
            Said said = saying.apply(about);
            Instant next = now.plus(VALIDITY);
            byte[] der = said.answer.thisUpdate(now).nextUpdate(next).producedAt(now).der();
            return new Answered(said.status, now, next, next, der, responder, Duration.ZERO);
          };
      world.responders.certificate(about.certificate(), behaviour);
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
}
