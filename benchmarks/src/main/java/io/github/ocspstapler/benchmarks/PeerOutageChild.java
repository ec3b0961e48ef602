package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.AwaitedRequests;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.testkit.ManualScheduler;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Staples the certificates of a file, waits for a line while time stands still, lets an outage pass
 * in simulated time, and says how many are stapled then: what the peers' harnesses do with theirs.
 */
final class PeerOutageChild {
  private PeerOutageChild() {}

  public static void main(String[] args) throws Exception {
    Quiet.everything();
    X509Certificate[] all = PeerChild.read(Path.of(args[0]));
    Duration outage = Duration.ofSeconds(Long.parseLong(args[1]));
    ManualScheduler scheduler = ManualScheduler.startingAt(PeersOutageResponderChild.BEGIN);
    Stapler.Builder builder = AwaitedRequests.stapler(scheduler).delivery(JsseDelivery.Mode.OFF);
    try (Stapler stapler = builder.build()) {
      for (int i = 1; i < all.length; i++) {
        var unused = stapler.preload(List.of(all[i], all[0]));
      }
      scheduler.advance(Duration.ofSeconds(10));
      Child.report("stapled", stapler.summary().count(State.STAPLED));
      if (System.in.read() >= 0) {
        scheduler.advance(outage);
      }
      long served =
          Arrays.stream(all, 1, all.length).filter(it -> stapler.staple(it).isPresent()).count();
      Child.report("served", served);
    }
    System.exit(0);
  }
}
