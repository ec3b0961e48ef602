package io.github.ocspstapler.cli;

import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspException;
import io.github.ocspstapler.ocsp.OcspResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code ocsp-stapler query}: asks the responder about a certificate and verifies its answer. */
@Command(
    name = "query",
    description = "Asks the CA about a certificate and verifies the answer.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "",
      "Every FILE may be PEM or DER; - is standard input.",
      "Exit status: 0 good, 1 revoked, 2 unknown, 3 no trustworthy answer,",
      "64 wrong usage."
    })
final class QueryCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Main main;

  @Option(
      names = "--chain",
      paramLabel = "FILE",
      description = "The certificate first, and its issuer among those that follow.")
  private @Nullable String chain;

  @Mixin private CertificateOptions asked = new CertificateOptions();

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Ask this responder instead of those that the certificate names.",
      converter = ResponderUrl.class)
  private @Nullable URI url;

  @Mixin private VerificationOptions verification = new VerificationOptions();

  @Option(names = "--nonce", description = "Send a nonce; an answer with another is rejected.")
  private boolean nonce;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "For the whole exchange with one responder. Default: PT6S.",
      converter = Timeout.class)
  private @Nullable Duration timeout;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the verified response here, byte for byte as received.")
  private @Nullable Path out;

  @Option(names = "--json", description = "Print the verdict as one line of JSON.")
  private boolean json;

  @Mixin private QuietOption quiet = new QuietOption();

  @Override
  public Integer call() throws InputException {
    Inputs inputs = Inputs.ofCommandLine(main.in());
    List<X509Certificate> certificates = certificates(inputs);
    X509Certificate certificate = certificates.get(0);
    X509Certificate issuerCertificate = certificates.get(1);
    OcspClient.Builder builder = verification.settings(null, inputs).client().nonce(nonce);
    if (url != null) {
      builder.respondersOf(issuerCertificate.getSubjectX500Principal(), List.of(url));
    }
    if (timeout != null) {
      builder.timeout(timeout);
    }
    Verdict verdict;
    try (OcspClient client = builder.build()) {
      OcspResponse response = client.query(certificate, issuerCertificate);
      save(response);
      verdict = Verdict.of(response);
    } catch (OcspException e) {
      verdict = Verdict.of(e);
    }
    if (!quiet.hides(verdict)) {
      Output.print(verdict, json, spec.commandLine());
    }
    return verdict.exitStatus();
  }

  /** Returns the certificate and its issuer. */
  private List<X509Certificate> certificates(Inputs inputs) throws InputException {
    String file = chain == null ? asked.cert : chain;
    if (file == null || (chain != null && asked.cert != null)) {
      throw new ParameterException(
          spec.commandLine(), "Give either --chain, or --cert and --issuer");
    }
    return asked.certificateAndIssuer(inputs, file);
  }

  private void save(OcspResponse response) throws InputException {
    if (out == null) {
      return;
    }
    try {
      Files.write(out, response.encoded());
    } catch (IOException e) {
      throw new InputException(out + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** Reads {@code --url}. */
  static final class ResponderUrl extends Converter<URI> {
    @Override
    URI read(String text) {
      try {
        URI uri = new URI(text.strip());
        String scheme = uri.getScheme();
        boolean http = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
        if (http && uri.getHost() != null) {
          return uri;
        }
      } catch (URISyntaxException e) {
        // said below
      }
      throw new IllegalArgumentException(
          "url: " + text + " (expected: an http or https URL with a host)");
    }
  }

  /** Reads {@code --timeout}. */
  static final class Timeout extends Converter<Duration> {
    @Override
    Duration read(String text) {
      Duration timeout = Values.duration("timeout", text);
      if (timeout.isZero() || timeout.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException(
            "timeout: " + text + " (expected: more than zero, at most PT1H)");
      }
      return timeout;
    }
  }
}
