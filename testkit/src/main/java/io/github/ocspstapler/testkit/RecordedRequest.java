package io.github.ocspstapler.testkit;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.jspecify.annotations.Nullable;

/**
 * A request that a {@link TestResponder} got: HTTP, and the OCSP request in it if there is one.
 *
 * <p>Immutable and thread-safe.
 */
public final class RecordedRequest {
  private final String method;
  private final String target;
  private final Map<String, String> headers;
  private final Instant at;
  private final byte @Nullable [] der;
  private final List<CertID> certIds;
  private final byte @Nullable [] nonce;

  private RecordedRequest(
      String method,
      String target,
      Map<String, String> headers,
      Instant at,
      byte @Nullable [] der,
      @Nullable OCSPRequest ocsp) {
    this.method = method;
    this.target = target;
    this.headers = headers;
    this.at = at;
    this.der = der;
    this.certIds = ocsp == null ? List.of() : certIdsOf(ocsp);
    this.nonce = ocsp == null ? null : nonceOf(ocsp);
  }

  static RecordedRequest of(
      String method, String target, Map<String, String> headers, byte[] body, Instant at) {
    Map<String, String> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    copy.putAll(headers);
    Map<String, String> fixed = Collections.unmodifiableMap(copy);
    List<byte[]> candidates = method.equals("POST") ? List.of(body) : inTarget(target);
    for (byte[] candidate : candidates) {
      OCSPRequest parsed = parse(candidate);
      if (parsed != null) {
        return new RecordedRequest(method, target, fixed, at, candidate, parsed);
      }
    }
    return new RecordedRequest(method, target, fixed, at, null, null);
  }

  /**
   * Returns the HTTP method.
   *
   * @return for example {@code "GET"}
   */
  public String method() {
    return method;
  }

  /**
   * Returns the request target as it was sent: a path with its query, or a whole URL if the client
   * took the responder for a proxy.
   *
   * @return the target, not decoded
   */
  public String target() {
    return target;
  }

  /**
   * Returns the request's headers.
   *
   * @return an immutable map that ignores the case of its keys
   */
  public Map<String, String> headers() {
    return headers;
  }

  /**
   * Returns a header.
   *
   * @param name its name, in any case
   * @return its value
   */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /**
   * Returns when the request came, by the responder's clock.
   *
   * @return the time
   */
  public Instant at() {
    return at;
  }

  /**
   * Returns the OCSP request, or empty if there was none that could be read.
   *
   * @return its DER, a new array
   */
  public Optional<byte[]> der() {
    return der == null ? Optional.empty() : Optional.of(der.clone());
  }

  /**
   * Returns the serial numbers asked about.
   *
   * @return an immutable list, in the order of the request
   */
  public List<BigInteger> serialNumbers() {
    return certIds.stream().map(id -> id.getSerialNumber().getValue()).toList();
  }

  /**
   * Returns the hash function of the first CertID, or empty if there is none or it is one that
   * {@link CertHash} does not list.
   *
   * @return the hash function
   */
  public Optional<CertHash> hash() {
    return certIds.isEmpty() ? Optional.empty() : hashOf(certIds.get(0));
  }

  /**
   * Returns the nonce (RFC 9654).
   *
   * @return its bytes without the OCTET STRING around them, a new array
   */
  public Optional<byte[]> nonce() {
    return nonce == null ? Optional.empty() : Optional.of(nonce.clone());
  }

  /**
   * Returns whether the request asks about a certificate.
   *
   * @param certificate the certificate
   * @return whether one of its CertIDs is the certificate's
   */
  public boolean isFor(TestCertificate certificate) {
    TestCa issuer = certificate.issuer().orElseGet(() -> new TestCa(certificate));
    return certIds.stream()
        .anyMatch(id ->
            id.getSerialNumber().hasValue(certificate.serialNumber()) && isIssuedBy(id, issuer));
  }

  /** Returns method, target and serial numbers, on one line. */
  @Override
  public String toString() {
    return method + " " + target + " at " + at + " for " + serialNumbers();
  }

  List<CertID> certIds() {
    return certIds;
  }

  static Optional<CertHash> hashOf(CertID id) {
    String oid = id.getHashAlgorithm().getAlgorithm().getId();
    return Arrays.stream(CertHash.values()).filter(hash -> hash.oid().equals(oid)).findFirst();
  }

  static boolean isIssuedBy(CertID id, TestCa ca) {
    return hashOf(id)
        .filter(hash -> Arrays.equals(id.getIssuerKeyHash().getOctets(), ca.keyHash(hash)))
        .filter(hash -> Arrays.equals(id.getIssuerNameHash().getOctets(), ca.nameHash(hash)))
        .isPresent();
  }

  /**
   * Returns what could be the request in a GET: base64 may contain slashes that a client forgot to
   * encode, and the path of the responder's URL may contain any number of them, so every tail
   * counts, the longest first.
   */
  private static List<byte[]> inTarget(String target) {
    Set<String> forms = new LinkedHashSet<>();
    String path = target.startsWith("/") ? target : pathOf(target);
    forms.add(path);
    int query = path.indexOf('?');
    if (query >= 0) {
      forms.add(path.substring(0, query));
    }
    List<byte[]> found = new ArrayList<>();
    for (String form : forms) {
      for (int slash = form.indexOf('/'); slash >= 0; slash = form.indexOf('/', slash + 1)) {
        addDecoded(form.substring(slash + 1), found);
      }
    }
    return found;
  }

  private static String pathOf(String url) {
    try {
      URI uri = URI.create(url);
      String path = uri.getRawPath() == null ? "" : uri.getRawPath();
      return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static void addDecoded(String text, List<byte[]> found) {
    if (text.length() < 16) {
      return;
    }
    try {
      // A plus sign stands for itself in a path, and URLDecoder is made for forms.
      String base64 = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.US_ASCII);
      found.add(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      // Not the start of the base64 text.
    }
  }

  private static @Nullable OCSPRequest parse(byte[] der) {
    try {
      OCSPRequest request = OCSPRequest.getInstance(der);
      certIdsOf(request);
      nonceOf(request);
      return request;
    } catch (IllegalArgumentException | IllegalStateException e) {
      return null;
    }
  }

  private static List<CertID> certIdsOf(OCSPRequest request) {
    List<CertID> ids = new ArrayList<>();
    request
        .getTbsRequest()
        .getRequestList()
        .forEach(item -> ids.add(Request.getInstance(item).getReqCert()));
    return List.copyOf(ids);
  }

  private static byte @Nullable [] nonceOf(OCSPRequest request) {
    Extensions extensions = request.getTbsRequest().getRequestExtensions();
    Extension nonce =
        extensions == null
            ? null
            : extensions.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
    if (nonce == null) {
      return null;
    }
    byte[] value = nonce.getExtnValue().getOctets();
    try {
      return ASN1OctetString.getInstance(ASN1Primitive.fromByteArray(value)).getOctets();
    } catch (IOException | IllegalArgumentException e) {
      return value;
    }
  }
}
