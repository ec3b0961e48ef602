package io.github.ocspstapler;

import io.github.ocspstapler.ocsp.CertificateStatus;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Answers every question at once, in the thread that asks, with nothing to parse or verify: what
 * remains is the stapler's own work. In the stapler's package, as a source of answers is internal.
 */
public final class InstantAnswers implements ResponseSource {
  private static final URI RESPONDER = URI.create("http://ocsp.example.test/");
  private static final byte[] RESPONSE = new byte[300];

  private final Clock clock;
  private final Duration validity;
  private final Function<X509Certificate, byte[]> responses;

  private InstantAnswers(
      Clock clock, Duration validity, Function<X509Certificate, byte[]> responses) {
    this.clock = clock;
    this.validity = validity;
    this.responses = responses;
  }

  /**
   * Has a stapler ask nobody else.
   *
   * @param builder the stapler's
   * @param clock its clock
   * @param validity of each answer
   * @return the builder
   */
  public static Stapler.Builder answer(Stapler.Builder builder, Clock clock, Duration validity) {
    return answer(builder, clock, validity, certificate -> RESPONSE);
  }

  /**
   * Has a stapler ask nobody else.
   *
   * @param builder the stapler's
   * @param clock its clock
   * @param validity of each answer
   * @param responses the bytes of each answer
   * @return the builder
   */
  public static Stapler.Builder answer(
      Stapler.Builder builder,
      Clock clock,
      Duration validity,
      Function<X509Certificate, byte[]> responses) {
    return builder.source(new InstantAnswers(clock, validity, responses));
  }

  @Override
  public List<URI> responders(X509Certificate certificate, X509Certificate issuer) {
    return List.of(RESPONDER);
  }

  @Override
  public CompletableFuture<Outcome> ask(X509Certificate certificate, X509Certificate issuer) {
    Instant now = clock.instant();
    return CompletableFuture.completedFuture(
        new Outcome.Answered(
            new CertificateStatus.Good(),
            now,
            now.plus(validity),
            now.plus(validity),
            responses.apply(certificate),
            RESPONDER,
            Duration.ZERO));
  }

  @Override
  public Outcome check(byte[] response, X509Certificate certificate, X509Certificate issuer) {
    throw new UnsupportedOperationException("there is no store");
  }
}
