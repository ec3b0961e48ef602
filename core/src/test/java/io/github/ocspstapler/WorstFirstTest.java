package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.testkit.TestCa;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a page of a long listing costs. */
class WorstFirstTest {
  private static final Set<State> ALL = EnumSet.allOf(State.class);

  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void page_anywhere_makesItsOwnRowsOnly() {
    List<Counting> certificates = certificates(40);
    List<KeptCertificate> all = kept(certificates);

    List<StapleStatus> rows = new WorstFirst(all, ALL, 0).page(30, 5);

    assertThat(rows).extracting(StapleStatus::name).containsExactly(names(30, 35));
    assertThat(certificates.stream().mapToInt(one -> one.rows).sum()).isEqualTo(5);
  }

  // A CA that signs ahead gives all the same end; those that are ill are few.
  @Test
  void page_ofTheIll_readsNoNamesOfTheOthers() {
    List<Counting> certificates = certificates(40);
    List<KeptCertificate> all = kept(certificates);
    for (KeptCertificate well : all.subList(0, 37)) {
      well.snapshot = new Snapshot(null, State.UNSTAPLEABLE, RefreshPlan.NEVER, null, 0);
    }
    certificates.forEach(one -> one.extensions = 0);

    List<StapleStatus> rows = new WorstFirst(all, ALL, 0).page(0, 3);

    assertThat(rows).extracting(StapleStatus::name).containsExactly(names(0, 3));
    assertThat(certificates.subList(3, 40)).allMatch(one -> one.extensions == 0);
    List<StapleStatus> last = new WorstFirst(all, ALL, 0).page(3, 2);
    assertThat(last).extracting(StapleStatus::name).containsExactly(names(3, 5));
    assertThat(new WorstFirst(all, ALL, 0).page(39, 2)).hasSize(1);
    assertThat(new WorstFirst(all, ALL, 0).page(40, 2)).isEmpty();
  }

  @Test
  void worstFirst_negative_isRefused() {
    assertThatThrownBy(() -> world.stapler.worstFirst(ALL, -1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("offset, limit: -1, 1 (expected: not negative)");
    assertThatThrownBy(() -> world.stapler.worstFirst(ALL, 1, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String[] names(int from, int to) {
    String[] names = new String[to - from];
    for (int i = from; i < to; i++) {
      names[i - from] = name(i);
    }
    return names;
  }

  private static String name(int number) {
    return String.format("site%02d.test", number);
  }

  private static List<Counting> certificates(int count) {
    TestCa ca = TestCa.root();
    KeyPair key = ca.leaf("key.test").keyPair();
    List<Counting> made = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      made.add(new Counting(ca.leafBuilder(name(i)).keyPair(key).build().certificate()));
    }
    return made;
  }

  /** Keeps them, the last first, so that it is not their order that puts the rows into theirs. */
  private static List<KeptCertificate> kept(List<Counting> certificates) {
    List<KeptCertificate> kept = new ArrayList<>();
    for (X509Certificate certificate : certificates) {
      kept.add(0, new KeptCertificate(certificate, certificate, 0));
    }
    return kept;
  }
}
