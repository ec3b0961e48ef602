package io.github.ocspstapler.cli;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what is believed; {@code query} and {@code verify} share them. */
final class VerificationOptions {
  @Option(
      names = "--max-age",
      paramLabel = "DURATION",
      description = {
        "How long an answer without nextUpdate is believed, counted from its thisUpdate,"
            + " such as P7D or PT12H.",
        "Default: PT1H; PT0S refuses such answers."
      },
      converter = MaxAge.class)
  @Nullable Duration maxAge;

  @Option(
      names = "--allow-sha1-signatures",
      description = "Believe answers that are signed with SHA-1, which can be forged.")
  boolean allowSha1Signatures;

  @Option(
      names = "--responder",
      paramLabel = "FILE",
      description =
          "The certificate of a responder to trust by hand, beside the issuer and its delegates.")
  @Nullable String responder;

  /** Returns them with the responder's certificate read. */
  Settings settings(@Nullable Instant at, Inputs inputs) throws InputException {
    X509Certificate certificate = responder == null ? null : inputs.certificate(responder);
    return new Settings(at, maxAge, allowSha1Signatures, certificate);
  }

  /** Reads {@code --max-age}. */
  static final class MaxAge extends Converter<Duration> {
    @Override
    Duration read(String text) {
      return Values.duration("max-age", text);
    }
  }
}
