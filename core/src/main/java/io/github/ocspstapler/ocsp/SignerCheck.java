package io.github.ocspstapler.ocsp;

import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.BAD_SIGNATURE;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.MALFORMED;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.SIGNER_NOT_AUTHORISED;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.SIGNER_NOT_FOUND;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.SIGNER_NOT_VALID;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.WEAK_ALGORITHM;

import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.x509.CertificateFields;
import io.github.ocspstapler.internal.x509.RawCertificate;
import io.github.ocspstapler.internal.x509.SignatureAlgorithm;
import io.github.ocspstapler.internal.x509.SignatureAlgorithm.Strength;
import io.github.ocspstapler.internal.x509.Subjects;
import io.github.ocspstapler.ocsp.OcspException.Rejected;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Decides who signed a response, and whether they may (RFC 6960 sections 3.2 and 4.2.2.2).
 *
 * <p>The signer is the issuer (whoever holds its key), a responder configured by hand, or one whose
 * certificate the issuer itself signed for that purpose. The last is not checked for revocation,
 * whether or not it carries id-pkix-ocsp-nocheck: nobody could say who to ask, and without a check
 * its lifetime bounds the damage, which is what CAs issue these certificates with in mind
 * (browsers, BoringSSL and Go decide the same).
 *
 * <p>Thread-safe.
 */
final class SignerCheck {
  /** How many certificates sent along are looked at. */
  static final int MAX_CERTIFICATES = 16;

  private static final int MIN_RSA_BITS = 1024;
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int NON_REPUDIATION = 1;

  private final Duration clockSkew;
  private final boolean allowSha1;
  private final List<Authority> trusted;
  private final @Nullable Provider provider;

  SignerCheck(
      Duration clockSkew,
      boolean allowSha1,
      List<X509Certificate> trustedResponders,
      @Nullable Provider provider) {
    this.clockSkew = clockSkew;
    this.allowSha1 = allowSha1;
    this.provider = provider;
    List<Authority> responders = new ArrayList<>();
    for (X509Certificate responder : trustedResponders) {
      try {
        responders.add(Authority.of(responder));
      } catch (DerException e) {
        throw new IllegalArgumentException(
            "trusted responder " + Subjects.of(responder) + ": " + e.getMessage(), e);
      }
    }
    this.trusted = List.copyOf(responders);
  }

  /**
   * Returns the certificate of whoever signed the response.
   *
   * @throws Rejected if nobody did who may
   */
  X509Certificate signer(
      ParsedResponse.Basic response, Authority issuer, Instant now, @Nullable URI url)
      throws Rejected {
    SignatureAlgorithm algorithm = algorithm(response.signatureAlgorithm(), "the response", url);
    // Nearly always the name is spelled as the responder spells it, and comparing bytes will do.
    X509Certificate signer = search(response, algorithm, issuer, now, url, DerReader::is);
    if (signer == null && response.responderName() != null) {
      signer = search(response, algorithm, issuer, now, url, SignerCheck::isSameName);
    }
    if (signer == null) {
      throw rejected(
          url,
          SIGNER_NOT_FOUND,
          "neither the issuer nor a certificate in the response is the responder "
              + (response.responderName() == null
                  ? "with the key hash that it names"
                  : Subjects.of(response.responderName()))
              + " (expected: the issuer "
              + Subjects.of(issuer.certificate())
              + " or a responder it appointed)");
    }
    return signer;
  }

  /** Compares two encoded names. */
  @FunctionalInterface
  private interface NameComparison {
    boolean test(DerReader one, DerReader other);
  }

  /** Returns who signed, or null if nobody at hand is named by the responderID. */
  private @Nullable X509Certificate search(
      ParsedResponse.Basic response,
      SignatureAlgorithm algorithm,
      Authority issuer,
      Instant now,
      @Nullable URI url,
      NameComparison names)
      throws Rejected {
    Rejected problem = null;
    if (isNamed(response, issuer, names)) {
      try {
        requireSignature(response, algorithm, issuer.certificate(), url);
        return issuer.certificate();
      } catch (Rejected e) {
        problem = e;
      }
    }
    for (Authority responder : trusted) {
      if (isNamed(response, responder, names)) {
        try {
          requireValid(responder.certificate(), now, url);
          requireSignature(response, algorithm, responder.certificate(), url);
          return responder.certificate();
        } catch (Rejected e) {
          problem = problem == null ? e : problem;
        }
      }
    }
    DerReader rest = response.certificates() == null ? null : response.certificates().copy();
    for (int count = 0; rest != null && rest.hasMore(); count++) {
      RawCertificate candidate = next(rest, count, url);
      if (candidate != null && isNamed(response, candidate, names)) {
        try {
          X509Certificate signer = authorised(candidate, issuer, now, url);
          requireSignature(response, algorithm, signer, url);
          return signer;
        } catch (Rejected e) {
          problem = problem == null ? e : problem;
        }
      }
    }
    if (problem != null) {
      throw problem;
    }
    return null;
  }

