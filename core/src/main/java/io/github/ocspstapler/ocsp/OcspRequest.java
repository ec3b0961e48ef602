package io.github.ocspstapler.ocsp;

import java.net.URI;

/**
 * The question about one certificate: an unsigned {@code OCSPRequest} with one {@code Request} and
 * no extension but an optional nonce (RFC 6960 section 4.1, RFC 9919 section 3.1).
 *
 * <p>Immutable and thread-safe.
 */
public final class OcspRequest {
  private OcspRequest() {}

  /**
   * Returns a request without nonce.
   *
   * @param certId the certificate
   * @return the request
   */
  public static OcspRequest of(CertId certId) {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns a request with a nonce (RFC 9654).
   *
   * @param certId the certificate
   * @param nonce 1 to 128 bytes
   * @return the request
   */
  public static OcspRequest of(CertId certId, byte[] nonce) {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns the request's DER encoding.
   *
   * @return a new array
   */
  public byte[] encoded() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns the URL that asks this by GET: the responder's path and query kept, the request
   * base64-encoded and percent-encoded behind it (RFC 6960 appendix A.1, RFC 9919 section 5).
   *
   * @param responder the responder's URL
   * @return the URL
   */
  public URI getUri(URI responder) {
    throw new UnsupportedOperationException();
  }
}
