package io.github.ocspstapler.cli;

import io.github.ocspstapler.ocsp.OcspClient;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code ocsp-stapler probe}: looks at running servers from outside. */
@Command(
    name = "probe",
    description = {
      "Says what TLS servers staple, and what to fix.",
      "Shakes hands on TLS 1.3 and 1.2, with and without asking for staples; says what comes,"
          + " whether it verifies, what clients make of it, and what is wrong, worst first."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "",
      "@FILE reads hosts from a file. Exit status, of the worst host: 0 ok, 1 warning,",
      "2 critical, 3 unknown (not reached), as Nagios has it; 64 wrong usage."
    })
final class ProbeCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Main main;

  @Parameters(
      paramLabel = "HOST[:PORT]",
      arity = "1..*",
      description = "The servers. The port is 443, or that of --starttls.",
      converter = Target.class)
  private List<ProbeTarget> targets = List.of();

  @Option(
      names = "--cafile",
      paramLabel = "FILE",
      description = "Trust these CA certificates, and no others. Default: what this Java trusts.")
  private @Nullable String caFile;

  @Option(
      names = "--sni",
      paramLabel = "NAME",
      description = "Ask for this name, which the certificate must bear. Default: HOST.",
      converter = ServerName.class)
  private @Nullable String sni;

  @Option(
      names = "--starttls",
      paramLabel = "PROTOCOL",
      description = "Begin in plain text: ${COMPLETION-CANDIDATES}.",
      converter = Protocol.class,
      completionCandidates = Protocols.class)
  private @Nullable StartTls startTls;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "For a connection, and for each wait for the server. Default: PT6S.",
      converter = QueryCommand.Timeout.class)
  private Duration timeout = Duration.ofSeconds(6);

  @Mixin private VerificationOptions verification = new VerificationOptions();

  @Option(names = "--json", description = "Print one line of JSON for each server.")
  private boolean json;

  @Mixin private QuietOption quiet = new QuietOption();

  @Override
  public Integer call() throws InputException {
    CommandLine command = spec.commandLine();
    Inputs inputs = Inputs.ofCommandLine(main.in());
    ProbeTrust trust =
        caFile == null ? ProbeTrust.ofPlatform() : ProbeTrust.of(inputs.certificates(caFile));
    List<Level> levels = new ArrayList<>();
    Progress progress = quiet.progress(command, main.terminal());
    try (OcspClient verifier = verification.settings(null, inputs).client().build()) {
      Probe probe = new Probe(trust, verifier, Clock.systemUTC());
      for (ProbeTarget given : targets) {
        ProbeTarget target = given.withUsualPort(startTls == null ? 443 : startTls.port());
        progress.say("probing " + target + " (" + (levels.size() + 1) + "/" + targets.size() + ")");
        String name = sni == null ? target.host() : sni;
        ProbeReport report =
            probe.look(target, new ProbeClient(target, name, startTls, trust, timeout));
        List<Finding> findings = ProbeFindings.of(report);
        levels.add(Finding.worst(findings));
        progress.clear();
        print(report, findings, command);
      }
    }
    return Level.worst(levels).exitStatus();
  }

  private void print(ProbeReport report, List<Finding> findings, CommandLine command) {
    if (quiet.hides(findings)) {
      return;
    }
    PrintWriter out = command.getOut();
    if (json) {
      out.println(FactsJson.of(ProbeFacts.of(report, findings)));
    } else {
      new ProbeText(out, command.getColorScheme().ansi(), main.terminal().width())
          .print(report, findings);
    }
    out.flush();
  }

  /** Reads a host. */
  static final class Target extends Converter<ProbeTarget> {
    @Override
    ProbeTarget read(String text) {
      return ProbeTarget.of(text);
    }
  }

  /** Reads {@code --starttls}. */
  static final class Protocol extends Converter<StartTls> {
    @Override
    StartTls read(String text) {
      for (StartTls protocol : StartTls.values()) {
        if (protocol.toString().equals(text)) {
          return protocol;
        }
      }
      throw new IllegalArgumentException(
          "starttls: " + text + " (expected: smtp, imap, ldap or postgres)");
    }
  }

  /** What {@code --starttls} may be, for help and completion. */
  static final class Protocols implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(StartTls.values()).map(StartTls::toString).iterator();
    }
  }

  /** Reads {@code --sni}. */
  static final class ServerName extends Converter<String> {
    @Override
    String read(String text) {
      ProbeTarget.requireName(text);
      return text;
    }
  }
}
