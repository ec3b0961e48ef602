package io.github.ocspstapler;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * Names another certificate to serve while the one that a key manager chose is revoked.
 *
 * <p>Called in each handshake that would send the revoked certificate, on the handshake's thread:
 * implementations are thread-safe and do not block. What it throws is logged once, and counts as
 * null.
 */
@FunctionalInterface
public interface Replacement {
  /**
   * Returns the alias of what to serve instead.
   *
   * <p>The replacement must have a key of the same algorithm, because that is what the handshake
   * asked for, and is subject to the {@link StaplePolicy} as any other. It is not replaced in turn.
   *
   * @param revoked the certificate that is revoked
   * @return an alias of the key manager that chose it; null, or one without a chain, to serve the
   *     revoked certificate as the policy has it
   */
  @Nullable String aliasFor(X509Certificate revoked);
}
