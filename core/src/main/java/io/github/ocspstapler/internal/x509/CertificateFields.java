package io.github.ocspstapler.internal.x509;

import io.github.ocspstapler.internal.der.Der;
import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a certificate that OCSP and stapling need and {@link X509Certificate} does not
 * give, or gives only with exceptions.
 *
 * <p>The certificate may be a stranger's: an extension that is not what it should be counts as
 * absent, and nothing here throws an unchecked exception because of one. Thread-safe; nothing
 * blocks or resolves a name.
 */
public final class CertificateFields {
  /** How many OCSP URLs of one certificate are looked at. */
  public static final int MAX_URLS = 8;

  /** How many subject alternative names of one certificate are listed. */
  public static final int MAX_NAMES = 100;

  private static final int MAX_TEXT = 2048;
  private static final int MAX_FEATURES = 64;
  private static final int STATUS_REQUEST = 5;
  private static final int STATUS_REQUEST_V2 = 17;

  private static final String AUTHORITY_INFORMATION_ACCESS = "1.3.6.1.5.5.7.1.1";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String OCSP_NO_CHECK = "1.3.6.1.5.5.7.48.1.5";
  private static final String TLS_FEATURE = "1.3.6.1.5.5.7.1.24";
  private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
  private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
  private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";

  private static final byte[] ID_AD_OCSP = HexFormat.of().parseHex("2b06010505073001");
  private static final byte[] ID_KP_OCSP_SIGNING = HexFormat.of().parseHex("2b06010505070309");

  private CertificateFields() {}

  /** Reads one extension's value; what it returns counts only if nothing is left over. */
  @FunctionalInterface
  private interface ValueReader<T> {
    T read(DerReader value) throws DerException;
  }

  /**
   * Returns the OCSP responders that the certificate names (RFC 5280 section 4.2.2.1), in its
   * order.
   *
   * @param certificate a certificate
   * @return at most {@value #MAX_URLS} URLs, whatever their scheme; those that are no URL are left
   *     out
   */
  public static List<URI> ocspUrls(X509Certificate certificate) {
    return extension(
        certificate,
        AUTHORITY_INFORMATION_ACCESS,
        List.of(),
        value -> {
          DerReader descriptions = value.sequence("authorityInfoAccess");
          List<URI> urls = new ArrayList<>();
          while (descriptions.hasMore()) {
            DerReader description = descriptions.sequence("accessDescription");
            boolean ocsp = description.oid("accessMethod").is(ID_AD_OCSP);
            boolean url = description.peek() == Der.primitive(6);
            DerReader location = contents(description.element("accessLocation"));
            description.finish("accessLocation");
            URI uri = ocsp && url && urls.size() < MAX_URLS ? uri(location) : null;
            if (uri != null) {
              urls.add(uri);
            }
          }
          return List.copyOf(urls);
        });
  }

  /**
   * Returns whether the CA appointed this certificate to sign OCSP responses: extendedKeyUsage
   * names id-kp-OCSPSigning itself (RFC 6960 section 4.2.2.2; "any" does not count).
   *
   * @param certificate a certificate
   * @return whether it is a delegated responder's
   */
  public static boolean allowsOcspSigning(X509Certificate certificate) {
    return extension(
        certificate,
        EXTENDED_KEY_USAGE,
        false,
        value -> {
          DerReader purposes = value.sequence("extendedKeyUsage");
          boolean found = false;
          while (purposes.hasMore()) {
            found |= purposes.oid("keyPurposeId").is(ID_KP_OCSP_SIGNING);
          }
          return found;
        });
  }

  /**
   * Returns whether the CA asks not to check this responder certificate for revocation
   * (id-pkix-ocsp-nocheck, RFC 6960 section 4.2.2.2.1).
   *
   * @param certificate a responder's certificate
   * @return whether it carries the extension
   */
  public static boolean hasOcspNoCheck(X509Certificate certificate) {
    return certificate.getExtensionValue(OCSP_NO_CHECK) != null;
  }

  /**
   * Returns the TLS features that the certificate promises (RFC 7633).
   *
   * @param certificate a certificate
   * @return the numbers of TLS extensions, none if it promises nothing
   */
  public static Set<Integer> tlsFeatures(X509Certificate certificate) {
    return extension(
        certificate,
        TLS_FEATURE,
        Set.of(),
        value -> {
          DerReader features = value.sequence("tlsFeature");
          Set<Integer> numbers = new TreeSet<>();
          while (features.hasMore()) {
            numbers.add(features.small(Der.INTEGER, "feature"));
            if (numbers.size() > MAX_FEATURES) {
              throw new DerException("more than " + MAX_FEATURES + " TLS features");
            }
          }
          return Set.copyOf(numbers);
        });
  }

