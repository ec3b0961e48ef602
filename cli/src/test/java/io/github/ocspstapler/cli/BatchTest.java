package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.OcspAnswer;
import io.github.ocspstapler.testkit.TestCertificate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.SequenceInputStream;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code verify --batch}: every line gets a verdict, whatever it is. */
class BatchTest {
  private static final TestCertificate LEAF = CaseFolder.LEAF;
  private static final String GOOD =
      "{\"response\":\"response.der\",\"issuer\":\"issuer.der\",\"cert\":\"cert.der\"}";

  @TempDir private Path temporary;
  private CaseFolder folder;

  @BeforeEach
  void makeFolder() {
    folder = new CaseFolder(temporary);
    folder.issuer();
    folder.cert();
    folder.response(OcspAnswer.good(LEAF));
  }

  private Cli batch(String... lines) {
    return batch(String.join("\n", lines).getBytes(UTF_8));
  }

  private Cli batch(byte[] content, Object... more) {
    Object[] args = new Object[3 + more.length];
    args[0] = "verify";
    args[1] = "--batch";
    args[2] = folder.write("batch.jsonl", content);
    System.arraycopy(more, 0, args, 3, more.length);
    return Cli.run(args);
  }

  private static String verdict(String line) {
    return line.replaceAll("^\\{\"verdict\":\"([a-z]+)\".*}$", "$1");
  }

