package io.github.ocspstapler.cli;

import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.OcspException;
import io.github.ocspstapler.ocsp.OcspResponse;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What came of one question about one certificate. Exactly one of the two holds: there is an {@code
 * answer} (good, revoked, unknown), or there is a {@code message} that says why there is none.
 *
 * @param word the verdict in one word
 * @param reason why, in one word: why there is no answer, or why the certificate was revoked
 * @param message one sentence, if there is no answer
 * @param answer the verified answer
 * @param failure what the client said, if there is no answer and a client was asked
 */
record Verdict(
    Word word,
    @Nullable String reason,
    @Nullable String message,
    @Nullable OcspResponse answer,
    @Nullable OcspException failure) {

  /** The six verdicts. */
  enum Word {
    GOOD(ExitStatus.GOOD),
    REVOKED(ExitStatus.REVOKED),
    UNKNOWN(ExitStatus.UNKNOWN),
    /** The bytes must not be believed, or an input of a batch line cannot be used. */
    REJECTED(ExitStatus.NO_ANSWER),
    UNREACHABLE(ExitStatus.NO_ANSWER),
    REFUSED(ExitStatus.NO_ANSWER);

    private final int exitStatus;

    Word(int exitStatus) {
      this.exitStatus = exitStatus;
    }

    /** As the JSON output spells it. */
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The reason of a batch line that names something that cannot be read or understood. */
  static final String UNREADABLE_INPUT = "unreadable_input";

  static Verdict of(OcspResponse answer) {
    CertificateStatus status = answer.status();
    if (status instanceof CertificateStatus.Revoked revoked) {
      String reason = revoked.reason().map(r -> r.name().toLowerCase(Locale.ROOT)).orElse(null);
      return new Verdict(Word.REVOKED, reason, null, answer, null);
    }
    Word word = status instanceof CertificateStatus.Good ? Word.GOOD : Word.UNKNOWN;
    return new Verdict(word, null, null, answer, null);
  }

  static Verdict of(OcspException failure) {
    return new Verdict(
        word(failure), failure.reasonName(), String.valueOf(failure.getMessage()), null, failure);
  }

  static Verdict unreadable(String message) {
    return new Verdict(Word.REJECTED, UNREADABLE_INPUT, message, null, null);
  }

  /** The verifier failed on these bytes: a fault of ours, and no reason to believe them. */
  static Verdict internalError(Throwable fault) {
    return new Verdict(Word.REJECTED, "fault", fault.toString(), null, null);
  }

  int exitStatus() {
    return word.exitStatus;
  }

  private static Word word(OcspException failure) {
    if (failure instanceof OcspException.Unreachable) {
      return Word.UNREACHABLE;
    }
    return failure instanceof OcspException.Refused ? Word.REFUSED : Word.REJECTED;
  }
}
