package io.github.ocspstapler;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One request in flight, and the slots it holds. */
final class Attempt {
  final KeptCertificate kept;
  final HostGate gate;
  long startedAt; // guarded by the engine's lock

  /** Written once by the starting thread; read by {@code close} and the watchdog. */
  volatile @Nullable CompletableFuture<Outcome> exchange;

  Attempt(KeptCertificate kept, HostGate gate, long startedAt) {
    this.kept = kept;
    this.gate = gate;
    this.startedAt = startedAt;
  }

  void cancel() {
    CompletableFuture<Outcome> running = exchange;
    if (running != null) {
      running.cancel(true);
    }
  }
}
