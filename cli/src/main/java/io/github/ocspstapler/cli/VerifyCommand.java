package io.github.ocspstapler.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code ocsp-stapler verify}: checks OCSP responses that came from elsewhere. */
@Command(
    name = "verify",
    description = "Verifies OCSP responses that came from elsewhere.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "",
      "Every FILE may be PEM or DER; - is standard input.",
      "Exit status: 0 good, 1 revoked, 2 unknown, 3 no trustworthy answer,",
      "64 wrong usage; with --batch 0 once every line is answered, whatever the verdicts."
    })
final class VerifyCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Main main;

  @Option(names = "--response", paramLabel = "FILE", description = "The OCSP response.")
  private @Nullable String response;

  @Option(
      names = "--issuer",
      paramLabel = "FILE",
      description = "The CA that issued the certificate; not needed if --cert holds the chain.")
  private @Nullable String issuer;

  @Option(names = "--cert", paramLabel = "FILE", description = "The certificate it is about.")
  private @Nullable String cert;

  @Option(
      names = "--serial",
      paramLabel = "HEX",
      description = "The certificate's serial number, instead of --cert.",
      converter = SerialNumber.class)
  private @Nullable BigInteger serial;

  @Option(
      names = "--at",
      paramLabel = "INSTANT",
      description =
          "Verify as of exactly this time, such as 2017-03-05T00:00:00Z. Default: now, by a clock"
              + " that may be 5 minutes off.",
      converter = At.class)
  private @Nullable Instant at;

  @Mixin private VerificationOptions verification = new VerificationOptions();

  @Option(names = "--json", description = "Print the verdict as one line of JSON.")
  private boolean json;

  @Mixin private QuietOption quiet = new QuietOption();

  @Option(
      names = "--batch",
      paramLabel = "FILE",
      description = {
        "Verify many: one JSON object a line, with the keys response, issuer, cert or serial,"
            + " at, maxAge, allowSha1Signatures, responder (file names relative to FILE).",
        "Prints one verdict a line, in the same order. --at, --max-age, --responder and"
            + " --allow-sha1-signatures hold for the lines that do not say otherwise."
      })
  private @Nullable String batch;

  @Override
  public Integer call() throws InputException, IOException {
    if (batch != null) {
      if (quiet.quiet) {
        throw wrongUsage("--batch prints every verdict, and --quiet does not");
      }
      return callBatch(batch);
    }
    if (response == null) {
      throw wrongUsage("Missing --response (or --batch)");
    }
    if (cert == null && serial == null) {
      throw wrongUsage("Missing --cert (or --serial)");
    }
    if (issuer == null && cert == null) {
      throw wrongUsage("Missing --issuer");
    }
    Inputs inputs = Inputs.ofCommandLine(main.in());
    Settings settings = verification.settings(at, inputs);
    Verdict verdict = new Verification(inputs).verify(response, issuer, cert, serial, settings);
    if (!quiet.hides(verdict)) {
      Output.print(verdict, json, spec.commandLine());
    }
    return verdict.exitStatus();
  }

  private int callBatch(String file) throws InputException, IOException {
    if (response != null || issuer != null || cert != null || serial != null) {
      throw wrongUsage("--batch takes --response, --issuer, --cert and --serial from its lines");
    }
    Settings defaults =
        verification.settings(at, Inputs.ofCommandLine(InputStream.nullInputStream()));
    try (InputStream lines = open(file)) {
      return new Batch(folder(file), defaults).run(lines, spec.commandLine().getOut());
    }
  }

  private InputStream open(String file) throws InputException {
    try {
      Path path = Path.of(file);
      if (Files.isDirectory(path)) {
        throw new InputException(file + ": is a directory");
      }
      return new BufferedInputStream(file.equals("-") ? main.in() : Files.newInputStream(path));
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": no such file", e);
    } catch (InvalidPathException | IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static Path folder(String file) {
    Path parent = file.equals("-") ? null : Path.of(file).getParent();
    return parent == null ? Path.of("") : parent;
  }

  private ParameterException wrongUsage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }

  /** Reads {@code --serial}. */
  static final class SerialNumber extends Converter<BigInteger> {
    @Override
    BigInteger read(String text) {
      return Values.serial(text);
    }
  }

  /** Reads {@code --at}. */
  static final class At extends Converter<Instant> {
    @Override
    Instant read(String text) {
      return Values.instant(text);
    }
  }
}
