package io.github.ocspstapler;

import io.github.ocspstapler.ocsp.HttpValidator;
import io.github.ocspstapler.ocsp.OcspClient.Learned;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
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

  /**
   * Asks for the successor of an answer at hand, as {@link #ask} does otherwise; if there is none,
   * the outcome is that answer, verified again.
   *
   * @param held its bytes, not written to
   * @param validator what came with it
   */
  default CompletableFuture<Outcome> refresh(
      X509Certificate certificate, X509Certificate issuer, byte[] held, HttpValidator validator) {
    return ask(certificate, issuer);
  }

  /** Returns what was learned about a responder. Does not block. */
  default Learned learned(URI responder) {
    return new Learned(false, Optional.empty());
  }

  /** Verifies a response that did not come from a responder, exactly as if it did. */
  Outcome check(byte[] response, X509Certificate certificate, X509Certificate issuer);
}
