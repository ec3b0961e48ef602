package io.github.ocspstapler.ocsp;

import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.BAD_PRODUCED_AT;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.CRITICAL_EXTENSION;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.EXPIRED;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.MALFORMED;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.NOT_YET_VALID;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.TOO_LARGE;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.WRONG_CERT_ID;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.WRONG_ISSUER;
import static io.github.ocspstapler.ocsp.OcspException.Rejected.Reason.WRONG_NONCE;

import io.github.ocspstapler.internal.der.DerException;
import io.github.ocspstapler.internal.der.DerReader;
import io.github.ocspstapler.internal.der.DerWriter;
import io.github.ocspstapler.internal.x509.CertificateFields;
import io.github.ocspstapler.internal.x509.RawCertificate;
import io.github.ocspstapler.internal.x509.Subjects;
import io.github.ocspstapler.ocsp.OcspException.Refused;
import io.github.ocspstapler.ocsp.OcspException.Rejected;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a response may be believed: everything RFC 6960 section 3.2 and RFC 9919 ask of a
 * client, always.
 *
 * <p>The path of the server's own chain is not validated: the issuer is who the caller says it is,
 * and its own validity is for those to judge who trust it.
 *
 * <p>Thread-safe; never blocks. No bytes whatever make it throw anything but its own refusals.
 */
final class ResponseVerifier {
  /** The longest response that is looked at, whoever brings it. */
  static final int MAX_BYTES = 1 << 20;

  private static final int MAX_AUTHORITIES = 64;
  private static final int HTTP_OK = 200;

  private final Clock clock;
  private final Duration clockSkew;
  private final Duration maxAgeWithoutNextUpdate;
  private final SignerCheck signers;
  private final @Nullable Provider provider;
  private final Map<X509Certificate, Authority> authorities = new ConcurrentHashMap<>();

  ResponseVerifier(
      Clock clock,
      Duration clockSkew,
      Duration maxAgeWithoutNextUpdate,
      boolean allowSha1Signatures,
      List<X509Certificate> trustedResponders,
      @Nullable Provider provider) {
    this.clock = clock;
    this.clockSkew = clockSkew;
    this.maxAgeWithoutNextUpdate = maxAgeWithoutNextUpdate;
    this.signers = new SignerCheck(clockSkew, allowSha1Signatures, trustedResponders, provider);
    this.provider = provider;
  }

  /**
   * Returns the response's answer to the question.
   *
   * @param response the bytes, copied before they are looked at
   * @param question what the response must be about
   * @param responder the URL that answered, or null if the bytes came from elsewhere
   * @param freshness what the HTTP head said
   * @throws Refused if the status is an error status
   * @throws Rejected if it must not be believed
   */
  OcspResponse verify(
      byte[] response, Question question, @Nullable URI responder, HttpFreshness freshness)
      throws OcspException {
    Instant now = clock.instant();
    Authority issuer = issuer(question, responder);
    byte[] encoded = bytes(response, responder);
    ParsedResponse.Basic basic = successful(encoded, responder);
    ParsedResponse.Single answer = answer(basic, question, issuer, responder);
    requireKnownExtensions(basic.extensions(), responder);
    X509Certificate signer = signers.signer(basic, issuer, now, responder);

    Instant end = end(answer, responder);
    requireCurrent(answer, end, now, responder);
    requirePlausible(basic.producedAt(), answer, question, now, responder);
    requireNonce(basic.extensions().nonce(), question.nonce(), responder);
    return new OcspResponse(
        encoded,
        question.serialNumber(),
        answer,
        basic.producedAt(),
        signer.equals(issuer.certificate())
            ? end
            : Times.earlier(end, signer.getNotAfter().toInstant()),
        signer,
        responder,
        freshness);
  }

