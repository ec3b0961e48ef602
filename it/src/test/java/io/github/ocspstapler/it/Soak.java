package io.github.ocspstapler.it;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.Malformation;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;

/**
 * Real handshakes over real sockets, at a bounded rate, with servers whose responder changes its
 * fault every second. The client looks at every staple.
 */
final class Soak implements AutoCloseable {
  private static final int SITES = 4;

  /** Of each site. */
  private static final Duration BETWEEN_HANDSHAKES = Duration.ofMillis(80);

  /** Short, so that renewals are due all the time, and staples end when they fail for long. */
  private static final Duration VALIDITY = Duration.ofSeconds(20);

  private final TestCa ca = TestCa.root("Soak Root").intermediate("Soak CA");
  private final TestResponder responder =
      TestResponder.builder().ca(ca).validity(VALIDITY).keptRequests(10).start();
  private final OcspClient client = OcspClient.builder().timeout(Duration.ofSeconds(2)).build();
  private final Stapler stapler =
      Stapler.builder().client(client).retry(Duration.ofSeconds(1), Duration.ofSeconds(3)).build();
  private final List<TestCertificate> sites = new ArrayList<>();
  private final List<StapledServer> servers = new ArrayList<>();
  private final ScheduledExecutorService moods = Executors.newSingleThreadScheduledExecutor();
  private final List<Fault> faults = new ArrayList<>(BadDays.namedFaults().values());
  private final SplittableRandom random = new SplittableRandom();

  /** What the clients of one site saw; confined to their thread until the end. */
  private static final class Seen {
    int stapled;
    int bare;
    final List<String> wrong = new ArrayList<>();
    final List<Long> micros = new ArrayList<>();
  }

  /** What the process takes, after a collection. */
  private record Taken(LiveObjects objects, long heapBytes, int threads) {
    static Taken now() {
      LiveObjects objects = LiveObjects.count(); // collects
      return new Taken(
          objects,
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
          ManagementFactory.getThreadMXBean().getThreadCount());
    }
  }

  /** What came of it. */
  record Report(
      int stapled,
      int bare,
      List<String> wrong,
      int requests,
      long medianMicros,
      long p99Micros,
      long longestMicros,
      long heapGrowthBytes,
      int threadGrowth,
      Optional<String> grown) {

    @Override
    public String toString() {
      return String.format(
          "%,d handshakes stapled, %,d bare, %d wrong; %,d requests; handshake median %.1f ms,"
              + " p99 %.1f ms, longest %.0f ms; heap grew by %,d KiB, threads by %d",
          stapled,
          bare,
          wrong.size(),
          requests,
          medianMicros / 1e3,
          p99Micros / 1e3,
          longestMicros / 1e3,
          heapGrowthBytes >> 10,
          threadGrowth);
    }
  }

  Soak() {
    Arrays.stream(Malformation.values()).map(Fault::malformed).forEach(faults::add);
    for (int i = 0; i < SITES; i++) {
      TestCertificate site = ca.leaf("site" + i + ".test", responder.url());
      sites.add(site);
      servers.add(StapledServer.start(stapler, site));
    }
  }

  /** Runs for so long. */
  Report run(Duration time) throws Exception {
    if (!stapler.awaitStapled(Duration.ofSeconds(60))) {
      throw new IllegalStateException("it did not begin well: " + stapler.statuses());
    }
    var unused = moods.scheduleAtFixedRate(this::change, 1, 1, TimeUnit.SECONDS);
    // The first fifth warms up: what is made once is there after it.
    List<Seen> warmUp = handshakes(time.dividedBy(5));
    Taken before = Taken.now();
    List<Seen> main = handshakes(time.minus(time.dividedBy(5)));
    Taken after = Taken.now();
    main.addAll(warmUp);
    return report(main, before, after);
  }

  private void change() {
    int dice = random.nextInt(10);
    if (dice == 0) {
      responder.goDown();
      return;
    }
    responder.comeUp().heal();
    if (dice <= 6) {
      responder.fault(faults.get(random.nextInt(faults.size())));
    }
  }

  private List<Seen> handshakes(Duration time) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(SITES);
    try {
      long end = System.nanoTime() + time.toNanos();
      List<Future<Seen>> running = new ArrayList<>();
      for (int i = 0; i < SITES; i++) {
        int site = i;
        running.add(threads.submit(() -> visit(site, end)));
      }
      List<Seen> seen = new ArrayList<>();
      for (Future<Seen> one : running) {
        seen.add(one.get());
      }
      return seen;
    } finally {
      threads.shutdownNow();
    }
  }

  private Seen visit(int number, long end) throws Exception {
    Seen seen = new Seen();
    StapleCheck check = new StapleCheck(sites.get(number).certificate(), ca.certificate());
    long next = System.nanoTime();
    while (System.nanoTime() < end) {
      long start = System.nanoTime();
      Instant asked = Instant.now();
      byte[] staple = handshake(servers.get(number).port(), seen.stapled % 2 == 0);
      seen.micros.add((System.nanoTime() - start) / 1_000);
      if (staple.length == 0) {
        seen.bare++;
      } else {
        seen.stapled++;
        check.problem(staple, asked).ifPresent(seen.wrong::add);
      }
      next = Math.max(next + BETWEEN_HANDSHAKES.toNanos(), start);
      LockSupport.parkNanos(next - System.nanoTime());
    }
    return seen;
  }

  /** Shakes hands in full; returns the staple, empty if there is none. */
  private static byte[] handshake(int port, boolean newest)
      throws IOException, GeneralSecurityException {
    // A context of its own each time: a resumed session carries no staple.
    try (SSLSocket socket =
        (SSLSocket) TlsInMemory.trustingAll().getSocketFactory().createSocket()) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(20_000);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 20_000);
      socket.setEnabledProtocols(new String[] {newest ? "TLSv1.3" : "TLSv1.2"});
      socket.startHandshake();
      List<byte[]> staples = ((ExtendedSSLSession) socket.getSession()).getStatusResponses();
      return staples.isEmpty() ? new byte[0] : staples.get(0);
    }
  }

  private Report report(List<Seen> all, Taken before, Taken after) {
    List<Long> micros = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    all.forEach(seen -> {
      micros.addAll(seen.micros);
      wrong.addAll(seen.wrong);
    });
    Collections.sort(micros);
    return new Report(
        all.stream().mapToInt(seen -> seen.stapled).sum(),
        all.stream().mapToInt(seen -> seen.bare).sum(),
        wrong,
        responder.requestCount(),
        micros.get(micros.size() / 2),
        micros.get(micros.size() * 99 / 100),
        micros.get(micros.size() - 1),
        after.heapBytes - before.heapBytes,
        after.threads - before.threads,
        after.objects.grown(before.objects, 50));
  }

  @Override
  public void close() {
    moods.shutdownNow();
    servers.forEach(StapledServer::close);
    stapler.close();
    client.close();
    responder.close();
  }
}