  private static @Nullable RawCertificate next(DerReader rest, int count, @Nullable URI url)
      throws Rejected {
    DerReader encoded;
    try {
      if (count == MAX_CERTIFICATES) {
        throw new DerException("more than " + MAX_CERTIFICATES + " certificates");
      }
      encoded = rest.element("certificate");
      encoded.copy().sequence("certificate");
    } catch (DerException e) {
      throw rejected(url, MALFORMED, "not an OCSP response: " + e.getMessage());
    }
    try {
      return RawCertificate.read(encoded);
    } catch (DerException e) {
      return null; // nobody's certificate; whether that matters shows when no other fits
    }
  }

  /** R4: the responderID names this certificate. */
  private static boolean isNamed(
      ParsedResponse.Basic response, RawCertificate candidate, NameComparison names) {
    DerReader keyHash = response.responderKeyHash();
    return keyHash != null
        ? keyHash.is(CertIdHash.SHA1.digest(candidate.publicKey()))
        : isNamed(response, candidate.subject(), names);
  }

  private static boolean isNamed(
      ParsedResponse.Basic response, Authority candidate, NameComparison names) {
    DerReader keyHash = response.responderKeyHash();
    return keyHash != null
        ? keyHash.is(candidate.keyHash(CertIdHash.SHA1))
        : isNamed(response, candidate.subject(), names);
  }

  private static boolean isNamed(
      ParsedResponse.Basic response, DerReader subject, NameComparison names) {
    DerReader name = response.responderName();
    return name != null && names.test(name, subject);
  }

  /** Names are the same if their bytes are, or if they differ in spelling only (RFC 5280 7.1). */
  private static boolean isSameName(DerReader one, DerReader other) {
    if (one.is(other)) {
      return true;
    }
    X500Principal first = Subjects.principal(one);
    return first != null && first.equals(Subjects.principal(other));
  }

  /** R3: a responder that the issuer itself appointed, and R5: for this time. */
  private X509Certificate authorised(
      RawCertificate candidate, Authority issuer, Instant now, @Nullable URI url) throws Rejected {
    if (candidate.publicKey().is(issuer.keyBits())) {
      return issuer.certificate(); // a certificate of the issuer's own key, cross-signed perhaps
    }
    Bytes encoded = new Bytes(candidate.encoded().bytes());
    X509Certificate delegate = issuer.delegate(encoded);
    if (delegate == null) {
      requireIssuedBy(candidate, issuer, url);
      delegate = appointed(encoded, url);
      issuer.remember(encoded, delegate);
    }
    requireValid(delegate, now, url);
    return delegate;
  }

  // RFC 6960 4.2.2.2: the responder's certificate is issued directly by the CA in question. A chain
  // through an intermediate, however well signed, would let any sub-CA vouch for its parent.
  private void requireIssuedBy(RawCertificate candidate, Authority issuer, @Nullable URI url)
      throws Rejected {
    String subject = "the responder certificate " + Subjects.of(candidate.subject());
    if (!isSameName(candidate.issuer(), issuer.subject())) {
      throw rejected(
          url,
          SIGNER_NOT_AUTHORISED,
          subject
              + " was issued by "
              + Subjects.of(candidate.issuer())
              + " (expected: "
              + Subjects.of(issuer.certificate())
              + ")");
    }
    SignatureAlgorithm algorithm = algorithm(candidate.signatureAlgorithm(), subject, url);
    if (!verifies(algorithm, issuer.key(), candidate.tbs(), candidate.signature(), url)) {
      throw rejected(
          url,
          SIGNER_NOT_AUTHORISED,
          subject + " is not signed by the issuer " + Subjects.of(issuer.certificate()));
    }
  }

