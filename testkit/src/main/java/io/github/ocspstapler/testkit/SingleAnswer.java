package io.github.ocspstapler.testkit;

import static java.util.Objects.requireNonNull;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an OCSP answer says about one certificate: a {@code SingleResponse} (RFC 6960 section
 * 4.2.1), right or wrong in any field.
 *
 * <p>Immutable and thread-safe: each method that changes something returns a changed copy. Times
 * that are not set are those of the {@link OcspAnswer} it becomes part of.
 */
public final class SingleAnswer {
  private final TestCa issuer;
  private final BigInteger serialNumber;
  private final byte[] status;

  private CertHash hash = CertHash.SHA1;
  private boolean nullParameters = true;
  private @Nullable String hashOid;
  private byte @Nullable [] issuerNameHash;
  private byte @Nullable [] issuerKeyHash;
  private @Nullable BigInteger statedSerialNumber;
  private @Nullable String thisUpdate;
  private @Nullable String nextUpdate;
  private boolean nextUpdateAbsent;
  private List<byte[]> extensions = List.of();

  private SingleAnswer(TestCa issuer, BigInteger serialNumber, byte[] status) {
    this.issuer = issuer;
    this.serialNumber = serialNumber;
    this.status = status;
  }

  /**
   * Returns an answer that says {@code good}.
   *
   * @param certificate the certificate asked about
   * @return the answer
   */
  public static SingleAnswer good(TestCertificate certificate) {
    return good(issuerOf(certificate), certificate.serialNumber());
  }

  /**
   * Returns an answer that says {@code good}.
   *
   * @param issuer the CA that issued the certificate asked about
   * @param serialNumber the certificate's serial number
   * @return the answer
   */
  public static SingleAnswer good(TestCa issuer, BigInteger serialNumber) {
    return new SingleAnswer(issuer, serialNumber, new byte[] {(byte) 0x80, 0});
  }

  /**
   * Returns an answer that says {@code revoked} and names no reason.
   *
   * @param certificate the certificate asked about
   * @param at when it was revoked
   * @return the answer
   */
  public static SingleAnswer revoked(TestCertificate certificate, Instant at) {
    return revoked(issuerOf(certificate), certificate.serialNumber(), at);
  }

  /**
   * Returns an answer that says {@code revoked}.
   *
   * @param certificate the certificate asked about
   * @param at when it was revoked
   * @param reason a {@code CRLReason} (RFC 5280 section 5.3.1), for example 1 for keyCompromise;
   *     any other number is written as well
   * @return the answer
   */
  public static SingleAnswer revoked(TestCertificate certificate, Instant at, int reason) {
    return revoked(issuerOf(certificate), certificate.serialNumber(), at, reason);
  }

  static SingleAnswer revoked(TestCa issuer, BigInteger serialNumber, Instant at) {
    byte[] time = Der.generalizedTime(Der.timeText(at));
    return new SingleAnswer(issuer, serialNumber, Der.tagged(1, time));
  }

  static SingleAnswer revoked(TestCa issuer, BigInteger serialNumber, Instant at, int reason) {
    byte[] time = Der.generalizedTime(Der.timeText(at));
    byte[] code = Der.tagged(0, Der.enumerated(reason));
    return new SingleAnswer(issuer, serialNumber, Der.tagged(1, time, code));
  }

  /**
   * Returns an answer that says {@code unknown}.
   *
   * @param certificate the certificate asked about
   * @return the answer
   */
  public static SingleAnswer unknown(TestCertificate certificate) {
    return unknown(issuerOf(certificate), certificate.serialNumber());
  }

  static SingleAnswer unknown(TestCa issuer, BigInteger serialNumber) {
    return new SingleAnswer(issuer, serialNumber, new byte[] {(byte) 0x82, 0});
  }

  /**
   * Sets the status to any bytes.
   *
   * @param certStatus what stands in place of the {@code CertStatus}
   * @return a changed copy
   */
  public SingleAnswer status(byte[] certStatus) {
    return copyOf(new SingleAnswer(issuer, serialNumber, certStatus.clone()));
  }

  /**
   * Sets the hash function of the CertID: SHA-1 unless set.
   *
   * @param hash the function
   * @return a changed copy
   */
  public SingleAnswer hash(CertHash hash) {
    requireNonNull(hash, "hash");
    return with(c -> c.hash = hash);
  }

  /**
   * Sets whether the hash algorithm has NULL parameters or none at all: both mean the same.
   *
   * @param nullParameters true for NULL, the default
   * @return a changed copy
   */
  public SingleAnswer hashParameters(boolean nullParameters) {
    return with(c -> c.nullParameters = nullParameters);
  }

  /**
   * Sets the object identifier of the hash algorithm, and leaves the hashes as they are.
   *
   * @param oid its dotted form
   * @return a changed copy
   */
  public SingleAnswer hashOid(String oid) {
    requireNonNull(oid, "oid");
    return with(c -> c.hashOid = oid);
  }

