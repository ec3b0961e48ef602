package io.github.ocspstapler.cli;

/**
 * The exit statuses of every command; those of {@code probe} and {@code lint}, which monitoring
 * runs, are {@link Level}'s.
 */
final class ExitStatus {
  /** The certificate is good; the demonstration held; every line of a batch was answered. */
  static final int GOOD = 0;

  /** The certificate is revoked; a promise of the demonstration did not hold. */
  static final int REVOKED = 1;

  /** The responder does not know the certificate. */
  static final int UNKNOWN = 2;

  /** No trustworthy answer: rejected, unreachable or refused. */
  static final int NO_ANSWER = 3;

  /** Wrong usage: an option, or a file that cannot be read ({@code EX_USAGE} of sysexits). */
  static final int USAGE = 64;

  /** A fault of this program ({@code EX_SOFTWARE}). */
  static final int INTERNAL = 70;

  /** The input broke off, or the output could not be written ({@code EX_IOERR}). */
  static final int IO = 74;

  private ExitStatus() {}
}