  /**
   * Returns whether a client may refuse this certificate without a staple: it promises
   * status_request (5) or status_request_v2 (17).
   *
   * @param certificate a certificate
   * @return whether it is "must-staple"
   */
  public static boolean isMustStaple(X509Certificate certificate) {
    Set<Integer> features = tlsFeatures(certificate);
    return features.contains(STATUS_REQUEST) || features.contains(STATUS_REQUEST_V2);
  }

  /**
   * Returns the subject's alternative names as text for a listing: DNS names, addresses, mail
   * addresses and URIs, in the certificate's order, others left out.
   *
   * @param certificate a certificate
   * @return at most {@value #MAX_NAMES} names of printable ASCII; other bytes are percent-encoded
   */
  public static List<String> alternativeNames(X509Certificate certificate) {
    return extension(
        certificate,
        SUBJECT_ALTERNATIVE_NAME,
        List.of(),
        value -> {
          DerReader names = value.sequence("subjectAltName");
          List<String> texts = new ArrayList<>();
          while (names.hasMore()) {
            int tag = names.peek();
            DerReader name = contents(names.element("generalName"));
            String text = generalName(tag, name);
            if (text != null && texts.size() < MAX_NAMES) {
              texts.add(text);
            }
          }
          return List.copyOf(texts);
        });
  }

  /**
   * Returns whether the key identifiers of both certificates contradict that one issued the other.
   *
   * @param certificate a certificate
   * @param issuer the certificate said to have issued it
   * @return true if both carry identifiers and they differ; this proves nothing, since an
   *     identifier may be made in any way, but asks for a closer look
   */
  public static boolean keyIdentifiersDiffer(X509Certificate certificate, X509Certificate issuer) {
    byte[] wanted =
        extension(
            certificate,
            AUTHORITY_KEY_IDENTIFIER,
            new byte[0],
            value -> {
              DerReader fields = value.sequence("authorityKeyIdentifier");
              DerReader id = fields.readIf(Der.primitive(0), "keyIdentifier");
              return id == null ? new byte[0] : id.bytes();
            });
    byte[] found =
        extension(
            issuer,
            SUBJECT_KEY_IDENTIFIER,
            new byte[0],
            value -> value.octetString("subjectKeyIdentifier").bytes());
    return wanted.length > 0 && found.length > 0 && !Arrays.equals(wanted, found);
  }

  /** Reads an extension, or gives what stands for its absence. */
  private static <T> T extension(
      X509Certificate certificate, String oid, T absent, ValueReader<T> reader) {
    byte[] wrapped = certificate.getExtensionValue(oid);
    if (wrapped == null) {
      return absent;
    }
    try {
      DerReader outer = DerReader.of(wrapped);
      DerReader value = outer.octetString("extnValue");
      outer.finish("extnValue");
      T result = reader.read(value);
      value.finish("extension");
      return result;
    } catch (DerException e) {
      return absent;
    }
  }

  private static DerReader contents(DerReader element) throws DerException {
    return element.read(element.peek(), "generalName");
  }

  private static @Nullable URI uri(DerReader text) {
    if (text.length() == 0 || text.length() > MAX_TEXT) {
      return null;
    }
    String url = new String(text.bytes(), StandardCharsets.US_ASCII);
    if (url.indexOf('\uFFFD') >= 0) {
      return null; // not ASCII, and java.net.URI would let it pass
    }
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static @Nullable String generalName(int tag, DerReader name) {
    if (name.length() == 0 || name.length() > MAX_TEXT) {
      return null;
    }
    if (tag == Der.primitive(1) || tag == Der.primitive(2) || tag == Der.primitive(6)) {
      return printable(name.bytes());
    }
    return tag == Der.primitive(7) ? address(name.bytes()) : null;
  }

  /** A log line or a terminal must not be written to by whoever filled in the certificate. */
  private static String printable(byte[] text) {
    StringBuilder result = new StringBuilder(text.length);
    for (byte b : text) {
      if (b > ' ' && b < 0x7f) {
        result.append((char) b);
      } else {
        result.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return result.toString();
  }

  private static @Nullable String address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException e) {
      return null; // neither 4 nor 16 bytes
    }
  }
}
