package io.github.ocspstapler.ocsp;

import java.net.URI;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides whether a response may be believed. */
final class ResponseVerifier {

  ResponseVerifier(
      Clock clock,
      Duration clockSkew,
      Duration maxAgeWithoutNextUpdate,
      boolean allowSha1Signatures,
      List<X509Certificate> trustedResponders,
      @Nullable Provider provider) {}

  /**
   * Returns the response's answer to the question.
   *
   * @throws OcspException.Refused if its status is an error status
   * @throws OcspException.Rejected if it must not be believed
   */
  OcspResponse verify(
      byte[] response, Question question, @Nullable URI responder, HttpFreshness freshness)
      throws OcspException {
    throw new UnsupportedOperationException();
  }
}
