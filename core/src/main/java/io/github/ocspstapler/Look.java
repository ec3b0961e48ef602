package io.github.ocspstapler;

import io.github.ocspstapler.Outcome.Answered;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One look into the store for an answer about one certificate. */
final class Look {
  /** What came of it. */
  enum Result {
    /** A verified answer that is not the one at hand. */
    ANSWER,
    /** The answer that is at hand. */
    SAME,
    /** No answer. */
    NOTHING,
    /** One whose time is over, or has not come. */
    OUT_OF_TIME,
    /** One that must not be believed. */
    REFUSED,
    /** The store failed. */
    FAILED
  }

  final KeptCertificate kept;
  final X509Certificate issuer;

  /** The response at hand when the look began. */
  private final byte @Nullable [] held;

  /** Completes when what came of it can be seen. */
  final CompletableFuture<Void> done = new CompletableFuture<>();

  /** When it is given up if the store makes no progress; guarded by the engine's lock. */
  long watchedUntil;

  /** Nobody waits for it any more, but the store may still be at it; guarded as above. */
  boolean givenUp;

  /** There was news while it was under way, so that another one is to follow; guarded as above. */
  boolean overtaken;

  private final AtomicBoolean begun = new AtomicBoolean();

  Look(KeptCertificate kept, X509Certificate issuer, long now) {
    Staple staple = kept.snapshot.staple;
    this.kept = kept;
    this.issuer = issuer;
    this.held = staple == null ? null : staple.shared();
    this.watchedUntil = now + StoreReader.PATIENCE;
  }

  /** Returns true to one caller only: the one to do it. */
  boolean begin() {
    return begun.compareAndSet(false, true);
  }

  boolean hasBegun() {
    return begun.get();
  }

  boolean isHeld(byte[] response) {
    return held != null && Arrays.equals(held, response);
  }

  /**
   * What was found.
   *
   * @param result in a word
   * @param answer if that is {@link Result#ANSWER}
   * @param why if it is {@link Result#REFUSED}, in a sentence
   * @param freshFor if it is {@link Result#SAME}, how long nothing newer comes, as the store has it
   */
  record Finding(Result result, @Nullable Answered answer, String why, Duration freshFor) {
    static Finding nothing(Result result) {
      return new Finding(result, null, "", Duration.ZERO);
    }

    static Finding same(Duration freshFor) {
      return new Finding(Result.SAME, null, "", freshFor);
    }

    static Finding of(Answered answer) {
      return new Finding(Result.ANSWER, answer, "", Duration.ZERO);
    }

    static Finding refused(String why) {
      return new Finding(Result.REFUSED, null, why, Duration.ZERO);
    }
  }
}
