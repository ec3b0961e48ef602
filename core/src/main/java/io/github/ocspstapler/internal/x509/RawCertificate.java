package io.github.ocspstapler.internal.x509;

import io.github.ocspstapler.internal.der.Der;
import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;

/**
 * The parts of an encoded certificate that say who it is and who signed it (RFC 5280 section 4.1),
 * as views of the encoding.
 *
 * <p>Much cheaper than a {@link java.security.cert.X509Certificate}, and byte-exact where that may
 * encode anew. Validity and extensions are not looked at. The readers are to be copied before use.
 *
 * @param encoded the whole certificate
 * @param tbs the signed part, with its header
 * @param issuer the issuer's name, with its header
 * @param subject the subject's name, with its header
 * @param publicKey the bits of the subject's public key, without algorithm: what OCSP hashes
 * @param signatureAlgorithm the algorithm, with its header
 * @param signature the signature
 */
public record RawCertificate(
    DerReader encoded,
    DerReader tbs,
    DerReader issuer,
    DerReader subject,
    DerReader publicKey,
    DerReader signatureAlgorithm,
    DerReader signature) {

  /**
   * Reads a certificate.
   *
   * @param encoded a reader over it with its header; it is not moved
   * @return its parts
   * @throws DerException if it is not a certificate
   */
  public static RawCertificate read(DerReader encoded) throws DerException {
    DerReader outer = encoded.copy();
    DerReader certificate = outer.sequence("certificate");
    outer.finish("certificate");
    DerReader tbs = certificate.element("tbsCertificate");
    DerReader algorithm = certificate.element("signatureAlgorithm");
    DerReader signature = certificate.bitString("certificate signature");
    certificate.finish("certificate signature");

    DerReader fields = tbs.copy().sequence("tbsCertificate");
    fields.readIf(Der.constructed(0), "certificate version");
    fields.read(Der.INTEGER, "certificate serialNumber");
    DerReader innerAlgorithm = fields.element("tbsCertificate signature");
    if (!innerAlgorithm.is(algorithm)) {
      throw new DerException("the certificate names two different signature algorithms");
    }
    DerReader issuer = name(fields, "certificate issuer");
    fields.sequence("certificate validity");
    DerReader subject = name(fields, "certificate subject");
    DerReader key = fields.sequence("subjectPublicKeyInfo");
    key.sequence("public key algorithm");
    DerReader bits = key.bitString("subjectPublicKey");
    key.finish("subjectPublicKey");
    return new RawCertificate(encoded.copy(), tbs, issuer, subject, bits, algorithm, signature);
  }

  private static DerReader name(DerReader fields, String what) throws DerException {
    DerReader name = fields.element(what);
    name.copy().sequence(what);
    return name;
  }
}
