package io.github.ocspstapler;

import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.testkit.ManualScheduler;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A stapler on virtual time whose client is the real one. The requests in flight are counted, so
 * that virtual time waits for them, and the dice are known. It is in this package for that alone.
 */
public final class VirtualTime {
  private final ManualScheduler scheduler;
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();

  /** Has the scheduler wait for requests from now on. */
  public VirtualTime(ManualScheduler scheduler) {
    this.scheduler = scheduler;
    scheduler.settleWith(() -> inFlight.get() == 0);
  }

  /** Returns how many attempts were started. */
  public int asked() {
    return asked.get();
  }

  /** Returns how many attempts have not come back. */
  public int inFlight() {
    return inFlight.get();
  }

  /** Returns settings of a stapler that lives in this time, and uses its store in this thread. */
  public Stapler.Builder stapler(OcspClient client, StapleStore store) {
    return stapler(() -> client, store);
  }

  /** Returns the same with a client that may be another for each request. */
  public Stapler.Builder stapler(Supplier<OcspClient> client, StapleStore store) {
    return Stapler.builder()
        .clock(scheduler.clock())
        .scheduler(scheduler)
        .source(new Counting(() -> new ClientSource(client.get(), scheduler.clock())))
        .random(new SplittableRandom(42))
        .store(store)
        .storeExecutor(Runnable::run)
        .delivery(JsseDelivery.Mode.IN_PROCESS);
  }

  /** Counts what is asked, and counts it as under way until the engine has taken in the answer. */
  private final class Counting implements ResponseSource {
    private final Supplier<ResponseSource> client;

    Counting(Supplier<ResponseSource> client) {
      this.client = client;
    }

    @Override
    public List<URI> responders(X509Certificate certificate, X509Certificate issuer) {
      return client.get().responders(certificate, issuer);
    }

    @Override
    public CompletableFuture<Outcome> ask(X509Certificate certificate, X509Certificate issuer) {
      asked.incrementAndGet();
      inFlight.incrementAndGet();
      CompletableFuture<Outcome> asking = client.get().ask(certificate, issuer);
      CompletableFuture<Outcome> seen = new CompletableFuture<>();
      var unused =
          asking.whenComplete((outcome, failure) -> {
            if (failure == null) {
              seen.complete(outcome);
            } else {
              seen.completeExceptionally(failure);
            }
            inFlight.decrementAndGet();
          });
      var unusedToo =
          seen.whenComplete((outcome, failure) -> {
            if (seen.isCancelled()) {
              asking.cancel(true);
            }
          });
      return seen;
    }

    @Override
    public Outcome check(byte[] response, X509Certificate certificate, X509Certificate issuer) {
      return client.get().check(response, certificate, issuer);
    }
  }
}
