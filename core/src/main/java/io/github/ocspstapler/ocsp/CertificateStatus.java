package io.github.ocspstapler.ocsp;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a CA says about one certificate: the {@code certStatus} of RFC 6960 section 4.2.1.
 *
 * <p>Immutable and thread-safe.
 */
public sealed interface CertificateStatus {

  /** Not revoked at {@code thisUpdate}. */
  record Good() implements CertificateStatus {}

  /**
   * Revoked, for good or (reason {@link RevocationReason#CERTIFICATE_HOLD}) for a while.
   *
   * @param at when the revocation took effect
   * @param reason why, if the CA says so
   */
  record Revoked(Instant at, Optional<RevocationReason> reason) implements CertificateStatus {
    /** Checks that nothing is null. */
    public Revoked {
      Objects.requireNonNull(at, "at");
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** The responder does not know the certificate. */
  record Unknown() implements CertificateStatus {}
}
