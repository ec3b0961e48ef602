package io.github.ocspstapler.testkit;

import static io.github.ocspstapler.testkit.Malformation.Signature.BROKEN;
import static io.github.ocspstapler.testkit.Malformation.Signature.NONE;
import static io.github.ocspstapler.testkit.Malformation.Signature.VALID;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * The ways in which a {@code good} answer can be one that a client must not believe, each made of a
 * right answer and wrong in nothing else.
 *
 * <p>Run your own client over all of them, and expect it to refuse each:
 *
 * <pre>{@code
 * for (Malformation malformation : Malformation.values()) {
 *   byte[] bad = malformation.apply(OcspAnswer.good(site)).der();
 *   ...
 * }
 * }</pre>
 *
 * <p>{@link #signature()} says whether the answer is still rightly signed by whoever signs it. An
 * answer without single answers, such as {@link OcspAnswer#error}, is left as it is.
 *
 * <p>Thread-safe. Those that need a certificate of their own make it each time, with the clock of
 * the answer.
 */
public enum Malformation implements UnaryOperator<OcspAnswer> {
  // ---- RFC 6960 section 3.2 (1): about the certificate that was asked for ----

  /** The CertID has another serial number. */
  WRONG_SERIAL_NUMBER(
      VALID, a -> a.each(s -> s.serialNumber(s.statedSerialNumber().add(BigInteger.ONE)))),
  /** The CertID has another issuer's name. */
  WRONG_ISSUER_NAME_HASH(
      VALID, a -> a.each(s -> s.issuerNameHash(flip(s.issuer().nameHash(s.certHash()))))),
  /** The CertID has another issuer's key. */
  WRONG_ISSUER_KEY_HASH(
      VALID, a -> a.each(s -> s.issuerKeyHash(flip(s.issuer().keyHash(s.certHash()))))),
  /** The CertID states another hash algorithm than the one of its hashes. */
  WRONG_HASH_ALGORITHM(
      VALID,
      a ->
          a.each(s ->
              s.hashOid(
                  (s.certHash() == CertHash.SHA256 ? CertHash.SHA1 : CertHash.SHA256).oid()))),
  /** The CertID's hashes are empty. */
  EMPTY_HASHES(VALID, a -> a.each(s -> s.issuerNameHash(new byte[0]).issuerKeyHash(new byte[0]))),
  /** There is no single answer at all. */
  NO_SINGLE_ANSWER(VALID, OcspAnswer::withSingles),

  // ---- RFC 6960 section 3.2 (2): the signature is valid ----

  /** One bit of the signature is flipped. */
  CORRUPT_SIGNATURE(BROKEN, OcspAnswer::corruptSignature),
  /** The answer said {@code unknown} when it was signed. */
  CHANGED_AFTER_SIGNING(BROKEN, Malformation::changedAfterSigning),
  /** The signature is empty. */
  EMPTY_SIGNATURE(BROKEN, a -> a.statedSignature(new byte[0])),
  /** It is signed by a key of somebody who has the issuer's name. */
  FORGED_IN_THE_ISSUERS_NAME(BROKEN, Malformation::forged),
  /** It states another signature algorithm than the one it was signed with. */
  WRONG_SIGNATURE_ALGORITHM(BROKEN, Malformation::wrongAlgorithm),

  // ---- RFC 6960 sections 3.2 (4) and 4.2.2.2: the signer may sign ----

  /** It is signed by another CA, whose certificate is in it. */
  SIGNED_BY_ANOTHER_CA(VALID, a -> a.signedBy(rootOf(a))),
  /** The signer has a certificate of the issuer that lacks id-kp-OCSPSigning. */
  DELEGATE_WITHOUT_OCSP_SIGNING(VALID, a -> a.signedBy(delegate(a).ocspSigning(false).build())),
  /** The signer has a certificate of the issuer for anyExtendedKeyUsage, not id-kp-OCSPSigning. */
  DELEGATE_FOR_ANY_USAGE(
      VALID, a -> a.signedBy(delegate(a).extendedKeyUsages("2.5.29.37.0").build())),
  /** The signer has a server certificate of the issuer. */
  SIGNED_BY_A_SERVER(
      VALID, a -> a.signedBy(issuer(a).leafBuilder("other.example").clock(a.clock()).build())),
  /** The signer's certificate is of another CA. */
  DELEGATE_OF_ANOTHER_CA(VALID, a -> a.signedBy(rootOf(a).delegate())),
  /** The signer's certificate is of a CA that the issuer has issued, not of the issuer itself. */
  DELEGATE_OF_AN_INTERMEDIATE(VALID, Malformation::indirectDelegate),
  /** The signer's certificate has the issuer's name as its issuer, and another's signature. */
  FORGED_DELEGATE(VALID, a -> a.signedBy(impostor(a).delegate())),
  /** The signer's certificate is not in it. */
  DELEGATE_NOT_EMBEDDED(VALID, a -> a.signedBy(delegate(a).build()).embedNothing()),
  /** The signer's certificate expired a day ago. */
  DELEGATE_EXPIRED(VALID, a -> a.signedBy(delegate(a).validity(days(a, -30), days(a, -1)).build())),
  /** The signer's certificate is valid from tomorrow. */
  DELEGATE_NOT_YET_VALID(
      VALID, a -> a.signedBy(delegate(a).validity(days(a, 1), days(a, 30)).build())),

  // ---- RFC 6960 section 3.2 (3): the responderID is the signer's ----

  /** The responderID is another name. */
  WRONG_RESPONDER_NAME(VALID, a -> a.responderByName().responderIdOf(rootOf(a).held())),
  /** The responderID is another key's hash. */
  WRONG_RESPONDER_KEY(VALID, a -> a.responderByKey().responderIdOf(rootOf(a).held())),

  // ---- RFC 6960 section 3.2 (5) and (6): the times ----

  /** thisUpdate is in a day. */
  THIS_UPDATE_IN_THE_FUTURE(VALID, a -> a.thisUpdate(days(a, 1)).nextUpdate(days(a, 7))),
  /** nextUpdate was a day ago. */
  NEXT_UPDATE_IN_THE_PAST(VALID, a -> a.thisUpdate(days(a, -7)).nextUpdate(days(a, -1))),
  /** nextUpdate is before thisUpdate, and both are in the past. */
  NEXT_UPDATE_BEFORE_THIS_UPDATE(VALID, a -> a.thisUpdate(days(a, -1)).nextUpdate(days(a, -2))),

  // ---- RFC 5280 section 4.1.2.5.2: GeneralizedTime is YYYYMMDDHHMMSSZ ----

  /** thisUpdate has no seconds. */
  TIME_WITHOUT_SECONDS(VALID, a -> a.each(s -> s.thisUpdateText(time(a, 12) + "Z"))),
  /** thisUpdate has no Z. */
  TIME_WITHOUT_ZONE(VALID, a -> a.each(s -> s.thisUpdateText(time(a, 14)))),
  /** thisUpdate has an offset from UTC. */
  TIME_WITH_OFFSET(VALID, a -> a.each(s -> s.thisUpdateText(time(a, 14) + "+0000"))),
  /** thisUpdate is the 31st of February. */
  TIME_THAT_NEVER_WAS(VALID, a -> a.each(s -> s.thisUpdateText("20250231000000Z"))),
  /** thisUpdate is not made of digits. */
  TIME_OF_LETTERS(VALID, a -> a.each(s -> s.thisUpdateText("yesterday, noon"))),

  // ---- RFC 6960 section 4.4, RFC 5280 section 4.2: unknown critical extensions ----

  /** The answer has an unknown critical extension. */
  CRITICAL_EXTENSION(VALID, a -> a.extension(Malformation.UNKNOWN_OID, true, Der.NULL)),
  /** The single answer has an unknown critical extension. */
  CRITICAL_SINGLE_EXTENSION(
      VALID, a -> a.each(s -> s.extension(Malformation.UNKNOWN_OID, true, Der.NULL))),

  // ---- RFC 6960 section 4.2.1: the form ----

  /** It is {@code successful} and has no responseBytes. */
  NO_RESPONSE_BYTES(NONE, OcspAnswer::noResponseBytes),
  /** The responseType is not id-pkix-ocsp-basic. */
  WRONG_RESPONSE_TYPE(VALID, a -> a.responseType(Malformation.UNKNOWN_OID)),
  /** The responseStatus is 4, which does not exist. */
  RESPONSE_STATUS_4(NONE, a -> a.responseStatus(4).noResponseBytes()),
  /** The responseStatus is 7, which does not exist. */
  RESPONSE_STATUS_7(NONE, a -> a.responseStatus(7).noResponseBytes()),
  /** The responseStatus is tryLater, and there are responseBytes nevertheless. */
  ERROR_STATUS_WITH_ANSWER(VALID, a -> a.responseStatus(3)),
  /** The certStatus is [3], which does not exist. */
  UNDEFINED_CERT_STATUS(VALID, a -> a.each(s -> s.status(new byte[] {(byte) 0x83, 0}))),
  /** The version is 2. */
  WRONG_VERSION(VALID, a -> a.tamperTbs(Malformation::versionTwo)),

  // ---- weak algorithms ----

  /** It is signed with MD5 and RSA, by a delegate. */
  MD5_SIGNATURE(VALID, a -> weaklySigned(a, SignatureAlgorithm.MD5_WITH_RSA)),
  /** It is signed with SHA-1 and RSA, by a delegate: to be refused unless allowed. */
  SHA1_SIGNATURE(VALID, a -> weaklySigned(a, SignatureAlgorithm.SHA1_WITH_RSA)),

  // ---- X.690: DER ----

  /** Nothing was sent. */
  EMPTY(NONE, a -> a.tamper(der -> new byte[0])),
  /** The last byte is missing. */
  TRUNCATED(NONE, a -> a.truncated(1)),
  /** A zero follows. */
  TRAILING_BYTE(VALID, a -> a.trailingBytes((byte) 0)),
  /** A zero follows the last field within the signed bytes. */
  TRAILING_BYTE_SIGNED(
      VALID, a -> a.tamperTbs(tbs -> Der.sequence(Der.content(tbs), new byte[] {0}))),
  /** The outermost length is indefinite, as in BER. */
  INDEFINITE_LENGTH(VALID, a -> a.tamper(Malformation::indefinite)),
  /** The length of the signed bytes is written with leading zeros. */
  OVERLONG_LENGTH(VALID, a -> a.tamperTbs(Malformation::overlong)),
  /** The outermost length is two gigabytes. */
  ABSURD_LENGTH(
      NONE,
      a ->
          a.tamper(
              der -> new byte[] {0x30, (byte) 0x84, 0x7F, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF})),
  /** It is not DER but text. */
  TEXT(NONE, a -> a.tamper(der -> "OK\n".getBytes(StandardCharsets.US_ASCII)));

  /** What is left of the signature. */
  public enum Signature {
    /** It is right, by the key of whoever signs. */
    VALID,
    /** It is there and wrong. */
    BROKEN,
    /** There is none, or none that could be read. */
    NONE
  }

  private static final String UNKNOWN_OID = "1.3.6.1.4.1.55555.1";

  private final Signature signature;

  // Lambdas that capture nothing.
  @SuppressWarnings("ImmutableEnumChecker")
  private final UnaryOperator<OcspAnswer> change;

  Malformation(Signature signature, UnaryOperator<OcspAnswer> change) {
    this.signature = signature;
    this.change = change;
  }

  /**
   * Returns what the malformation does to the signature.
   *
   * @return whether it is still right
   */
  public Signature signature() {
    return signature;
  }

  /**
   * Returns the answer with this wrong.
   *
   * @param answer a right answer
   * @return a changed copy
   */
  @Override
  public OcspAnswer apply(OcspAnswer answer) {
    return answer.singles().isEmpty() ? answer : change.apply(answer);
  }

  private static TestCa issuer(OcspAnswer answer) {
    return answer.singles().get(0).issuer();
  }

  private static Instant days(OcspAnswer answer, long days) {
    return answer.clock().instant().plus(Duration.ofDays(days));
  }

  private static String time(OcspAnswer answer, int digits) {
    return Der.timeText(answer.clock().instant()).substring(0, digits);
  }

  private static byte[] flip(byte[] hash) {
    byte[] flipped = hash.clone();
    flipped[0] ^= 1;
    return flipped;
  }

  private static TestCertificate.Builder delegate(OcspAnswer answer) {
    return issuer(answer).delegateBuilder().clock(answer.clock());
  }

  private static TestCa rootOf(OcspAnswer answer) {
    return TestCa.builder("Another CA").clock(answer.clock()).buildCa();
  }

  /** Returns a CA with the issuer's name and a key of its own. */
  private static TestCa impostor(OcspAnswer answer) {
    String name = issuer(answer).certificate().getSubjectX500Principal().getName();
    return TestCa.builder("").subject(name).clock(answer.clock()).buildCa();
  }

  private static OcspAnswer forged(OcspAnswer answer) {
    return answer.signedBy(impostor(answer)).embedNothing();
  }

  private static OcspAnswer indirectDelegate(OcspAnswer answer) {
    TestCa between = issuer(answer).intermediateBuilder("Sub CA").clock(answer.clock()).buildCa();
    TestCertificate delegate = between.delegate();
    return answer.signedBy(delegate).embed(delegate.certificate(), between.certificate());
  }

  private static OcspAnswer weaklySigned(OcspAnswer answer, SignatureAlgorithm algorithm) {
    TestCertificate delegate = delegate(answer).keyPair(RsaKey.PAIR).build();
    return answer.signedBy(delegate).signatureAlgorithm(algorithm);
  }

  private static OcspAnswer wrongAlgorithm(OcspAnswer answer) {
    SignatureAlgorithm right = SignatureAlgorithm.forKey(answer.signer().privateKey());
    SignatureAlgorithm wrong =
        switch (right) {
          case SHA256_WITH_RSA -> SignatureAlgorithm.SHA512_WITH_RSA;
          case SHA512_WITH_ECDSA -> SignatureAlgorithm.SHA256_WITH_ECDSA;
          default -> SignatureAlgorithm.SHA512_WITH_ECDSA;
        };
    return answer.statedSignatureAlgorithm(wrong.algorithmIdentifier());
  }

  private static OcspAnswer changedAfterSigning(OcspAnswer answer) {
    OcspAnswer unknown = answer.each(s -> s.status(new byte[] {(byte) 0x82, 0}));
    return unknown.tamperSignedTbs(tbs -> replaceLast(tbs, (byte) 0x82, (byte) 0x80));
  }

  /** Changes the last status: its tag, an empty content, and then a GeneralizedTime. */
  private static byte[] replaceLast(byte[] tbs, byte from, byte to) {
    byte[] changed = tbs.clone();
    for (int i = changed.length - 3; i >= 0; i--) {
      if (changed[i] == from && changed[i + 1] == 0 && changed[i + 2] == 0x18) {
        changed[i] = to;
        return changed;
      }
    }
    throw new IllegalStateException("no status to change");
  }

  private static byte[] versionTwo(byte[] tbs) {
    byte[] version = Der.tagged(0, Der.integer(BigInteger.ONE));
    return Der.sequence(version, Der.content(tbs));
  }

  private static byte[] indefinite(byte[] der) {
    return Der.concat(new byte[] {0x30, (byte) 0x80}, Der.content(der), new byte[] {0, 0});
  }

  private static byte[] overlong(byte[] der) {
    byte[] content = Der.content(der);
    byte[] length =
        Arrays.copyOf(BigInteger.valueOf(0x100000000L + content.length).toByteArray(), 5);
    length[0] = (byte) 0x84;
    return Der.concat(new byte[] {0x30}, length, content);
  }

  /** Made when first needed: an RSA key takes a while. */
  private static final class RsaKey {
    static final KeyPair PAIR = KeyAlgorithm.RSA_2048.generate();
  }
}
