package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.der.DerWriter;
import io.github.ocspstapler.internal.x509.RawCertificate;
import io.github.ocspstapler.internal.x509.Subjects;
import java.math.BigInteger;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The name OCSP gives a certificate: its issuer's name and key, hashed, and its serial number (the
 * {@code CertID} of RFC 6960 section 4.1.1).
 *
 * <p>Immutable and thread-safe. Two are equal when all four fields are; the hash algorithm's NULL
 * and absent parameters are the same.
 */
public final class CertId {
  private final CertIdHash hash;
  private final byte[] issuerNameHash;
  private final byte[] issuerKeyHash;
  private final BigInteger serialNumber;

  private CertId(
      CertIdHash hash, byte[] issuerNameHash, byte[] issuerKeyHash, BigInteger serialNumber) {
    this.hash = hash;
    this.issuerNameHash = issuerNameHash;
    this.issuerKeyHash = issuerKeyHash;
    this.serialNumber = serialNumber;
  }

  /**
   * Returns the CertID of a certificate.
   *
   * <p>The name is hashed as the certificate spells it (RFC 6960 section 4.1.1), which is nearly
   * always how its issuer spells it, too.
   *
   * @param hash the hash function
   * @param certificate the certificate
   * @param issuer the certificate of the CA that issued it
   * @return its CertID
   * @throws IllegalArgumentException if one of the certificates has no DER encoding
   */
  public static CertId of(CertIdHash hash, X509Certificate certificate, X509Certificate issuer) {
    Objects.requireNonNull(hash, "hash");
    Objects.requireNonNull(certificate, "certificate");
    Objects.requireNonNull(issuer, "issuer");
    try {
      return new CertId(
          hash,
          hash.digest(RawCertificate.read(DerReader.of(certificate.getEncoded())).issuer()),
          Authority.of(issuer).keyHash(hash),
          certificate.getSerialNumber());
    } catch (DerException | CertificateEncodingException e) {
      throw new IllegalArgumentException(
          "certificate " + Subjects.of(certificate) + ": " + e.getMessage(), e);
    }
  }

  /** Returns the CertID that a response spells out; the arrays are not copied. */
  static CertId of(
      CertIdHash hash, byte[] issuerNameHash, byte[] issuerKeyHash, BigInteger serialNumber) {
    return new CertId(hash, issuerNameHash, issuerKeyHash, serialNumber);
  }

  /**
   * Returns the CertID of the certificate with this serial number.
   *
   * @param hash the hash function
   * @param serialNumber the certificate's serial number
   * @param issuer the certificate of the CA that issued it
   * @return its CertID
   * @throws IllegalArgumentException if the issuer's certificate has no DER encoding
   */
  public static CertId of(CertIdHash hash, BigInteger serialNumber, X509Certificate issuer) {
    Objects.requireNonNull(hash, "hash");
    Objects.requireNonNull(serialNumber, "serialNumber");
    Objects.requireNonNull(issuer, "issuer");
    try {
      Authority authority = Authority.of(issuer);
      return new CertId(hash, authority.nameHash(hash), authority.keyHash(hash), serialNumber);
    } catch (DerException e) {
      throw new IllegalArgumentException(
          "issuer " + Subjects.of(issuer) + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns the hash function.
   *
   * @return how the issuer is hashed
   */
  public CertIdHash hash() {
    return hash;
  }

  /**
   * Returns the hash of the issuer's encoded name.
   *
   * @return a new array
   */
  public byte[] issuerNameHash() {
    return issuerNameHash.clone();
  }

  /**
   * Returns the hash of the issuer's public key.
   *
   * @return a new array
   */
  public byte[] issuerKeyHash() {
    return issuerKeyHash.clone();
  }

  /**
   * Returns the certificate's serial number.
   *
   * @return a number, negative for some ill-made certificates
   */
  public BigInteger serialNumber() {
    return serialNumber;
  }

  /**
   * Returns the DER encoding, with the NULL parameters that all known clients send.
   *
   * @return a new array
   */
  public byte[] encoded() {
    return DerWriter.sequence(
        hash.algorithmIdentifier(),
        DerWriter.octetString(issuerNameHash),
        DerWriter.octetString(issuerKeyHash),
        DerWriter.integer(serialNumber));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CertId that
        && hash == that.hash
        && Arrays.equals(issuerNameHash, that.issuerNameHash)
        && Arrays.equals(issuerKeyHash, that.issuerKeyHash)
        && serialNumber.equals(that.serialNumber);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(issuerKeyHash) * 31 + serialNumber.hashCode();
  }

  /** Returns the serial number and the start of the issuer's key hash, both in hexadecimal. */
  @Override
  public String toString() {
    return "serial "
        + serialNumber.toString(16)
        + " of the issuer with key "
        + HexFormat.of().formatHex(issuerKeyHash, 0, 8)
        + "… ("
        + hash.algorithm()
        + ")";
  }
}
