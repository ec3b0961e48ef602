package io.github.ocspstapler;

import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.Outcome.Kind;
import io.github.ocspstapler.Outcome.NoAnswer;
import io.github.ocspstapler.ocsp.CertificateStatus;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The responder of a CA in a simulation: answers after a while, or refuses to connect, and has each
 * request counted. Nothing is sent, parsed or signed. In the stapler's package, as a source of
 * answers is internal.
 *
 * <p>Confined to the simulation's thread.
 */
public final class SimulatedResponder {
  private static final URI RESPONDER = URI.create("http://ocsp.example.test/");

  private final Clock clock;
  private final long validity;
  private final long signedEvery;
  private final LongSupplier latency;
  private final LongConsumer asked;
  private boolean down;

  /**
   * Creates a responder that answers.
   *
   * @param clock the simulation's
   * @param validity of each answer
   * @param signedEvery how often the CA signs an answer about a certificate anew; zero: for each
   *     request
   * @param latency tells how long the next answer takes, in milliseconds
   * @param asked is told when a request came, in milliseconds of the epoch
   */
  public SimulatedResponder(
      Clock clock,
      Duration validity,
      Duration signedEvery,
      LongSupplier latency,
      LongConsumer asked) {
    this.clock = clock;
    this.validity = validity.toMillis();
    this.signedEvery = signedEvery.toMillis();
    this.latency = latency;
    this.asked = asked;
  }

  /**
   * Lets the responder refuse every connection, or answer again.
   *
   * @param down whether it refuses
   */
  public void down(boolean down) {
    this.down = down;
  }

  /**
   * Has a node ask this responder and no other.
   *
   * @param builder the node's
   * @param scheduler the node's
   * @param random the node's dice
   * @param storeExecutor where the node reads and writes its store
   * @return the builder
   */
  public Stapler.Builder connect(
      Stapler.Builder builder,
      ScheduledExecutorService scheduler,
      RandomGenerator random,
      Executor storeExecutor) {
    return builder
        .scheduler(scheduler)
        .random(random)
        .storeExecutor(storeExecutor)
        .source(new Source(scheduler));
  }

  private Outcome outcome(X509Certificate certificate) {
    if (down) {
      return new NoAnswer(Kind.UNREACHABLE, "connect", "refused to connect", false, true, null);
    }
    long now = clock.millis();
    long serial = certificate.getSerialNumber().longValue();
    long thisUpdate = now;
    if (signedEvery > 0) {
      long phase = Math.floorMod(serial * 0x9e37_79b9_7f4a_7c15L, signedEvery);
      thisUpdate = now - Math.floorMod(now - phase, signedEvery);
    }
    byte[] bytes = ByteBuffer.allocate(16).putLong(serial).putLong(thisUpdate).array();
    return answered(bytes, thisUpdate);
  }

  private Answered answered(byte[] bytes, long thisUpdate) {
    Instant end = Instant.ofEpochMilli(thisUpdate + validity);
    return new Answered(
        new CertificateStatus.Good(),
        Instant.ofEpochMilli(thisUpdate),
        end,
        end,
        bytes,
        RESPONDER,
        Duration.ZERO);
  }

  private final class Source implements ResponseSource {
    private final ScheduledExecutorService scheduler;

    Source(ScheduledExecutorService scheduler) {
      this.scheduler = scheduler;
    }

    @Override
    public List<URI> responders(X509Certificate certificate, X509Certificate issuer) {
      return List.of(RESPONDER);
    }

    @Override
    public CompletableFuture<Outcome> ask(X509Certificate certificate, X509Certificate issuer) {
      asked.accept(clock.millis());
      CompletableFuture<Outcome> answer = new CompletableFuture<>();
      Outcome outcome = outcome(certificate);
      var unused =
          scheduler.schedule(
              () -> answer.complete(outcome), latency.getAsLong(), TimeUnit.MILLISECONDS);
      return answer;
    }

    @Override
    public Outcome check(byte[] response, X509Certificate certificate, X509Certificate issuer) {
      ByteBuffer bytes = ByteBuffer.wrap(response);
      boolean same = bytes.getLong() == certificate.getSerialNumber().longValue();
      long thisUpdate = bytes.getLong();
      if (same && clock.millis() < thisUpdate + validity) {
        return answered(response, thisUpdate);
      }
      String reason = same ? "expired" : "cert_id_mismatch";
      return new NoAnswer(Kind.REJECTED, reason, reason, false, false, null);
    }
  }
}
