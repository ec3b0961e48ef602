package io.github.ocspstapler;

import io.github.ocspstapler.internal.x509.CertificateFields;
import io.github.ocspstapler.jsse.ChainGate;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * What happens in a handshake: the certificate that was chosen is looked up, waited for where that
 * is right, replaced if it is revoked, and refused if the policy has it so.
 *
 * <p>Thread-safe. With a staple at hand, no lock is taken and nothing is allocated.
 */
final class Handshakes {
  /** A refusal is told at most so often, for each certificate. */
  static final long REFUSAL_PAUSE = 60_000;

  private static final Logger LOG = System.getLogger("io.github.ocspstapler");

  private final Clock clock;
  private final StaplerMetrics metrics;
  private final StaplePolicy policy;
  private final @Nullable Replacement replacement;
  private final long mustStapleWait; // milliseconds
  private final boolean storing;
  private final Discovery discovery;
  private final Engine engine;
  private final AtomicBoolean failureTold = new AtomicBoolean();
  private final AtomicLong strangerRefusedAt = new AtomicLong(-REFUSAL_PAUSE);

  Handshakes(Settings settings, Discovery discovery, Engine engine) {
    this.clock = settings.clock;
    this.metrics = settings.metrics;
    this.policy = settings.policy;
    this.replacement = settings.replacement;
    this.mustStapleWait = settings.mustStapleWait.toMillis();
    this.storing = settings.store != null;
    this.discovery = discovery;
    this.engine = engine;
  }

  /** Returns the gate that all chains of a key manager pass. */
  ChainGate gate(X509ExtendedKeyManager keyManager) {
    return (alias, chain, mayBlock) -> pass(keyManager, alias, chain, mayBlock);
  }

  /** Returns the alias to go on with, null for none. On handshake threads; throws nothing. */
  @Nullable String pass(
      X509ExtendedKeyManager keyManager, String alias, X509Certificate[] chain, boolean mayBlock) {
    try {
      return decide(keyManager, alias, chain, mayBlock);
    } catch (RuntimeException | Error e) {
      failed("a certificate could not be looked up, and counts as one without a staple", e);
      return isRefused(null, chain[0]) ? null : alias;
    }
  }

  private @Nullable String decide(
      X509ExtendedKeyManager keyManager, String alias, X509Certificate[] chain, boolean mayBlock) {
    long now = clock.millis();
    KeptCertificate kept = discovery.served(chain, now);
    if (kept != null && kept.snapshot.isServed(now) && !isReplaced(kept)) {
      count(true); // nearly always, and the clock, which takes longest of all, is read once
      return alias;
    }
    String chosen = alias;
    X509Certificate leaf = chain[0];
    kept = awaited(kept, chain, mayBlock);
    if (kept != null && isReplaced(kept)) {
      String other = replacement(leaf);
      X509Certificate @Nullable [] instead =
          other == null ? null : keyManager.getCertificateChain(other);
      if (instead != null && instead.length > 0) {
        chosen = other;
        leaf = instead[0];
        kept = awaited(discovery.served(instead, clock.millis()), instead, mayBlock);
      }
    }
    boolean stapled = isStapled(kept);
    count(stapled);
    if (stapled) {
      return chosen;
    }
    boolean refused = isRefused(kept, leaf);
    record(kept, leaf, refused);
    return refused ? null : chosen;
  }

  private boolean isStapled(@Nullable KeptCertificate kept) {
    return kept != null && kept.snapshot.isServed(clock.millis());
  }

  private boolean isReplaced(KeptCertificate kept) {
    return replacement != null && kept.snapshot.isRevoked();
  }

  // ---- Waiting ----

  /** Returns what was found, or is found by waiting where that is right. */
  private @Nullable KeptCertificate awaited(
      @Nullable KeptCertificate found, X509Certificate[] chain, boolean mayBlock) {
    KeptCertificate kept = found;
    if (isStapled(kept)) {
      return kept;
    }
    boolean waits = mayBlock && mustStapleWait > 0;
    if (kept == null && chain.length > 1 && cannotGoOnWithout(chain[0], waits)) {
      kept = discovery.admit(List.of(chain), false, null, 0);
    }
    if (kept != null) {
      await(kept, waits);
    }
    return kept;
  }

