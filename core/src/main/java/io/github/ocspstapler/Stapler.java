package io.github.ocspstapler;

import io.github.ocspstapler.ocsp.OcspClient;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.X509ExtendedKeyManager;

/** SKELETON: keeps a verified, fresh staple for every certificate a server serves. */
public final class Stapler implements AutoCloseable {
  private Stapler() {}

  public static Builder builder() {
    return new Builder();
  }

  public X509ExtendedKeyManager wrap(X509ExtendedKeyManager keyManager) {
    throw new UnsupportedOperationException();
  }

  /** Starts on the chain; completes with its status after the first attempt, never exceptionally. */
  public CompletableFuture<StapleStatus> preload(List<X509Certificate> chain) {
    throw new UnsupportedOperationException();
  }

  /** Waits until every kept certificate that can have a staple has one; false on time-out. */
  public boolean awaitStapled(Duration timeout) throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** The staple to send now for this certificate. Never blocks, no lock. */
  public Optional<Staple> staple(X509Certificate certificate) {
    throw new UnsupportedOperationException();
  }

  public Optional<StapleStatus> status(List<X509Certificate> chain) {
    throw new UnsupportedOperationException();
  }

  public List<StapleStatus> statuses() {
    throw new UnsupportedOperationException();
  }

  /** Asks again now (single-flight). */
  public CompletableFuture<StapleStatus> refresh(List<X509Certificate> chain) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}

  /** Builder. */
  public static final class Builder {
    private Builder() {}

    public Builder client(OcspClient client) { return this; } // default OcspClient.create(), then closed with us

    public Builder clock(Clock clock) { return this; }

    public Builder scheduler(ScheduledExecutorService scheduler) { return this; } // default own daemon thread

    public Builder listener(StaplerListener listener) { return this; }

    public Builder metrics(StaplerMetrics metrics) { return this; }

    public Builder maxConcurrency(int total, int perHost) { return this; }

    public Builder maxCertificates(int certificates) { return this; }

    public Builder relayRevoked() { return this; }

    public Builder delivery(io.github.ocspstapler.jsse.JsseDelivery.Mode mode) { return this; }

    public Stapler build() {
      return new Stapler();
    }
  }
}
