package io.github.ocspstapler;

import io.github.ocspstapler.StapleStatus.State;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The kept certificates, found by the certificate itself or by its CertID.
 *
 * <p>Look-ups are lock-free on any thread; changes are made under the engine's lock.
 */
final class Roster {
  // An X509Certificate computes its hash once and keeps it: a look-up does not read its bytes.
  private final CertificateTable byCertificate = new CertificateTable();
  private final ConcurrentHashMap<CertIdKey, KeptCertificate> byCertId = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<ByteBuffer, IssuerId> issuers = new ConcurrentHashMap<>();

  // Certificates of one CA come together: its name and key are hashed once. Guarded as changes are.
  private @Nullable X509Certificate lastIssuer;
  private @Nullable IssuerId lastIssuerId;

  @Nullable KeptCertificate find(X509Certificate certificate) {
    return byCertificate.find(certificate);
  }

  /**
   * Finds by CertID.
   *
   * @param certId a DER CertID with SHA-1 and NULL parameters; anything else finds nothing
   */
  @Nullable KeptCertificate find(ByteBuffer certId) {
    // 30 len, the issuer's part, 02 len, the serial number; all lengths are below 128.
    int serialAt = 2 + IssuerId.LENGTH + 2;
    int length = certId.remaining();
    int start = certId.position();
    boolean wellFormed =
        length > serialAt
            && length < 130
            && certId.get(start) == 0x30
            && certId.get(start + 1) == length - 2
            && certId.get(start + serialAt - 2) == 2
            && certId.get(start + serialAt - 1) == length - serialAt;
    if (!wellFormed) {
      return null;
    }
    IssuerId issuer = issuers.get(certId.slice(start + 2, IssuerId.LENGTH));
    if (issuer == null) {
      return null;
    }
    byte[] serial = new byte[length - serialAt];
    certId.get(start + serialAt, serial);
    return byCertId.get(new CertIdKey(issuer, new BigInteger(serial)));
  }

  List<StapleStatus> statuses(long now) {
    return byCertificate.stream().map(kept -> kept.status(kept.snapshot, now)).toList();
  }

  /** Lists those in one of some states, each as it was when it was looked at. */
  Stream<StapleStatus> statuses(Set<State> states, long now) {
    return byCertificate.stream()
        .mapMulti((kept, rows) -> {
          Snapshot at = kept.snapshot;
          if (states.contains(at.state(now))) {
            rows.accept(kept.status(at, now));
          }
        });
  }

  int size() {
    return byCertificate.size();
  }

  Collection<KeptCertificate> all() {
    return byCertificate;
  }

  /** Adds a certificate, or adds its CertID if it was added without. Under the engine's lock. */
  void add(KeptCertificate kept) {
    byCertificate.put(kept);
    X509Certificate issuer = kept.issuer;
    if (issuer == null) {
      return;
    }
    IssuerId made = issuerId(kept.certificate, issuer);
    IssuerId known = issuers.putIfAbsent(made.bytes, made);
    IssuerId id = known == null ? made : known;
    id.certificates++;
    kept.certId = new CertIdKey(id, kept.certificate.getSerialNumber());
    byCertId.put(kept.certId, kept);
  }

  /**
   * Computes what {@link #add} will need, so that a strange certificate fails before any change.
   */
  void check(X509Certificate certificate, X509Certificate issuer) {
    var unused = new CertIdKey(issuerId(certificate, issuer), certificate.getSerialNumber());
  }

  private IssuerId issuerId(X509Certificate certificate, X509Certificate issuer) {
    IssuerId last = lastIssuerId;
    if (last == null || !issuer.equals(lastIssuer)) {
      last = IssuerId.of(certificate, issuer);
      lastIssuer = issuer;
      lastIssuerId = last;
    }
    return last;
  }

  /** Takes a certificate's CertID out of the index. Under the engine's lock. */
  void unlink(KeptCertificate kept) {
    CertIdKey certId = kept.certId;
    if (certId == null) {
      return;
    }
    kept.certId = null;
    byCertId.remove(certId, kept);
    if (--certId.issuer().certificates == 0) {
      issuers.remove(certId.issuer().bytes);
    }
  }

  /** Removes a certificate. Under the engine's lock. */
  void remove(KeptCertificate kept) {
    unlink(kept);
    byCertificate.remove(kept);
  }

  /** Returns the certificates that were unseen for longest. Under the engine's lock. */
  List<KeptCertificate> longestUnseen(int count) {
    List<KeptCertificate> sorted = new ArrayList<>(byCertificate);
    // Handshakes write lastSeen meanwhile, and a comparator must not change its mind.
    record Unseen(KeptCertificate kept, long since) {}
    return sorted.stream()
        .map(kept -> new Unseen(kept, kept.lastSeen()))
        .sorted(Comparator.comparingLong(Unseen::since))
        .limit(count)
        .map(Unseen::kept)
        .toList();
  }

  void clear() {
    byCertificate.clear();
    byCertId.clear();
    issuers.clear();
  }
}
