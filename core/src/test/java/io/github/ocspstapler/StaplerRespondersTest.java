package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.ResponderStatus.Breaker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The listing of responder hosts: S5, X3, as an operator sees them. */
class StaplerRespondersTest {
  private static final String HOST = "http://" + World.HOST;

  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  private Map<String, ResponderStatus> rows() {
    return world.stapler.responders().stream()
        .collect(Collectors.toMap(ResponderStatus::host, Function.identity()));
  }

  private ResponderStatus row() {
    return rows().get(HOST);
  }

  private void preload(String host, int certificates) {
    for (int i = 0; i < certificates; i++) {
      var unused = world.stapler.preload(World.chain(world.leaf("s" + i + "." + host, host)));
    }
    world.scheduler.runDue();
  }

  @Test
  void responders_nothingKept_isEmpty() {
    assertThat(world.stapler.responders()).isEmpty();
  }

  @Test
  void responders_allWell_areClosedWithTheirCertificates() {
    preload(World.HOST, 3);
    preload("other.test", 1);

    assertThat(world.stapler.responders()).hasSize(2);
    ResponderStatus row = row();
    assertThat(row.breaker()).isEqualTo(Breaker.CLOSED);
    assertThat(row.certificates()).isEqualTo(3);
    assertThat(row.failuresInARow()).isZero();
    assertThat(row.failingSince()).isEmpty();
    assertThat(row.nextProbe()).isEmpty();
    assertThat(row.lastError()).isEmpty();
    assertThat(world.counts.breakers).containsExactly(HOST + " CLOSED", "http://other.test CLOSED");
  }

  @Test
  void responders_oneHostDown_isOpenAndSaysSinceWhenAndWhy() {
    world.responders.host(World.HOST, InMemoryResponders.down());

    preload(World.HOST, 8);
    preload("other.test", 1);

    ResponderStatus row = row();
    assertThat(row.breaker()).isEqualTo(Breaker.OPEN);
    assertThat(row.failuresInARow()).isGreaterThanOrEqualTo(HostGate.FAILURES_TO_OPEN);
    assertThat(row.failingSince()).hasValue(world.now());
    assertThat(row.nextProbe().orElseThrow())
        .isBetween(world.now().plusMillis(7_500), world.now().plusSeconds(10));
    assertThat(row.lastError().orElseThrow()).contains("refused to connect");
    assertThat(row.certificates()).isEqualTo(8);
    assertThat(rows().get("http://other.test").breaker()).isEqualTo(Breaker.CLOSED);
  }

  @Test
  void responders_pauseOver_isHalfOpenAndThenClosedOrOpenAgain() {
    world.responders.host(World.HOST, InMemoryResponders.down());
    preload(World.HOST, 8);

    world.responders.latency(Duration.ofSeconds(1));
    world.advance(Duration.between(world.now(), row().nextProbe().orElseThrow()));

    assertThat(row().breaker()).isEqualTo(Breaker.HALF_OPEN); // a probe is under way
    world.advance(Duration.ofSeconds(1));
    assertThat(row().breaker()).isEqualTo(Breaker.OPEN);
    world.responders.host(World.HOST, InMemoryResponders.good(Duration.ofDays(7)));
    world.advance(Duration.ofMinutes(2));
    assertThat(row().breaker()).isEqualTo(Breaker.CLOSED);
    assertThat(row().lastError()).isEmpty();
    assertThat(row().failuresInARow()).isZero();
    assertThat(world.counts.breakers)
        .startsWith(HOST + " CLOSED", HOST + " OPEN", HOST + " OPEN")
        .endsWith(HOST + " CLOSED");
  }

  @Test
  void responders_answersThatAreRefused_areAnswers() {
    world.responders.host(World.HOST, InMemoryResponders.forged());

    preload(World.HOST, 8);

    assertThat(row().breaker()).isEqualTo(Breaker.CLOSED);
    assertThat(row().failuresInARow()).isZero();
  }

  @Test
  void responders_fewFailures_areCountedBeforeTheBreakerOpens() {
    world.responders.host(World.HOST, InMemoryResponders.down());

    preload(World.HOST, 2);

    assertThat(row().breaker()).isEqualTo(Breaker.CLOSED);
    assertThat(row().failuresInARow()).isEqualTo(2);
    assertThat(row().lastError()).isPresent();
    assertThat(row().nextProbe()).isEmpty();
  }

  @Test
  void responders_afterClose_isEmpty() {
    preload(World.HOST, 1);

    world.stapler.close();

    assertThat(world.stapler.responders()).isEqualTo(List.of());
  }
}
