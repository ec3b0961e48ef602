package io.github.ocspstapler.testkit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.util.IPAddress;
import org.jspecify.annotations.Nullable;

/** What a certificate shall say, and the writing of it. Confined to the thread of its builder. */
final class CertificateSpec {
  static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  static final String OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";
  static final String NO_CHECK = "1.3.6.1.5.5.7.48.1.5";
  static final String TLS_FEATURE = "1.3.6.1.5.5.7.1.24";

  private static final SecureRandom RANDOM = new SecureRandom();

  private final String commonName;
  private final @Nullable TestCa issuer;
  boolean ca;
  @Nullable String subject;
  List<String> sans = List.of();
  @Nullable BigInteger serialNumber;
  @Nullable Instant notBefore;
  @Nullable Instant notAfter;
  @Nullable Clock clock;
  KeyAlgorithm keyAlgorithm = KeyAlgorithm.EC_P256;
  @Nullable KeyPair keyPair;
  @Nullable SignatureAlgorithm signatureAlgorithm;
  List<String> ocspUrls = List.of();
  final Set<String> extendedKeyUsages = new LinkedHashSet<>();
  final Map<String, Extension> extensions = new LinkedHashMap<>();

  CertificateSpec(String commonName, @Nullable TestCa issuer) {
    this.commonName = commonName;
    this.issuer = issuer;
  }

  TestCertificate issue() {
    KeyPair keys = keyPair != null ? keyPair : keyAlgorithm.generate();
    PrivateKey signer = issuer == null ? keys.getPrivate() : issuer.keyPair().getPrivate();
    SignatureAlgorithm algorithm =
        signatureAlgorithm != null ? signatureAlgorithm : SignatureAlgorithm.forKey(signer);
    Clock now = clock != null ? clock : issuer != null ? issuer.held().clock() : Clock.systemUTC();
    try {
      byte[] der = encode(keys, signer, algorithm, now.instant());
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der));
      return new TestCertificate(certificate, keys, issuer, now);
    } catch (IOException | CertificateException e) {
      throw new IllegalArgumentException("cannot make the certificate of " + commonName, e);
    }
  }

  private byte[] encode(KeyPair keys, PrivateKey signer, SignatureAlgorithm algorithm, Instant now)
      throws IOException {
    X500Name subjectName = subjectName();
    X500Name issuerName =
        issuer == null
            ? subjectName
            : X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded());
    Instant start = notBefore != null ? notBefore : now.minus(Duration.ofDays(1));
    Instant end = notAfter != null ? notAfter : now.plus(Duration.ofDays(ca ? 3650 : 90));
    SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            issuerName, serialNumber(), Date.from(start), Date.from(end), subjectName, key);
    for (Extension extension : allExtensions(key).values()) {
      builder.addExtension(extension);
    }
    return builder.build(new JcaSigner(signer, algorithm)).getEncoded();
  }

  private X500Name subjectName() {
    return subject != null
        ? new X500Name(subject)
        : new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
  }

  private BigInteger serialNumber() {
    if (serialNumber != null) {
      return serialNumber;
    }
    // RFC 5280 4.1.2.2: positive and at most 20 octets.
    return new BigInteger(120, RANDOM).setBit(119);
  }

  private Map<String, Extension> allExtensions(SubjectPublicKeyInfo key) throws IOException {
    Map<String, Extension> all = new LinkedHashMap<>();
    put(all, Extension.basicConstraints, true, new BasicConstraints(ca).getEncoded("DER"));
    int usage = KeyUsage.digitalSignature | (ca ? KeyUsage.keyCertSign | KeyUsage.cRLSign : 0);
    put(all, Extension.keyUsage, true, new KeyUsage(usage).getEncoded("DER"));
    byte[] keyId = CertHash.SHA1.of(key.getPublicKeyData().getBytes());
    put(
        all,
        Extension.subjectKeyIdentifier,
        false,
        new SubjectKeyIdentifier(keyId).getEncoded("DER"));
    byte[] issuerKeyId = issuer == null ? keyId : issuer.keyHash(CertHash.SHA1);
    put(
        all,
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(issuerKeyId).getEncoded("DER"));
    putNames(all);
    all.putAll(extensions);
    return all;
  }

  private void putNames(Map<String, Extension> all) throws IOException {
    if (!sans.isEmpty()) {
      GeneralName[] names =
          sans.stream().map(CertificateSpec::generalName).toArray(GeneralName[]::new);
      put(all, Extension.subjectAlternativeName, false, new GeneralNames(names).getEncoded("DER"));
    }
    if (!extendedKeyUsages.isEmpty()) {
      KeyPurposeId[] purposes =
          extendedKeyUsages.stream()
              .map(oid -> KeyPurposeId.getInstance(new ASN1ObjectIdentifier(oid)))
              .toArray(KeyPurposeId[]::new);
      put(all, Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes).getEncoded("DER"));
    }
    if (!ocspUrls.isEmpty()) {
      List<AccessDescription> urls = new ArrayList<>();
      for (String url : ocspUrls) {
        urls.add(
            new AccessDescription(
                AccessDescription.id_ad_ocsp,
                new GeneralName(GeneralName.uniformResourceIdentifier, url)));
      }
      put(
          all,
          Extension.authorityInfoAccess,
          false,
          new AuthorityInformationAccess(urls.toArray(new AccessDescription[0])).getEncoded("DER"));
    }
  }

  static void put(
      Map<String, Extension> all, ASN1ObjectIdentifier oid, boolean critical, byte[] value) {
    all.put(oid.getId(), new Extension(oid, critical, new DEROctetString(value)));
  }

  private static GeneralName generalName(String name) {
    return new GeneralName(
        IPAddress.isValid(name) ? GeneralName.iPAddress : GeneralName.dNSName, name);
  }

  /** Signs with the JDK's own providers, so that BouncyCastle's need not be installed. */
  private static final class JcaSigner implements ContentSigner {
    private final PrivateKey key;
    private final SignatureAlgorithm algorithm;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    JcaSigner(PrivateKey key, SignatureAlgorithm algorithm) {
      this.key = key;
      this.algorithm = algorithm;
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return algorithm.identifier();
    }

    @Override
    public OutputStream getOutputStream() {
      return content;
    }

    @Override
    public byte[] getSignature() {
      return algorithm.sign(key, content.toByteArray());
    }
  }
}
