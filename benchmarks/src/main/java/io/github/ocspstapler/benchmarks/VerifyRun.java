package io.github.ocspstapler.benchmarks;

import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** Parse and verify at most 1.25 times the bare signature, and not slower than BouncyCastle. */
final class VerifyRun {
  private static final double GOAL = 1.25;

  private VerifyRun() {}

  static void run(boolean smoke) throws RunnerException {
    Jmh jmh = new Jmh().run(VerifyBenchmark.class, smoke, Map.of());
    Table table = new Table("key", "signer", "what", "µs/op", "±", "B/op", "ours / it", "goal", "");
    for (String key : List.of("RSA_2048", "EC_P256")) {
      for (String signer : List.of("ca", "delegate")) {
        Jmh.Score ours = jmh.score("ours", key, signer);
        for (String method :
            List.of("ours", "bareSignature", "preparedSignature", "bouncyCastle")) {
          Jmh.Score score = jmh.score(method, key, signer);
          double ratio = ours.value() / score.value();
          double goal =
              switch (method) {
                case "bareSignature" -> GOAL;
                case "bouncyCastle" -> 1;
                default -> 0;
              };
          table.row(
              key,
              signer,
              method,
              Numbers.fixed(score.value(), 1),
              Numbers.fixed(score.error(), 1),
              Numbers.fixed(score.bytesPerOperation(), 0),
              Numbers.fixed(ratio, 2),
              goal == 0 ? "" : "≤ " + Numbers.fixed(goal, 2),
              goal == 0 ? "" : Numbers.verdict(ratio <= goal));
        }
      }
    }
    table.print();
  }
}
