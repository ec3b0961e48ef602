package io.github.ocspstapler;

import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One request in flight, and the slots it holds. */
final class Attempt {
  final KeptCertificate kept;
  final X509Certificate issuer;
  final HostGate gate;
  final long startedAt;

  /** When it is given up; guarded by the engine's lock. */
  long watchedUntil;

  /** Written once by the starting thread; read by whoever cancels. */
  private volatile @Nullable CompletableFuture<Outcome> exchange;

  Attempt(KeptCertificate kept, X509Certificate issuer, HostGate gate, long startedAt) {
    this.kept = kept;
    this.issuer = issuer;
    this.gate = gate;
    this.startedAt = startedAt;
    this.watchedUntil = startedAt + Ledger.WATCHDOG;
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