  /**
   * Sets the hash of the issuer's name.
   *
   * @param value any bytes
   * @return a changed copy
   */
  public SingleAnswer issuerNameHash(byte[] value) {
    byte[] copy = value.clone();
    return with(c -> c.issuerNameHash = copy);
  }

  /**
   * Sets the hash of the issuer's key.
   *
   * @param value any bytes
   * @return a changed copy
   */
  public SingleAnswer issuerKeyHash(byte[] value) {
    byte[] copy = value.clone();
    return with(c -> c.issuerKeyHash = copy);
  }

  /**
   * Sets the serial number of the CertID.
   *
   * @param serialNumber any number
   * @return a changed copy
   */
  public SingleAnswer serialNumber(BigInteger serialNumber) {
    requireNonNull(serialNumber, "serialNumber");
    return with(c -> c.statedSerialNumber = serialNumber);
  }

  /**
   * Sets thisUpdate, to the second.
   *
   * @param thisUpdate when the status was known to be right
   * @return a changed copy
   */
  public SingleAnswer thisUpdate(Instant thisUpdate) {
    return thisUpdateText(Der.timeText(thisUpdate));
  }

  /**
   * Sets thisUpdate to any text.
   *
   * @param text the content of the GeneralizedTime, for example {@code "20260101000000.5Z"}
   * @return a changed copy
   */
  public SingleAnswer thisUpdateText(String text) {
    requireNonNull(text, "text");
    return with(c -> c.thisUpdate = text);
  }

  /**
   * Sets nextUpdate, to the second.
   *
   * @param nextUpdate when newer information will be there at the latest
   * @return a changed copy
   */
  public SingleAnswer nextUpdate(Instant nextUpdate) {
    return nextUpdateText(Der.timeText(nextUpdate));
  }

  /**
   * Sets nextUpdate to any text.
   *
   * @param text the content of the GeneralizedTime
   * @return a changed copy
   */
  public SingleAnswer nextUpdateText(String text) {
    requireNonNull(text, "text");
    return with(c -> {
      c.nextUpdate = text;
      c.nextUpdateAbsent = false;
    });
  }

  /**
   * Leaves nextUpdate out.
   *
   * @return a changed copy
   */
  public SingleAnswer noNextUpdate() {
    return with(c -> c.nextUpdateAbsent = true);
  }

  /**
   * Adds an extension to this single answer.
   *
   * @param oid its dotted object identifier
   * @param critical whether it is critical
   * @param value the content of its OCTET STRING, well-formed or not
   * @return a changed copy
   */
  public SingleAnswer extension(String oid, boolean critical, byte[] value) {
    List<byte[]> all = new ArrayList<>(extensions);
    all.add(Der.extension(oid, critical, value));
    return with(c -> c.extensions = List.copyOf(all));
  }

  TestCa issuer() {
    return issuer;
  }

  BigInteger statedSerialNumber() {
    return statedSerialNumber != null ? statedSerialNumber : serialNumber;
  }

  CertHash certHash() {
    return hash;
  }

  /** Returns the CertID as it will be written. */
  byte[] certId() {
    byte[] name = issuerNameHash != null ? issuerNameHash : issuer.nameHash(hash);
    byte[] key = issuerKeyHash != null ? issuerKeyHash : issuer.keyHash(hash);
    return Der.sequence(
        Der.sequence(
            Der.oid(hashOid != null ? hashOid : hash.oid()),
            nullParameters ? Der.NULL : new byte[0]),
        Der.octetString(name),
        Der.octetString(key),
        Der.integer(statedSerialNumber()));
  }

  byte[] encode(Instant defaultThisUpdate, @Nullable Duration validity) {
    String start = thisUpdate != null ? thisUpdate : Der.timeText(defaultThisUpdate);
    String end = nextUpdate;
    if (end == null && validity != null) {
      end = Der.timeText(defaultThisUpdate.plus(validity));
    }
    return Der.sequence(
        certId(),
        status,
        Der.generalizedTime(start),
        end == null || nextUpdateAbsent ? new byte[0] : Der.tagged(0, Der.generalizedTime(end)),
        extensions.isEmpty()
            ? new byte[0]
            : Der.tagged(1, Der.sequence(extensions.toArray(new byte[0][]))));
  }

  private SingleAnswer with(Consumer<SingleAnswer> change) {
    SingleAnswer copy = copyOf(new SingleAnswer(issuer, serialNumber, status));
    change.accept(copy);
    return copy;
  }

  private SingleAnswer copyOf(SingleAnswer copy) {
    copy.hash = hash;
    copy.nullParameters = nullParameters;
    copy.hashOid = hashOid;
    copy.issuerNameHash = issuerNameHash;
    copy.issuerKeyHash = issuerKeyHash;
    copy.statedSerialNumber = statedSerialNumber;
    copy.thisUpdate = thisUpdate;
    copy.nextUpdate = nextUpdate;
    copy.nextUpdateAbsent = nextUpdateAbsent;
    copy.extensions = extensions;
    return copy;
  }

  private static TestCa issuerOf(TestCertificate certificate) {
    return certificate.issuer().orElseGet(() -> new TestCa(certificate));
  }
}
