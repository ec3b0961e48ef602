package io.github.ocspstapler;

import io.github.ocspstapler.ocsp.HttpValidator;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.testkit.ManualScheduler;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Real requests in simulated time, which stands still until the stapler has taken in what came of
 * them. In the stapler's package, as a source of answers is internal.
 */
public final class AwaitedRequests {
  private AwaitedRequests() {}

  /**
   * Returns the settings of a stapler with all defaults but time.
   *
   * @param scheduler whose time it is
   * @return the builder
   */
  public static Stapler.Builder stapler(ManualScheduler scheduler) {
    OcspClient client = OcspClient.builder().clock(scheduler.clock()).build();
    Awaited source = new Awaited(new ClientSource(client, scheduler.clock()));
    scheduler.settleWith(() -> source.underWay.get() == 0);
    return Stapler.builder().clock(scheduler.clock()).scheduler(scheduler).source(source);
  }

  private static final class Awaited implements ResponseSource {
    private final AtomicInteger underWay = new AtomicInteger();
    private final ResponseSource network;

    Awaited(ResponseSource network) {
      this.network = network;
    }

    @Override
    public List<URI> responders(X509Certificate certificate, X509Certificate issuer) {
      return network.responders(certificate, issuer);
    }

    @Override
    public CompletableFuture<Outcome> ask(X509Certificate certificate, X509Certificate issuer) {
      underWay.incrementAndGet();
      return awaited(network.ask(certificate, issuer));
    }

    @Override
    public CompletableFuture<Outcome> refresh(
        X509Certificate certificate, X509Certificate issuer, byte[] held, HttpValidator validator) {
      underWay.incrementAndGet();
      return awaited(network.refresh(certificate, issuer, held, validator));
    }

    @Override
    public OcspClient.Learned learned(URI responder) {
      return network.learned(responder);
    }

    @Override
    public Outcome check(byte[] response, X509Certificate certificate, X509Certificate issuer) {
      return network.check(response, certificate, issuer);
    }

    /**
     * The stapler's part of the work is done in complete(): the request is under way until then.
     */
    private CompletableFuture<Outcome> awaited(CompletableFuture<Outcome> asking) {
      CompletableFuture<Outcome> seen = new CompletableFuture<>();
      var unused =
          asking.whenComplete((outcome, failure) -> {
            if (failure == null) {
              seen.complete(outcome);
            } else {
              seen.completeExceptionally(failure);
            }
            underWay.decrementAndGet();
          });
      var unusedToo =
          seen.whenComplete((outcome, failure) -> {
            if (seen.isCancelled()) {
              asking.cancel(true);
            }
          });
      return seen;
    }
  }
}
