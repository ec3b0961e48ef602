package io.github.ocspstapler.internal.inprocess;

import java.util.Optional;

/**
 * An OCSP responder that is asked by a method call.
 *
 * <p>Thread-safe, never blocks, and throws nothing.
 */
public interface InProcessResponder {
  /** The longest request that is looked at, in bytes; one of the JDK has some 70. */
  int MAX_REQUEST_BYTES = 4096;

  /**
   * Answers a GET (RFC 6960 appendix A.1).
   *
   * @param encodedRequest the request in base64, percent-encoded, as it stood behind the
   *     responder's URL
   * @return the response, or empty for none
   */
  Optional<byte[]> get(String encodedRequest);

  /**
   * Answers a POST.
   *
   * @param request the request
   * @return the response, or empty for none
   */
  Optional<byte[]> post(byte[] request);
}
