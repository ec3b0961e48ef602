package io.github.ocspstapler.cli;

import io.github.ocspstapler.ocsp.OcspClient;
import java.io.PrintWriter;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code ocsp-stapler inspect}: shows what a file says. */
@Command(
    name = "inspect",
    description = {
      "Shows what an OCSP or certificate file says.",
      "The file may hold OCSP requests, OCSP responses (staples) and certificates, as DER, PEM or"
          + " base64.",
      "A response is verified if its issuer's certificate is given or in the same file, and"
          + " called \"not verified\" otherwise."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {"", "Exit status: 0 it was shown, whatever it says; 64 it cannot be read."})
final class InspectCommand implements Callable<Integer> {
  /** The most that a client takes; what is here already does no harm. */
  private static final int MAX_RESPONSE_BYTES = 1 << 20;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Main main;

  @Parameters(paramLabel = "FILE", description = "The file; - is standard input.")
  private String file = "-";

  @Option(
      names = "--issuer",
      paramLabel = "FILE",
      description = "The CA that issued what the response is about.")
  private @Nullable String issuer;

  @Mixin private VerificationOptions verification = new VerificationOptions();

  @Option(names = "--json", description = "Print one line of JSON for each thing in the file.")
  private boolean json;

  @Override
  public Integer call() throws InputException {
    CommandLine command = spec.commandLine();
    Inputs inputs = Inputs.ofCommandLine(main.in());
    byte[] bytes = inputs.read(file);
    List<X509Certificate> issuers = issuer == null ? List.of() : inputs.certificates(issuer);
    Settings settings = verification.settings(null, inputs);
    PrintWriter out = command.getOut();
    try (OcspClient verifier = settings.client().maxResponseBytes(MAX_RESPONSE_BYTES).build()) {
      String name = file.equals("-") ? "standard input" : file;
      for (Facts facts : new Inspection(name, issuers, verifier).of(bytes)) {
        if (json) {
          out.println(FactsJson.of(facts));
        } else {
          Table table = new Table(main.terminal().width());
          facts.print(table);
          table.print(out, command.getColorScheme().ansi(), "");
        }
      }
    }
    out.flush();
    return ExitStatus.GOOD;
  }
}
