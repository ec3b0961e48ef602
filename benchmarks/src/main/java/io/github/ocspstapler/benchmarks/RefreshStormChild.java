package io.github.ocspstapler.benchmarks;

import com.sun.management.GarbageCollectionNotificationInfo;
import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;

/** Handshakes of three servers in turn, each timed, while many other staples are renewed. */
final class RefreshStormChild {
  private static final String HOST = "www.example.test";
  private static final String PROTOCOL = "TLSv1.3";
  private static final int WARM_UP_HANDSHAKES = 2_000;

  /** One server, and how long each of its handshakes took. */
  private static final class Arm {
    final String name;
    final SSLContext server;
    final int staples;
    long[] nanos = new long[1 << 16];
    int count;

    Arm(String name, X509ExtendedKeyManager keyManager, int staples)
        throws GeneralSecurityException {
      this.name = name;
      this.server = SSLContext.getInstance("TLS");
      this.staples = staples;
      server.init(new KeyManager[] {keyManager}, null, null);
    }

    void shake(TlsPair pair, SSLContext client) throws SSLException {
      long begin = System.nanoTime();
      int seen = pair.shake(server, client, PROTOCOL, HOST).staples();
      long took = System.nanoTime() - begin;
      if (seen != staples) {
        throw new IllegalStateException(name + ": " + seen + " staples");
      }
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * count);
      }
      nanos[count++] = took;
    }

    /** The median, 99 %, 99.9 % and the longest, in milliseconds. */
    double[] quantiles() {
      long[] sorted = Arrays.copyOf(nanos, count);
      Arrays.sort(sorted);
      return new double[] {
        at(sorted, 0.5), at(sorted, 0.99), at(sorted, 0.999), at(sorted, 1),
      };
    }

    private static double at(long[] sorted, double share) {
      return sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
    }
  }

  private final AtomicLong pauses = new AtomicLong();
  private final AtomicLong pauseMillis = new AtomicLong();
  private final AtomicLong longestMillis = new AtomicLong();
  private final AtomicLong renewed = new AtomicLong();
  private volatile boolean stormy = true;

  private RefreshStormChild() {}

  public static void main(String[] args) throws Exception {
    Quiet.logs();
    List<X509Certificate> certificates = BulkStaplingChild.read(Path.of(args[0]));
    Duration time = Duration.ofSeconds(Integer.parseInt(args[1]));
    new RefreshStormChild().measure(certificates, time, Boolean.parseBoolean(args[2]));
    System.exit(0);
  }

  private void measure(List<X509Certificate> certificates, Duration time, boolean storm)
      throws Exception {
    TestCa root = TestCa.root();
    try (TestResponder responder = TestResponder.start(root)) {
      TestCa ca =
          root.intermediateBuilder("Benchmark CA")
              .keyAlgorithm(KeyAlgorithm.EC_P256)
              .ocspUrls(responder.url())
              .buildCa();
      responder.add(ca);
      TestCertificate site =
          ca.leafBuilder(HOST).keyAlgorithm(KeyAlgorithm.EC_P256).ocspUrls(responder.url()).build();
      X509ExtendedKeyManager keyManager = new SniKeyManager(Map.of(HOST, site));
      SSLContext client = site.clientContext();
      TlsPair pair = new TlsPair();
      // The JDK reads the stapling properties at a context's first handshake: before a stapler.
      Arm without = new Arm("without", keyManager, 0);
      Arm again = new Arm("again", keyManager, 0);
      without.shake(pair, client);
      again.shake(pair, client);
      try (Stapler stapler = Stapler.builder().build()) {
        Arm with = new Arm("with", stapler.wrap(keyManager), 1);
        List<List<X509Certificate>> chains = chains(certificates);
        renewAll(stapler, chains);
        if (!stapler.awaitStapled(Duration.ofSeconds(60))) {
          throw new IllegalStateException("not stapled: " + stapler.summary());
        }
        List<Arm> arms = List.of(without, with, again);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = storm(stapler, storm ? chains : List.of(), failure);
        turns(
            arms,
            pair,
            client,
            Duration.ofDays(1),
            time.toSeconds() < 10 ? 10 : WARM_UP_HANDSHAKES);
        watchCollectors();
        renewed.set(0);
        long begin = System.nanoTime();
        Profiler profiler = Profiler.begin(storm ? "storm" : "none");
        turns(arms, pair, client, time, Integer.MAX_VALUE);
        profiler.end();
        double millis = (System.nanoTime() - begin) / 1e6;
        long renewals = renewed.get();
        stormy = false;
        thread.join();
        if (failure.get() != null || (storm && renewals == 0)) {
          throw new IllegalStateException("there was no storm", failure.get());
        }
        report(arms, renewals, millis);
      }
    }
  }

  private static List<List<X509Certificate>> chains(List<X509Certificate> certificates) {
    X509Certificate issuer = certificates.get(0);
    return certificates.stream().skip(1).map(leaf -> List.of(leaf, issuer)).toList();
  }

  private Thread storm(
      Stapler stapler, List<List<X509Certificate>> chains, AtomicReference<Throwable> failure) {
    Thread thread =
        new Thread(() -> {
          try {
            while (stormy && !chains.isEmpty()) {
              renewAll(stapler, chains);
            }
          } catch (RuntimeException | Error e) {
            failure.set(e);
          }
        });
    thread.start();
    return thread;
  }

  private void renewAll(Stapler stapler, List<List<X509Certificate>> chains) {
    List<CompletableFuture<StapleStatus>> all = new ArrayList<>();
    for (List<X509Certificate> chain : chains) {
      all.add(stapler.refresh(chain));
    }
    for (CompletableFuture<StapleStatus> one : all) {
      if (one.join().state() != StapleStatus.State.STAPLED) {
        throw new IllegalStateException("not stapled: " + one.join());
      }
      renewed.incrementAndGet();
    }
  }

  /** One handshake of each in turn, another first each time; what was timed before is forgotten. */
  private static void turns(
      List<Arm> arms, TlsPair pair, SSLContext client, Duration time, int most)
      throws SSLException {
    arms.forEach(arm -> arm.count = 0);
    long begin = System.nanoTime();
    for (int turn = 0; turn < most && System.nanoTime() - begin < time.toNanos(); turn++) {
      for (int i = 0; i < arms.size(); i++) {
        arms.get((turn + i) % arms.size()).shake(pair, client);
      }
    }
  }

  private void watchCollectors() {
    for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) bean)
          .addNotificationListener(
              (notification, handback) -> {
                GarbageCollectionNotificationInfo info =
                    GarbageCollectionNotificationInfo.from(
                        (CompositeData) notification.getUserData());
                long took = info.getGcInfo().getDuration();
                // Of a concurrent cycle the JDK tells the whole, which is no pause.
                if (!info.getGcAction().contains("concurrent")) {
                  pauses.incrementAndGet();
                  pauseMillis.addAndGet(took);
                  longestMillis.accumulateAndGet(took, Math::max);
                }
              },
              notification ->
                  GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION.equals(
                      notification.getType()),
              null);
    }
  }

  private void report(List<Arm> arms, long renewals, double millis) {
    double[] without = arms.get(0).quantiles();
    double[] with = arms.get(1).quantiles();
    double[] again = arms.get(2).quantiles();
    for (Arm arm : arms) {
      Child.report(arm.name, arm.count + " " + text(arm.quantiles(), 3));
    }
    double[] stapled = new double[with.length];
    double[] noise = new double[with.length];
    for (int i = 0; i < with.length; i++) {
      stapled[i] = 2 * with[i] / (without[i] + again[i]); // both without: twice the sample
      noise[i] = again[i] / without[i];
    }
    Child.report("with : without", "ratio " + text(stapled, 2));
    Child.report("noise", "ratio " + text(noise, 2));
    Child.report(
        "collector",
        renewals
            + " "
            + pauses
            + " "
            + pauseMillis
            + " "
            + longestMillis
            + " "
            + Numbers.fixed(100 * pauseMillis.get() / millis, 2));
  }

  private static String text(double[] numbers, int digits) {
    return String.join(
        " ", Arrays.stream(numbers).mapToObj(number -> Numbers.fixed(number, digits)).toList());
  }
}
