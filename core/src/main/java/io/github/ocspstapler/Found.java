package io.github.ocspstapler;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate as it was found in a chain.
 *
 * @param certificate the certificate
 * @param next the one behind it in the chain
 * @param issuer its issuer, null if the chain lacks it
 * @param responders whom to ask; empty only if there is an obstacle
 * @param obstacle why it cannot be stapled, in one sentence; null if it can
 * @param askable whether it has a responder that could be asked, were its issuer known
 * @param preloaded whether the user asked for it to be kept
 * @param listing the key manager that listed it, if one did
 * @param round which of the key manager's listings that was
 */
record Found(
    X509Certificate certificate,
    X509Certificate next,
    @Nullable X509Certificate issuer,
    List<URI> responders,
    @Nullable String obstacle,
    boolean askable,
    boolean preloaded,
    @Nullable Listing listing,
    int round) {}
