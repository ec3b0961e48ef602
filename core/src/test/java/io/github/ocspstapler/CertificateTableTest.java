package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ocspstapler.testkit.TestCa;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;

/** The table that handshakes look into. */
class CertificateTableTest {
  private static final TestCa CA = TestCa.root();
  private static final List<X509Certificate> CERTIFICATES =
      IntStream.range(0, 60).mapToObj(i -> CA.leaf("site" + i + ".test").certificate()).toList();

  private final CertificateTable table = new CertificateTable();

  @Test
  void find_anyChangesInAnyOrder_findsWhatAMapFinds() {
    Map<X509Certificate, KeptCertificate> model = new HashMap<>();
    Random random = new Random(3);
    for (int step = 0; step < 20_000; step++) {
      X509Certificate certificate = CERTIFICATES.get(random.nextInt(CERTIFICATES.size()));
      // Waves: now more come than go, now more go than come.
      if (random.nextInt(10) < (step / 2_000 % 2 == 0 ? 7 : 3)) {
        KeptCertificate kept = kept(certificate);
        table.put(kept);
        model.put(certificate, kept);
      } else if (model.containsKey(certificate)) {
        table.remove(model.remove(certificate));
      }

      X509Certificate asked = CERTIFICATES.get(random.nextInt(CERTIFICATES.size()));
      assertThat(table.find(asked)).isSameAs(model.get(asked));
      assertThat(table.size()).isEqualTo(model.size());
    }
    assertThat(table).containsExactlyInAnyOrderElementsOf(model.values());
    assertThat(table.stream()).containsExactlyInAnyOrderElementsOf(model.values());
  }

  @Test
  void find_equalCertificateOfAnotherMake_findsIt() throws CertificateException {
    X509Certificate certificate = CERTIFICATES.get(0);
    KeptCertificate kept = kept(certificate);
    table.put(kept);

    X509Certificate copy =
        (X509Certificate)
            CertificateFactory.getInstance("X.509", new BouncyCastleProvider())
                .generateCertificate(new ByteArrayInputStream(certificate.getEncoded()));

    assertThat(copy).isNotSameAs(certificate);
    assertThat(table.find(copy)).isSameAs(kept);
  }

  @Test
  void remove_anotherEntryOfTheSameCertificate_leavesTheEntry() {
    KeptCertificate kept = kept(CERTIFICATES.get(0));
    table.put(kept);

    table.remove(kept(CERTIFICATES.get(0)));

    assertThat(table).containsExactly(kept);
  }

  @Test
  void clear_withEntries_isEmptyAndGoesOn() {
    CERTIFICATES.forEach(certificate -> table.put(kept(certificate)));

    table.clear();

    assertThat(table).isEmpty();
    assertThat(table.find(CERTIFICATES.get(0))).isNull();
    table.put(kept(CERTIFICATES.get(1)));
    assertThat(table.find(CERTIFICATES.get(1))).isNotNull();
  }

  @Test
  void iterator_atItsEnd_throws() {
    Iterator<KeptCertificate> none = table.iterator();

    assertThatThrownBy(none::next).isInstanceOf(NoSuchElementException.class);
  }

  /** T8: however the table grows, shrinks and is rebuilt meanwhile, a look-up misses nothing. */
  @Test
  void find_whileOthersComeAndGo_neverMissesWhatStays() throws InterruptedException {
    List<X509Certificate> staying = CERTIFICATES.subList(0, 20);
    List<X509Certificate> passing = CERTIFICATES.subList(20, CERTIFICATES.size());
    staying.forEach(certificate -> table.put(kept(certificate)));
    AtomicReference<X509Certificate> missed = new AtomicReference<>();
    AtomicBoolean over = new AtomicBoolean();
    Thread reader =
        new Thread(() -> {
          while (!over.get()) {
            for (X509Certificate certificate : staying) {
              KeptCertificate found = table.find(certificate);
              if (found == null || !found.certificate.equals(certificate)) {
                missed.set(certificate);
              }
            }
          }
        });
    reader.start();

    for (int round = 0; round < 500; round++) {
      List<KeptCertificate> guests = passing.stream().map(CertificateTableTest::kept).toList();
      guests.forEach(table::put);
      guests.forEach(table::remove);
    }
    over.set(true);
    reader.join();

    assertThat(missed).hasValue(null);
    assertThat(table).hasSize(staying.size());
  }

  private static KeptCertificate kept(X509Certificate certificate) {
    return new KeptCertificate(certificate, CA.certificate(), 0);
  }
}
