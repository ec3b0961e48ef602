package io.github.ocspstapler.testkit;

import io.github.ocspstapler.testkit.TestResponder.CertKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ocsp.CertID;
import org.jspecify.annotations.Nullable;

/** What a responder knows, and the answers that follow from it. Thread-safe. */
final class ResponderAnswers {
  private static final int MALFORMED_REQUEST = 1;
  private static final int UNAUTHORIZED = 6;

  /** Says something about a certificate. */
  interface Status {
    SingleAnswer of(TestCa issuer, BigInteger serialNumber);
  }

  /** What is said about serial numbers that nobody has said anything about. */
  enum Strangers {
    GOOD,
    UNKNOWN,
    UNAUTHORIZED
  }

  private static final class Signed {
    private final byte[] der;
    private final Instant until;

    Signed(byte[] der, Instant until) {
      this.der = der;
      this.until = until;
    }
  }

  private final Clock clock;
  private final boolean signOnce;

  // All guarded by this.
  private final Map<ByteBuffer, TestCa> cas = new LinkedHashMap<>();
  private final Map<TestCa, TestCertificate> signers = new HashMap<>();
  private final Map<CertKey, Status> statuses = new HashMap<>();
  private final Map<ByteBuffer, Signed> signed = new HashMap<>();
  private Set<CertHash> hashes = EnumSet.allOf(CertHash.class);
  private @Nullable Duration validity;
  private Strangers strangers = Strangers.GOOD;
  private boolean dual;
  private boolean echoNonce = true;
  private int version;

  ResponderAnswers(Clock clock, boolean signOnce) {
    this.clock = clock;
    this.signOnce = signOnce;
  }

  synchronized void add(TestCa ca) {
    for (CertHash hash : CertHash.values()) {
      cas.put(ByteBuffer.wrap(Der.concat(ca.nameHash(hash), ca.keyHash(hash))), ca);
    }
    changed();
  }

  synchronized void signer(TestCa ca, TestCertificate signer) {
    add(ca);
    signers.put(ca, signer);
  }

  synchronized void status(CertKey key, Status status) {
    statuses.put(key, status);
    changed();
  }

  synchronized void validity(@Nullable Duration validity) {
    this.validity = validity;
    changed();
  }

  synchronized void acceptHashes(Set<CertHash> accepted) {
    this.hashes = Set.copyOf(accepted);
    changed();
  }

  synchronized void strangers(Strangers strangers) {
    this.strangers = strangers;
    changed();
  }

  synchronized void dual(boolean dual) {
    this.dual = dual;
    changed();
  }

  synchronized void echoNonce(boolean echo) {
    this.echoNonce = echo;
  }

  /** Returns what a request asks about, as far as it is known here. */
  List<CertKey> keys(RecordedRequest request) {
    List<CertKey> keys = new ArrayList<>();
    for (CertID id : request.certIds()) {
      TestCa ca = issuerOf(id);
      if (ca != null) {
        keys.add(new CertKey(ca, id.getSerialNumber().getValue()));
      }
    }
    return keys;
  }

  /** Returns the answer's bytes, signed before if that is allowed. */
  byte[] encoded(RecordedRequest request, boolean reuse) {
    boolean fixed = (signOnce || reuse) && request.nonce().isEmpty();
    if (!fixed || request.certIds().isEmpty()) {
      return answer(request).der();
    }
    ByteBuffer key = ByteBuffer.wrap(encodedIds(request));
    Instant now = clock.instant();
    int before;
    synchronized (this) {
      before = version;
      Signed known = signed.get(key);
      if (known != null && now.isBefore(known.until)) {
        return known.der;
      }
    }
    byte[] der = answer(request).der();
    synchronized (this) {
      Duration half = validity == null ? Duration.ofHours(1) : validity.dividedBy(2);
      if (before == version) {
        signed.put(key, new Signed(der, now.plus(half)));
      }
    }
    return der;
  }

  synchronized OcspAnswer answer(RecordedRequest request) {
    if (request.certIds().isEmpty()) {
      return OcspAnswer.error(MALFORMED_REQUEST);
    }
    List<SingleAnswer> singles = new ArrayList<>();
    for (CertID id : request.certIds()) {
      TestCa ca = issuerOf(id);
      Optional<CertHash> hash = RecordedRequest.hashOf(id).filter(hashes::contains);
      if (ca == null || hash.isEmpty()) {
        return OcspAnswer.error(UNAUTHORIZED);
      }
      BigInteger serialNumber = id.getSerialNumber().getValue();
      if (isStranger(ca, serialNumber) && strangers == Strangers.UNAUTHORIZED) {
        return OcspAnswer.error(UNAUTHORIZED);
      }
      SingleAnswer single = single(ca, serialNumber);
      if (dual) {
        singles.add(single.hash(CertHash.SHA1));
        singles.add(single.hash(CertHash.SHA256));
      } else {
        singles.add(single.hash(hash.get()));
      }
    }
    OcspAnswer answer = OcspAnswer.of(singles.toArray(new SingleAnswer[0])).clock(clock);
    TestCertificate signer = signers.get(singles.get(0).issuer());
    if (signer != null) {
      answer = answer.signedBy(signer);
    }
    answer = validity == null ? answer.noNextUpdate() : answer.validity(validity);
    byte[] nonce = request.nonce().orElse(null);
    return nonce == null || !echoNonce ? answer : answer.nonce(nonce);
  }

  /** Called with the lock held: nothing that was signed before counts any more. */
  private void changed() {
    version++;
    signed.clear();
  }

  private SingleAnswer single(TestCa ca, BigInteger serialNumber) {
    Status status = statuses.get(new CertKey(ca, serialNumber));
    if (status != null) {
      return status.of(ca, serialNumber);
    }
    return strangers == Strangers.GOOD
        ? SingleAnswer.good(ca, serialNumber)
        : SingleAnswer.unknown(ca, serialNumber);
  }

  private boolean isStranger(TestCa ca, BigInteger serialNumber) {
    return !statuses.containsKey(new CertKey(ca, serialNumber));
  }

  private synchronized @Nullable TestCa issuerOf(CertID id) {
    return cas.get(
        ByteBuffer.wrap(
            Der.concat(id.getIssuerNameHash().getOctets(), id.getIssuerKeyHash().getOctets())));
  }

  private static byte[] encodedIds(RecordedRequest request) {
    return Der.concat(
        request.certIds().stream().map(ResponderAnswers::encoded).toArray(byte[][]::new));
  }

  private static byte[] encoded(CertID id) {
    try {
      return id.getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
