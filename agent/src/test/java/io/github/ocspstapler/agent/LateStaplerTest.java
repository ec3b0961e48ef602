package io.github.ocspstapler.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.jsse.StaplingKeyManager;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.net.URL;
import java.net.URLClassLoader;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LateStaplerTest {
  private static final TestCertificate LEAF = TestCa.root().leaf("localhost");

  private final X509ExtendedKeyManager keyManager = LEAF.keyManager();
  private final AtomicInteger starts = new AtomicInteger();
  private final List<Stapler> started = new ArrayList<>();

  @AfterEach
  void close() {
    started.forEach(Stapler::close);
  }

  private Stapler start() {
    starts.incrementAndGet();
    Stapler stapler = Stapler.builder().delivery(JsseDelivery.Mode.OFF).build();
    started.add(stapler);
    return stapler;
  }

  @Test
  void wrap_twice_startsOnceAndWrapsBoth() {
    LateStapler late = new LateStapler(this::start);
    assertThat(starts).hasValue(0);

    X509ExtendedKeyManager first = late.wrap(keyManager);
    X509ExtendedKeyManager second = late.wrap(keyManager);

    assertThat(starts).hasValue(1);
    assertThat(List.of(first, second)).hasOnlyElementsOfType(StaplingKeyManager.class);
    X509Certificate leaf = LEAF.certificate();
    assertThat(started.get(0).statuses()).anyMatch(kept -> kept.certificate().equals(leaf));
  }

  @Test
  void wrap_startFails_isTriedOnceAndPassesTheKeyManagerOn() {
    LateStapler late =
        new LateStapler(() -> {
          starts.incrementAndGet();
          throw new NoClassDefFoundError("java/net/http/HttpClient");
        });

    assertThat(late.wrap(keyManager)).isSameAs(keyManager);
    assertThat(late.wrap(keyManager)).isSameAs(keyManager);
    assertThat(starts).hasValue(1);
  }

  @Test
  void wrap_whileStarting_sameThreadPasses() {
    AtomicReference<LateStapler> late = new AtomicReference<>();
    List<X509ExtendedKeyManager> passed = new ArrayList<>();
    late.set(
        new LateStapler(() -> {
          passed.add(late.get().wrap(keyManager));
          return start();
        }));

    X509ExtendedKeyManager wrapped = late.get().wrap(keyManager);

    assertThat(passed).containsExactly(keyManager);
    assertThat(wrapped).isInstanceOf(StaplingKeyManager.class);
  }

  @Test
  void build_jmxNameTaken_isBuiltWithoutAndSaid() {
    Supplier<Stapler.Builder> builders = () -> Stapler.builder().delivery(JsseDelivery.Mode.OFF);
    Lines log = new Lines();
    started.add(LateStapler.build(builders, Optional.of("twice"), log));
    assertThat(log.lines()).isEmpty();

    Stapler second = LateStapler.build(builders, Optional.of("twice"), log);
    started.add(second);

    assertThat(second.wrap(keyManager)).isInstanceOf(StaplingKeyManager.class);
    assertThat(log.lines())
        .singleElement()
        .asString()
        .contains("goes on without JMX: jmx: twice (expected: a name not in use)");
  }

  @Test
  void wrap_inAWebApplication_noThreadOfOursKeepsItsClassLoader() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader webApplication = new URLClassLoader(new URL[0])) {
      thread.setContextClassLoader(webApplication);

      new LateStapler(this::start).wrap(keyManager);

      assertThat(thread.getContextClassLoader()).isSameAs(webApplication);
      assertThat(Thread.getAllStackTraces().keySet())
          .filteredOn(other -> other.getName().startsWith("ocsp-"))
          .isNotEmpty()
          .extracting(Thread::getContextClassLoader)
          .doesNotContain(webApplication);
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
