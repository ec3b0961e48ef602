package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestResponder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * One CA whose responders fall sick: answers that were signed before, with half an hour to go to
 * the middle of their validity; after a line that it reads, 503 to everything; after the next it
 * says how many requests came since the last, and answers again.
 *
 * <p>Its clock stands still, and may: those who ask live in simulated time, which passes when
 * nothing is answered any more.
 */
final class PeersOutageResponderChild {
  /** When simulated time begins, in Go's bubbles as well. */
  static final Instant BEGIN = Instant.parse("2000-01-01T00:00:00Z");

  private static final Duration TO_THE_MIDDLE = Duration.ofMinutes(30);

  private PeersOutageResponderChild() {}

  public static void main(String[] args) throws Exception {
    int count = Integer.parseInt(args[0]);
    int hostCount = Integer.parseInt(args[1]);
    Duration validity = Duration.ofHours(Integer.parseInt(args[2]));
    Instant thisUpdate = BEGIN.minus(validity.dividedBy(2)).plus(TO_THE_MIDDLE);
    Instant nextUpdate = thisUpdate.plus(validity);
    Clock clock = Clock.fixed(BEGIN, ZoneOffset.UTC);
    TestCa ca =
        TestCa.builder("Benchmark CA").keyAlgorithm(KeyAlgorithm.EC_P256).clock(clock).buildCa();
    Fault signedBefore =
        Fault.answer(it -> it.producedAt(thisUpdate).thisUpdate(thisUpdate).nextUpdate(nextUpdate));
    List<TestResponder> hosts = new ArrayList<>();
    for (int i = 0; i < hostCount; i++) {
      TestResponder host = TestResponder.builder().ca(ca).clock(clock).keptRequests(1).start();
      hosts.add(host.fault(signedBefore));
    }
    PeersResponderChild.write(Path.of(args[3]), ca, count, hosts);
    Child.report("ready", true);
    while (System.in.read() >= 0) {
      hosts.forEach(host -> host.fault(Fault.http(503)).clearRequests());
      Child.report("sick", true);
      if (System.in.read() >= 0) {
        Child.report("requests", hosts.stream().mapToInt(TestResponder::requestCount).sum());
      }
      hosts.forEach(host -> host.fault(signedBefore));
    }
    System.exit(0);
  }
}
