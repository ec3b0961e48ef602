package io.github.ocspstapler.cli;

import io.github.ocspstapler.ocsp.OcspClient;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * What is believed, and when.
 *
 * @param at the time to verify at, to the second, or null for now by a clock that may be off
 * @param maxAge for answers without nextUpdate, or null for the client's default
 * @param allowSha1Signatures whether to believe SHA-1
 * @param responder a responder trusted by hand, if any
 */
record Settings(
    @Nullable Instant at,
    @Nullable Duration maxAge,
    boolean allowSha1Signatures,
    @Nullable X509Certificate responder) {

  /** Returns a client in the making that has them. */
  OcspClient.Builder client() {
    OcspClient.Builder client = OcspClient.builder();
    if (at != null) {
      // A time that somebody writes down is exact: there is no clock whose skew to allow for.
      client.clock(Clock.fixed(at, ZoneOffset.UTC)).clockSkew(Duration.ZERO);
    }
    if (maxAge != null) {
      client.maxAgeWithoutNextUpdate(maxAge);
    }
    if (allowSha1Signatures) {
      client.dangerouslyAllowSha1Signatures();
    }
    if (responder != null) {
      client.trustedResponder(responder);
    }
    return client;
  }
}
