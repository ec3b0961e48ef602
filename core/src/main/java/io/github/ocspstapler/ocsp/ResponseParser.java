package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.der.Der;
import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.der.ObjectIdentifiers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes an OCSPResponse apart (RFC 6960 section 4.2.1), in one pass and without copying.
 *
 * <p>As strict as {@link DerReader}, with these departures from DER that real CAs send and that
 * cannot make two readers read two things: an explicit version v1 and an explicit {@code critical
 * FALSE} (defaults, which DER leaves out), an empty list of extensions, fractions of seconds.
 */
final class ResponseParser {
  /** How many SingleResponses one response may hold. */
  static final int MAX_SINGLES = 1000;

  /** How many extensions one list may hold. */
  static final int MAX_EXTENSIONS = 64;

  private static final byte[] ID_PKIX_OCSP_BASIC = HexFormat.of().parseHex("2b0601050507300101");
  private static final byte[] ID_PKIX_OCSP_NONCE = HexFormat.of().parseHex("2b0601050507300102");
  private static final byte[] ID_PKIX_OCSP_ARCHIVE_CUTOFF =
      HexFormat.of().parseHex("2b0601050507300106");
  private static final byte[] COMMON_PKI_CERT_HASH = HexFormat.of().parseHex("2b2408030d");

  private static final int SUCCESSFUL = 0;
  private static final int UNASSIGNED_STATUS = 4;
  private static final int LAST_STATUS = 6;

  private static final CertificateStatus GOOD = new CertificateStatus.Good();
  private static final CertificateStatus UNKNOWN = new CertificateStatus.Unknown();

  private ResponseParser() {}

  /**
   * Reads a response.
   *
   * @throws DerException if it is not one, down to the last byte
   */
  static ParsedResponse parse(byte[] encoded) throws DerException {
    DerReader outer = DerReader.of(encoded);
    DerReader response = outer.sequence("OCSPResponse");
    outer.finish("OCSPResponse");
    int status = response.small(Der.ENUMERATED, "responseStatus");
    if (status > LAST_STATUS || status == UNASSIGNED_STATUS) {
      throw new DerException("a responseStatus that RFC 6960 does not assign: " + status);
    }
    DerReader wrapper = response.readIf(Der.constructed(0), "responseBytes");
    response.finish("responseBytes");
    if (wrapper == null) {
      if (status == SUCCESSFUL) {
        throw new DerException("a successful response without responseBytes");
      }
      return new ParsedResponse(status, null);
    }
    DerReader bytes = wrapper.sequence("responseBytes");
    wrapper.finish("responseBytes");
    DerReader type = bytes.oid("responseType");
    DerReader body = bytes.octetString("response");
    bytes.finish("response");
    if (status != SUCCESSFUL) {
      return new ParsedResponse(status, null); // whatever an error carries along is not looked at
    }
    if (!type.is(ID_PKIX_OCSP_BASIC)) {
      throw new DerException("a response of another type than id-pkix-ocsp-basic");
    }
    return new ParsedResponse(status, basic(body));
  }

  private static ParsedResponse.Basic basic(DerReader body) throws DerException {
    DerReader fields = body.sequence("BasicOCSPResponse");
    body.finish("BasicOCSPResponse");
    DerReader tbs = fields.element("tbsResponseData");
    DerReader algorithm = fields.element("signatureAlgorithm");
    algorithm.copy().sequence("signatureAlgorithm");
    DerReader signature = fields.bitString("signature");
    DerReader certificates = fields.readIf(Der.constructed(0), "certs");
    fields.finish("certs");
    if (certificates != null) {
      DerReader list = certificates.sequence("certs");
      certificates.finish("certs");
      certificates = list;
    }

    DerReader data = tbs.copy().sequence("tbsResponseData");
    version(data);
    DerReader name = data.readIf(Der.constructed(1), "responderID byName");
    DerReader keyHash = null;
    if (name != null) {
      DerReader whole = name.copy();
      name.sequence("responderID byName");
      name.finish("responderID byName");
      name = whole;
    } else {
      DerReader key = data.read(Der.constructed(2), "responderID");
      keyHash = key.octetString("responderID byKey");
      key.finish("responderID byKey");
      // Another length cannot be a SHA-1 hash. It is not malformed (one test CA sends 4 bytes), it
      // just matches nobody.
    }
    Instant producedAt = data.generalizedTime("producedAt");
    List<ParsedResponse.Single> singles = singles(data.sequence("responses"));
    ParsedResponse.Extensions extensions = extensions(data, ID_PKIX_OCSP_NONCE);
    data.finish("responseExtensions");
    return new ParsedResponse.Basic(
        tbs, name, keyHash, producedAt, singles, extensions, algorithm, signature, certificates);
  }

  private static void version(DerReader data) throws DerException {
    DerReader version = data.readIf(Der.constructed(0), "version");
    if (version != null) {
      if (version.small(Der.INTEGER, "version") != 0) {
        throw new DerException("an OCSP response of another version than 1");
      }
      version.finish("version");
    }
  }

  private static List<ParsedResponse.Single> singles(DerReader list) throws DerException {
    if (!list.hasMore()) {
      return List.of();
    }
    ParsedResponse.Single first = single(list.sequence("SingleResponse"));
    if (!list.hasMore()) {
      return List.of(first);
    }
    List<ParsedResponse.Single> singles = new ArrayList<>();
    singles.add(first);
    while (list.hasMore()) {
      if (singles.size() == MAX_SINGLES) {
        throw new DerException("answers about more than " + MAX_SINGLES + " certificates");
      }
      singles.add(single(list.sequence("SingleResponse")));
    }
    return singles;
  }

