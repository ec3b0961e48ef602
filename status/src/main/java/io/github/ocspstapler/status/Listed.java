package io.github.ocspstapler.status;

import io.github.ocspstapler.StapleStatus;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * A certificate in the listing.
 *
 * @param status what the stapler knows of it
 */
record Listed(StapleStatus status) {
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
        .text("severity", word(status.severity()))
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
        .text("serialNumber", status.serialNumber().toString(16))
        .text("issuer", status.issuer())
        .time("notAfter", status.certificate().getNotAfter().toInstant());
  }

  private Optional<Instant> end() {
    return status.nextUpdate().or(status::servedUntil);
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
