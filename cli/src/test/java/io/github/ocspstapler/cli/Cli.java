package io.github.ocspstapler.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * One run of the command line, in this process.
 *
 * @param status its exit status
 * @param out what it printed
 * @param err what it complained about
 */
record Cli(int status, String out, String err) {

  static Cli run(Object... args) {
    return runWithInput(new byte[0], args);
  }

  static Cli runWithInput(byte[] standardInput, Object... args) {
    return run(Ansi.OFF, standardInput, args);
  }

  static Cli run(Ansi ansi, byte[] standardInput, Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Main.commandLine(new ByteArrayInputStream(standardInput), ansi)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    String[] texts = List.of(args).stream().map(Object::toString).toArray(String[]::new);
    int status = command.execute(texts);
    return new Cli(status, out.toString(), err.toString());
  }

  List<String> outLines() {
    return out.lines().toList();
  }
}
