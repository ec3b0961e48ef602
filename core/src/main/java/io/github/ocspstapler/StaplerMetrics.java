package io.github.ocspstapler;

import java.time.Duration;
import java.util.List;

/**
 * Where a stapler counts; every method does nothing unless overridden.
 *
 * <p>Implementations are thread-safe and do not block: {@link #resolved} and {@link #refused} are
 * called on handshake threads.
 */
public interface StaplerMetrics {
  /**
   * Counts in several places: for a meter registry and a status page, for example.
   *
   * <p>Each is called in turn, on the same thread. One that throws does not keep the others from
   * counting: what it threw is thrown once all have counted, and the stapler logs it.
   *
   * @param metrics where to count
   * @return metrics that count in all of them
   */
  static StaplerMetrics all(StaplerMetrics... metrics) {
    return new AllMetrics(List.of(metrics));
  }

  /**
   * A server looked for a staple ({@code ocsp_resolves_total}).
   *
   * @param stapled whether it got one
   */
  default void resolved(boolean stapled) {}

  /**
   * A server was refused a certificate by the {@link StaplePolicy} ({@code ocsp_refusals_total}).
   * In a handshake that fails, the TLS engine may ask several times, for each kind of key and
   * cipher suite.
   */
  default void refused() {}

  /**
   * A question about one certificate was answered, or was not ({@code ocsp_requests_total}, {@code
   * ocsp_requests_duration_seconds}). Only what was really asked is counted.
   *
   * @param status {@code good}, {@code revoked}, {@code unknown}, {@code unreachable}, {@code
   *     refused} or {@code rejected}
   * @param took from the question to the verified answer
   */
  default void requested(String status, Duration took) {}

  /**
   * An attempt failed.
   *
   * @param reason one word, for example {@code timeout} or {@code bad_signature}
   */
  default void failed(String reason) {}

  /**
   * A responder host was asked for the first time, or its circuit breaker has opened or closed.
   * That an open one becomes half-open is a matter of time: {@link Stapler#responders()} tells.
   *
   * @param host scheme, host and port, as in {@link ResponderStatus#host()}; certificates name it,
   *     so there is no bound on how many there are
   * @param state {@link ResponderStatus.Breaker#OPEN} or {@link ResponderStatus.Breaker#CLOSED}
   */
  default void breaker(String host, ResponderStatus.Breaker state) {}

  /**
   * A stapler starts to count here; called once by {@link Stapler.Builder#build()}. Gauges read
   * {@link Stapler#summary()}, and should not keep the stapler alive.
   *
   * @param stapler the stapler
   */
  default void watch(Stapler stapler) {}
}
