package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.x509.SignatureAlgorithm;
import io.github.ocspstapler.internal.x509.Subjects;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An OCSP response as it says itself, for tools that show it or find fault with it. Nothing in it
 * is verified: not who signed it, not about whom, not whether it is current. Decide by {@link
 * OcspClient#verify} instead.
 *
 * <p>Immutable and thread-safe; nothing blocks.
 */
public final class UnverifiedResponse {
  /** How many of the certificates that a response brings along are listed. */
  public static final int MAX_CERTIFICATES = 16;

  private final int responseStatus;
  private final ParsedResponse.@Nullable Basic basic;
  private final List<Answer> answers;
  private final String signatureAlgorithm;
  private final List<byte[]> certificates;

  private UnverifiedResponse(ParsedResponse response) throws DerException {
    this.responseStatus = response.status();
    this.basic = response.basic();
    if (basic == null) {
      this.answers = List.of();
      this.signatureAlgorithm = "";
      this.certificates = List.of();
    } else {
      this.answers = basic.singles().stream().map(UnverifiedResponse::answer).toList();
      this.signatureAlgorithm = SignatureAlgorithm.read(basic.signatureAlgorithm()).name();
      this.certificates = certificates(basic.certificates());
    }
  }

  /**
   * What a response says about one certificate (a {@code SingleResponse}).
   *
   * @param certId the certificate, or empty if its issuer is hashed by a function not known here
   * @param serialNumber its serial number
   * @param status what is said
   * @param thisUpdate when that was known to be right
   * @param nextUpdate when there will be something newer, if it says so
   */
  public record Answer(
      Optional<CertId> certId,
      BigInteger serialNumber,
      CertificateStatus status,
      Instant thisUpdate,
      Optional<Instant> nextUpdate) {}

  /**
   * Reads a response.
   *
   * @param encoded any bytes
   * @return what they say
   * @throws OcspException.Rejected if they are no OCSP response, down to the last byte
   */
  public static UnverifiedResponse parse(byte[] encoded) throws OcspException.Rejected {
    try {
      return new UnverifiedResponse(ResponseParser.parse(encoded.clone()));
    } catch (DerException e) {
      throw new OcspException.Rejected(
          null,
          OcspException.Rejected.Reason.MALFORMED,
          "not an OCSP response: " + e.getMessage(),
          e);
    }
  }

  private static Answer answer(ParsedResponse.Single single) {
    BigInteger serialNumber = new BigInteger(single.serialNumber().bytes());
    return new Answer(
        Optional.ofNullable(single.hash())
            .map(hash ->
                CertId.of(
                    hash,
                    single.issuerNameHash().bytes(),
                    single.issuerKeyHash().bytes(),
                    serialNumber)),
        serialNumber,
        single.status(),
        single.thisUpdate(),
        Optional.ofNullable(single.nextUpdate()));
  }

  private static List<byte[]> certificates(@Nullable DerReader all) throws DerException {
    List<byte[]> list = new ArrayList<>();
    DerReader rest = all == null ? null : all.copy();
    while (rest != null && rest.hasMore() && list.size() < MAX_CERTIFICATES) {
      list.add(rest.element("certificate").bytes());
    }
    return List.copyOf(list);
  }

  /**
   * Returns the {@code responseStatus}: 0 successful, 1 malformedRequest, 2 internalError, 3
   * tryLater, 5 sigRequired, 6 unauthorized. Only the first comes with the rest.
   *
   * @return the number of RFC 6960 section 4.2.1
   */
  public int responseStatus() {
    return responseStatus;
  }

  /**
   * Returns when it was signed, as it says.
   *
   * @return {@code producedAt}, empty unless successful
   */
  public Optional<Instant> producedAt() {
    return Optional.ofNullable(basic).map(ParsedResponse.Basic::producedAt);
  }

  /**
   * Returns the name by which the signer goes, for people to read.
   *
   * @return empty if it goes by its key, or unless successful
   */
  public Optional<String> responderName() {
    return Optional.ofNullable(basic).map(ParsedResponse.Basic::responderName).map(Subjects::of);
  }

  /**
   * Returns the SHA-1 hash of the signer's key by which it goes.
   *
   * @return a new array, empty if it goes by its name, or unless successful
   */
  public Optional<byte[]> responderKeyHash() {
    return Optional.ofNullable(basic)
        .map(ParsedResponse.Basic::responderKeyHash)
        .map(DerReader::bytes);
  }

  /**
   * Returns what it says about each certificate, in its order.
   *
   * @return none unless successful
   */
  public List<Answer> answers() {
    return answers;
  }

  /**
   * Returns the value of its nonce extension (RFC 9654) as it stands there: the DER of an OCTET
   * STRING, or with some responders the bare bytes.
   *
   * @return a new array, empty if there is none, or unless successful
   */
  public Optional<byte[]> nonce() {
    return Optional.ofNullable(basic).map(b -> b.extensions().nonce()).map(DerReader::bytes);
  }

  /**
   * Returns how it is signed, as JCA names it, for example {@code SHA256withECDSA}.
   *
   * @return text for people to read, empty unless successful
   */
  public String signatureAlgorithm() {
    return signatureAlgorithm;
  }

  /**
   * Returns the DER of the certificates that it brings along, which may be anything.
   *
   * @return new arrays, at most {@value #MAX_CERTIFICATES}
   */
  public List<byte[]> certificates() {
    return certificates.stream().map(byte[]::clone).toList();
  }
}
