package io.github.ocspstapler;

import java.time.Duration;

/** SKELETON: where the stapler counts. Called on handshake threads: must not block. */
public interface StaplerMetrics {
  void resolved(boolean stapled);

  /** status: good, revoked, unknown, unreachable, refused, rejected. */
  void requested(String status, Duration took);

  /** OcspException#reasonName(). */
  void failed(String reason);

  /** Called once by build(): gauges read stapler.summary() (counts by state, seconds to expiry). */
  default void watch(Stapler stapler) {}
}
