package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.ocspstapler.internal.x509.CertificateFields;
import io.github.ocspstapler.ocsp.OcspClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code ocsp-stapler lint}: holds a responder to the rules. */
@Command(
    name = "lint",
    description = {
      "Says what rules an OCSP responder keeps and breaks.",
      "Asks it in all the ways in which clients do, and holds the answers to RFC 6960, RFC 9919"
          + " and the CA/Browser Forum's Baseline Requirements, each finding with the section."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "",
      "Exit status, of the worst finding: 0 ok, 1 warning, 2 critical, 3 unknown (not",
      "reached); 64 wrong usage."
    })
final class LintCommand implements Callable<Integer> {
  // An answer without nextUpdate breaks a rule and is looked at all the same.
  private static final Duration ANY_AGE = Duration.ofDays(3650);
  private static final int SERIAL_BITS = 127;
  private static final int NONCE_BYTES = 32; // RFC 9654 section 2.1

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Main main;

  @Parameters(
      paramLabel = "URL|CHAIN",
      arity = "0..1",
      description =
          "The responder's URL, with --cert; or a file with a certificate and its issuer, whose"
              + " responders are asked.")
  private @Nullable String urlOrChain;

  @Mixin private CertificateOptions asked = new CertificateOptions();

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "For each question. Default: PT15S.",
      converter = QueryCommand.Timeout.class)
  private Duration timeout = Duration.ofSeconds(15);

  @Option(names = "--json", description = "Print one line of JSON for each responder.")
  private boolean json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write the report as one page of HTML, too.")
  private @Nullable Path html;

  @Mixin private QuietOption quiet = new QuietOption();

  @Override
  public Integer call() throws InputException, InterruptedException {
    String given = urlOrChain;
    boolean url = given != null && given.matches("(?i)https?:.*");
    String file = asked.cert == null && !url ? given : asked.cert;
    if (file == null || (given != null && !url && asked.cert != null)) {
      throw new ParameterException(
          spec.commandLine(), "Give either a chain, or a responder's URL and --cert");
    }
    Inputs inputs = Inputs.ofCommandLine(main.in());
    List<X509Certificate> pair = asked.certificateAndIssuer(inputs, file);
    List<URI> responders =
        url && given != null ? List.of(url(given)) : CertificateFields.ocspUrls(pair.get(0));
    if (responders.isEmpty()) {
      throw new InputException(file + ": names no OCSP responder (give its URL and --cert)");
    }
    List<Level> levels = new ArrayList<>();
    LintHtml page = new LintHtml();
    for (URI responder : responders) {
      LintReport report = ask(responder, pair.get(0), pair.get(1));
      List<Finding> findings = LintFindings.of(report);
      levels.add(Finding.worst(findings));
      page.add(report, findings);
      print(report, findings, spec.commandLine());
    }
    save(page);
    return Level.worst(levels).exitStatus();
  }

  private URI url(String text) {
    try {
      return new QueryCommand.ResponderUrl().read(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private LintReport ask(URI responder, X509Certificate certificate, X509Certificate issuerOfIt)
      throws InterruptedException, InputException {
    if (responder.getHost() == null
        || !String.valueOf(responder.getScheme()).matches("(?i)https?")) {
      throw new InputException(responder + ": cannot be asked (expected: an http or https URL)");
    }
    SecureRandom random = new SecureRandom();
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    Progress progress = quiet.progress(spec.commandLine(), main.terminal());
    try (OcspClient verifier =
        OcspClient.builder()
            .maxAgeWithoutNextUpdate(ANY_AGE)
            .maxResponseBytes(Lint.MAX_BODY)
            .build()) {
      Lint lint =
          new Lint(
              verifier,
              timeout,
              Clock.systemUTC(),
              new BigInteger(SERIAL_BITS, random),
              nonce,
              way -> progress.say("asking " + responder + ": " + way.words()));
      return lint.ask(responder, certificate, issuerOfIt);
    } finally {
      progress.clear();
    }
  }

  private void print(LintReport report, List<Finding> findings, CommandLine command) {
    if (quiet.hides(findings)) {
      return;
    }
    PrintWriter out = command.getOut();
    if (json) {
      out.println(FactsJson.of(LintFacts.of(report, findings)));
    } else {
      new LintText(out, command.getColorScheme().ansi(), main.terminal().width())
          .print(report, findings);
    }
    out.flush();
  }

  private void save(LintHtml page) throws InputException {
    if (html == null) {
      return;
    }
    try {
      Files.writeString(html, page.page(), UTF_8);
    } catch (IOException e) {
      throw new InputException(html + ": cannot be written: " + e.getMessage(), e);
    }
  }
}
