package io.github.ocspstapler;

import java.math.BigInteger;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What a {@link Stapler} knows about one certificate at one moment: a row of its listing.
 *
 * <p>Immutable and thread-safe.
 *
 * @param certificate the certificate
 * @param name what people call it: its first DNS name, else its subject
 * @param subject the certificate's subject (RFC 2253), empty if it has none
 * @param subjectAlternativeNames its names: DNS names, addresses, URIs
 * @param serialNumber its serial number
 * @param issuer its issuer's name (RFC 2253)
 * @param state whether it is stapled, and if not, why
 * @param mustStaple whether it demands a staple (RFC 7633)
 * @param responder who answered last, or is asked next
 * @param thisUpdate of the staple at hand
 * @param nextUpdate of the staple at hand
 * @param servedUntil when the staple at hand stops being served
 * @param nextAttempt when the responder is asked next; empty if it is not
 * @param lastError why the last attempt failed, in one sentence; empty if it did not
 * @param failuresInARow how many attempts failed since the last good one
 */
public record StapleStatus(
    X509Certificate certificate,
    String name,
    String subject,
    List<String> subjectAlternativeNames,
    BigInteger serialNumber,
    String issuer,
    State state,
    boolean mustStaple,
    Optional<URI> responder,
    Optional<Instant> thisUpdate,
    Optional<Instant> nextUpdate,
    Optional<Instant> servedUntil,
    Optional<Instant> nextAttempt,
    Optional<String> lastError,
    int failuresInARow) {

  /** Checks that nothing is null, and keeps a copy of the names. */
  public StapleStatus {
    Objects.requireNonNull(certificate, "certificate");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(subject, "subject");
    subjectAlternativeNames = List.copyOf(subjectAlternativeNames);
    Objects.requireNonNull(serialNumber, "serialNumber");
    Objects.requireNonNull(issuer, "issuer");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(responder, "responder");
    Objects.requireNonNull(thisUpdate, "thisUpdate");
    Objects.requireNonNull(nextUpdate, "nextUpdate");
    Objects.requireNonNull(servedUntil, "servedUntil");
    Objects.requireNonNull(nextAttempt, "nextAttempt");
    Objects.requireNonNull(lastError, "lastError");
  }

  /**
   * Returns how much this should worry an operator.
   *
   * @return the severity
   */
  public Severity severity() {
    return Severity.of(state, mustStaple, failuresInARow);
  }

  /**
   * Returns whether a text occurs in one of its names, its serial number (in hexadecimal), its
   * issuer or its responder's host, in whatever case: what a search box is for.
   *
   * @param text the text
   * @return whether it does
   */
  public boolean mentions(String text) {
    String wanted = text.toLowerCase(Locale.ROOT);
    return contains(name, wanted)
        || contains(subject, wanted)
        || contains(issuer, wanted)
        || contains(serialNumber.toString(16), wanted)
        || responder.map(URI::getRawAuthority).filter(host -> contains(host, wanted)).isPresent()
        || subjectAlternativeNames.stream().anyMatch(other -> contains(other, wanted));
  }

  private static boolean contains(String text, String wanted) {
    return text.toLowerCase(Locale.ROOT).contains(wanted);
  }

  /** How much a certificate should worry its operator; the worst first. */
  public enum Severity {
    /** Clients refuse it now: revoked, or must-staple (RFC 7633) without a staple. */
    CRITICAL,
    /** No staple although there is a responder, or its renewal fails. */
    WARNING,
    /** Nobody has answered yet. */
    PENDING,
    /** Stapled, and the last attempt to renew it succeeded. */
    GOOD,
    /** There is nobody to ask. */
    QUIET;

    static Severity of(State state, boolean mustStaple, int failures) {
      return switch (state) {
        case REVOKED -> CRITICAL;
        case UNKNOWN, UNAVAILABLE -> mustStaple ? CRITICAL : WARNING;
        case STAPLED -> failures > 0 ? WARNING : GOOD;
        case PENDING -> PENDING;
        case UNSTAPLEABLE -> mustStaple ? CRITICAL : QUIET;
      };
    }
  }

  /** Whether a certificate is stapled, and if not, why. */
  public enum State {
    /**
     * Nobody has answered yet, or the certificate is so new that its responder does not know it.
     */
    PENDING,
    /** A good answer is at hand and is served, whether or not its renewal succeeds. */
    STAPLED,
    /** The CA has revoked the certificate. */
    REVOKED,
    /** The responder does not know the certificate, and no good answer is at hand. */
    UNKNOWN,
    /** No trustworthy answer is at hand, and the last attempt to get one failed. */
    UNAVAILABLE,
    /**
     * There is nobody to ask, which is quiet and normal: the certificate names no responder, OCSP
     * is disabled for it, its issuer is not in its chain, or it has expired.
     */
    UNSTAPLEABLE
  }
}
