package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.der.Der;
import io.github.ocspstapler.internal.der.DerWriter;
import java.net.URI;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The question about one certificate: an unsigned {@code OCSPRequest} with one {@code Request} and
 * no extension but an optional nonce (RFC 6960 section 4.1, RFC 9919 section 3.1).
 *
 * <p>Immutable and thread-safe. Two are equal when their bytes are.
 */
public final class OcspRequest {
  private static final byte[] ID_PKIX_OCSP_NONCE = HexFormat.of().parseHex("2b0601050507300102");
  private static final int MAX_NONCE = 128;

  private final byte[] encoded;

  private OcspRequest(byte[] encoded) {
    this.encoded = encoded;
  }

  /**
   * Returns a request without nonce.
   *
   * @param certId the certificate
   * @return the request
   */
  public static OcspRequest of(CertId certId) {
    Objects.requireNonNull(certId, "certId");
    return new OcspRequest(
        DerWriter.sequence(DerWriter.sequence(DerWriter.sequence(request(certId)))));
  }

  /**
   * Returns a request with a nonce (RFC 9654).
   *
   * @param certId the certificate
   * @param nonce 1 to 128 bytes; 32 are recommended
   * @return the request
   * @throws IllegalArgumentException if the nonce is shorter or longer
   */
  public static OcspRequest of(CertId certId, byte[] nonce) {
    Objects.requireNonNull(certId, "certId");
    if (nonce.length < 1 || nonce.length > MAX_NONCE) {
      throw new IllegalArgumentException(
          "nonce: " + nonce.length + " bytes (expected: 1.." + MAX_NONCE + ")");
    }
    byte[] extension =
        DerWriter.sequence(
            DerWriter.oid(ID_PKIX_OCSP_NONCE), DerWriter.octetString(DerWriter.octetString(nonce)));
    return new OcspRequest(
        DerWriter.sequence(
            DerWriter.sequence(
                DerWriter.sequence(request(certId)),
                DerWriter.value(Der.constructed(2), DerWriter.sequence(extension)))));
  }

  /** Returns a request of bytes that were made elsewhere. */
  static OcspRequest ofEncoded(byte[] encoded) {
    return new OcspRequest(encoded.clone());
  }

  private static byte[] request(CertId certId) {
    return DerWriter.sequence(certId.encoded());
  }

  /**
   * Returns the request's DER encoding.
   *
   * @return a new array
   */
  public byte[] encoded() {
    return encoded.clone();
  }

  /**
   * Returns the URL that asks this by GET: the request, base64-encoded and percent-encoded, as one
   * more segment of the responder's path (RFC 6960 appendix A.1, RFC 9919 section 6).
   *
   * <p>The path is kept and so is the query, which stays behind the path: a responder at {@code
   * http://ca.test/ocsp?ca=1} is asked at {@code http://ca.test/ocsp/MEow…?ca=1}. A slash at the
   * path's end is not doubled; a fragment is not sent.
   *
   * @param responder the responder's URL
   * @return the URL
   * @throws IllegalArgumentException if the responder's URL names no host
   */
  public URI getUri(URI responder) {
    if (responder.getScheme() == null || responder.getRawAuthority() == null) {
      throw new IllegalArgumentException("responder: " + responder + " (expected: http://host/…)");
    }
    String path = responder.getRawPath();
    StringBuilder url = new StringBuilder();
    url.append(responder.getScheme()).append("://").append(responder.getRawAuthority());
    url.append(path);
    if (!path.endsWith("/")) {
      url.append('/');
    }
    appendBase64(url);
    if (responder.getRawQuery() != null) {
      url.append('?').append(responder.getRawQuery());
    }
    return URI.create(url.toString());
  }

  /** The three characters of base64 that mean something else in a URL are percent-encoded. */
  private void appendBase64(StringBuilder url) {
    String base64 = Base64.getEncoder().encodeToString(encoded);
    for (int i = 0; i < base64.length(); i++) {
      char c = base64.charAt(i);
      switch (c) {
        case '+' -> url.append("%2B");
        case '/' -> url.append("%2F");
        case '=' -> url.append("%3D");
        default -> url.append(c);
      }
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OcspRequest that && Arrays.equals(encoded, that.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  /** Returns the request in base64, as {@code openssl ocsp -reqin} takes it once decoded. */
  @Override
  public String toString() {
    return "OCSP request " + Base64.getEncoder().encodeToString(encoded);
  }
}
