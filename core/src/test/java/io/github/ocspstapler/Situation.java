package io.github.ocspstapler;

/** What may have become of a certificate when a handshake asks for it. */
enum Situation {
  NO_ANSWER_YET("no answer yet"),
  STAPLED("stapled"),
  RENEWAL_FAILS("renewal fails, staple current"),
  UNKNOWN_LATER("CA no longer knows it, staple current"),
  EXPIRED("renewal fails, staple ended"),
  DOWN("responder down from the start"),
  UNKNOWN("CA does not know it"),
  REVOKED("revoked"),
  RELAYED("revoked, with `relayRevoked`"),
  REPLACED("revoked, with a `replacement`"),
  HOLD_LIFTED("on hold, then good again"),
  NO_URL("names no OCSP responder"),
  DISABLED("OCSP disabled for its responder"),
  NO_ISSUER("served without its issuer"),
  CLOSED("stapler closed");

  final String text;

  Situation(String text) {
    this.text = text;
  }
}
