package io.github.ocspstapler.cli;

import java.io.BufferedWriter;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code ocsp-stapler}: reads the command line and runs one command. */
@Command(
    name = "ocsp-stapler",
    description = "OCSP staples for Java servers: see it work, ask a responder, check an answer.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      QueryCommand.class,
      VerifyCommand.class,
      ProbeCommand.class,
      InspectCommand.class,
      LintCommand.class,
      WatchCommand.class,
      CompletionCommand.class
    },
    footer = {
      "",
      "Exit status: 0 all is well; 64 wrong usage; otherwise see COMMAND --help.",
      "'ocsp-stapler COMMAND --help' explains a command."
    })
public final class Main implements Runnable {
  private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  private final InputStream in;
  private final Terminal terminal;

  private Main(InputStream in, Terminal terminal) {
    this.in = in;
    this.terminal = terminal;
  }

  /** Standard input, for the commands that read it. */
  InputStream in() {
    return in;
  }

  /** What the output is looked at through. */
  Terminal terminal() {
    return terminal;
  }

  /**
   * Runs the command and exits with its status.
   *
   * @param args the command line
   */
  public static void main(String... args) {
    if (System.getProperty(LOG_FORMAT) == null) {
      System.setProperty(LOG_FORMAT, "%4$s: %5$s%6$s%n"); // a line each; read when first logged
    }
    boolean terminal = isTerminal();
    CommandLine command =
        commandLine(
            System.in, colours(System.getenv(), terminal), Terminal.of(terminal, System.getenv()));
    System.exit(command.setOut(standardOutput()).execute(args));
  }

  /** Not {@link System#out}: that keeps to itself that its reader has gone. */
  private static PrintWriter standardOutput() {
    // From JDK 19 the default charset need not be that of the terminal.
    String charset = System.getProperty("stdout.encoding", Charset.defaultCharset().name());
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    return new PrintWriter(
        new BufferedWriter(new OutputStreamWriter(out, Charset.forName(charset))), true);
  }

  /** The whole command line, for output to a file. */
  static CommandLine commandLine(InputStream in, Ansi ansi) {
    return commandLine(in, ansi, Terminal.NONE);
  }

  /** The whole command line; its streams and colours may still be changed. */
  static CommandLine commandLine(InputStream in, Ansi ansi, Terminal terminal) {
    return new CommandLine(new Main(in, terminal))
        .setColorScheme(CommandLine.Help.defaultColorScheme(ansi))
        .setUsageHelpAutoWidth(ansi == Ansi.ON)
        .setParameterExceptionHandler(new WrongUsage())
        .setExecutionExceptionHandler(new Failure());
  }

  /** Whether to colour: on a terminal that can, unless NO_COLOR (no-color.org) says no. */
  static Ansi colours(Map<String, String> environment, boolean terminal) {
    boolean unwanted = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    boolean dumb = "dumb".equals(environment.get("TERM"));
    return terminal && !unwanted && !dumb ? Ansi.ON : Ansi.OFF;
  }

  @SuppressWarnings("SystemConsoleNull") // null means no terminal until JDK 21; asked from 22 on
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException beforeJdk22) {
      return true;
    }
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Missing command, such as demo, query or probe");
  }

  /** Says what is wrong with the command line in one sentence, and where to read more. */
  private static final class WrongUsage implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] args) {
      CommandLine command = e.getCommandLine();
      PrintWriter err = command.getErr();
      err.println(Printable.of(problem(e)));
      UnmatchedArgumentException.printSuggestions(e, err);
      err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
      err.flush();
      return ExitStatus.USAGE;
    }

    private static String problem(ParameterException e) {
      String message = e.getMessage();
      return "ocsp-stapler: " + (message == null ? "wrong usage" : message);
    }
  }

  /** Says what went wrong in one sentence; a stack trace is no answer to a user. */
  private static final class Failure implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
      if (e instanceof InputException) {
        command.getErr().println(Printable.of("ocsp-stapler: " + e.getMessage()));
        return ExitStatus.USAGE;
      }
      if (e instanceof IOException) {
        command.getErr().println(Printable.of("ocsp-stapler: " + e.getMessage()));
        return ExitStatus.IO;
      }
      command.getErr().println(Printable.of("ocsp-stapler: internal error: " + e));
      return ExitStatus.INTERNAL;
    }
  }
}
