package io.github.ocspstapler;

import io.github.ocspstapler.ocsp.CertificateStatus;
import java.time.Duration;

/**
 * Told of what happens to staples; every method does nothing unless overridden.
 *
 * <p>Calls come one after another, never two at once, after the change they tell of can be seen in
 * {@link Stapler#statuses()}, and on a thread of the scheduler: never in a handshake, and never
 * where answers are verified. No lock is held, so a listener may call the stapler. It should not
 * block, because other calls wait behind it, and a scheduler of one thread wakes nothing up
 * meanwhile. What it throws is logged and otherwise ignored.
 */
public interface StaplerListener {
  /**
   * A certificate that had no staple has one.
   *
   * @param status the certificate
   * @param staple the staple
   */
  default void stapled(StapleStatus status, Staple staple) {}

  /**
   * A staple was replaced by a newer one.
   *
   * @param status the certificate
   * @param staple the new staple
   */
  default void renewed(StapleStatus status, Staple staple) {}

  /**
   * An attempt failed. A staple at hand stays in use; {@link StapleStatus#lastError()} says what
   * went wrong and {@link StapleStatus#failuresInARow()} how often.
   *
   * @param status the certificate
   * @param reason one word, for example {@code timeout} or {@code bad_signature}
   */
  default void failed(StapleStatus status, String reason) {}

  /**
   * The CA says that the certificate is revoked. Its good staple is no longer served.
   *
   * @param status the certificate
   * @param revoked when and why
   */
  default void revoked(StapleStatus status, CertificateStatus.Revoked revoked) {}

  /**
   * The CA should have published a newer answer by now, and none came: 8 hours before nextUpdate,
   * or at three quarters of a validity of less than 16 hours. Told once a staple.
   *
   * @param status the certificate
   */
  default void late(StapleStatus status) {}

  /**
   * The staple is about to be served no more and has no successor: 4 hours before its end, or at
   * seven eighths of the time it is served if that is later. Told once a staple.
   *
   * @param status the certificate
   * @param remaining how much longer it is served
   */
  default void expiring(StapleStatus status, Duration remaining) {}

  /**
   * The staple ended without a successor: handshakes go on without one.
   *
   * @param status the certificate
   */
  default void expired(StapleStatus status) {}

  /**
   * A certificate was refused to a handshake, because it has no staple and the {@link StaplePolicy}
   * demands one. Told at most once a minute for each certificate, as long as it is asked for;
   * {@link StapleStatus#lastError()} says why it has no staple.
   *
   * @param status the certificate
   */
  default void refused(StapleStatus status) {}

  /**
   * A certificate is no longer kept: it expired, its key manager dropped it, nobody used it for
   * long, or the bound on their number was reached.
   *
   * @param status what was last known of it
   */
  default void forgotten(StapleStatus status) {}
}
