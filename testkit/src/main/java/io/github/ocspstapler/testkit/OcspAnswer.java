package io.github.ocspstapler.testkit;

import static java.util.Objects.requireNonNull;

import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The recipe of an OCSP answer (RFC 6960 section 4.2.1): correct and correctly signed unless told
 * otherwise, and wrong in exactly the places it is told.
 *
 * <pre>{@code
 * byte[] good = OcspAnswer.good(site).der();
 * byte[] late = OcspAnswer.good(site).thisUpdate(now.plus(Duration.ofDays(1))).der();
 * byte[] forged = OcspAnswer.good(site).signedBy(otherCa).der();
 * }</pre>
 *
 * <p>Unless told otherwise: signed by the issuer of the first single answer, which it names by name
 * and does not embed; producedAt and thisUpdate are now, nextUpdate is 7 days later.
 *
 * <p>Immutable and thread-safe: each method that changes something returns a changed copy.
 * Everything is written before the signature is made, except by {@link #corruptSignature}, {@link
 * #statedSignature}, {@link #statedSignatureAlgorithm}, {@link #tamperSignedTbs}, {@link
 * #trailingBytes}, {@link #truncated} and {@link #tamper}.
 */
public final class OcspAnswer {
  private static final String BASIC = "1.3.6.1.5.5.7.48.1.1";
  private static final String NONCE = "1.3.6.1.5.5.7.48.1.2";

  private List<SingleAnswer> singles;
  private Clock clock = Clock.systemUTC();
  private @Nullable Duration validity = Duration.ofDays(7);
  private @Nullable String producedAt;
  private @Nullable TestCertificate signer;
  private @Nullable SignatureAlgorithm algorithm;
  private byte @Nullable [] statedAlgorithm;
  private boolean byKey;
  private byte @Nullable [] responderId;
  private @Nullable List<X509Certificate> embedded;
  private List<byte[]> extensions = List.of();
  private UnaryOperator<byte[]> signatureTamper = UnaryOperator.identity();
  private boolean noBytes;
  private String type = BASIC;
  private int status;
  private UnaryOperator<byte[]> tbsTamper = UnaryOperator.identity();
  private UnaryOperator<byte[]> signedTamper = UnaryOperator.identity();
  private UnaryOperator<byte[]> tamper = UnaryOperator.identity();

  private OcspAnswer(List<SingleAnswer> singles) {
    this.singles = singles;
  }

  /**
   * Returns an answer about several certificates, or about one in several ways.
   *
   * @param singles the single answers in order; with none, {@link #signedBy(TestCertificate)} must
   *     be called
   * @return the answer
   */
  public static OcspAnswer of(SingleAnswer... singles) {
    return new OcspAnswer(List.of(singles));
  }

  /**
   * Returns an answer that says {@code good}.
   *
   * @param certificate the certificate asked about
   * @return the answer
   */
  public static OcspAnswer good(TestCertificate certificate) {
    return of(SingleAnswer.good(certificate));
  }

  /**
   * Returns an answer that says {@code revoked} and names no reason.
   *
   * @param certificate the certificate asked about
   * @param at when it was revoked
   * @return the answer
   */
  public static OcspAnswer revoked(TestCertificate certificate, Instant at) {
    return of(SingleAnswer.revoked(certificate, at));
  }

  /**
   * Returns an answer that says {@code revoked}.
   *
   * @param certificate the certificate asked about
   * @param at when it was revoked
   * @param reason a {@code CRLReason} (RFC 5280 section 5.3.1)
   * @return the answer
   */
  public static OcspAnswer revoked(TestCertificate certificate, Instant at, int reason) {
    return of(SingleAnswer.revoked(certificate, at, reason));
  }

  /**
   * Returns an answer that says {@code unknown}.
   *
   * @param certificate the certificate asked about
   * @return the answer
   */
  public static OcspAnswer unknown(TestCertificate certificate) {
    return of(SingleAnswer.unknown(certificate));
  }

  /**
   * Returns an unsigned error answer: a status and nothing else.
   *
   * @param responseStatus 1 malformedRequest, 2 internalError, 3 tryLater, 5 sigRequired, 6
   *     unauthorized; any other number is written as well
   * @return the answer
   */
  public static OcspAnswer error(int responseStatus) {
    return of().noResponseBytes().responseStatus(responseStatus);
  }

  /**
   * Adds single answers after those there are.
   *
   * @param more the single answers
   * @return a changed copy
   */
  public OcspAnswer and(SingleAnswer... more) {
    List<SingleAnswer> all = new ArrayList<>(singles);
    all.addAll(List.of(more));
    return with(c -> c.singles = List.copyOf(all));
  }

  /**
   * Replaces the single answers, and leaves the signer as it was.
   *
   * @param replacements the single answers in order
   * @return a changed copy
   */
  public OcspAnswer withSingles(SingleAnswer... replacements) {
    List<SingleAnswer> all = List.of(replacements);
    boolean byIssuer = signer == null && !singles.isEmpty();
    TestCertificate by = byIssuer ? signer() : signer;
    return with(c -> {
      c.signer = by;
      c.embedded = byIssuer && embedded == null ? List.of() : embedded;
      c.singles = all;
    });
  }

  /**
   * Returns the single answers.
   *
   * @return an immutable list
   */
  public List<SingleAnswer> singles() {
    return singles;
  }

  /**
   * Changes each single answer.
   *
   * @param change makes one of one
   * @return a changed copy
   */
  public OcspAnswer each(UnaryOperator<SingleAnswer> change) {
    List<SingleAnswer> changed = singles.stream().map(change).toList();
    return with(c -> c.singles = changed);
  }

  /**
   * Sets the hash function of each CertID: SHA-1 unless set.
   *
   * @param hash the function
   * @return a changed copy
   */
  public OcspAnswer hash(CertHash hash) {
    return each(single -> single.hash(hash));
  }

  /**
   * Sets thisUpdate of each single answer, to the second.
   *
   * @param thisUpdate when the status was known to be right
   * @return a changed copy
   */
  public OcspAnswer thisUpdate(Instant thisUpdate) {
    return each(single -> single.thisUpdate(thisUpdate));
  }

  /**
   * Sets nextUpdate of each single answer, to the second.
   *
   * @param nextUpdate when newer information will be there at the latest
   * @return a changed copy
   */
  public OcspAnswer nextUpdate(Instant nextUpdate) {
    return each(single -> single.nextUpdate(nextUpdate));
  }

  /**
   * Leaves nextUpdate out of each single answer.
   *
   * @return a changed copy
   */
  public OcspAnswer noNextUpdate() {
    return each(SingleAnswer::noNextUpdate);
  }

  /**
   * Sets the clock that says now: the system's unless set.
   *
   * @param clock read once for each {@link #der()}
   * @return a changed copy
   */
  public OcspAnswer clock(Clock clock) {
    requireNonNull(clock, "clock");
    return with(c -> c.clock = clock);
  }

  /**
   * Sets the time from now to nextUpdate, where a single answer sets none: 7 days unless set.
   *
   * @param validity any duration
   * @return a changed copy
   */
  public OcspAnswer validity(Duration validity) {
    requireNonNull(validity, "validity");
    return with(c -> c.validity = validity);
  }

  /**
   * Sets producedAt, to the second.
   *
   * @param producedAt when the answer was signed, so it claims
   * @return a changed copy
   */
  public OcspAnswer producedAt(Instant producedAt) {
    return producedAtText(Der.timeText(producedAt));
  }

  /**
   * Sets producedAt to any text.
   *
   * @param text the content of the GeneralizedTime
   * @return a changed copy
   */
  public OcspAnswer producedAtText(String text) {
    requireNonNull(text, "text");
    return with(c -> c.producedAt = text);
  }

  /**
   * Sets the CA whose key signs, in place of the issuer.
   *
   * @param ca any CA
   * @return a changed copy
   */
  public OcspAnswer signedBy(TestCa ca) {
    return signedBy(ca.held());
  }

  /**
   * Sets the certificate whose key signs, in place of the issuer's: a delegate, or one that has no
   * right to. It is embedded unless it is the issuer's own.
   *
   * @param signer any certificate
   * @return a changed copy
   */
  public OcspAnswer signedBy(TestCertificate signer) {
    requireNonNull(signer, "signer");
    return with(c -> c.signer = signer);
  }

  /**
   * Sets the signature algorithm.
   *
   * @param algorithm an algorithm for the signer's kind of key
   * @return a changed copy
   */
  public OcspAnswer signatureAlgorithm(SignatureAlgorithm algorithm) {
    requireNonNull(algorithm, "algorithm");
    return with(c -> c.algorithm = algorithm);
  }

  /**
   * Sets the signature algorithm that the answer states, and signs as before.
   *
   * @param algorithmIdentifier a DER {@code AlgorithmIdentifier}, or any bytes
   * @return a changed copy
   */
  public OcspAnswer statedSignatureAlgorithm(byte[] algorithmIdentifier) {
    byte[] copy = algorithmIdentifier.clone();
    return with(c -> c.statedAlgorithm = copy);
  }

  /**
   * Names the signer by its subject: the default.
   *
   * @return a changed copy
   */
  public OcspAnswer responderByName() {
    return with(c -> {
      c.byKey = false;
      c.responderId = null;
    });
  }

  /**
   * Names the signer by the SHA-1 hash of its key.
   *
   * @return a changed copy
   */
  public OcspAnswer responderByKey() {
    return with(c -> {
      c.byKey = true;
      c.responderId = null;
    });
  }

  /**
   * Names somebody else as the signer, by name or by key as {@link #responderByName} and {@link
   * #responderByKey} say.
   *
   * @param other the certificate to name
   * @return a changed copy
   */
  public OcspAnswer responderIdOf(TestCertificate other) {
    byte[] id = responderId(other);
    return with(c -> c.responderId = id);
  }

  /**
   * Sets the certificates in the answer.
   *
   * @param certificates in order
   * @return a changed copy
   */
  public OcspAnswer embed(X509Certificate... certificates) {
    List<X509Certificate> all = List.of(certificates);
    return with(c -> c.embedded = all);
  }

  /**
   * Leaves out all certificates, a delegate's too.
   *
   * @return a changed copy
   */
  public OcspAnswer embedNothing() {
    return embed();
  }

  /**
   * Adds a nonce (RFC 9654).
   *
   * @param nonce its bytes, which are wrapped in an OCTET STRING
   * @return a changed copy
   */
  public OcspAnswer nonce(byte[] nonce) {
    return extension(NONCE, false, Der.octetString(nonce));
  }

  /**
   * Adds an extension to the answer as a whole.
   *
   * @param oid its dotted object identifier
   * @param critical whether it is critical
   * @param value the content of its OCTET STRING, well-formed or not
   * @return a changed copy
   */
  public OcspAnswer extension(String oid, boolean critical, byte[] value) {
    List<byte[]> all = new ArrayList<>(extensions);
    all.add(Der.extension(oid, critical, value));
    return with(c -> c.extensions = List.copyOf(all));
  }

  /**
   * Flips the last bit of the signature, which leaves it well-formed: the middle of an ECDSA
   * signature may be the tag of its second number.
   *
   * @return a changed copy
   */
  public OcspAnswer corruptSignature() {
    return with(c -> c.signatureTamper = OcspAnswer::flipped);
  }

  /**
   * Puts any bytes in place of the signature.
   *
   * @param signature the content of the BIT STRING
   * @return a changed copy
   */
  public OcspAnswer statedSignature(byte[] signature) {
    byte[] copy = signature.clone();
    return with(c -> c.signatureTamper = right -> copy);
  }

  /**
   * Appends bytes to the finished answer.
   *
   * @param bytes the bytes
   * @return a changed copy
   */
  public OcspAnswer trailingBytes(byte... bytes) {
    byte[] copy = bytes.clone();
    return tamper(der -> Der.concat(der, copy));
  }

  /**
   * Cuts bytes off the end of the finished answer.
   *
   * @param bytes how many, at most all
   * @return a changed copy
   */
  public OcspAnswer truncated(int bytes) {
    return tamper(der -> Arrays.copyOf(der, Math.max(0, der.length - bytes)));
  }

  /**
   * Leaves the {@code responseBytes} out, whatever the status.
   *
   * @return a changed copy
   */
  public OcspAnswer noResponseBytes() {
    return with(c -> c.noBytes = true);
  }

  /**
   * Sets the {@code responseType}: id-pkix-ocsp-basic unless set.
   *
   * @param oid its dotted object identifier
   * @return a changed copy
   */
  public OcspAnswer responseType(String oid) {
    requireNonNull(oid, "oid");
    return with(c -> c.type = oid);
  }

  /**
   * Sets the {@code responseStatus}: 0, successful, unless set.
   *
   * @param responseStatus any number
   * @return a changed copy
   */
  public OcspAnswer responseStatus(int responseStatus) {
    return with(c -> c.status = responseStatus);
  }

  /**
   * Changes the {@code tbsResponseData} before it is signed, so that the answer is malformed and
   * its signature still right.
   *
   * @param change makes the DER to sign of the DER it would have been
   * @return a changed copy, which does this after what it did before
   */
  public OcspAnswer tamperTbs(UnaryOperator<byte[]> change) {
    UnaryOperator<byte[]> before = tbsTamper;
    return with(c -> c.tbsTamper = der -> change.apply(before.apply(der)));
  }

  /**
   * Changes the {@code tbsResponseData} after it was signed, so that its signature is wrong.
   *
   * @param change makes the DER to send of the DER that was signed
   * @return a changed copy, which does this after what it did before
   */
  public OcspAnswer tamperSignedTbs(UnaryOperator<byte[]> change) {
    UnaryOperator<byte[]> before = signedTamper;
    return with(c -> c.signedTamper = der -> change.apply(before.apply(der)));
  }

  /**
   * Changes the finished answer.
   *
   * @param change makes the bytes to send of the bytes they would have been
   * @return a changed copy, which does this after what it did before
   */
  public OcspAnswer tamper(UnaryOperator<byte[]> change) {
    UnaryOperator<byte[]> before = tamper;
    return with(c -> c.tamper = der -> change.apply(before.apply(der)));
  }

  /**
   * Writes and signs the answer.
   *
   * @return its bytes, a new array
   * @throws IllegalStateException if nobody can sign: there is no single answer and no signer
   * @throws IllegalArgumentException if the signature algorithm is not one for the signer's key
   */
  public byte[] der() {
    byte[] bytes =
        noBytes
            ? new byte[0]
            : Der.tagged(0, Der.sequence(Der.oid(type), Der.octetString(basicResponse())));
    return tamper.apply(Der.sequence(Der.enumerated(status), bytes));
  }

  Clock clock() {
    return clock;
  }

  TestCertificate signer() {
    if (signer != null) {
      return signer;
    }
    if (singles.isEmpty()) {
      throw new IllegalStateException("an answer without single answers needs signedBy(...)");
    }
    return singles.get(0).issuer().held();
  }

  private byte[] basicResponse() {
    TestCertificate by = signer();
    PrivateKey key = by.privateKey();
    SignatureAlgorithm with = algorithm != null ? algorithm : SignatureAlgorithm.forKey(key);
    byte[] tbs = tbsTamper.apply(responseData(by));
    byte[] signature = with.sign(key, tbs);
    return Der.sequence(
        signedTamper.apply(tbs),
        statedAlgorithm != null ? statedAlgorithm : with.algorithmIdentifier(),
        Der.bitString(signatureTamper.apply(signature)),
        certificates(by));
  }

  private byte[] responseData(TestCertificate by) {
    Instant now = clock.instant();
    byte[][] encoded =
        singles.stream().map(single -> single.encode(now, validity)).toArray(byte[][]::new);
    return Der.sequence(
        responderId != null ? responderId : responderId(by),
        Der.generalizedTime(producedAt != null ? producedAt : Der.timeText(now)),
        Der.sequence(encoded),
        extensions.isEmpty()
            ? new byte[0]
            : Der.tagged(1, Der.sequence(extensions.toArray(new byte[0][]))));
  }

  private byte[] responderId(TestCertificate of) {
    return byKey
        ? Der.tagged(2, Der.octetString(CertHash.SHA1.of(of.publicKeyBits())))
        : Der.tagged(1, of.certificate().getSubjectX500Principal().getEncoded());
  }

  private byte[] certificates(TestCertificate by) {
    List<X509Certificate> all = embedded;
    if (all == null) {
      boolean issuerItself =
          !singles.isEmpty() && by.certificate().equals(singles.get(0).issuer().certificate());
      all = issuerItself ? List.of() : List.of(by.certificate());
    }
    if (all.isEmpty()) {
      return new byte[0];
    }
    byte[][] encoded = all.stream().map(OcspAnswer::encoded).toArray(byte[][]::new);
    return Der.tagged(0, Der.sequence(encoded));
  }

  private static byte[] flipped(byte[] signature) {
    byte[] copy = signature.clone();
    copy[copy.length - 1] ^= 1;
    return copy;
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("cannot encode " + certificate.getSerialNumber(), e);
    }
  }

  private OcspAnswer with(Consumer<OcspAnswer> change) {
    OcspAnswer copy = new OcspAnswer(singles);
    copy.clock = clock;
    copy.validity = validity;
    copy.producedAt = producedAt;
    copy.signer = signer;
    copy.algorithm = algorithm;
    copy.statedAlgorithm = statedAlgorithm;
    copy.byKey = byKey;
    copy.responderId = responderId;
    copy.embedded = embedded;
    copy.extensions = extensions;
    copy.signatureTamper = signatureTamper;
    copy.signedTamper = signedTamper;
    copy.noBytes = noBytes;
    copy.type = type;
    copy.status = status;
    copy.tbsTamper = tbsTamper;
    copy.tamper = tamper;
    change.accept(copy);
    return copy;
  }
}