  @Test
  void lines_areAnsweredInTheirOrder() {
    folder.write("revoked.der", OcspAnswer.revoked(LEAF, Instant.now()).der());
    folder.write("unknown.der", OcspAnswer.unknown(LEAF).der());
    folder.write("later.der", OcspAnswer.error(3).der());
    folder.write("forged.der", OcspAnswer.good(LEAF).corruptSignature().der());

    Cli run =
        batch(
            GOOD,
            GOOD.replace("response.der", "revoked.der"),
            GOOD.replace("response.der", "unknown.der"),
            GOOD.replace("response.der", "later.der"),
            GOOD.replace("response.der", "forged.der"),
            GOOD.replace("response.der", "absent.der"),
            GOOD);

    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.outLines())
        .extracting(BatchTest::verdict)
        .containsExactly("good", "revoked", "unknown", "refused", "rejected", "rejected", "good");
    assertThat(run.outLines().get(5))
        .isEqualTo(
            "{\"verdict\":\"rejected\",\"reason\":\"unreadable_input\","
                + "\"message\":\"absent.der: no such file\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{}",
        "[]",
        "null",
        "\"text\"",
        "not json",
        "{\"response\":\"response.der\"",
        "{\"response\":\"response.der\"} x",
        "{\"response\":\"response.der\",\"issuer\":\"issuer.der\"}",
        "{\"response\":\"response.der\",\"serial\":\"01\"}",
        "{\"response\":7,\"issuer\":\"issuer.der\",\"cert\":\"cert.der\"}",
        "{\"response\":null,\"issuer\":\"issuer.der\",\"cert\":\"cert.der\"}",
        "{\"response\":\"\",\"issuer\":\"issuer.der\",\"cert\":\"cert.der\"}",
        "{\"response\":\".\",\"issuer\":\"issuer.der\",\"cert\":\"cert.der\"}",
        "{\"response\":\"-\",\"issuer\":\"issuer.der\",\"cert\":\"cert.der\"}",
        "{\"response\":\"a\\u0000b\",\"issuer\":\"issuer.der\",\"cert\":\"cert.der\"}",
        "{\"response\":\"\\ud800\",\"issuer\":\"issuer.der\",\"cert\":\"cert.der\"}",
        "{\"response\":\"/dev/zero\",\"issuer\":\"issuer.der\",\"cert\":\"cert.der\"}",
        "{\"response\":\"response.der\",\"issuer\":\"response.der\",\"cert\":\"cert.der\"}",
        "{\"response\":\"response.der\",\"issuer\":\"issuer.der\",\"cert\":\"absent\"}",
        "{\"response\":\"response.der\",\"issuer\":\"issuer.der\",\"serial\":\"xyz\"}",
        "{\"response\":\"response.der\",\"issuer\":\"issuer.der\",\"serial\":1}",
        "{\"response\":\"r\",\"response\":\"s\",\"issuer\":\"issuer.der\",\"cert\":\"cert.der\"}",
        "{\"response\":\"response.der\",\"issuer\":\"issuer.der\",\"cert\":\"cert.der\","
            + "\"serial\":\"1234\"}",
        "{\"response\":\"response.der\",\"issuer\":\"issuer.der\",\"cert\":\"cert.der\","
            + "\"at\":\"never\"}",
        "{\"response\":\"response.der\",\"issuer\":\"issuer.der\",\"cert\":\"cert.der\","
            + "\"maxAge\":\"P-1D\"}",
        "{\"response\":\"response.der\",\"issuer\":\"issuer.der\",\"cert\":\"cert.der\","
            + "\"allowSha1Signatures\":\"yes\"}",
        "{\"response\":\"response.der\",\"issuer\":\"issuer.der\",\"cert\":\"cert.der\","
            + "\"responder\":\"absent\"}",
      })
  void line_thatCannotBeUsed_isRejectedAndTheNextAnswered(String line) {
    Cli run = batch(line, GOOD);

    assertThat(run.status()).isZero();
    assertThat(run.outLines()).hasSize(2);
    assertThat(run.outLines().get(0))
        .startsWith("{\"verdict\":\"rejected\",\"reason\":\"unreadable_input\",\"message\":\"");
    assertThat(verdict(run.outLines().get(1))).isEqualTo("good");
  }

  @Test
  void lines_ofAnyBytes_areAllAnswered() {
    Random random = new Random(4711);
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (int i = 0; i < 500; i++) {
      byte[] line = random.nextInt(3) == 0 ? GOOD.getBytes(UTF_8) : new byte[random.nextInt(200)];
      int changes = 1 + random.nextInt(Math.max(1, line.length));
      for (int c = 0; line.length > 0 && c < changes; c++) {
        byte b = (byte) random.nextInt(256);
        line[random.nextInt(line.length)] = b == '\n' ? 0 : b;
      }
      lines.writeBytes(line);
      lines.write('\n');
    }

    Cli run = batch(lines.toByteArray());

    assertThat(run.status()).isZero();
    assertThat(run.outLines()).hasSize(500).allMatch(line -> line.startsWith("{\"verdict\":\""));
    assertThat(run.out()).doesNotContain("\"reason\":\"fault\"");
  }

  @Test
  void responses_ofAnyBytes_areAllAnswered() {
    Random random = new Random(4712);
    byte[] good = OcspAnswer.good(LEAF).embedNothing().der();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      byte[] bad = java.util.Arrays.copyOf(good, 1 + random.nextInt(good.length));
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      folder.write("bad" + i, bad);
      lines.add(GOOD.replace("response.der", "bad" + i));
    }

    Cli run = batch(String.join("\n", lines).getBytes(UTF_8));

    assertThat(run.outLines()).hasSize(300);
    assertThat(run.out())
        .doesNotContain(
            "\"reason\":\"fault\"", "\"revoked\"", "\"unknown\"", "\"verdict\":\"good\"");
  }

  @Test
  void line_tooLongOrNotUtf8_isRejectedAndTheNextAnswered() {
    byte[] content =
        ("x".repeat(Lines.MAX_BYTES + 1) + "\n\u00ff\u00fe{\n" + GOOD + "\r\n")
            .getBytes(ISO_8859_1);

    Cli run = batch(content);

    assertThat(run.outLines())
        .extracting(BatchTest::verdict)
        .containsExactly("rejected", "rejected", "good");
    assertThat(run.outLines().get(0)).contains("longer than");
    assertThat(run.outLines().get(1)).contains("not UTF-8");
  }

  @Test
  void line_nestedDeeply_isRejected() {
    Cli run = batch("{\"a\":" + "[".repeat(400_000), GOOD);

    assertThat(run.outLines()).extracting(BatchTest::verdict).containsExactly("rejected", "good");
  }

  @Test
  void key_unknown_isIgnoredAndSaid() {
    Cli run = batch(GOOD.replace("{", "{\"name\":{\"a\":[1,{}]},\"respons\":\"x\","));

    assertThat(verdict(run.out().strip())).isEqualTo("good");
    assertThat(run.out()).contains("\"ignored\":[\"name\",\"respons\"]");
  }

  @Test
  void settings_ofALine_holdForThatLineOnly() {
    folder.response(OcspAnswer.good(LEAF).noNextUpdate());
    String at = Instant.now().plusSeconds(3 * 3600).toString();
    String late = GOOD.replace("}", ",\"at\":\"" + at + "\"}");

    Cli run = batch(late.replace("}", ",\"maxAge\":\"P7D\"}"), late, GOOD);

    assertThat(run.outLines())
        .extracting(BatchTest::verdict)
        .containsExactly("good", "rejected", "good");
  }

  @Test
  void settings_ofTheCommandLine_holdForLinesThatSayNothing() {
    folder.response(OcspAnswer.good(LEAF).noNextUpdate());
    String at = Instant.now().plusSeconds(3 * 3600).toString();
    String lines = GOOD + "\n" + GOOD.replace("}", ",\"maxAge\":\"PT1H\"}");

    Cli run = batch(lines.getBytes(UTF_8), "--at", at, "--max-age", "P7D");

    assertThat(run.outLines()).extracting(BatchTest::verdict).containsExactly("good", "rejected");
  }

  @Test
  void batch_empty_printsNothingAndExits0() {
    Cli run = batch("");

    assertThat(run.status()).isZero();
    assertThat(run.out()).isEmpty();
  }

  @Test
  void batch_fromStandardInput_readsFilesFromTheWorkingDirectory() {
    String line = GOOD.replace(":\"", ":\"" + temporary + "/");

    Cli run = Cli.runWithInput(line.getBytes(UTF_8), "verify", "--batch", "-");

    assertThat(verdict(run.out().strip())).isEqualTo("good");
  }

  @Test
  void verdict_isFlushedBeforeTheNextLineIsRead() throws IOException {
    StringWriter out = new StringWriter();
    List<String> printed = new ArrayList<>();
    InputStream in =
        new SequenceInputStream(
            new ByteArrayInputStream((GOOD + "\n").getBytes(UTF_8)),
            new InputStream() {
              @Override
              public int read() {
                printed.add(out.toString());
                return -1;
              }

              @Override
              public int read(byte[] into, int offset, int length) {
                return read();
              }
            });

    new Batch(temporary, new Settings(null, null, false, null))
        .run(in, new PrintWriter(new java.io.BufferedWriter(out)));

    assertThat(printed).isNotEmpty();
    assertThat(printed.get(0)).startsWith("{\"verdict\":\"good\"").endsWith("}\n");
  }

  @Test
  void reader_gone_endsTheRun() throws IOException {
    PrintWriter closed =
        new PrintWriter(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
              }
            },
            false,
            UTF_8);

    int status =
        new Batch(temporary, new Settings(null, null, false, null))
            .run(new ByteArrayInputStream((GOOD + "\n" + GOOD).getBytes(UTF_8)), closed);

    assertThat(status).isEqualTo(74);
  }
}
