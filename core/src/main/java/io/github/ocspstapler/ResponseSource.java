package io.github.ocspstapler;

import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where verified answers come from: an {@code OcspClient}, or the memory of a test. */
interface ResponseSource {

  /** Returns whom {@link #ask} would ask, first one first; empty if nobody. Does not block. */
  List<URI> responders(X509Certificate certificate, X509Certificate issuer);

  /**
   * Asks. Does not block. Cancelling the future aborts the exchange; it is not completed
   * exceptionally otherwise.
   */
  CompletableFuture<Outcome> ask(X509Certificate certificate, X509Certificate issuer);

  /** Verifies a response that did not come from a responder, exactly as if it did. */
  Outcome check(byte[] response, X509Certificate certificate, X509Certificate issuer);
}