  private static ParsedResponse.Single single(DerReader fields) throws DerException {
    DerReader certId = fields.sequence("certID");
    DerReader algorithm = certId.sequence("hashAlgorithm");
    CertIdHash hash = CertIdHash.ofOid(algorithm.oid("hashAlgorithm"));
    // RFC 6960 section 4.3 and RFC 5754: NULL and absent are the same.
    if (algorithm.hasMore()) {
      algorithm.nothing("hashAlgorithm parameters");
    }
    algorithm.finish("hashAlgorithm parameters");
    DerReader nameHash = certId.octetString("issuerNameHash");
    DerReader keyHash = certId.octetString("issuerKeyHash");
    DerReader serialNumber = certId.integerBytes("serialNumber");
    certId.finish("serialNumber");

    CertificateStatus status = status(fields);
    Instant thisUpdate = fields.generalizedTime("thisUpdate");
    DerReader wrapper = fields.readIf(Der.constructed(0), "nextUpdate");
    Instant nextUpdate = null;
    if (wrapper != null) {
      nextUpdate = wrapper.generalizedTime("nextUpdate");
      wrapper.finish("nextUpdate");
    }
    // A nonce belongs to the whole response: here it is nothing that this client knows.
    ParsedResponse.Extensions extensions = extensions(fields, ID_PKIX_OCSP_ARCHIVE_CUTOFF);
    fields.finish("singleExtensions");
    return new ParsedResponse.Single(
        hash, nameHash, keyHash, serialNumber, status, thisUpdate, nextUpdate, extensions);
  }

  private static CertificateStatus status(DerReader fields) throws DerException {
    int tag = fields.peek();
    if (tag == Der.primitive(0)) {
      fields.read(tag, "certStatus").finish("certStatus good");
      return GOOD;
    }
    if (tag == Der.primitive(2)) {
      fields.read(tag, "certStatus").finish("certStatus unknown");
      return UNKNOWN;
    }
    DerReader info = fields.read(Der.constructed(1), "certStatus");
    Instant at = info.generalizedTime("revocationTime");
    DerReader wrapper = info.readIf(Der.constructed(0), "revocationReason");
    info.finish("revokedInfo");
    if (wrapper == null) {
      return new CertificateStatus.Revoked(at, Optional.empty());
    }
    int code = wrapper.small(Der.ENUMERATED, "revocationReason");
    wrapper.finish("revocationReason");
    // An unassigned number makes it no less revoked.
    return new CertificateStatus.Revoked(at, RevocationReason.ofCode(code));
  }

  /**
   * Reads extensions behind an explicit [1], if they come next.
   *
   * @param understood the OID of the one that may be critical here
   */
  private static ParsedResponse.Extensions extensions(DerReader fields, byte[] understood)
      throws DerException {
    DerReader wrapper = fields.readIf(Der.constructed(1), "extensions");
    if (wrapper == null) {
      return ParsedResponse.Extensions.NONE;
    }
    DerReader list = wrapper.sequence("extensions");
    wrapper.finish("extensions");
    List<DerReader> seen = new ArrayList<>(4);
    DerReader nonce = null;
    Instant archiveCutoff = null;
    DerReader certHash = null;
    String unknownCritical = null;
    while (list.hasMore()) {
      DerReader extension = list.sequence("extension");
      DerReader oid = extension.oid("extnID");
      boolean critical = extension.peek() == Der.BOOLEAN && extension.bool("critical");
      DerReader value = extension.octetString("extnValue");
      extension.finish("extnValue");
      requireNew(seen, oid);
      if (oid.is(ID_PKIX_OCSP_NONCE)) {
        nonce = value;
      } else if (oid.is(ID_PKIX_OCSP_ARCHIVE_CUTOFF)) {
        archiveCutoff = archiveCutoff(value, critical);
      } else if (oid.is(COMMON_PKI_CERT_HASH)) {
        certHash = value;
      }
      if (critical && unknownCritical == null && !oid.is(understood)) {
        unknownCritical = ObjectIdentifiers.dotted(oid);
      }
    }
    return new ParsedResponse.Extensions(nonce, archiveCutoff, certHash, unknownCritical);
  }

  /** RFC 5280 section 4.2: no extension twice; two readers could take one each. */
  private static void requireNew(List<DerReader> seen, DerReader oid) throws DerException {
    for (DerReader other : seen) {
      if (other.is(oid)) {
        throw new DerException("extension " + ObjectIdentifiers.dotted(oid) + " is there twice");
      }
    }
    if (seen.size() == MAX_EXTENSIONS) {
      throw new DerException("more than " + MAX_EXTENSIONS + " extensions");
    }
    seen.add(oid);
  }

  /** A CA that writes it another way (I.CA does) has said nothing, unless it insists. */
  private static @Nullable Instant archiveCutoff(DerReader value, boolean critical)
      throws DerException {
    DerReader fields = value.copy();
    try {
      Instant cutoff = fields.generalizedTime("archiveCutoff");
      fields.finish("archiveCutoff");
      return cutoff;
    } catch (DerException e) {
      if (critical) {
        throw e;
      }
      return null;
    }
  }
}
