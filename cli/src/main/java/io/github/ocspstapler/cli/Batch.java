package io.github.ocspstapler.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Verifies one case after the other: a JSON object a line in, a verdict a line out. Not
 * thread-safe.
 *
 * <p>No line ends the run: what cannot be understood or read is a verdict as well, so that line
 * <i>n</i> of the output always answers line <i>n</i> of the input. Memory is bounded by the
 * largest line and file that are taken, not by how many there are.
 */
final class Batch {
  private final Settings defaults;
  private final Verification verification;
  private final Inputs inputs;

  /**
   * @param folder what file names in the lines are relative to
   * @param defaults for the lines that do not say otherwise
   */
  Batch(Path folder, Settings defaults) {
    this.defaults = defaults;
    this.inputs = Inputs.ofBatch(folder);
    this.verification = new Verification(inputs);
  }

  /**
   * Answers every line, each as soon as it is known.
   *
   * @return the exit status
   * @throws IOException if the lines cannot be read any further
   */
  int run(InputStream in, PrintWriter out) throws IOException {
    Lines lines = new Lines(in);
    while (lines.next()) {
      out.print(answer(lines));
      out.print('\n');
      out.flush();
      if (out.checkError()) {
        return ExitStatus.IO; // the reader has gone
      }
    }
    return ExitStatus.GOOD;
  }

  private String answer(Lines lines) {
    if (lines.tooLong()) {
      return unreadable("the line is longer than " + Lines.MAX_BYTES + " bytes", List.of());
    }
    try {
      return answer(BatchLine.read(utf8(lines.bytes())));
    } catch (CharacterCodingException e) {
      return unreadable("the line is not UTF-8", List.of());
    } catch (InputException e) {
      return unreadable(String.valueOf(e.getMessage()), List.of());
    }
  }

  private String answer(BatchLine line) {
    try {
      Settings settings = line.settings(defaults, inputs);
      Verdict verdict =
          verification.verify(line.response(), line.issuer(), line.cert(), line.serial(), settings);
      return VerdictJson.of(verdict, line.ignored());
    } catch (InputException e) {
      return unreadable(String.valueOf(e.getMessage()), line.ignored());
    } catch (RuntimeException | StackOverflowError fault) {
      // The verifier promises not to; should it ever, the other lines still want their answers.
      return VerdictJson.of(Verdict.internalError(fault), line.ignored());
    }
  }

  private static String unreadable(String message, List<String> ignored) {
    return VerdictJson.of(Verdict.unreadable(message), ignored);
  }

  private static String utf8(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
