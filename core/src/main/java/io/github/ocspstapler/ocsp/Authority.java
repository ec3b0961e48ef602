package io.github.ocspstapler.ocsp;

import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.x509.RawCertificate;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A CA as OCSP sees it: its name and key, their hashes, and the responders known to be appointed by
 * it.
 *
 * <p>Thread-safe. What is remembered follows from the CA's certificate alone and never changes.
 */
final class Authority {
  private static final int MAX_DELEGATES = 16;

  private final X509Certificate certificate;
  private final PublicKey key;
  private final DerReader subject; // never moved, so that threads may share it
  private final DerReader keyBits; // never moved
  private final Map<CertIdHash, byte[]> nameHashes = new ConcurrentHashMap<>();
  private final Map<CertIdHash, byte[]> keyHashes = new ConcurrentHashMap<>();
  private final Map<Bytes, X509Certificate> delegates = new ConcurrentHashMap<>();

  private Authority(X509Certificate certificate, DerReader subject, DerReader keyBits) {
    this.certificate = certificate;
    this.key = certificate.getPublicKey();
    this.subject = subject;
    this.keyBits = keyBits;
  }

  /**
   * Reads a CA's certificate.
   *
   * @throws DerException if its name or key cannot be found in it
   */
  static Authority of(X509Certificate certificate) throws DerException {
    try {
      RawCertificate raw = RawCertificate.read(DerReader.of(certificate.getEncoded()));
      return new Authority(certificate, raw.subject(), raw.publicKey());
    } catch (CertificateEncodingException e) {
      throw new DerException("the certificate has no encoding: " + e.getMessage());
    }
  }

  X509Certificate certificate() {
    return certificate;
  }

  PublicKey key() {
    return key;
  }

  /** Returns the CA's encoded name; not to be moved. */
  DerReader subject() {
    return subject;
  }

  /** Returns the bits of the CA's public key; not to be moved. */
  DerReader keyBits() {
    return keyBits;
  }

  /** Returns the hash of the CA's name; not to be changed. */
  byte[] nameHash(CertIdHash hash) {
    return nameHashes.computeIfAbsent(hash, h -> h.digest(subject));
  }

  /** Returns the hash of the CA's key; not to be changed. */
  byte[] keyHash(CertIdHash hash) {
    return keyHashes.computeIfAbsent(hash, h -> h.digest(keyBits));
  }

  /** Returns the responder with this encoding if it is known to be appointed by this CA. */
  @Nullable X509Certificate delegate(Bytes encoded) {
    return delegates.get(encoded);
  }

  /**
   * Remembers a responder whose certificate names this CA, verifies with its key and is for signing
   * OCSP responses. Its validity is a matter of the time, and not remembered.
   */
  void remember(Bytes encoded, X509Certificate delegate) {
    if (delegates.size() >= MAX_DELEGATES) {
      delegates.clear(); // a CA has one or two at a time; whatever fills this is worth no better
    }
    delegates.put(encoded, delegate);
  }
}
