package io.github.ocspstapler;

import io.github.ocspstapler.Look.Finding;
import io.github.ocspstapler.Outcome.Answered;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * The looks into the store that go before requests: another process may have asked already, or this
 * one before a restart.
 *
 * <p>Guarded by the engine's lock.
 */
final class StoreLooks {
  private final @Nullable StoreAccess store;
  private final Intake intake;
  private final Announcer announcer;

  StoreLooks(@Nullable StoreAccess store, Intake intake, Announcer announcer) {
    this.store = store;
    this.intake = intake;
    this.announcer = announcer;
  }

  /** Has the store asked about a certificate, and returns the look; null if there is no need. */
  @Nullable Look begin(KeptCertificate kept, long now) {
    X509Certificate issuer = kept.issuer;
    if (kept.look != null) {
      return kept.look.givenUp ? null : kept.look;
    }
    if (store == null || issuer == null || kept.gate == null || kept.looked || kept.removed) {
      return null;
    }
    kept.look = new Look(kept, issuer, now);
    store.look(kept.look);
    return kept.look;
  }

  static boolean isUnderWay(KeptCertificate kept) {
    return kept.look != null && !kept.look.givenUp;
  }

  /** Does not wait for ever for a store that hangs. */
  void watch(KeptCertificate kept, long now) {
    Look look = kept.look;
    if (look == null || look.givenUp || now < look.watchedUntil || store == null) {
      return;
    }
    if (store.isResponsive(now)) {
      look.watchedUntil = now + StoreReader.PATIENCE; // there are others before it
    } else {
      giveUp(kept);
    }
  }

  /** Waits no more for what the store is asked about a certificate. */
  void giveUp(KeptCertificate kept) {
    if (kept.look != null) {
      kept.look.givenUp = true;
      kept.looked = true;
      kept.unread = false;
    }
  }

  /** Takes in what was found; returns whether nobody need be asked because of it. */
  boolean takeIn(KeptCertificate kept, Finding finding, long now) {
    Answered answer = finding.answer();
    boolean restored = answer != null && intake.restore(kept, answer, now);
    if (!restored) {
      replace(kept, finding, now);
    }
    boolean left =
        finding.result() == Look.Result.SAME && intake.leaveToOthers(kept, finding.freshFor(), now);
    kept.looked = kept.nextAttempt <= now; // if it is to be renewed at once, then not from here
    kept.unread = false;
    return restored || left;
  }

  /** What the store has lost, or has and must not be believed, is saved anew. */
  private void replace(KeptCertificate kept, Finding finding, long now) {
    switch (finding.result()) {
      case REFUSED -> {
        if (!kept.entryRefused) {
          kept.entryRefused = true;
          announcer.entryRefused(kept, finding.why(), now);
        }
        intake.saveAgain(kept, now);
      }
      case NOTHING -> intake.saveAgain(kept, now);
      default -> {}
    }
  }
}
