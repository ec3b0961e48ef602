package io.github.ocspstapler.status;

import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.StapleStatus.State;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * A certificate in the listing.
 *
 * @param status what the stapler knows of it
 * @param severity how bad that is
 */
record Listed(StapleStatus status, Severity severity) {
  /** The worst first; among equals, what ends first, and then by name, so that rows stay put. */
  static final Comparator<Listed> WORST_FIRST =
      Comparator.comparing(Listed::severity)
          .thenComparing(row -> row.status.servedUntil().orElse(Instant.MAX))
          .thenComparing(row -> row.status.name())
          .thenComparing(row -> row.status.serialNumber());

  static Listed of(StapleStatus status) {
    return new Listed(status, Severity.of(status));
  }

  /** Whether a word occurs in one of its names, its serial number or its issuer. */
  boolean mentions(String word) {
    String wanted = word.toLowerCase(Locale.ROOT);
    return contains(status.name(), wanted)
        || contains(status.subject(), wanted)
        || contains(status.issuer(), wanted)
        || contains(serialNumber(), wanted)
        || contains(host().orElse(""), wanted)
        || status.subjectAlternativeNames().stream().anyMatch(name -> contains(name, wanted));
  }

  private static boolean contains(String text, String wanted) {
    return text.toLowerCase(Locale.ROOT).contains(wanted);
  }

  String serialNumber() {
    return status.serialNumber().toString(16);
  }

  /** The responder's host and port. */
  Optional<String> host() {
    return status.responder().map(responder -> responder.getRawAuthority());
  }

  /** The SHA-256 of the certificate: its name in this API, as in the store. */
  String fingerprint() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(status.certificate().getEncoded()));
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new IllegalStateException(e); // every JDK has it, and the certificate was parsed
    }
  }

  Json json() {
    Optional<Instant> half =
        status
            .thisUpdate()
            .flatMap(from -> end().map(to -> from.plus(Duration.between(from, to).dividedBy(2))));
    return new Json()
        .text("fingerprint", fingerprint())
        .text("name", status.name())
        .text("state", word(status.state()))
        .text("severity", severity.word())
        .flag("mustStaple", status.mustStaple())
        .text("lastError", status.lastError())
        .number("failuresInARow", status.failuresInARow())
        .time("thisUpdate", status.thisUpdate())
        .time("half", half)
        .time("nextUpdate", status.nextUpdate())
        .time("servedUntil", status.servedUntil())
        .time("nextAttempt", status.nextAttempt())
        .text("responder", status.responder().map(Object::toString))
        .text("subject", status.subject())
        .texts("names", status.subjectAlternativeNames())
        .text("serialNumber", serialNumber())
        .text("issuer", status.issuer())
        .time("notAfter", status.certificate().getNotAfter().toInstant());
  }

  private Optional<Instant> end() {
    return status.nextUpdate().or(status::servedUntil);
  }

  static String word(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
