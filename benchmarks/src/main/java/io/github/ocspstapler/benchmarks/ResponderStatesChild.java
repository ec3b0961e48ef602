package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.benchmarks.ResponderStates.Arm;
import io.github.ocspstapler.benchmarks.ResponderStates.Start;
import io.github.ocspstapler.benchmarks.ResponderStates.State;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;

/** One case of {@link ResponderStates} in a JVM of its own. */
final class ResponderStatesChild {
  static final int SITES = 20;
  static final int PER_SECOND = 40;
  private static final int WARM_UP = 400;
  private static final Duration SLOWNESS = Duration.ofSeconds(1);

  /** One handshake, as its client sees it. */
  private record Seen(double millis, int staples) {}

  private final String protocol;
  private final Start start;
  private final State state;
  private final Arm arm;
  private final Duration duration;
  private final ThreadLocal<TlsPair> pairs = ThreadLocal.withInitial(TlsPair::new);

  private ResponderStatesChild(String[] args) {
    protocol = args[0];
    start = Start.valueOf(args[1]);
    state = State.valueOf(args[2]);
    arm = Arm.valueOf(args[3]);
    duration = duration(Boolean.parseBoolean(args[4]));
  }

  static Duration duration(boolean smoke) {
    return Duration.ofSeconds(smoke ? 2 : 6);
  }

  public static void main(String[] args) throws Exception {
    Quiet.logs();
    new ResponderStatesChild(args).run();
    System.exit(0); // handshakes that hang are not waited for
  }

  private void run() throws Exception {
    TestCa root = TestCa.root();
    try (TestResponder responder = TestResponder.start(root)) {
      TestCa ca = root.intermediate("Benchmark CA", responder.url());
      responder.add(ca);
      Map<String, TestCertificate> sites = new TreeMap<>();
      for (int i = 0; i < SITES; i++) {
        String host = "site" + i + ".test";
        sites.put(host, ca.leaf(host, responder.url()));
      }
      TestCertificate warmUpSite = ca.leaf("warm-up.test", responder.url());
      SSLContext client = warmUpSite.clientContext();
      if (arm == Arm.JDK) {
        System.setProperty("jdk.tls.server.enableStatusRequestExtension", "true");
        if (start == Start.WARM) {
          // The hour for which the JDK keeps a response by default, in fast motion: what is fetched
          // before the run is forgotten when it starts, what is fetched in it is kept to its end.
          System.setProperty(
              "jdk.tls.stapling.cacheLifetime", String.valueOf(duration.toSeconds() + 5));
        }
      }
      // Warms the compiler up, not the caches: a context and a site of its own.
      SSLContext other = context(new SniKeyManager(Map.of("warm-up.test", warmUpSite)));
      for (int i = 0; i < WARM_UP; i++) {
        pairs.get().shake(other, client, protocol, "warm-up.test");
      }
      if (arm == Arm.OURS) {
        try (Stapler stapler = Stapler.builder().build()) {
          measure(responder, client, sites, stapler);
        }
      } else {
        measure(responder, client, sites, null);
      }
    }
  }

  private static SSLContext context(X509ExtendedKeyManager keyManager)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keyManager}, null, null);
    return context;
  }

  private void measure(
      TestResponder responder,
      SSLContext client,
      Map<String, TestCertificate> sites,
      Stapler stapler)
      throws Exception {
    if (start == Start.COLD) {
      fallSick(responder);
    }
    X509ExtendedKeyManager keyManager = new SniKeyManager(sites);
    SSLContext server = context(stapler == null ? keyManager : stapler.wrap(keyManager));
    if (start == Start.WARM) {
      if (stapler != null && !stapler.awaitStapled(Duration.ofSeconds(10))) {
        throw new IllegalStateException("not stapled: " + stapler.statuses());
      }
      for (String host : sites.keySet()) {
        int staples = pairs.get().shake(server, client, protocol, host).staples();
        if ((staples > 0) != (arm != Arm.NONE)) {
          throw new IllegalStateException(arm + ": " + staples + " staples");
        }
      }
      if (arm == Arm.JDK) {
        LockSupport.parkNanos(duration.plusSeconds(6).toNanos());
      }
      fallSick(responder);
      if (stapler != null) {
        for (TestCertificate site : sites.values()) {
          var unused = stapler.refresh(site.chain().subList(0, 2));
        }
      }
    }
    report(shakeAtARate(server, client, List.copyOf(sites.keySet())));
  }

  private void fallSick(TestResponder responder) {
    switch (state) {
      case HEALTHY -> {}
      case SLOW -> responder.latency(SLOWNESS);
      case HANGING -> responder.fault(Fault.hang());
    }
  }

  /** Clients come when they come: the wait behind a handshake that hangs counts as theirs. */
  private List<Seen> shakeAtARate(SSLContext server, SSLContext client, List<String> hosts)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Future<Seen>> running = new ArrayList<>();
    long gap = Duration.ofSeconds(1).toNanos() / PER_SECOND;
    long begin = System.nanoTime();
    int count = (int) (duration.toSeconds() * PER_SECOND);
    for (int i = 0; i < count; i++) {
      long arrival = begin + i * gap;
      while (System.nanoTime() < arrival) {
        LockSupport.parkNanos(arrival - System.nanoTime());
      }
      String host = hosts.get(i % hosts.size());
      running.add(threads.submit(() -> shake(server, client, host, arrival)));
    }
    List<Seen> seen = new ArrayList<>();
    for (Future<Seen> each : running) {
      seen.add(each.get());
    }
    threads.shutdown();
    return seen;
  }

  private Seen shake(SSLContext server, SSLContext client, String host, long arrival)
      throws SSLException {
    int staples = pairs.get().shake(server, client, protocol, host).staples();
    return new Seen((System.nanoTime() - arrival) / 1e6, staples);
  }

  private static void report(List<Seen> seen) {
    List<Double> millis = seen.stream().map(Seen::millis).toList();
    Child.report("p50", Numbers.quantile(millis, 0.5));
    Child.report("p99", Numbers.quantile(millis, 0.99));
    Child.report("max", Numbers.quantile(millis, 1));
    Child.report(
        "stapled", seen.stream().filter(each -> each.staples() > 0).count() / (double) seen.size());
  }
}