  private X509Certificate appointed(Bytes encoded, @Nullable URI url) throws Rejected {
    X509Certificate delegate;
    try {
      delegate = certificate(encoded.array());
    } catch (CertificateException | RuntimeException e) {
      throw rejected(url, SIGNER_NOT_AUTHORISED, "the responder's certificate cannot be read", e);
    }
    String subject = "the responder certificate " + Subjects.of(delegate);
    if (!CertificateFields.allowsOcspSigning(delegate)) {
      throw rejected(
          url, SIGNER_NOT_AUTHORISED, subject + " lacks extendedKeyUsage id-kp-OCSPSigning");
    }
    boolean[] usage = delegate.getKeyUsage();
    if (usage != null && !usage[DIGITAL_SIGNATURE] && !usage[NON_REPUDIATION]) {
      throw rejected(url, SIGNER_NOT_AUTHORISED, subject + " lacks keyUsage digitalSignature");
    }
    if (delegate.hasUnsupportedCriticalExtension()) {
      throw rejected(
          url, SIGNER_NOT_AUTHORISED, subject + " has a critical extension that is not known");
    }
    return delegate;
  }

  private X509Certificate certificate(byte[] encoded) throws CertificateException {
    CertificateFactory factory = null;
    if (provider != null && provider.getService("CertificateFactory", "X.509") != null) {
      factory = CertificateFactory.getInstance("X.509", provider);
    }
    factory = factory == null ? CertificateFactory.getInstance("X.509") : factory;
    return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded));
  }

  // No skew at the end: nothing that rests on this certificate is served after it.
  private void requireValid(X509Certificate signer, Instant now, @Nullable URI url)
      throws Rejected {
    Instant notBefore = signer.getNotBefore().toInstant();
    Instant notAfter = signer.getNotAfter().toInstant();
    if (now.isAfter(notAfter) || now.isBefore(Times.minus(notBefore, clockSkew))) {
      throw rejected(
          url,
          SIGNER_NOT_VALID,
          "the responder certificate "
              + Subjects.of(signer)
              + " is valid from "
              + notBefore
              + " to "
              + notAfter
              + " (now: "
              + now
              + ")");
    }
  }

  /** R2: the signature over the bytes as received. */
  private void requireSignature(
      ParsedResponse.Basic response,
      SignatureAlgorithm algorithm,
      X509Certificate signer,
      @Nullable URI url)
      throws Rejected {
    PublicKey key = signer.getPublicKey();
    if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
      throw rejected(
          url,
          WEAK_ALGORITHM,
          "the RSA key of "
              + Subjects.of(signer)
              + " has "
              + rsa.getModulus().bitLength()
              + " bits (expected: at least "
              + MIN_RSA_BITS
              + ")");
    }
    if (!verifies(algorithm, key, response.tbs(), response.signature(), url)) {
      throw rejected(
          url,
          BAD_SIGNATURE,
          "the signature ("
              + algorithm.name()
              + ") does not verify with the key of "
              + Subjects.of(signer));
    }
  }

  private boolean verifies(
      SignatureAlgorithm algorithm,
      PublicKey key,
      DerReader signed,
      DerReader signature,
      @Nullable URI url)
      throws Rejected {
    try {
      return algorithm.verifies(key, signed, signature, provider);
    } catch (GeneralSecurityException e) {
      throw rejected(url, WEAK_ALGORITHM, "no JCA provider verifies " + algorithm.name(), e);
    }
  }

  /** R12: reads an algorithm, and refuses a weak one. */
  private SignatureAlgorithm algorithm(DerReader encoded, String what, @Nullable URI url)
      throws Rejected {
    SignatureAlgorithm algorithm;
    try {
      algorithm = SignatureAlgorithm.read(encoded);
    } catch (DerException e) {
      throw rejected(url, MALFORMED, "the signature algorithm of " + what + ": " + e.getMessage());
    }
    if (algorithm.strength() == Strength.STRONG
        || (algorithm.strength() == Strength.SHA1 && allowSha1)) {
      return algorithm;
    }
    throw rejected(
        url,
        WEAK_ALGORITHM,
        what
            + " is signed with "
            + algorithm.name()
            + (algorithm.strength() == Strength.SHA1 ? ", which rests on SHA-1" : "")
            + " (expected: RSA or ECDSA with SHA-2, or EdDSA)");
  }

  private static Rejected rejected(@Nullable URI url, Rejected.Reason reason, String message) {
    return new Rejected(url, reason, message, null);
  }

  private static Rejected rejected(
      @Nullable URI url, Rejected.Reason reason, String message, Throwable cause) {
    return new Rejected(url, reason, message, cause);
  }
}
