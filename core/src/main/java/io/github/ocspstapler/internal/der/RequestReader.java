package io.github.ocspstapler.internal.der;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads the OCSP requests of others (RFC 6960 section 4.1): which certificates they ask about.
 *
 * <p>Signatures are read over and not verified; a requestor's name and the extensions change
 * nothing about the certificates asked for, and are only held against their syntax. Thread-safe.
 */
public final class RequestReader {
  /** How many certificates one request may ask about. */
  public static final int MAX_REQUESTS = 256;

  private static final int MAX_EXTENSIONS = 64;
  private static final byte[] NULL = {Der.NULL, 0};
  private static final byte[] NONCE = HexFormat.of().parseHex("2b0601050507300102");

  private RequestReader() {}

  /**
   * What a request asks.
   *
   * @param certIds each CertID's DER, in order; absent parameters of a hash algorithm are written
   *     as NULL, so that equal CertIDs have equal bytes
   * @param hasNonce whether the request carries a nonce
   */
  public record Request(List<byte[]> certIds, boolean hasNonce) {}

  /**
   * Reads a request.
   *
   * @param encoded the request
   * @return what it asks
   * @throws DerException if it is not a request, or asks about more than {@value #MAX_REQUESTS}
   */
  public static Request read(byte[] encoded) throws DerException {
    DerReader outer = DerReader.of(encoded);
    DerReader request = outer.sequence("OCSPRequest");
    outer.finish("OCSPRequest");
    DerReader tbs = request.sequence("tbsRequest");
    DerReader signature = request.readIf(Der.constructed(0), "optionalSignature");
    request.finish("optionalSignature");
    if (signature != null) {
      signature(signature);
    }

    DerReader version = tbs.readIf(Der.constructed(0), "version");
    if (version != null) {
      // DER leaves the default out; some clients do not.
      if (version.small(Der.INTEGER, "version") != 0) {
        throw new DerException("an OCSPRequest of another version than 1");
      }
      version.finish("version");
    }
    DerReader requestor = tbs.readIf(Der.constructed(1), "requestorName");
    if (requestor != null) {
      requestor.element("requestorName");
      requestor.finish("requestorName");
    }
    List<byte[]> certIds = requests(tbs.sequence("requestList"));
    boolean nonce = extensions(tbs, 2);
    tbs.finish("requestExtensions");
    return new Request(certIds, nonce);
  }

  private static List<byte[]> requests(DerReader list) throws DerException {
    List<byte[]> certIds = new ArrayList<>();
    while (list.hasMore()) {
      if (certIds.size() == MAX_REQUESTS) {
        throw new DerException("a request about more than " + MAX_REQUESTS + " certificates");
      }
      DerReader request = list.sequence("request");
      certIds.add(certId(request.sequence("reqCert")));
      extensions(request, 0);
      request.finish("singleRequestExtensions");
    }
    return List.copyOf(certIds);
  }

  private static byte[] certId(DerReader fields) throws DerException {
    DerReader algorithm = fields.sequence("hashAlgorithm");
    DerReader oid = algorithm.oid("hashAlgorithm");
    byte[] parameters = algorithm.hasMore() ? algorithm.element("parameters").bytes() : NULL;
    algorithm.finish("hashAlgorithm");
    DerReader name = fields.octetString("issuerNameHash");
    DerReader key = fields.octetString("issuerKeyHash");
    DerReader serial = fields.integerBytes("serialNumber");
    fields.finish("serialNumber");
    return DerWriter.sequence(
        DerWriter.sequence(DerWriter.oid(oid.bytes()), parameters),
        DerWriter.octetString(name.bytes()),
        DerWriter.octetString(key.bytes()),
        DerWriter.value(Der.INTEGER, serial.bytes()));
  }

  private static void signature(DerReader wrapper) throws DerException {
    DerReader signature = wrapper.sequence("optionalSignature");
    wrapper.finish("optionalSignature");
    signature.sequence("signatureAlgorithm");
    signature.bitString("signature");
    DerReader certificates = signature.readIf(Der.constructed(0), "certs");
    if (certificates != null) {
      certificates.sequence("certs");
      certificates.finish("certs");
    }
    signature.finish("certs");
  }

  /** Reads explicitly tagged extensions, if they come next, and says whether one is a nonce. */
  private static boolean extensions(DerReader fields, int tag) throws DerException {
    DerReader wrapper = fields.readIf(Der.constructed(tag), "extensions");
    if (wrapper == null) {
      return false;
    }
    DerReader list = wrapper.sequence("extensions");
    wrapper.finish("extensions");
    List<byte[]> seen = new ArrayList<>();
    boolean nonce = false;
    while (list.hasMore()) {
      DerReader extension = list.sequence("extension");
      byte[] oid = extension.oid("extnID").bytes();
      if (extension.peek() == Der.BOOLEAN) {
        extension.bool("critical");
      }
      extension.octetString("extnValue");
      extension.finish("extnValue");
      if (seen.size() == MAX_EXTENSIONS || seen.stream().anyMatch(id -> Arrays.equals(id, oid))) {
        throw new DerException("an extension that is there twice, or too many of them");
      }
      seen.add(oid);
      nonce |= Arrays.equals(oid, NONCE);
    }
    return nonce;
  }
}
