package io.github.ocspstapler.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/**
 * A throw-away certificate with its private key and the chain up to its root.
 *
 * <p>Immutable and thread-safe. The private key lives in memory only and protects nothing.
 */
public final class TestCertificate {
  private final X509Certificate certificate;
  private final KeyPair keyPair;
  private final @Nullable TestCa issuer;
  private final Clock clock;
  private final List<X509Certificate> chain;

  TestCertificate(
      X509Certificate certificate, KeyPair keyPair, @Nullable TestCa issuer, Clock clock) {
    this.certificate = certificate;
    this.keyPair = keyPair;
    this.issuer = issuer;
    this.clock = clock;
    List<X509Certificate> all = new ArrayList<>(List.of(certificate));
    if (issuer != null) {
      all.addAll(issuer.chain());
    }
    this.chain = List.copyOf(all);
  }

  /**
   * Returns the certificate.
   *
   * @return the certificate, as the JDK's own factory reads it
   */
  public X509Certificate certificate() {
    return certificate;
  }

  /**
   * Returns the CA that issued the certificate, or empty if it is self-signed.
   *
   * @return the issuer
   */
  public Optional<TestCa> issuer() {
    return Optional.ofNullable(issuer);
  }

  /**
   * Returns the certificate of the CA that issued this one: its own if it is self-signed.
   *
   * @return the issuer's certificate
   */
  public X509Certificate issuerCertificate() {
    return issuer == null ? certificate : issuer.certificate();
  }

  /**
   * Returns the key pair.
   *
   * @return the key pair
   */
  public KeyPair keyPair() {
    return keyPair;
  }

  /**
   * Returns the private key.
   *
   * @return the private key
   */
  public PrivateKey privateKey() {
    return keyPair.getPrivate();
  }

  /**
   * Returns the serial number.
   *
   * @return the serial number
   */
  public BigInteger serialNumber() {
    return certificate.getSerialNumber();
  }

  /**
   * Returns the chain from this certificate to its root, both included.
   *
   * @return an immutable list, this certificate first
   */
  public List<X509Certificate> chain() {
    return chain;
  }

