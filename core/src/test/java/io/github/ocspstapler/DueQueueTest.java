package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.TestCa;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DueQueueTest {
  private final X509Certificate certificate = TestCa.root().certificate();
  private final DueQueue queue = new DueQueue();

  @Test
  void pollDue_nothingDue_isNull() {
    queue.put(kept(), 10);

    assertThat(queue.pollDue(9)).isNull();
    assertThat(queue.pollDue(10)).isNotNull();
    assertThat(queue.pollDue(Long.MAX_VALUE)).isNull();
  }

  @Test
  void remove_notQueued_changesNothing() {
    queue.put(kept(), 1);

    queue.remove(kept());

    assertThat(queue.size()).isEqualTo(1);
  }

  @Test
  void pollDue_afterRandomPutsMovesAndRemovals_comesInOrder() {
    SplittableRandom random = new SplittableRandom(1);
    List<KeptCertificate> in = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      int dice = random.nextInt(4);
      if (dice < 2 || in.isEmpty()) {
        KeptCertificate added = kept();
        queue.put(added, random.nextLong(1_000));
        in.add(added);
      } else {
        KeptCertificate some = in.get(random.nextInt(in.size()));
        if (dice == 2) {
          queue.put(some, random.nextLong(1_000));
        } else {
          queue.remove(some);
          in.remove(some);
        }
      }
    }
    List<Long> expected =
        in.stream().map(kept -> kept.due).sorted(Comparator.naturalOrder()).toList();

    List<Long> polled = new ArrayList<>();
    while (queue.size() > 0) {
      assertThat(queue.earliest()).isEqualTo(expected.get(polled.size()));
      polled.add(Objects.requireNonNull(queue.pollDue(Long.MAX_VALUE)).due);
    }

    assertThat(polled).isEqualTo(expected);
  }

  @Test
  void clear_full_leavesNobodyBehind() {
    KeptCertificate first = kept();
    KeptCertificate second = kept();
    queue.put(first, 1);
    queue.put(second, 2);

    queue.clear();

    assertThat(queue.size()).isZero();
    assertThat(queue.earliest()).isEqualTo(RefreshPlan.NEVER);
    assertThat(first.queueIndex).isEqualTo(-1);
    assertThat(second.queueIndex).isEqualTo(-1);
    queue.put(second, 3);
    assertThat(queue.pollDue(3)).isSameAs(second);
  }

  private KeptCertificate kept() {
    return new KeptCertificate(certificate, certificate, 0);
  }
}
