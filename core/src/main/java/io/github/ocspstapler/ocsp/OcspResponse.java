package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.x509.Subjects;
import java.math.BigInteger;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A verified answer about one certificate: signed by its CA or a responder the CA appointed, about
 * this very certificate, and current when it was verified.
 *
 * <p>There is no unverified instance. Immutable and thread-safe.
 */
public final class OcspResponse {
  private final byte[] encoded;
  private final BigInteger serialNumber;
  private final CertificateStatus status;
  private final Instant producedAt;
  private final Instant thisUpdate;
  private final @Nullable Instant nextUpdate;
  private final Instant validUntil;
  private final X509Certificate signer;
  private final @Nullable URI responder;
  private final HttpFreshness httpFreshness;
  private final @Nullable HttpValidator httpValidator;

  /** Makes one of an answer that has passed verification; only the verifier does. */
  OcspResponse(
      byte[] encoded,
      BigInteger serialNumber,
      ParsedResponse.Single answer,
      Instant producedAt,
      Instant validUntil,
      X509Certificate signer,
      @Nullable URI responder,
      HttpFreshness httpFreshness) {
    this.encoded = encoded;
    this.serialNumber = serialNumber;
    this.status = answer.status();
    this.producedAt = producedAt;
    this.thisUpdate = answer.thisUpdate();
    this.nextUpdate = answer.nextUpdate();
    this.validUntil = validUntil;
    this.signer = signer;
    this.responder = responder;
    this.httpFreshness = httpFreshness;
    this.httpValidator = null;
  }

  private OcspResponse(OcspResponse that, @Nullable HttpValidator httpValidator) {
    this.encoded = that.encoded;
    this.serialNumber = that.serialNumber;
    this.status = that.status;
    this.producedAt = that.producedAt;
    this.thisUpdate = that.thisUpdate;
    this.nextUpdate = that.nextUpdate;
    this.validUntil = that.validUntil;
    this.signer = that.signer;
    this.responder = that.responder;
    this.httpFreshness = that.httpFreshness;
    this.httpValidator = httpValidator;
  }

  /** Returns the same answer, which came with this validator. */
  OcspResponse with(@Nullable HttpValidator validator) {
    return validator == null ? this : new OcspResponse(this, validator);
  }

  /**
   * Returns what the CA says.
   *
   * @return good, revoked or unknown
   */
  public CertificateStatus status() {
    return status;
  }

  /**
   * Returns when the responder signed this.
   *
   * @return {@code producedAt}
   */
  public Instant producedAt() {
    return producedAt;
  }

  /**
   * Returns the time at which the status was known to be right.
   *
   * @return {@code thisUpdate}
   */
  public Instant thisUpdate() {
    return thisUpdate;
  }

  /**
   * Returns the time by which newer information will be available, if the CA says so.
   *
   * @return {@code nextUpdate}
   */
  public Optional<Instant> nextUpdate() {
    return Optional.ofNullable(nextUpdate);
  }

  /**
   * Returns the end of this answer's use: {@code nextUpdate}, or {@code thisUpdate} plus the
   * client's maximum age where there is none, or the expiry of the appointed responder's
   * certificate if that comes first.
   *
   * @return an instant not before {@link #thisUpdate()}, except for a responder's certificate that
   *     expired within the clock skew
   */
  public Instant validUntil() {
    return validUntil;
  }

  /**
   * Returns who signed: the issuer itself, or the responder it appointed.
   *
   * @return the signer's certificate
   */
  public X509Certificate signer() {
    return signer;
  }

  /**
   * Returns the URL that answered, or empty if the bytes came from elsewhere.
   *
   * @return the responder
   */
  public Optional<URI> responder() {
    return Optional.ofNullable(responder);
  }

  /**
   * Returns what the HTTP head said about caching.
   *
   * @return the freshness; {@link HttpFreshness#NONE} if the bytes did not come over HTTP
   */
  public HttpFreshness httpFreshness() {
    return httpFreshness;
  }

  /**
   * Returns what {@link OcspClient#refreshAsync} tells the responder, so that it need not send the
   * same answer again.
   *
   * @return the validator, or empty if the answer did not come with one, or not by GET
   */
  public Optional<HttpValidator> httpValidator() {
    return Optional.ofNullable(httpValidator);
  }

  /**
   * Returns the response byte for byte as it was received: what a server staples.
   *
   * @return a new array
   */
  public byte[] encoded() {
    return encoded.clone();
  }

  /**
   * Returns whether this and another are the same bytes about the same certificate, verified
   * against the same signer.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OcspResponse that
        && Arrays.equals(encoded, that.encoded)
        && serialNumber.equals(that.serialNumber)
        && signer.equals(that.signer);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  /** Returns a sentence for a log: the certificate, its status, for how long, and who says so. */
  @Override
  public String toString() {
    return "serial "
        + serialNumber.toString(16)
        + " is "
        + describe(status)
        + " as of "
        + thisUpdate
        + ", until "
        + validUntil
        + ", says "
        + Subjects.of(signer)
        + (responder == null ? "" : " at " + responder);
  }

  private static String describe(CertificateStatus status) {
    if (status instanceof CertificateStatus.Revoked revoked) {
      return "revoked since "
          + revoked.at()
          + revoked.reason().map(r -> " (" + r.name().toLowerCase(Locale.ROOT) + ")").orElse("");
    }
    return status instanceof CertificateStatus.Good ? "good" : "unknown to the responder";
  }
}
