package io.github.ocspstapler.benchmarks;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs JMH benchmarks and hands back their scores by method and parameters. */
final class Jmh {
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  /** A benchmark's score, its error at 99.9 %, and what it allocates. */
  record Score(double value, double error, double bytesPerOperation) {}

  private final Map<String, Score> scores = new HashMap<>();

  /** Runs a class's benchmarks with the given parameters, each in JVMs of its own. */
  Jmh run(Class<?> benchmarks, boolean smoke, Map<String, List<String>> params, String... jvmArgs)
      throws RunnerException {
    return run(benchmarks, smoke, smoke ? 1 : 2, params, jvmArgs);
  }

  /**
   * Runs a class's benchmarks in this JVM, one after the other: for data too large to make anew.
   */
  Jmh runHere(Class<?> benchmarks, boolean smoke, Map<String, List<String>> params)
      throws RunnerException {
    return run(benchmarks, smoke, 0, params);
  }

  private Jmh run(
      Class<?> benchmarks,
      boolean smoke,
      int forks,
      Map<String, List<String>> params,
      String... jvmArgs)
      throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("\\b" + benchmarks.getSimpleName() + "\\.")
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(smoke ? VerboseMode.SILENT : VerboseMode.NORMAL)
            .forks(forks)
            .warmupIterations(smoke ? 1 : 3)
            .measurementIterations(smoke ? 1 : 5)
            .warmupTime(time(smoke))
            .measurementTime(time(smoke))
            .jvmArgsAppend(jvmArgs);
    params.forEach((name, values) -> options.param(name, values.toArray(String[]::new)));
    Collection<RunResult> results = new Runner(options.build()).run();
    for (RunResult result : results) {
      String method = result.getPrimaryResult().getLabel();
      StringBuilder key = new StringBuilder(method);
      for (String name : result.getParams().getParamsKeys()) {
        key.append(' ').append(result.getParams().getParam(name));
      }
      Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
      if (allocated == null) {
        throw new IllegalStateException(
            "no " + ALLOCATED + " among " + result.getSecondaryResults());
      }
      scores.put(
          key.toString(),
          new Score(
              result.getPrimaryResult().getScore(),
              result.getPrimaryResult().getScoreError(),
              allocated.getScore()));
    }
    return this;
  }

  /** Says all scores to the JVM that started this one. */
  void report() {
    scores.forEach((key, score) ->
        Child.report(key, score.value() + " " + score.error() + " " + score.bytesPerOperation()));
  }

  /** Takes over what another JVM has reported. */
  Jmh reported(Map<String, String> results) {
    results.forEach((key, text) -> {
      String[] numbers = text.split(" ", 3);
      scores.put(
          key,
          new Score(
              Double.parseDouble(numbers[0]),
              Double.parseDouble(numbers[1]),
              Double.parseDouble(numbers[2])));
    });
    return this;
  }

  /** The score of a method with these values of its parameters, ordered by their names. */
  Score score(String method, String... params) {
    String key = params.length == 0 ? method : method + " " + String.join(" ", params);
    Score score = scores.get(key);
    if (score == null) {
      throw new IllegalStateException("no score for " + key + " among " + scores.keySet());
    }
    return score;
  }

  private static TimeValue time(boolean smoke) {
    return new TimeValue(smoke ? 100 : 1000, TimeUnit.MILLISECONDS);
  }
}
