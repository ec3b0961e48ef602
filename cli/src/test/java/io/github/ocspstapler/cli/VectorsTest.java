package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The third-party cases, put as one batch to the program as a user would. */
class VectorsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> STATUSES = Set.of("GOOD", "REVOKED", "UNKNOWN");
  private static final Set<String> ANSWERS = Set.of("good", "revoked", "unknown");

  /** The nonce is compared with a request's; verify has none. */
  private static final Set<String> NEED_A_REQUEST = Set.of("REJECT_NONCE", "NONCE_MATCH");

  private record Case(String name, String expected, String line) {}

  private static final List<Case> CASES = new ArrayList<>();

  @TempDir private Path folder;

  @BeforeAll
  static void readManifests() throws IOException {
    Path vectors = OutsideTool.requireFolder("vectors.dir", "third-party OCSP cases");
    try (Stream<Path> sources = Files.list(vectors)) {
      for (Path source : sources.filter(Files::isDirectory).sorted().toList()) {
        for (JsonNode vector : JSON.readTree(source.resolve("manifest.json").toFile())) {
          if (vector.hasNonNull("response")) {
            String name = source.getFileName() + "/" + vector.get("name").asText();
            String expected = vector.get("expected").asText();
            CASES.add(new Case(name, expected, line(source, vector, expected)));
          }
        }
      }
    }
  }

  private static String line(Path source, JsonNode vector, String expected) {
    ObjectNode line = JSON.createObjectNode();
    for (String key : List.of("response", "issuer", "responder")) {
      if (vector.hasNonNull(key) && !(key.equals("responder") && isNotConfigured(vector))) {
        line.put(key, source.resolve(vector.get(key).asText()).toString());
      }
    }
    if (vector.hasNonNull("certificate")) {
      line.put("cert", source.resolve(vector.get("certificate").asText()).toString());
    } else if (vector.hasNonNull("certIDSerial")) {
      line.put("serial", vector.get("certIDSerial").asText());
    }
    boolean fresh = vector.hasNonNull("freshTime") && !expected.equals("REJECT_TIME");
    String time = fresh ? "freshTime" : "verificationTime";
    if (vector.hasNonNull(time)) {
      line.put("at", vector.get(time).asText());
    }
    if (vector.hasNonNull("maxAgeSeconds")) {
      line.put("maxAge", "PT" + vector.get("maxAgeSeconds").asLong() + "S");
    } else if (STATUSES.contains(expected) || expected.equals("VERIFIED")) {
      line.put("maxAge", "P3650D"); // these sources ask for no age
    }
    line.put("allowSha1Signatures", true);
    return line.toString();
  }

  /** The case is that this responder is not configured. */
  private static boolean isNotConfigured(JsonNode vector) {
    return vector.get("name").asText().equals("whenOcspResponseCACertNotTrusted_thenThrows");
  }

  private List<String> verdicts(List<Case> cases) throws IOException {
    Path batch = folder.resolve("batch.jsonl");
    Files.write(batch, cases.stream().map(Case::line).toList(), UTF_8);
    Cli run = Cli.run("verify", "--batch", batch);
    assertThat(run.status()).isZero();
    assertThat(run.outLines()).hasSize(cases.size());
    return run.outLines();
  }

  @Test
  void cases_thatMustBeRefused_areNotAccepted() throws IOException {
    List<Case> cases =
        CASES.stream()
            .filter(c -> !NEED_A_REQUEST.contains(c.expected()))
            .filter(c ->
                c.expected().startsWith("REJECT_")
                    || Set.of(
                            "MALFORMED",
                            "NO_MATCHING_RESPONSE",
                            "ERROR_STATUS",
                            "PARSES_BUT_NOT_ACCEPTABLE",
                            "INPUT_ERROR")
                        .contains(c.expected()))
            .toList();

    List<String> verdicts = verdicts(cases);

    assertThat(cases).hasSizeGreaterThan(100);
    List<String> accepted = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      if (ANSWERS.contains(JSON.readTree(verdicts.get(i)).get("verdict").asText())) {
        accepted.add(cases.get(i) + " -> " + verdicts.get(i));
      }
    }
    assertThat(accepted).isEmpty();
  }

  @Test
  void cases_whoseSignatureIsVouchedFor_areAnswered() throws IOException {
    List<Case> cases =
        CASES.stream()
            .filter(c -> c.expected().equals("VERIFIED") && c.line().contains("\"issuer\""))
            .filter(c -> c.line().contains("\"cert\"") || c.line().contains("\"serial\""))
            .toList();

    List<String> verdicts = verdicts(cases);

    assertThat(cases).isNotEmpty();
    assertThat(verdicts)
        .allMatch(line -> line.matches("\\{\"verdict\":\"(good|revoked|unknown)\".*"));
  }

  @Test
  void cases_withAnAnswer_getThatAnswer() throws IOException {
    List<Case> cases =
        CASES.stream()
            .filter(c -> STATUSES.contains(c.expected()))
            .filter(c -> c.line().contains("\"issuer\""))
            .filter(c -> c.line().contains("\"cert\"") || c.line().contains("\"serial\""))
            .toList();

    List<String> verdicts = verdicts(cases);

    assertThat(cases).hasSizeGreaterThan(100);
    List<String> different = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      String verdict = JSON.readTree(verdicts.get(i)).get("verdict").asText();
      if (!verdict.equalsIgnoreCase(cases.get(i).expected())) {
        different.add(cases.get(i) + " -> " + verdicts.get(i));
      }
    }
    assertThat(different).isEmpty();
  }

  @Test
  void cases_all_getAVerdictAndNoneIsAFaultOfOurs() throws IOException {
    List<String> verdicts = verdicts(CASES);

    for (String verdict : verdicts) {
      assertThat(JSON.readTree(verdict).hasNonNull("verdict")).isTrue();
      assertThat(verdict).doesNotContain("\"reason\":\"fault\"");
    }
  }
}
