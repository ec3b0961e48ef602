package io.github.ocspstapler;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.internal.x509.CertificateFields;
import io.github.ocspstapler.internal.x509.Subjects;
import io.github.ocspstapler.ocsp.HttpValidator;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One certificate that is kept stapled.
 *
 * <p>There may be a million of these: no lock, no future and no collection of its own while idle.
 * Fields are guarded by the engine's lock unless they say otherwise. Times are milliseconds of the
 * epoch.
 */
final class KeptCertificate extends ServedCertificate {
  private static final AtomicLongFieldUpdater<KeptCertificate> REFUSAL_TOLD =
      AtomicLongFieldUpdater.newUpdater(KeptCertificate.class, "refusalTold");

  final long notBefore;
  final long notAfter;

  /** Guarded as all below; changes only if the clock was years ahead. */
  long firstSeen;

  /** Whether clients that heed RFC 7633 refuse it without a staple. */
  final boolean mustStaple;

  /** Its issuer, null if the chain lacks it. */
  @Nullable X509Certificate issuer;

  /** Its CertID, null if the chain lacks the issuer. */
  @Nullable CertIdKey certId;

  @Nullable HostGate gate;

  /** Whom it is asked of; written under the lock, read by listings. */
  volatile @Nullable URI responder;

  /** What its good answer came with, to ask for the successor. */
  @Nullable HttpValidator validator;

  /** The request in flight. */
  @Nullable Attempt attempt;

  /** The look into the store that goes before the next request, or that the store does not end. */
  @Nullable Look look;

  /** Whether the next request needs no look into the store first. */
  boolean looked;

  /** Whether the store was not asked about it yet; written under the lock, read by handshakes. */
  volatile boolean unread;

  /** Whether it has a responder that could be asked; written under the lock, read by handshakes. */
  volatile boolean askable;

  private volatile long refusalTold = -Handshakes.REFUSAL_PAUSE; // written by handshakes

  boolean entryRefused; // told already that its entry in the store is not to be believed

  /** The futures to complete when an attempt is over. */
  @Nullable List<CompletableFuture<StapleStatus>> waiters;

  /** The key manager that listed it last. */
  @Nullable Listing listing;

  int listedInRound;
  long listedAt = Long.MIN_VALUE;
  boolean preloaded;

  long nextAttempt = RefreshPlan.NEVER;
  boolean asked; // at least one attempt is over
  boolean ready; // waits in its gate for a free slot
  boolean wished; // somebody asked for this attempt: an open circuit breaker does not stop it

  /** {@code thisUpdate} of the newest answer taken in: nothing older replaces it. */
  long newestUpdate = Long.MIN_VALUE;

  /** Since when it is left to other nodes to ask, {@link RefreshPlan#NEVER} if it is not. */
  long waitingSince = RefreshPlan.NEVER;

  /** Its key in {@link News}, 0 if there is none; written by the store's readers. */
  volatile long newsKey;

  int failures;
  long failingSince;
  @Nullable String lastError = "not asked yet";
  State verdict = State.PENDING;
  boolean hold; // revoked for a while only
  boolean lateTold;
  boolean expiringTold;
  boolean failureTold;
  boolean bare = true; // counted among those that awaitStapled waits for

  /** Written under the lock, before {@link News} drops it; read by the store's readers. */
  volatile boolean removed;

  /** When it was found to have expired, {@link RefreshPlan#NEVER} before. */
  long expiredAt = RefreshPlan.NEVER;

  /** Owned by the {@link DueQueue}. */
  long due;

  int queueIndex = -1;

  /** Owned by the {@link Tally}. */
  int endIndex = -1;

  KeptCertificate(X509Certificate certificate, X509Certificate next, long now) {
    super(certificate, next, now);
    this.notBefore = certificate.getNotBefore().toInstant().toEpochMilli();
    this.notAfter = certificate.getNotAfter().toInstant().toEpochMilli();
    this.firstSeen = now;
    this.mustStaple = CertificateFields.isMustStaple(certificate);
  }

  /** Returns an entry for a certificate that is not kept, because its issuer is not known. */
  static KeptCertificate stranger(X509Certificate leaf, long now) {
    KeptCertificate stranger = new KeptCertificate(leaf, leaf, now);
    stranger.snapshot =
        new Snapshot(null, State.UNSTAPLEABLE, RefreshPlan.NEVER, Discovery.noIssuer(leaf), 0);
    return stranger;
  }

  void addWaiter(CompletableFuture<StapleStatus> waiter) {
    List<CompletableFuture<StapleStatus>> all = waiters;
    if (all == null) {
      all = new ArrayList<>(1);
      waiters = all;
    }
    all.add(waiter);
  }

  @SuppressWarnings("ReferenceEquality") // futures have no other
  void removeWaiter(CompletableFuture<StapleStatus> waiter) {
    List<CompletableFuture<StapleStatus>> all = waiters;
    if (all != null && all.removeIf(one -> one == waiter) && all.isEmpty()) {
      waiters = null;
    }
  }

  /** Returns whether its refusal is to be told, now. Any thread; says yes to one of them. */
  boolean tellsRefusal(long now) {
    long told = refusalTold;
    boolean due = now - told >= Handshakes.REFUSAL_PAUSE || now < told;
    return due && REFUSAL_TOLD.compareAndSet(this, told, now);
  }

  /** Returns whether its key manager still lists it. */
  boolean isListed() {
    return listing != null && listing.lists(listedInRound);
  }

  /** Returns what people call a certificate: its first DNS name, else its subject. */
  static String name(X509Certificate certificate) {
    List<String> names = CertificateFields.alternativeNames(certificate);
    // The subject as text costs more than all the rest, and most have a name without it.
    return Subjects.plain(
        names.isEmpty() ? certificate.getSubjectX500Principal().getName() : names.get(0));
  }

  private static String name(List<String> alternativeNames, String subject) {
    return Subjects.plain(alternativeNames.isEmpty() ? subject : alternativeNames.get(0));
  }

  /** Returns what is known about it. Any thread; reads certificate fields, so not in handshakes. */
  StapleStatus status(Snapshot at, long now) {
    List<String> names = CertificateFields.alternativeNames(certificate);
    String subject = certificate.getSubjectX500Principal().getName();
    Staple staple = at.served(now);
    URI asked = staple != null ? staple.responder().orElse(responder) : responder;
    return new StapleStatus(
        certificate,
        name(names, subject),
        subject,
        names,
        certificate.getSerialNumber(),
        certificate.getIssuerX500Principal().getName(),
        at.state(now),
        mustStaple,
        Optional.ofNullable(asked),
        Optional.ofNullable(staple).map(Staple::thisUpdate),
        Optional.ofNullable(staple).flatMap(Staple::nextUpdate),
        Optional.ofNullable(staple).map(Staple::servedUntil),
        at.nextAttempt == RefreshPlan.NEVER
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(at.nextAttempt)),
        Optional.ofNullable(at.lastError),
        at.failures);
  }
}
