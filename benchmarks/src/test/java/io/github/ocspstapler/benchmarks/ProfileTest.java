package io.github.ocspstapler.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a profile says of stacks as async-profiler writes them. */
class ProfileTest {
  private static final String VERIFIES =
      "java/lang/Thread.run;io/github/ocspstapler/ocsp/ResponseVerifier.verify;"
          + "io/github/ocspstapler/internal/x509/SignatureAlgorithm.verifies;"
          + "java/security/Signature.verify;sun/security/ec/ECDSASignature.engineVerify";

  @Test
  void shares_stacks_areOfTheirInnermostKnownFrame() {
    Map<Area, Double> shares =
        Profile.shares(
            List.of(
                "[ocsp-verify-1 tid=7];" + VERIFIES + " 4",
                "[ocsp-verify-1 tid=7];java/lang/Thread.run;"
                    + "io/github/ocspstapler/ocsp/ResponseVerifier.verify 1",
                "[ocsp-verify-2 tid=8];io/github/ocspstapler/ocsp/Asker.asked;"
                    + "io/github/ocspstapler/internal/der/DerReader.header 1",
                "[ocsp-verify-2 tid=8];io/github/ocspstapler/ocsp/Attempt.answered;"
                    + "io/github/ocspstapler/Ledger.finished;java/util/HashMap.put 2"));

    assertThat(shares)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                Area.SIGNATURE, 0.5,
                Area.CLIENT, 0.125,
                Area.PARSING, 0.125,
                Area.STAPLER, 0.25));
  }

  @Test
  void shares_threadsOfTheJvmAndWaitingPools_areToldByTheirNames() {
    Map<Area, Double> shares =
        Profile.shares(
            List.of(
                "[C2 CompilerThre tid=2];Compile::Compile 2",
                "[GC Thread#0 tid=3];GangWorker::loop 1",
                "[ocsp-http-3 tid=9];java/util/concurrent/ThreadPoolExecutor.getTask 1"));

    assertThat(shares)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(Area.COMPILER, 0.5, Area.COLLECTOR, 0.25, Area.HTTP, 0.25));
  }

  @Test
  void shares_signatureInAHandshake_isOfTls() {
    String stack =
        "[main tid=1];sun/security/ssl/SSLEngineImpl.wrap;java/security/Signature.sign 1";

    assertThat(Profile.shares(List.of(stack))).containsOnly(Map.entry(Area.TLS, 1.0));
  }

  @Test
  void flameGraph_alikeThreads_areDrawnAsOne() throws Exception {
    List<String> stacks =
        Profile.ofAlikeThreads(
            List.of("[ocsp-http-1 tid=7];a;b 1", "[ocsp-http-12 tid=8];a 2", "[main tid=1];a 3"));

    assertThat(stacks).containsExactly("[ocsp-http];a;b 1", "[ocsp-http];a 2", "[main];a 3");
    assertThat(Profile.flameGraph("title", stacks))
        .startsWith("<!DOCTYPE html>")
        .contains("ocsp-http");
  }
}
