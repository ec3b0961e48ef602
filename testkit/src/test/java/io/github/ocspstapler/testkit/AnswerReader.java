package io.github.ocspstapler.testkit;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.DefaultSignatureNameFinder;

/**
 * Reads an OCSP answer field by field and judges nothing, independently of what wrote it: lengths
 * and contents are cut out of the bytes, and the JDK verifies the signature over just these bytes.
 */
final class AnswerReader {
  private final Map<String, String> fields = new TreeMap<>();
  private final X509Certificate issuer;
  private final Instant now;

  private AnswerReader(X509Certificate issuer, Instant now) {
    this.issuer = issuer;
    this.now = now;
  }

  static Map<String, String> read(byte[] der, X509Certificate issuer, Instant now)
      throws Exception {
    AnswerReader reader = new AnswerReader(issuer, now);
    reader.response(der);
    return reader.fields;
  }

  private void response(byte[] der) throws Exception {
    if (der.length < 2 || der[0] != 0x30) {
      fields.put("form", "not a sequence");
      return;
    }
    Tlv outer = Tlv.at(der, 0);
    fields.put("length", outer.style());
    if (outer.end > der.length) {
      fields.put("form", "cut off");
      return;
    }
    fields.put("rest", Integer.toString(der.length - outer.end));
    List<Tlv> parts = outer.children();
    fields.put("responseStatus", parts.get(0).hex());
    if (parts.size() == 1) {
      fields.put("responseBytes", "none");
      return;
    }
    List<Tlv> bytes = parts.get(1).children().get(0).children();
    fields.put("responseType", bytes.get(0).hex());
    basic(Tlv.at(bytes.get(1).content(), 0).children());
  }

  private void basic(List<Tlv> parts) throws Exception {
    Tlv tbs = parts.get(0);
    fields.put("tbs length", tbs.style());
    data(tbs.children());
    List<X509Certificate> certificates =
        parts.size() < 4 ? List.of() : certificates(parts.get(3).children().get(0).children());
    AlgorithmIdentifier algorithm = AlgorithmIdentifier.getInstance(parts.get(1).whole());
    fields.put("algorithm", new DefaultSignatureNameFinder().getAlgorithmName(algorithm));
    byte[] bits = parts.get(2).content();
    byte[] signature = Arrays.copyOfRange(bits, 1, bits.length);
    boolean byIssuer = verifies(issuer.getPublicKey(), algorithm, tbs.whole(), signature);
    boolean byOther =
        !certificates.isEmpty()
            && verifies(certificates.get(0).getPublicKey(), algorithm, tbs.whole(), signature);
    fields.put("signed by", byIssuer ? "issuer" : byOther ? "embedded" : "nobody known");
    fields.put("certificates", Integer.toString(certificates.size()));
    if (!certificates.isEmpty()) {
      delegate(certificates.get(0));
    }
  }

  private void data(List<Tlv> parts) {
    List<Tlv> rest = new ArrayList<>(parts);
    if (rest.get(0).tag == 0xA0) {
      fields.put("version", rest.remove(0).hex());
    }
    fields.put("responderID", rest.get(0).hex());
    fields.put("producedAt", rest.get(1).text());
    List<Tlv> singles = rest.get(2).children();
    fields.put("singles", Integer.toString(singles.size()));
    for (int i = 0; i < singles.size(); i++) {
      single(i == 0 ? "" : i + " ", singles.get(i).children());
    }
    for (Tlv more : rest.subList(3, rest.size())) {
      fields.put(more.tag == 0xA1 ? "extensions" : "after extensions", more.hex());
    }
  }

  private void single(String prefix, List<Tlv> parts) {
    List<Tlv> id = parts.get(0).children();
    fields.put(prefix + "hash algorithm", id.get(0).hex());
    fields.put(prefix + "name hash", id.get(1).hex());
    fields.put(prefix + "key hash", id.get(2).hex());
    fields.put(prefix + "serial", id.get(3).hex());
    fields.put(prefix + "status", Integer.toHexString(parts.get(1).tag) + parts.get(1).hex());
    fields.put(prefix + "thisUpdate", parts.get(2).text());
    for (Tlv more : parts.subList(3, parts.size())) {
      if (more.tag == 0xA0) {
        fields.put(prefix + "nextUpdate", more.children().get(0).text());
      } else {
        fields.put(prefix + "single extensions", more.hex());
      }
    }
  }

  private void delegate(X509Certificate delegate) throws Exception {
    fields.put("delegate usage", String.valueOf(delegate.getExtendedKeyUsage()));
    boolean named = delegate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
    fields.put("delegate names issuer", Boolean.toString(named));
    fields.put("delegate signed by issuer", Boolean.toString(isSignedBy(delegate, issuer)));
    boolean current =
        !now.isBefore(delegate.getNotBefore().toInstant())
            && !now.isAfter(delegate.getNotAfter().toInstant());
    fields.put("delegate current", Boolean.toString(current));
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static List<X509Certificate> certificates(List<Tlv> encoded) throws Exception {
    List<X509Certificate> all = new ArrayList<>();
    for (Tlv one : encoded) {
      all.add(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(one.whole())));
    }
    return all;
  }

  private static boolean verifies(
      PublicKey key, AlgorithmIdentifier algorithm, byte[] data, byte[] signature) {
    try {
      Signature verifier =
          Signature.getInstance(new DefaultSignatureNameFinder().getAlgorithmName(algorithm));
      verifier.initVerify(key);
      verifier.update(data);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** A tag, a length written in any style, and a content. */
  private static final class Tlv {
    private final byte[] all;
    private final int start;
    private final int contentStart;
    private final int contentEnd;
    final int tag;
    final int end;

    private Tlv(byte[] all, int start, int contentStart, int contentEnd, int end) {
      this.all = all;
      this.start = start;
      this.contentStart = contentStart;
      this.contentEnd = contentEnd;
      this.end = end;
      this.tag = all[start] & 0xFF;
    }

    static Tlv at(byte[] all, int start) {
      int first = all[start + 1] & 0xFF;
      if (first == 0x80) {
        // Only ever the outermost: its end is the end.
        return new Tlv(all, start, start + 2, all.length - 2, all.length);
      }
      int digits = first < 0x80 ? 0 : first & 0x7F;
      int length = first < 0x80 ? first : 0;
      for (int i = 0; i < digits; i++) {
        length = (length << 8) | (all[start + 2 + i] & 0xFF);
      }
      int from = start + 2 + digits;
      int to = (int) Math.min(Integer.MAX_VALUE, (long) from + length);
      return new Tlv(all, start, from, to, to);
    }

    String style() {
      int first = all[start + 1] & 0xFF;
      if (first == 0x80) {
        return "indefinite";
      }
      boolean overlong = first > 0x80 && all[start + 2] == 0;
      return overlong ? "overlong" : "definite";
    }

    List<Tlv> children() {
      List<Tlv> found = new ArrayList<>();
      int at = contentStart;
      while (at < contentEnd) {
        if (contentEnd - at < 2) {
          found.add(new Tlv(all, at, at, contentEnd, contentEnd));
          return found;
        }
        Tlv child = at(all, at);
        found.add(child);
        at = child.end;
      }
      return found;
    }

    byte[] content() {
      return Arrays.copyOfRange(all, contentStart, contentEnd);
    }

    byte[] whole() {
      return Arrays.copyOfRange(all, start, end);
    }

    String hex() {
      return HexFormat.of().formatHex(content());
    }

    String text() {
      return new String(content(), StandardCharsets.US_ASCII);
    }
  }
}