  /** Whether this handshake needs the entry of a certificate that was never seen before. */
  private boolean cannotGoOnWithout(X509Certificate stranger, boolean waits) {
    return storing
        || policy == StaplePolicy.STRICT
        || ((waits || policy == StaplePolicy.MUST_STAPLE)
            && CertificateFields.isMustStaple(stranger));
  }

  /**
   * After a restart, the first handshake of a certificate waits for its staple in the store; and
   * the first of one that would be refused without, here or by its client (RFC 7633), waits for the
   * first attempt: better late than bare. Once that is over, nobody waits any more.
   */
  private void await(KeptCertificate kept, boolean waits) {
    if (kept.unread) {
      engine.awaitFirstLook(kept);
    }
    boolean demanded = kept.mustStaple || isRefusedBare(kept);
    if (!waits || !demanded || isStapled(kept)) {
      return;
    }
    CompletableFuture<StapleStatus> first = engine.firstAttempt(kept);
    try {
      var unused = first.get(mustStapleWait, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // No longer than this: the handshake goes on, or is refused, without.
    }
    if (!first.isDone()) {
      engine.giveUp(kept, first);
    }
  }

  private @Nullable String replacement(X509Certificate revoked) {
    try {
      return replacement == null ? null : replacement.aliasFor(revoked);
    } catch (RuntimeException | Error e) {
      failed("the replacement of a revoked certificate failed, and none is made", e);
      return null;
    }
  }

  // ---- Refusing ----

  private boolean isRefused(@Nullable KeptCertificate kept, X509Certificate leaf) {
    if (policy == StaplePolicy.LENIENT || engine.isClosed()) {
      return false;
    }
    boolean refused = kept == null ? isStrangerRefused(leaf) : isRefusedBare(kept);
    if (refused) {
      tellRefusal(kept, leaf);
    }
    return refused;
  }

  private boolean isRefusedBare(KeptCertificate kept) {
    return policy.refusesBare(kept.mustStaple, kept.askable);
  }

  private boolean isStrangerRefused(X509Certificate leaf) {
    try {
      boolean mustStaple = CertificateFields.isMustStaple(leaf);
      return policy.refusesBare(mustStaple, !CertificateFields.ocspUrls(leaf).isEmpty());
    } catch (RuntimeException | Error e) {
      failed("a certificate could not be read, and is refused", e);
      return true;
    }
  }

  private void tellRefusal(@Nullable KeptCertificate kept, X509Certificate leaf) {
    try {
      metrics.refused();
      long now = clock.millis();
      if (kept != null && kept.tellsRefusal(now)) {
        engine.refused(kept, policy, now);
      } else if (kept == null && tellsRefusalOfStranger(now)) {
        engine.refused(KeptCertificate.stranger(leaf, now), policy, now);
      }
    } catch (RuntimeException | Error e) {
      failed("a refusal could not be told", e);
    }
  }

  private boolean tellsRefusalOfStranger(long now) {
    long told = strangerRefusedAt.get();
    boolean due = now - told >= REFUSAL_PAUSE || now < told;
    return due && strangerRefusedAt.compareAndSet(told, now);
  }

  private void record(@Nullable KeptCertificate kept, X509Certificate leaf, boolean refused) {
    try {
      FlightRecording.bareHandshake(kept, leaf, refused, clock);
    } catch (RuntimeException | Error e) {
      failed("Java Flight Recorder failed", e);
    }
  }

  // ---- Users that fail change nothing ----

  private void count(boolean stapled) {
    try {
      metrics.resolved(stapled);
    } catch (RuntimeException | Error e) {
      failed("the metrics failed", e);
    }
  }

  private void failed(String what, Throwable failure) {
    if (failureTold.compareAndSet(false, true)) {
      String line = "In a handshake, " + what + ". Further failures in handshakes are not logged";
      LOG.log(Level.WARNING, line, failure);
    }
  }
}
