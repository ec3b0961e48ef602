package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Full handshakes per second with our stapling against without, in one JVM and in turns, so that
 * what disturbs one disturbs the other. The client asks for the status in both.
 */
final class HandshakeThroughput {
  private static final double GOAL = 0.97;
  private static final int WARM_UP_HANDSHAKES = 2_000;
  private static final String HOST = "www.example.test";

  /** One side of the comparison. */
  private record Arm(String name, SSLContext server, int staples) {}

  /** Handshakes per second, and per second of CPU time of both ends and of the server alone. */
  private record Rate(double wall, double pair, double server) {}

  private final SSLContext client;
  private final String protocol;
  private final TlsPair pair = new TlsPair();

  private HandshakeThroughput(SSLContext client, String protocol) {
    this.client = client;
    this.protocol = protocol;
  }

  static void run(boolean smoke) throws Exception {
    Table table =
        new Table(
            "key",
            "protocol",
            "without /s",
            "with /s",
            "ratio",
            "ratio by CPU",
            "p25–p75",
            "server only",
            "noise",
            "≥ 0.97");
    for (KeyAlgorithm key : List.of(KeyAlgorithm.RSA_2048, KeyAlgorithm.EC_P256)) {
      compare(key, smoke, table);
    }
    table.print();
    System.out.println(
        "with: stapled by us; without: the same key manager, not wrapped, no stapling.\n"
            + "by CPU: per second of CPU time instead of time; p25–p75, server only and noise too.\n"
            + "server only: the same ratio of the time spent in the server's engine, the client's"
            + " left out.\n"
            + "noise: the ratio of a second server without stapling to the first, same rounds.");
  }

  private static void compare(KeyAlgorithm key, boolean smoke, Table table) throws Exception {
    TestCa root = TestCa.root();
    try (TestResponder responder = TestResponder.start(root)) {
      TestCa ca =
          root.intermediateBuilder("Benchmark CA")
              .keyAlgorithm(key)
              .ocspUrls(responder.url())
              .buildCa();
      responder.add(ca);
      TestCertificate site =
          ca.leafBuilder(HOST).keyAlgorithm(key).ocspUrls(responder.url()).build();
      X509ExtendedKeyManager keyManager = new SniKeyManager(Map.of(HOST, site));
      SSLContext client = site.clientContext();
      // The JDK reads the stapling properties when a context is made and at its first handshake:
      // these two were made, and have shaken hands, before there was a stapler.
      Arm without = new Arm("without", context(keyManager), 0);
      Arm again = new Arm("again", context(keyManager), 0);
      for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
        check(without, client, protocol);
        check(again, client, protocol);
      }
      try (Stapler stapler = Stapler.builder().build()) {
        X509ExtendedKeyManager wrapped = stapler.wrap(keyManager);
        if (!stapler.awaitStapled(Duration.ofSeconds(10))) {
          throw new IllegalStateException("not stapled: " + stapler.statuses());
        }
        Arm with = new Arm("with", context(wrapped), 1);
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
          check(with, client, protocol);
          new HandshakeThroughput(client, protocol)
              .rounds(key, List.of(without, with, again), smoke, table);
        }
      }
    }
  }

  private static SSLContext context(X509ExtendedKeyManager keyManager)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keyManager}, null, null);
    return context;
  }

  /** What is compared must be what it is called. */
  private static void check(Arm arm, SSLContext client, String protocol) throws SSLException {
    int staples = new TlsPair().shake(arm.server(), client, protocol, HOST).staples();
    if (staples != arm.staples()) {
      throw new IllegalStateException(
          arm.name()
              + ", "
              + protocol
              + ": "
              + staples
              + " staples (expected: "
              + arm.staples()
              + ")");
    }
  }

  private void rounds(KeyAlgorithm key, List<Arm> arms, boolean smoke, Table table)
      throws SSLException {
    Duration slice = Duration.ofMillis(smoke ? 50 : 500);
    int rounds = smoke ? 2 : 31;
    // The compiler counts calls, not seconds: so does this.
    warmUp(arms, smoke ? 1 : WARM_UP_HANDSHAKES);
    List<Double> without = new ArrayList<>();
    List<Double> with = new ArrayList<>();
    List<Double> wallRatios = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    List<Double> serverRatios = new ArrayList<>();
    List<Double> noise = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      Rate[] rates = new Rate[arms.size()];
      for (int turn = 0; turn < arms.size(); turn++) {
        // Another one goes first each time, so that none always inherits the same neighbour's heap.
        int index = Math.floorMod(round + turn, arms.size());
        rates[index] = measure(arms.get(index), slice);
      }
      without.add(rates[0].wall());
      with.add(rates[1].wall());
      wallRatios.add(2 * rates[1].wall() / (rates[0].wall() + rates[2].wall()));
      // Against the mean of the two without: twice the sample of what is the measure.
      ratios.add(2 * rates[1].pair() / (rates[0].pair() + rates[2].pair()));
      serverRatios.add(2 * rates[1].server() / (rates[0].server() + rates[2].server()));
      noise.add(rates[2].pair() / rates[0].pair());
    }
    double ratio = Numbers.median(ratios);
    table.row(
        key,
        protocol,
        Numbers.fixed(Numbers.median(without), 0),
        Numbers.fixed(Numbers.median(with), 0),
        Numbers.fixed(Numbers.median(wallRatios), 3),
        Numbers.fixed(ratio, 3),
        Numbers.fixed(Numbers.quantile(ratios, 0.25), 3)
            + "–"
            + Numbers.fixed(Numbers.quantile(ratios, 0.75), 3),
        Numbers.fixed(Numbers.median(serverRatios), 3),
        Numbers.fixed(Numbers.median(noise), 3),
        Numbers.verdict(ratio >= GOAL));
  }

  private void warmUp(List<Arm> arms, int handshakes) throws SSLException {
    for (int i = 0; i < handshakes; i++) {
      for (Arm arm : arms) {
        pair.shake(arm.server(), client, protocol, HOST);
      }
    }
  }

  private Rate measure(Arm arm, Duration slice) throws SSLException {
    long start = System.nanoTime();
    long cpuStart = TlsPair.cpuNanos();
    long serverNanos = 0;
    int handshakes = 0;
    while (System.nanoTime() - start < slice.toNanos()) {
      TlsPair.Handshake handshake = pair.shake(arm.server(), client, protocol, HOST);
      if (handshake.staples() != arm.staples()) {
        throw new IllegalStateException(arm.name() + ": " + handshake.staples() + " staples");
      }
      serverNanos += handshake.serverNanos();
      handshakes++;
    }
    double perSecond = 1e9 * handshakes;
    return new Rate(
        perSecond / (System.nanoTime() - start),
        perSecond / (TlsPair.cpuNanos() - cpuStart),
        perSecond / serverNanos);
  }
}
