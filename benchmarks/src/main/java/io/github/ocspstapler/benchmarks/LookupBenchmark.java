package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.Staple;
import io.github.ocspstapler.Stapler;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509ExtendedKeyManager;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/** What a handshake does on its way to the staple, beside a bare map with the same keys. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LookupBenchmark {
  private static final int STEPS = 1 << 20;
  private static final int STRANGERS = 1 << 10;

  /** How many certificates the stapler keeps. */
  @Param({"1", "10000", "1000000"})
  public int certificates;

  /** Whether one certificate is asked for again and again, or any of all. */
  @Param({"hot", "random"})
  public String access = "hot";

  // Made once in a JVM: a million certificates take minutes.
  private static Kept kept;

  private X509ExtendedKeyManager wrapped;
  private X509ExtendedKeyManager bareKeyManager;
  private Stapler stapler;
  private ConcurrentHashMap<X509Certificate, Object> map;
  private X509Certificate[] all;
  private X509Certificate[][] chains;
  private X509Certificate[][] strangers;
  private int[] order;
  private int step;
  private X509Certificate[] chosen;
  private final Clock clock = Clock.systemUTC();
  private Profiler profiler;

  /** A stapler and a bare map with the same certificates. */
  private static final class Kept {
    final X509Certificate[] certificates;
    final X509Certificate[][] chains;
    final X509Certificate[][] strangers = new X509Certificate[STRANGERS][];
    final Stapler stapler;
    final ConcurrentHashMap<X509Certificate, Object> map = new ConcurrentHashMap<>();

    Kept(int size) {
      Population population = Population.of(size);
      stapler = population.instantStapler().build();
      population.preload(stapler);
      certificates = population.certificates();
      chains = new X509Certificate[size][];
      for (int i = 0; i < size; i++) {
        map.put(certificates[i], new Object());
        chains[i] = new X509Certificate[] {certificates[i], population.issuer()};
      }
      // Without an issuer, so that they stay unknown however often they are served.
      X509Certificate[] others = Population.of(STRANGERS).certificates();
      Arrays.setAll(strangers, i -> new X509Certificate[] {others[i]});
    }
  }

  /**
   * Fills the stapler and the map.
   *
   * @param params what is measured
   * @throws IOException if it is to be profiled and cannot be
   */
  @Setup(Level.Trial)
  public void fill(BenchmarkParams params) throws IOException {
    Quiet.logs();
    if (kept == null || kept.certificates.length != certificates) {
      kept = new Kept(certificates);
    }
    stapler = kept.stapler;
    map = kept.map;
    all = kept.certificates;
    chains = kept.chains;
    strangers = kept.strangers;
    bareKeyManager = new OneAlias(() -> chosen);
    wrapped = stapler.wrap(bareKeyManager);
    SplittableRandom random = new SplittableRandom(7);
    order = new int[STEPS];
    for (int i = 0; i < STEPS; i++) {
      order[i] = access.equals("hot") ? all.length / 2 : random.nextInt(all.length);
    }
    String method = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
    profiler = Profiler.begin(method + " " + access);
  }

  /**
   * Ends the profile, warm-up included, if there is one.
   *
   * @throws IOException if it cannot be written
   */
  @TearDown(Level.Trial)
  public void end() throws IOException {
    profiler.end();
  }

  private int next() {
    step = (step + 1) & (STEPS - 1);
    return order[step];
  }

  /**
   * The stapler's public look-up.
   *
   * @return the staple
   */
  @Benchmark
  public Optional<Staple> staple() {
    return stapler.staple(all[next()]);
  }

  /**
   * The wrapped key manager's choice, which finds and counts the staple.
   *
   * @return the alias
   */
  @Benchmark
  public String wrappedKeyManager() {
    chosen = chains[next()];
    return wrapped.chooseEngineServerAlias("EC", null, null);
  }

  /**
   * The wrapped key manager's choice of a certificate that has no staple, which Java Flight
   * Recorder would be told of if it ran.
   *
   * @return the alias
   */
  @Benchmark
  public String wrappedKeyManagerUnstapled() {
    chosen = strangers[next() & (STRANGERS - 1)];
    return wrapped.chooseEngineServerAlias("EC", null, null);
  }

  /**
   * Rival: the same choice without us.
   *
   * @return the alias
   */
  @Benchmark
  public String bareKeyManager() {
    chosen = chains[next()];
    return bareKeyManager.chooseEngineServerAlias("EC", null, null);
  }

  /**
   * Rival: a look-up in a map, and nothing else.
   *
   * @return the value
   */
  @Benchmark
  public Object bareMap() {
    return map.get(all[next()]);
  }

  /**
   * Rival: a look-up in a map and one look at the clock, without which no staple's expiry is known.
   *
   * @return the value
   */
  @Benchmark
  public Object bareMapAndClock() {
    return clock.millis() > step ? map.get(all[next()]) : null;
  }
}
