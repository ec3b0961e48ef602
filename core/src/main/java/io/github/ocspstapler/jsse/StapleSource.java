package io.github.ocspstapler.jsse;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * Where a {@link JsseDelivery} gets the response to send for a certificate: a look-up in memory.
 *
 * <p>It is asked on the threads of the JDK's TLS while a handshake waits: it must not block, and
 * must be thread-safe. What it throws is taken as "no response".
 */
@FunctionalInterface
public interface StapleSource {
  /**
   * Returns the OCSP response to send now for a certificate.
   *
   * <p>The JDK names a certificate by its CertID only (RFC 6960 section 4.1.1, SHA-1). The key here
   * is that CertID's DER encoding, as {@link #key} makes it. Its {@code equals} and {@code
   * hashCode} compare the bytes, so it can be looked up in a map as it is.
   *
   * @param certId the certificate's CertID, read-only
   * @return the response, byte for byte as it is to be sent, or empty for none; the array is not
   *     changed
   */
  Optional<byte[]> response(ByteBuffer certId);

  /**
   * Returns the key under which the JDK asks for a certificate.
   *
   * @param certificate the certificate
   * @param issuer the certificate of the CA that issued it
   * @return the DER encoding of its CertID with SHA-1 and NULL parameters, read-only
   * @throws IllegalArgumentException if the issuer's key has no X.509 encoding
   */
  static ByteBuffer key(X509Certificate certificate, X509Certificate issuer) {
    return CertIds.key(certificate, issuer);
  }
}
