package io.github.ocspstapler;

/**
 * Time in which something is left alone. A clock that is set back makes it no longer than the
 * longest pause there is.
 *
 * <p>Thread-safe; the last one to begin counts.
 */
final class Pause {
  private final long longest;
  private volatile long until;

  /** Creates one that is over. */
  Pause(long longest) {
    this.longest = longest;
  }

  /** Begins anew: so long from now on, which is not longer than the longest. */
  void begin(long now, long length) {
    until = now + length;
  }

  boolean isOver(long now) {
    long left = until - now;
    return left <= 0 || left > longest; // more than there ever was: the clock was set back
  }
}
