package io.github.ocspstapler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryCommandTest {
  private final TestCa ca = TestCa.root("Query test CA");
  private TestResponder responder;
  private TestCertificate leaf;
  @TempDir private Path folder;
  private Path chain;

  @BeforeEach
  void start() throws IOException {
    responder = TestResponder.start(ca);
    leaf = ca.leaf("example.test", responder.url());
    chain = write("chain.pem", leaf.chainPem());
  }

  @AfterEach
  void stop() {
    responder.close();
  }

  private Path write(String name, String content) throws IOException {
    return Files.write(folder.resolve(name), content.getBytes(UTF_8));
  }

  @Test
  void chain_good_exits0AndNamesTheResponder() {
    Cli run = Cli.run("query", "--chain", chain);

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.outLines().get(0)).isEqualTo("good");
    assertThat(run.out()).contains("responder", responder.url());
  }

  @Test
  void quiet_saysNothingWhenGoodAndTheVerdictElse() {
    Cli good = Cli.run("query", "--chain", chain, "--quiet");
    responder.revoke(leaf, Instant.parse("2026-01-02T03:04:05Z"), 4);
    Cli revoked = Cli.run("query", "--chain", chain, "-q");

    assertThat(good.status()).isZero();
    assertThat(good.out() + good.err()).isEmpty();
    assertThat(revoked.out()).startsWith("revoked");
  }

  @Test
  void certAndIssuer_good_exits0() throws IOException {
    Path cert = Files.write(folder.resolve("cert.der"), CaseFolder.encoded(leaf));
    Path issuer = Files.write(folder.resolve("issuer.der"), CaseFolder.encoded(ca.held()));

    Cli run = Cli.run("query", "--cert", cert, "--issuer", issuer, "--json");

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .startsWith("{\"verdict\":\"good\"")
        .contains("\"responder\":\"" + responder.url());
  }

  @Test
  void chain_fromStandardInput_isRead() {
    Cli run = Cli.runWithInput(leaf.chainPem().getBytes(UTF_8), "query", "--chain", "-");

    assertThat(run.status()).isZero();
  }

  @Test
  void revoked_exits1() {
    responder.revoke(leaf, Instant.parse("2026-01-02T03:04:05Z"), 4);

    Cli run = Cli.run("query", "--chain", chain, "--json");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .startsWith(
            "{\"verdict\":\"revoked\",\"reason\":\"superseded\","
                + "\"revokedAt\":\"2026-01-02T03:04:05Z\"");
  }

  @Test
  void unknown_exits2() {
    responder.unknown(leaf);

    assertThat(Cli.run("query", "--chain", chain).status()).isEqualTo(2);
  }

  @Test
  void responderDown_isUnreachableAndExits3() {
    responder.goDown();

    Cli run = Cli.run("query", "--chain", chain);
    Cli json = Cli.run("query", "--chain", chain, "--json");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("unreachable: ").doesNotContain("\tat ");
    assertThat(json.status()).isEqualTo(3);
    assertThat(json.out()).startsWith("{\"verdict\":\"unreachable\",\"reason\":\"connect\"");
  }

  @Test
  void responderThatHangs_isUnreachableWhenTheTimeIsUp() {
    responder.fault(Fault.hang());

    Cli run = Cli.run("query", "--chain", chain, "--timeout", "PT0.3S", "--json");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out()).startsWith("{\"verdict\":\"unreachable\",\"reason\":\"timeout\"");
  }

  @Test
  void errorOfTheServer_isRefusedAndExits3() {
    responder.fault(Fault.http(503));

    Cli run = Cli.run("query", "--chain", chain, "--json");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out())
        .startsWith("{\"verdict\":\"refused\",\"reason\":\"http_status\"")
        .contains("\"httpStatus\":503");
  }

  @Test
  void htmlFromTheServer_isRejectedAndExits3() {
    responder.fault(Fault.html());

    Cli run = Cli.run("query", "--chain", chain, "--json");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out()).startsWith("{\"verdict\":\"rejected\",\"reason\":\"malformed\"");
  }

  @Test
  void certificateWithoutResponder_isUnreachableUnlessAUrlIsGiven() throws IOException {
    Path bare = write("bare.pem", ca.leaf("bare.test").chainPem());

    Cli without = Cli.run("query", "--chain", bare, "--json");
    Cli with = Cli.run("query", "--chain", bare, "--url", responder.url());

    assertThat(without.status()).isEqualTo(3);
    assertThat(without.out())
        .startsWith("{\"verdict\":\"unreachable\",\"reason\":\"no_responder\"");
    assertThat(with.status()).isZero();
  }

  @Test
  void chain_withoutTheIssuer_isWrongUsage() throws IOException {
    Path alone = write("alone.pem", leaf.pem());

    Cli run = Cli.run("query", "--chain", alone);

    assertThat(run.status()).isEqualTo(64);
    assertThat(run.err()).contains("issuer").contains("Query test CA");
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void out_getsTheResponseThatVerifies() throws IOException {
    Path out = folder.resolve("response.der");

    Cli query = Cli.run("query", "--chain", chain, "--out", out);
    Cli verify = Cli.run("verify", "--response", out, "--cert", chain);

    assertThat(query.status()).isZero();
    assertThat(verify.status()).isZero();
  }

  @Test
  void nonce_isSent() {
    responder.echoNonce(true);

    Cli run = Cli.run("query", "--chain", chain, "--nonce");

    assertThat(run.status()).isZero();
    assertThat(responder.requests()).last().satisfies(r -> assertThat(r.nonce()).isPresent());
  }

  @Test
  void maxAge_ofZero_refusesAnAnswerWithoutNextUpdate() {
    responder.noNextUpdate();

    assertThat(Cli.run("query", "--chain", chain).status()).isZero();
    assertThat(Cli.run("query", "--chain", chain, "--max-age", "PT0S").status()).isEqualTo(3);
  }
}
