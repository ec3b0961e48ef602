package io.github.ocspstapler;

import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A stapler on virtual time, with responders in memory and known dice: the same test makes the same
 * moves every time.
 */
final class World implements AutoCloseable {
  static final String HOST = "ocsp.ca.test";

  final ManualScheduler scheduler;
  final InMemoryResponders responders;
  final Events events = new Events();
  final Counts counts = new Counts();
  final TestCa root;
  final TestCa ca;
  final KeyPair leafKey;
  final Stapler stapler;

  World() {
    this(builder -> builder);
  }

  World(UnaryOperator<Stapler.Builder> settings) {
    this(ManualScheduler.create(), settings);
  }

  World(ManualScheduler scheduler, UnaryOperator<Stapler.Builder> settings) {
    this.scheduler = scheduler;
    this.responders = new InMemoryResponders(scheduler.clock(), scheduler);
    this.root = TestCa.builder("Root").clock(scheduler.clock()).buildCa();
    this.ca = root.intermediateBuilder("CA").buildCa();
    this.leafKey = ca.leaf("key.test").keyPair();
    this.stapler = another(settings);
  }

  /** Another stapler in the same world: another process, or this one after a restart. */
  final Stapler another(UnaryOperator<Stapler.Builder> settings) {
    return settings
        .apply(
            Stapler.builder()
                .clock(scheduler.clock())
                .scheduler(scheduler)
                .source(responders)
                .random(new SplittableRandom(42))
                .listener(events)
                .metrics(counts)
                .delivery(JsseDelivery.Mode.OFF))
        .build();
  }

  /** A certificate that was issued a day ago. */
  TestCertificate leaf(String name) {
    return leaf(name, HOST);
  }

  TestCertificate leaf(String name, String host) {
    return ca.leafBuilder(name).keyPair(leafKey).ocspUrls("http://" + host + "/").build();
  }

  /** The chain as a server sends it: without the root. */
  static List<X509Certificate> chain(TestCertificate leaf) {
    return leaf.chain().subList(0, leaf.chain().size() - 1);
  }

  static X509Certificate[] array(TestCertificate leaf) {
    return chain(leaf).toArray(X509Certificate[]::new);
  }

  /** A server is about to send a chain; returns whether it may. */
  static boolean handshake(Stapler stapler, X509Certificate[] chain, boolean mayBlock) {
    return stapler.handshakes.pass(new KeyManagers(), "chosen", chain, mayBlock) != null;
  }

  /** Preloads it and takes in the first answer. */
  TestCertificate stapled(String name) {
    TestCertificate leaf = leaf(name);
    var unused = stapler.preload(chain(leaf));
    scheduler.runDue();
    return leaf;
  }

  @Nullable Staple staple(TestCertificate leaf) {
    return stapler.staple(leaf.certificate()).orElse(null);
  }

  StapleStatus status(TestCertificate leaf) {
    return stapler.status(chain(leaf)).orElseThrow();
  }

  void advance(Duration duration) {
    scheduler.advance(duration);
  }

  Instant now() {
    return scheduler.now();
  }

  @Override
  public void close() {
    stapler.close();
  }

  /** Writes down what a listener is told: "name: event". */
  static final class Events implements StaplerListener {
    private final List<String> all = Collections.synchronizedList(new ArrayList<>());
    final List<Duration> remaining = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void stapled(StapleStatus status, Staple staple) {
      add(status, "stapled");
    }

    @Override
    public void renewed(StapleStatus status, Staple staple) {
      add(status, "renewed");
    }

    @Override
    public void failed(StapleStatus status, String reason) {
      add(status, "failed " + reason);
    }

    @Override
    public void revoked(StapleStatus status, CertificateStatus.Revoked revoked) {
      add(status, "revoked");
    }

    @Override
    public void late(StapleStatus status) {
      add(status, "late");
    }

    @Override
    public void expiring(StapleStatus status, Duration left) {
      remaining.add(left);
      add(status, "expiring");
    }

    @Override
    public void expired(StapleStatus status) {
      add(status, "expired");
    }

    @Override
    public void refused(StapleStatus status) {
      add(status, "refused");
    }

    @Override
    public void forgotten(StapleStatus status) {
      add(status, "forgotten");
    }

    private void add(StapleStatus status, String event) {
      all.add(status.name() + ": " + event);
    }

    List<String> all() {
      synchronized (all) {
        return List.copyOf(all);
      }
    }

    void clear() {
      all.clear();
    }
  }

  /** Counts what metrics are told. */
  static final class Counts implements StaplerMetrics {
    final List<Boolean> resolved = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger refused = new AtomicInteger();
    final List<String> requested = Collections.synchronizedList(new ArrayList<>());
    final List<Duration> took = Collections.synchronizedList(new ArrayList<>());
    final List<String> failed = Collections.synchronizedList(new ArrayList<>());
    final List<String> breakers = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void breaker(String host, ResponderStatus.Breaker state) {
      breakers.add(host + " " + state);
    }

    @Override
    public void resolved(boolean stapled) {
      resolved.add(stapled);
    }

    @Override
    public void refused() {
      refused.incrementAndGet();
    }

    @Override
    public void requested(String status, Duration duration) {
      requested.add(status);
      took.add(duration);
    }

    @Override
    public void failed(String reason) {
      failed.add(reason);
    }
  }
}
