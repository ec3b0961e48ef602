package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which certificates there is news of. */
class NewsTest {
  private final ManualScheduler scheduler = ManualScheduler.create();
  private final SharedStore store = new SharedStore(scheduler);
  private final List<KeptCertificate> heard = new ArrayList<>();
  private final News news = new News(store, heard::add);
  private final TestCertificate leaf = TestCa.root().leaf("example.com");
  private final String fingerprint = "a1".repeat(32);

  @Test
  void add_kept_isHeardOfUntilItIsDropped() {
    KeptCertificate kept = kept();
    news.add(kept, fingerprint);
    assertThat(heard()).containsExactly(kept);

    forget(kept);

    assertThat(heard()).isEmpty();
  }

  // A reader that was still at it.
  @Test
  void add_forgottenBefore_leavesNothingBehind() {
    KeptCertificate kept = kept();
    forget(kept);

    news.add(kept, fingerprint);

    assertThat(heard()).isEmpty();
  }

  @Test
  void add_forgottenAndKeptAnew_doesNotTakeItsPlace() {
    KeptCertificate before = kept();
    forget(before);
    KeptCertificate anew = kept();
    news.add(anew, fingerprint);

    news.add(before, fingerprint);

    assertThat(heard()).containsExactly(anew);
  }

  private KeptCertificate kept() {
    return new KeptCertificate(leaf.certificate(), leaf.chain().get(1), 0);
  }

  private void forget(KeptCertificate kept) {
    kept.removed = true;
    news.drop(kept);
  }

  private List<KeptCertificate> heard() {
    heard.clear();
    store.tell(fingerprint);
    scheduler.advance(Duration.ofSeconds(1));
    return heard;
  }
}
