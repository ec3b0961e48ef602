package io.github.ocspstapler.testkit;

import static java.util.Objects.requireNonNull;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A throw-away certificate authority: a CA certificate, its key, and what it issues.
 *
 * <pre>{@code
 * TestCa root = TestCa.root();
 * TestCa intermediate = root.intermediate("Issuing CA", responder.url());
 * TestCertificate site = intermediate.leaf("example.com", responder.url());
 * }</pre>
 *
 * <p>Immutable and thread-safe: it keeps no list of what it issued. The methods that make a
 * certificate block while its key is computed.
 */
public final class TestCa {
  private final TestCertificate held;

  TestCa(TestCertificate held) {
    this.held = held;
  }

  /**
   * Returns a new self-signed CA with a P-256 key.
   *
   * @return the CA
   */
  public static TestCa root() {
    return root("Test Root CA");
  }

  /**
   * Returns a new self-signed CA with a P-256 key.
   *
   * @param commonName its common name
   * @return the CA
   */
  public static TestCa root(String commonName) {
    return builder(commonName).buildCa();
  }

  /**
   * Returns a builder of a self-signed CA; finish it with {@link
   * TestCertificate.Builder#buildCa()}.
   *
   * @param commonName its common name
   * @return a new builder
   */
  public static TestCertificate.Builder builder(String commonName) {
    return new TestCertificate.Builder(commonName, null).ca();
  }

  /**
   * Returns a new CA that this one has issued.
   *
   * @param commonName its common name
   * @param ocspUrls the OCSP URLs in its authority information access, in order; none leaves the
   *     extension out
   * @return the CA
   */
  public TestCa intermediate(String commonName, String... ocspUrls) {
    return intermediateBuilder(commonName).ocspUrls(ocspUrls).buildCa();
  }

  /**
   * Returns a builder of a CA that this one issues; finish it with {@link
   * TestCertificate.Builder#buildCa()}.
   *
   * @param commonName its common name
   * @return a new builder
   */
  public TestCertificate.Builder intermediateBuilder(String commonName) {
    return new TestCertificate.Builder(commonName, this).ca();
  }

  /**
   * Returns a new server certificate for a host.
   *
   * @param host a DNS name or IP address: its common name and its only subject alternative name
   * @param ocspUrls the OCSP URLs in its authority information access, in order; none leaves the
   *     extension out
   * @return the certificate
   */
  public TestCertificate leaf(String host, String... ocspUrls) {
    return leafBuilder(host).ocspUrls(ocspUrls).build();
  }

  /**
   * Returns a builder of a server certificate; finish it with {@link
   * TestCertificate.Builder#build()}.
   *
   * @param host a DNS name or IP address: its common name and, unless {@link
   *     TestCertificate.Builder#sans(String...)} says otherwise, its only subject alternative name
   * @return a new builder
   */
  public TestCertificate.Builder leafBuilder(String host) {
    return new TestCertificate.Builder(host, this).server(host);
  }

  /**
   * Returns a new delegated responder of this CA (RFC 6960 section 4.2.2.2): its certificate has
   * the extended key usage id-kp-OCSPSigning and the extension id-pkix-ocsp-nocheck.
   *
   * @return the responder's certificate
   */
  public TestCertificate delegate() {
    return delegateBuilder().build();
  }

  /**
   * Returns a builder of a delegated responder, with id-kp-OCSPSigning and id-pkix-ocsp-nocheck;
   * finish it with {@link TestCertificate.Builder#build()}.
   *
   * @return a new builder
   */
  public TestCertificate.Builder delegateBuilder() {
    return new TestCertificate.Builder("Test OCSP Responder", this).ocspSigning(true).noCheck(true);
  }

  /**
   * Returns the CA's certificate.
   *
   * @return the certificate
   */
  public X509Certificate certificate() {
    return held.certificate();
  }

  /**
   * Returns the CA's certificate together with its key and chain.
   *
   * @return the held certificate
   */
  public TestCertificate held() {
    return held;
  }

  /**
   * Returns the CA's key pair.
   *
   * @return the key pair
   */
  public KeyPair keyPair() {
    return held.keyPair();
  }

  /**
   * Returns the chain from this CA to its root, both included.
   *
   * @return an immutable list
   */
  public List<X509Certificate> chain() {
    return held.chain();
  }

  byte[] nameHash(CertHash hash) {
    return requireNonNull(hash, "hash").of(certificate().getSubjectX500Principal().getEncoded());
  }

  byte[] keyHash(CertHash hash) {
    return hash.of(held.publicKeyBits());
  }

  /** Two are equal when their certificates are. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TestCa ca && certificate().equals(ca.certificate());
  }

  @Override
  public int hashCode() {
    return certificate().hashCode();
  }

  @Override
  public String toString() {
    return "TestCa[" + held.certificate().getSubjectX500Principal().getName() + "]";
  }
}