  /** Checks first that the issuer is the certificate's at all: all that follows rests on it. */
  private Authority issuer(Question question, @Nullable URI url) throws Rejected {
    X509Certificate certificate = question.certificate();
    X509Certificate issuer = question.issuer();
    if (certificate != null) {
      if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
        throw rejected(
            url,
            WRONG_ISSUER,
            "the issuer given is "
                + Subjects.of(issuer)
                + ", which is not who issued the certificate "
                + Subjects.of(certificate));
      }
      if (CertificateFields.keyIdentifiersDiffer(certificate, issuer)
          && !isSignedBy(certificate, issuer)) {
        throw rejected(
            url,
            WRONG_ISSUER,
            "the issuer given, "
                + Subjects.of(issuer)
                + ", has the right name and another key than the one that signed "
                + Subjects.of(certificate));
      }
    }
    Authority known = authorities.get(issuer);
    if (known != null) {
      return known;
    }
    try {
      Authority authority = Authority.of(issuer);
      if (authorities.size() >= MAX_AUTHORITIES) {
        authorities.clear();
      }
      authorities.put(issuer, authority);
      return authority;
    } catch (DerException e) {
      throw rejected(url, WRONG_ISSUER, "the issuer's certificate: " + e.getMessage());
    }
  }

  private boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    try {
      if (provider == null) {
        certificate.verify(issuer.getPublicKey());
      } else {
        certificate.verify(issuer.getPublicKey(), provider);
      }
      return true;
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  private static byte[] bytes(byte[] response, @Nullable URI url) throws Rejected {
    if (response.length > MAX_BYTES) {
      throw rejected(
          url,
          TOO_LARGE,
          "a response of " + response.length + " bytes (at most " + MAX_BYTES + ")");
    }
    return response.clone();
  }

  /** R10: the answer, if the response is one. */
  private static ParsedResponse.Basic successful(byte[] encoded, @Nullable URI url)
      throws OcspException {
    ParsedResponse response;
    try {
      response = ResponseParser.parse(encoded);
    } catch (DerException e) {
      throw rejected(url, MALFORMED, "not an OCSP response: " + e.getMessage());
    }
    if (response.basic() != null) {
      return response.basic();
    }
    Refused.Reason reason =
        switch (response.status()) {
          case 1 -> Refused.Reason.MALFORMED_REQUEST;
          case 2 -> Refused.Reason.INTERNAL_ERROR;
          case 3 -> Refused.Reason.TRY_LATER;
          case 5 -> Refused.Reason.SIG_REQUIRED;
          default -> Refused.Reason.UNAUTHORIZED;
        };
    throw new Refused(
        url,
        reason,
        url == null ? 0 : HTTP_OK,
        null,
        "the responder answered " + describe(reason) + " (" + response.status() + ")");
  }

  private static String describe(Refused.Reason reason) {
    return switch (reason) {
      case MALFORMED_REQUEST -> "malformedRequest: it does not understand the question";
      case INTERNAL_ERROR -> "internalError: it is in trouble itself";
      case TRY_LATER -> "tryLater: it cannot answer now";
      case SIG_REQUIRED -> "sigRequired: it answers signed requests only";
      default -> "unauthorized: it is not authoritative for this certificate";
    };
  }

  /**
   * R1 and R13: the answer about our certificate; of several the worst, however good another is.
   */
  private static ParsedResponse.Single answer(
      ParsedResponse.Basic basic, Question question, Authority issuer, @Nullable URI url)
      throws Rejected {
    byte[] serialNumber = question.serialNumber().toByteArray();
    ParsedResponse.Single answer = null;
    for (ParsedResponse.Single single : basic.singles()) {
      if (isAbout(single, serialNumber, question, issuer)) {
        requireKnownExtensions(single.extensions(), url);
        answer = answer == null || isWorse(single, answer) ? single : answer;
      }
    }
    if (answer == null) {
      throw rejected(
          url,
          WRONG_CERT_ID,
          "none of its "
              + basic.singles().size()
              + " answers is about serial "
              + question.serialNumber().toString(16)
              + " of "
              + Subjects.of(issuer.certificate()));
    }
    return answer;
  }

  private static boolean isAbout(
      ParsedResponse.Single single, byte[] serialNumber, Question question, Authority issuer) {
    CertIdHash hash = single.hash();
    return hash != null
        && single.serialNumber().is(serialNumber)
        && single.issuerKeyHash().is(issuer.keyHash(hash))
        && (single.issuerNameHash().is(issuer.nameHash(hash))
            || isSpelledNameHash(single, hash, question.certificate()));
  }

  // RFC 6960 4.1.1 hashes the issuer's name as the certificate spells it, and most hash it as the
  // issuer does. Both are the same name (checked), and nearly always the same bytes.
  private static boolean isSpelledNameHash(
      ParsedResponse.Single single, CertIdHash hash, @Nullable X509Certificate certificate) {
    if (certificate == null) {
      return false;
    }
    try {
      DerReader name = RawCertificate.read(DerReader.of(certificate.getEncoded())).issuer();
      return single.issuerNameHash().is(hash.digest(name));
    } catch (DerException | GeneralSecurityException e) {
      return false;
    }
  }

  /** Revoked before unknown before good; then the one that ends first, which all can agree on. */
  private static boolean isWorse(ParsedResponse.Single one, ParsedResponse.Single other) {
    int badness = badness(one.status()) - badness(other.status());
    if (badness != 0) {
      return badness > 0;
    }
    Instant otherEnd = other.nextUpdate();
    return one.nextUpdate() != null && (otherEnd == null || one.nextUpdate().isBefore(otherEnd));
  }

  private static int badness(CertificateStatus status) {
    if (status instanceof CertificateStatus.Revoked) {
      return 2;
    }
    return status instanceof CertificateStatus.Unknown ? 1 : 0;
  }

  /** R9. */
  private static void requireKnownExtensions(
      ParsedResponse.Extensions extensions, @Nullable URI url) throws Rejected {
    if (extensions.unknownCritical() != null) {
      throw rejected(
          url,
          CRITICAL_EXTENSION,
          "the critical extension " + extensions.unknownCritical() + " is not known here");
    }
  }

  /** R7, L6: when the answer's own word ends. */
  private Instant end(ParsedResponse.Single answer, @Nullable URI url) throws Rejected {
    Instant nextUpdate = answer.nextUpdate();
    if (nextUpdate == null) {
      if (maxAgeWithoutNextUpdate.isZero()) {
        throw rejected(url, EXPIRED, "the answer has no nextUpdate, which RFC 9919 asks for");
      }
      return Times.plus(answer.thisUpdate(), maxAgeWithoutNextUpdate);
    }
    if (nextUpdate.isBefore(answer.thisUpdate())) {
      throw rejected(
          url,
          EXPIRED,
          "nextUpdate " + nextUpdate + " is before thisUpdate " + answer.thisUpdate());
    }
    return nextUpdate;
  }

  /** R6, R7. */
  private void requireCurrent(
      ParsedResponse.Single answer, Instant end, Instant now, @Nullable URI url) throws Rejected {
    if (answer.thisUpdate().isAfter(Times.plus(now, clockSkew))) {
      throw rejected(
          url,
          NOT_YET_VALID,
          "thisUpdate " + answer.thisUpdate() + " lies in the future (now: " + now + ")");
    }
    if (answer.nextUpdate() == null && now.isAfter(end)) {
      throw rejected(
          url,
          EXPIRED,
          "the answer has no nextUpdate, and thisUpdate "
              + answer.thisUpdate()
              + " is more than "
              + maxAgeWithoutNextUpdate
              + " ago (now: "
              + now
              + ")");
    }
    if (now.isAfter(Times.plus(end, clockSkew))) {
      throw rejected(url, EXPIRED, "nextUpdate " + end + " has passed (now: " + now + ")");
    }
  }

  /**
   * R8 and what RFC 6960 section 2.4 leaves open: producedAt may lie long before or after
   * thisUpdate, but not in the future, and not before the certificate began or after it expired. A
   * CA may forget the revocations of expired certificates, and "good" then means nothing, unless
   * the responder shows that it does remember.
   */
  private void requirePlausible(
      Instant producedAt,
      ParsedResponse.Single answer,
      Question question,
      Instant now,
      @Nullable URI url)
      throws Rejected {
    if (producedAt.isAfter(Times.plus(now, clockSkew))) {
      throw rejected(
          url,
          BAD_PRODUCED_AT,
          "producedAt " + producedAt + " lies in the future (now: " + now + ")");
    }
    X509Certificate certificate = question.certificate();
    if (certificate == null) {
      return;
    }
    Instant notBefore = certificate.getNotBefore().toInstant();
    Instant notAfter = certificate.getNotAfter().toInstant();
    if (producedAt.isBefore(Times.minus(notBefore, clockSkew))
        || (producedAt.isAfter(notAfter) && !isArchived(answer.extensions(), certificate))) {
      throw rejected(
          url,
          BAD_PRODUCED_AT,
          "producedAt "
              + producedAt
              + " is outside the certificate's validity, "
              + notBefore
              + " to "
              + notAfter);
    }
  }

  /**
   * Whether the responder knows expired certificates: it keeps revocations of that time (RFC 6960
   * section 4.4.4), or it names this very certificate by its hash (Common PKI part 4, section
   * 3.1.2, which German trust centres send).
   */
  private static boolean isArchived(
      ParsedResponse.Extensions extensions, X509Certificate certificate) {
    Instant archiveCutoff = extensions.archiveCutoff();
    if (archiveCutoff != null && !archiveCutoff.isAfter(certificate.getNotAfter().toInstant())) {
      return true;
    }
    if (extensions.certHash() == null) {
      return false;
    }
    try {
      DerReader fields = extensions.certHash().copy().sequence("CertHash");
      CertIdHash hash = CertIdHash.ofOid(fields.sequence("hashAlgorithm").oid("hashAlgorithm"));
      DerReader digest = fields.octetString("certificateHash");
      return hash != null && digest.is(hash.digest(DerReader.of(certificate.getEncoded())));
    } catch (DerException | GeneralSecurityException e) {
      return false;
    }
  }

  // RFC 9654: another nonce means another question. None at all is what a responder that signs in
  // advance sends, and the times must do.
  private static void requireNonce(
      @Nullable DerReader received, byte @Nullable [] sent, @Nullable URI url) throws Rejected {
    if (sent != null
        && received != null
        && !received.is(DerWriter.octetString(sent))
        && !received.is(sent)) {
      throw rejected(url, WRONG_NONCE, "the nonce is not the one that was sent");
    }
  }

  private static Rejected rejected(@Nullable URI url, Rejected.Reason reason, String message) {
    return new Rejected(url, reason, message, null);
  }
}