  /**
   * Returns a new PKCS #12 key store with one entry, {@code "test"}: the key and the whole chain.
   *
   * @param password protects the entry
   * @return a key store that nothing else refers to
   */
  public KeyStore keyStore(char[] password) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("test", privateKey(), password, chain.toArray(new Certificate[0]));
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot make a key store for " + this, e);
    }
  }

  /**
   * Returns a new key manager that serves this certificate and chain, the JDK's own.
   *
   * @return the key manager
   */
  public X509ExtendedKeyManager keyManager() {
    char[] password = "test".toCharArray();
    try {
      KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
      factory.init(keyStore(password), password);
      return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a key manager for " + this, e);
    }
  }

  /**
   * Returns a new TLS context that serves this certificate.
   *
   * @return the context
   */
  public SSLContext serverContext() {
    return context(new KeyManager[] {keyManager()}, null);
  }

  /**
   * Returns a new TLS context for clients that trust the root of this certificate's chain and
   * nothing else.
   *
   * @return the context
   */
  public SSLContext clientContext() {
    return context(null, new TrustManager[] {trustManager()});
  }

  /**
   * Returns a new trust manager that trusts the root of this certificate's chain and nothing else.
   *
   * @return the trust manager
   */
  public X509TrustManager trustManager() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("root", chain.get(chain.size() - 1));
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      return (X509TrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot make a trust manager for " + this, e);
    }
  }

  /**
   * Returns the certificate in PEM.
   *
   * @return the text, with a line feed at its end
   */
  public String pem() {
    return pemOf(certificate);
  }

  /**
   * Returns the chain in PEM, this certificate first and the root last.
   *
   * @return the text, with a line feed at its end
   */
  public String chainPem() {
    return chain.stream().map(TestCertificate::pemOf).collect(Collectors.joining());
  }

  /**
   * Returns the private key in PEM, unencrypted PKCS #8.
   *
   * @return the text, with a line feed at its end
   */
  public String privateKeyPem() {
    return pemOf("PRIVATE KEY", privateKey().getEncoded());
  }

  @Override
  public String toString() {
    return "TestCertificate["
        + certificate.getSubjectX500Principal().getName()
        + ", serial "
        + serialNumber().toString(16)
        + "]";
  }

  /** Returns the clock that the certificate was made with. */
  Clock clock() {
    return clock;
  }

  /** Returns the content of the public key's BIT STRING: what a CertID and a KeyHash hash. */
  byte[] publicKeyBits() {
    return SubjectPublicKeyInfo.getInstance(certificate.getPublicKey().getEncoded())
        .getPublicKeyData()
        .getBytes();
  }

  private static SSLContext context(KeyManager @Nullable [] keys, TrustManager @Nullable [] trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a TLS context", e);
    }
  }

  private static String pemOf(X509Certificate certificate) {
    try {
      return pemOf("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot encode " + certificate.getSerialNumber(), e);
    }
  }

  private static String pemOf(String label, byte[] der) {
    Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN "
        + label
        + "-----\n"
        + encoder.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /**
   * Makes a certificate. Made by {@link TestCa}: {@link TestCa#builder(String)}, {@link
   * TestCa#intermediateBuilder(String)}, {@link TestCa#leafBuilder(String)}, {@link
   * TestCa#delegateBuilder()}.
   *
   * <p>Unless told otherwise: a new P-256 key, signed with the algorithm that {@link
   * SignatureAlgorithm#forKey} names for the issuer's key, a random serial number, valid from a day
   * before now for 90 days (a CA: 10 years), no authority information access.
   *
   * <p>Not thread-safe. Can build several certificates, each with a key of its own unless one was
   * given.
   */
  public static final class Builder {
    private final CertificateSpec spec;

    Builder(String commonName, @Nullable TestCa issuer) {
      this.spec = new CertificateSpec(commonName, issuer);
    }

    Builder ca() {
      spec.ca = true;
      return this;
    }

    Builder server(String host) {
      spec.sans = List.of(host);
      spec.extendedKeyUsages.add(CertificateSpec.SERVER_AUTH);
      return this;
    }

    /**
     * Sets the subject.
     *
     * @param distinguishedName an RFC 4514 name, for example {@code "CN=a, O=b"}; empty for none
     * @return this builder
     */
    public Builder subject(String distinguishedName) {
      spec.subject = requireNonNull(distinguishedName, "distinguishedName");
      return this;
    }

    /**
     * Sets the subject alternative names, in place of the host.
     *
     * @param names DNS names and IP addresses; none leaves the extension out
     * @return this builder
     */
    public Builder sans(String... names) {
      spec.sans = List.of(names);
      return this;
    }

    /**
     * Sets the serial number.
     *
     * @param serialNumber any number, zero and negative ones included
     * @return this builder
     */
    public Builder serialNumber(BigInteger serialNumber) {
      spec.serialNumber = requireNonNull(serialNumber, "serialNumber");
      return this;
    }

    /**
     * Sets the validity, to the second.
     *
     * @param notBefore when it starts
     * @param notAfter when it ends
     * @return this builder
     */
    public Builder validity(Instant notBefore, Instant notAfter) {
      return notBefore(notBefore).notAfter(notAfter);
    }

    /**
     * Sets when the validity starts, to the second.
     *
     * @param notBefore when it starts
     * @return this builder
     */
    public Builder notBefore(Instant notBefore) {
      spec.notBefore = requireNonNull(notBefore, "notBefore");
      return this;
    }

    /**
     * Sets when the validity ends, to the second.
     *
     * @param notAfter when it ends
     * @return this builder
     */
    public Builder notAfter(Instant notAfter) {
      spec.notAfter = requireNonNull(notAfter, "notAfter");
      return this;
    }

    /**
     * Sets the clock that the default validity is counted from: otherwise the issuer's, and a
     * root's is the system's.
     *
     * @param clock tells now
     * @return this builder
     */
    public Builder clock(Clock clock) {
      spec.clock = requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Sets the kind of the new key.
     *
     * @param keyAlgorithm its kind
     * @return this builder
     */
    public Builder keyAlgorithm(KeyAlgorithm keyAlgorithm) {
      spec.keyAlgorithm = requireNonNull(keyAlgorithm, "keyAlgorithm");
      return this;
    }

    /**
     * Sets the key, in place of a new one: for a thousand certificates in a hurry, or two that
     * share a key.
     *
     * @param keyPair the key
     * @return this builder
     */
    public Builder keyPair(KeyPair keyPair) {
      spec.keyPair = requireNonNull(keyPair, "keyPair");
      return this;
    }

    /**
     * Sets the algorithm that the issuer signs the certificate with.
     *
     * @param signatureAlgorithm an algorithm for the issuer's kind of key
     * @return this builder
     */
    public Builder signatureAlgorithm(SignatureAlgorithm signatureAlgorithm) {
      spec.signatureAlgorithm = requireNonNull(signatureAlgorithm, "signatureAlgorithm");
      return this;
    }

    /**
     * Sets the OCSP URLs in the authority information access.
     *
     * @param urls any ASCII strings, in order; none leaves the extension out
     * @return this builder
     */
    public Builder ocspUrls(String... urls) {
      spec.ocspUrls = List.of(urls);
      return this;
    }

    /**
     * Asks for a TLS feature extension (RFC 7633) with status_request (5): must-staple.
     *
     * @return this builder
     */
    public Builder mustStaple() {
      return tlsFeatures(5);
    }

    /**
     * Sets the TLS feature extension (RFC 7633).
     *
     * @param features the numbers of TLS extensions: 5 is status_request, 17 status_request_v2;
     *     none writes an empty list
     * @return this builder
     */
    public Builder tlsFeatures(int... features) {
      byte[][] numbers =
          Arrays.stream(features)
              .mapToObj(n -> Der.integer(BigInteger.valueOf(n)))
              .toArray(byte[][]::new);
      return extension(CertificateSpec.TLS_FEATURE, false, Der.sequence(numbers));
    }

    /**
     * Sets an extension to any bytes, in place of the one that the builder would write.
     *
     * <p>The JDK does not read a certificate whose critical extension is one that it knows and
     * malformed: {@link #build} then throws.
     *
     * @param oid its dotted object identifier
     * @param critical whether it is critical
     * @param value the content of its OCTET STRING, well-formed or not
     * @return this builder
     */
    public Builder extension(String oid, boolean critical, byte[] value) {
      CertificateSpec.put(spec.extensions, new ASN1ObjectIdentifier(oid), critical, value.clone());
      return this;
    }

    /**
     * Sets the extended key usages.
     *
     * @param oids dotted object identifiers; none leaves the extension out
     * @return this builder
     */
    public Builder extendedKeyUsages(String... oids) {
      spec.extendedKeyUsages.clear();
      spec.extendedKeyUsages.addAll(List.of(oids));
      return this;
    }

    /**
     * Adds or removes the extended key usage id-kp-OCSPSigning (RFC 6960 section 4.2.2.2).
     *
     * @param present whether it is there
     * @return this builder
     */
    public Builder ocspSigning(boolean present) {
      spec.extendedKeyUsages.remove(CertificateSpec.OCSP_SIGNING);
      if (present) {
        spec.extendedKeyUsages.add(CertificateSpec.OCSP_SIGNING);
      }
      return this;
    }

    /**
     * Adds or removes the extension id-pkix-ocsp-nocheck (RFC 6960 section 4.2.2.2.1).
     *
     * @param present whether it is there
     * @return this builder
     */
    public Builder noCheck(boolean present) {
      spec.extensions.remove(CertificateSpec.NO_CHECK);
      return present ? extension(CertificateSpec.NO_CHECK, false, Der.NULL) : this;
    }

    /**
     * Makes the certificate. Blocks while a new key is computed.
     *
     * @return a new certificate
     * @throws IllegalArgumentException if a setting cannot be encoded, or the signature algorithm
     *     is not one for the issuer's key
     */
    public TestCertificate build() {
      return spec.issue();
    }

    /**
     * Makes a CA of the certificate. Blocks while a new key is computed.
     *
     * <p>A certificate whose builder came from {@link TestCa#leafBuilder} becomes a CA that has no
     * right to be one: its basic constraints do not say so.
     *
     * @return a new CA
     * @throws IllegalArgumentException as {@link #build()}
     */
    public TestCa buildCa() {
      return new TestCa(spec.issue());
    }
  }
}
