package io.github.ocspstapler;

import java.util.function.Consumer;

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
}
