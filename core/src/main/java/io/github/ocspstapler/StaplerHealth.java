package io.github.ocspstapler;

import static java.util.Objects.requireNonNull;

/**
 * Whether clients get what they need from a {@link Stapler}, in a word and a sentence.
 *
 * <p>A responder that fails is no illness: staples at hand last for days. Immutable and
 * thread-safe.
 *
 * @param status the word
 * @param detail the sentence: what is wrong with which certificate, the worst first, or that
 *     nothing is; made for people, and not to be parsed
 */
public record StaplerHealth(Status status, String detail) {

  /** Checks that nothing is null. */
  public StaplerHealth {
    requireNonNull(status, "status");
    requireNonNull(detail, "detail");
  }

  /** How well it is. */
  public enum Status {
    /** Every certificate that can be stapled is. */
    UP,

    /**
     * Handshakes succeed, but a certificate that could be stapled is not, or its CA is late with a
     * newer answer, or staples do not reach the JDK's TLS.
     */
    DEGRADED,

    /**
     * Clients refuse, or should, or are refused: a certificate is revoked, or one has no staple
     * that demands it (RFC 7633), or of which the {@link StaplePolicy} demands it.
     */
    DOWN
  }
}
