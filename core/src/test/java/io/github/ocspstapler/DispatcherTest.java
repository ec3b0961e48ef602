package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.TestCa;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DispatcherTest {
  private final List<X509Certificate> chain = TestCa.root().leaf("example.com").chain();
  private final KeptCertificate kept = new KeptCertificate(chain.get(0), chain.get(1), 0);
  private final Dispatcher dispatcher = new Dispatcher(64, 32);
  private final HostGate gate = dispatcher.gate(URI.create("http://ocsp.ca.test/"));

  @Test
  void next_gateStillOpenByAnEarlierClock_comesUpLater() {
    openTheGate();
    gate.allowProbe(1_000);
    dispatcher.add(kept, gate, true);

    assertThat(dispatcher.next(999)).isNull();

    assertThat(Objects.requireNonNull(dispatcher.next(1_001)).kept).isSameAs(kept);
  }

  @Test
  void clockWentBack_openGate_allowsAProbeAtOnce() {
    openTheGate();

    gate.clockWentBack(5);

    assertThat(gate.isOpen(5)).isFalse();
    assertThat(gate.hasFreeSlot(5)).isTrue();
  }

  private void openTheGate() {
    kept.issuer = chain.get(1);
    for (int i = 0; i < HostGate.FAILURES_TO_OPEN; i++) {
      gate.failed(10, 0, new SplittableRandom(1));
    }
    assertThat(gate.isOpen(1_000)).isTrue();
  }
}
