package io.github.ocspstapler;

/**
 * Which certificates a server may send without a staple.
 *
 * <p>A certificate that may not be sent is refused: the wrapped key manager does not choose it, and
 * if it chooses none, the handshake fails: the JDK's TLS engine makes the alert {@code
 * handshake_failure}, Netty's OpenSSL {@code internal_error}, and the server sends it or just
 * closes the connection. A certificate that has a staple to send is never refused, whatever the
 * staple says ({@link Stapler.Builder#relayRevoked()}). Only server certificates are judged, not
 * the issuers in their chains, and no session that is resumed, for it sends no certificate. The
 * tables in the guide show what a client sees in each situation.
 *
 * <p>Whatever fails in the stapler itself, a certificate counts as one without a staple. A stapler
 * that is closed refuses nothing.
 */
public enum StaplePolicy {
  /** Any: no handshake fails for want of a staple. */
  LENIENT,

  /**
   * Any but those that demand a staple (RFC 7633, TLS features 5 and 17): clients that know what
   * that means would refuse the certificate, and others should not be shown it.
   */
  MUST_STAPLE,

  /**
   * Only those that nobody can be asked about: the certificate names no OCSP responder, or OCSP is
   * disabled for it, and it does not demand a staple.
   */
  STRICT;

  /**
   * Returns whether a certificate is refused while it has no staple.
   *
   * @param mustStaple whether it demands a staple
   * @param askable whether it has a responder that could be asked, were its issuer known
   */
  boolean refusesBare(boolean mustStaple, boolean askable) {
    return switch (this) {
      case LENIENT -> false;
      case MUST_STAPLE -> mustStaple;
      case STRICT -> mustStaple || askable;
    };
  }
}
