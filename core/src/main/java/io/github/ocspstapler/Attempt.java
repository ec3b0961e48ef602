package io.github.ocspstapler;

import io.github.ocspstapler.ocsp.HttpValidator;
import io.github.ocspstapler.store.FleetStore.Lease;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One request in flight, and the slots it holds. */
final class Attempt {
  final KeptCertificate kept;
  final X509Certificate issuer;
  final HostGate gate;
  final long startedAt;

  /** The staple whose successor is asked for; null if the whole answer is. */
  final @Nullable Staple held;

  final @Nullable HttpValidator validator;

  /** The newest answer that was known when it began, as {@link KeptCertificate#newestUpdate}. */
  final long newestUpdate;

  /** Somebody asked for it: no other node's answer will do. */
  final boolean wished;

  /** Whether another node may be left to ask. */
  final boolean mayWait;

  /** This node's right to ask, if nodes share a store. */
  volatile @Nullable Lease lease;

  /** When it is given up; guarded by the engine's lock. */
  long watchedUntil;

  /** Null if nobody records it; written once by the starting thread, before it asks. */
  volatile @Nullable FetchEvent recorded;

  /** Written once by the starting thread; read by whoever cancels. */
  private volatile @Nullable CompletableFuture<Outcome> exchange;

  Attempt(KeptCertificate kept, X509Certificate issuer, HostGate gate, long startedAt) {
    this.kept = kept;
    this.issuer = issuer;
    this.gate = gate;
    this.startedAt = startedAt;
    this.watchedUntil = startedAt + Ledger.WATCHDOG;
    this.newestUpdate = kept.newestUpdate;
    this.wished = kept.wished;
    long patience = kept.snapshot.isServed(startedAt) ? Leases.OTHERS_WAIT : Leases.BARE_WAITS;
    this.mayWait =
        kept.waitingSince == RefreshPlan.NEVER || startedAt - kept.waitingSince < patience;
    // A responder that never changes its ETag must not do harm: once a successor is overdue, the
    // whole answer is asked for.
    Staple staple = kept.validator == null ? null : kept.snapshot.served(startedAt);
    boolean inTime =
        staple != null
            && startedAt < RefreshPlan.latestRefresh(staple.thisUpdate, staple.validUntil);
    this.held = inTime ? staple : null;
    this.validator = inTime ? kept.validator : null;
  }

  void exchange(CompletableFuture<Outcome> started) {
    exchange = started;
  }

  void cancel() {
    CompletableFuture<Outcome> running = exchange;
    if (running != null) {
      running.cancel(true);
    }
  }
}
