package io.github.ocspstapler.ocsp;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;

/**
 * A verified answer about one certificate: signed by its CA or a responder the CA appointed, about
 * this very certificate, and current when it was verified.
 *
 * <p>There is no unverified instance. Immutable and thread-safe.
 */
public final class OcspResponse {
  private OcspResponse() {}

  /**
   * Returns what the CA says.
   *
   * @return good, revoked or unknown
   */
  public CertificateStatus status() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns when the responder signed this.
   *
   * @return {@code producedAt}
   */
  public Instant producedAt() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns the time at which the status was known to be right.
   *
   * @return {@code thisUpdate}
   */
  public Instant thisUpdate() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns the time by which newer information will be available, if the CA says so.
   *
   * @return {@code nextUpdate}
   */
  public Optional<Instant> nextUpdate() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns the end of this answer's use: {@code nextUpdate}, or {@code thisUpdate} plus the
   * client's maximum age where there is none, or the expiry of the signer's certificate if that
   * comes first.
   *
   * @return an instant after {@link #thisUpdate()}
   */
  public Instant validUntil() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns who signed: the issuer itself, or the responder it appointed.
   *
   * @return the signer's certificate
   */
  public X509Certificate signer() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns the URL that answered, or empty if the bytes came from elsewhere.
   *
   * @return the responder
   */
  public Optional<URI> responder() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns what the HTTP head said about caching.
   *
   * @return the freshness; {@link HttpFreshness#NONE} if the bytes did not come over HTTP
   */
  public HttpFreshness httpFreshness() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns the response byte for byte as it was received: what a server staples.
   *
   * @return a new array
   */
  public byte[] encoded() {
    throw new UnsupportedOperationException();
  }
}
