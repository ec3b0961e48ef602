package io.github.ocspstapler.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of {@code README.md}: each is a part of this file, word for word. */
final class ReadmeTest {

  @Test
  void firstExample() throws Exception {
    TestCa ca = TestCa.root();
    try (TestResponder responder = TestResponder.start(ca)) {
      TestCertificate site = ca.leafBuilder("example.com").ocspUrls(responder.url()).build();
      checkRevocation(site); // your own code: here it asks the responder, and all is well

      responder.revoke(site, Instant.now(), 1);
      assertThrows(CertPathValidatorException.class, () -> checkRevocation(site));

      responder.unrevoke(site).fault(Fault.http(500));
      assertThrows(CertPathValidatorException.class, () -> checkRevocation(site));

      assertThat(responder.requests()).allMatch(request -> request.isFor(site));
    }
  }

  @Test
  void certificates() throws Exception {
    TestCa ca = TestCa.builder("Root").keyAlgorithm(KeyAlgorithm.EC_P384).buildCa();
    TestCa issuing = ca.intermediate("Issuing CA", "http://ocsp.example/root");

    TestCertificate mustStaple =
        issuing
            .leafBuilder("example.com")
            .sans("example.com", "127.0.0.1")
            .ocspUrls("http://ocsp.example/a", "http://ocsp.example/b")
            .mustStaple()
            .build();
    TestCertificate expired =
        issuing
            .leafBuilder("old.example")
            .validity(Instant.parse("2020-01-01T00:00:00Z"), Instant.parse("2020-04-01T00:00:00Z"))
            .build();
    TestCertificate responder = issuing.delegateBuilder().noCheck(false).build();

    assertThat(mustStaple.chain()).hasSize(3);
    assertThat(expired.certificate().getNotAfter().toInstant()).isBefore(Instant.now());
    assertThat(responder.certificate().getExtendedKeyUsage()).hasSize(1);
  }

  @Test
  void answers() throws Exception {
    TestCa ca = TestCa.root();
    TestCertificate site = ca.leaf("example.com");

    byte[] good = OcspAnswer.good(site).signedBy(ca.delegate()).der();
    byte[] forged = OcspAnswer.good(site).signedBy(TestCa.root("Somebody else")).der();
    assertThat(accepts(site, good)).isTrue();
    assertThat(accepts(site, forged)).isFalse();

    List<Malformation> believed = new ArrayList<>();
    for (Malformation malformation : Malformation.values()) {
      if (accepts(site, malformation.apply(OcspAnswer.good(site)).der())) {
        believed.add(malformation);
      }
    }

    assertThat(believed)
        .doesNotContain(
            Malformation.CORRUPT_SIGNATURE,
            Malformation.FORGED_IN_THE_ISSUERS_NAME,
            Malformation.SIGNED_BY_ANOTHER_CA,
            Malformation.DELEGATE_WITHOUT_OCSP_SIGNING,
            Malformation.NEXT_UPDATE_IN_THE_PAST);
  }

  @Test
  void time() {
    List<Instant> refreshed = new ArrayList<>();

    ManualScheduler time = ManualScheduler.create();
    Refresher refresher = new Refresher(time, time.clock(), refreshed::add);
    time.advance(Duration.ofHours(13)); // runs what is due in 13 hours, here and now

    assertThat(refreshed).hasSize(2);
    time.jumpClock(Duration.ofDays(-1)); // somebody set the clock back: nothing runs
    assertThat(refreshed).hasSize(2);
    refresher.close();
  }

  @Test
  void examples_ofTheReadme_areInThisFile() throws IOException {
    Path module = Path.of("").toAbsolutePath();
    String readme = Files.readString(module.resolve("README.md"));
    String source =
        Files.readString(
            module.resolve("src/test/java/io/github/ocspstapler/testkit/ReadmeTest.java"));

    List<String> examples =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(readme)
            .results()
            .map(MatchResult::group)
            .map(block -> block.replace("```java\n", "").replace("```", ""))
            .toList();

    assertThat(examples).hasSize(4);
    for (String example : examples) {
      assertThat(unindented(source)).contains(unindented(example));
    }
  }

  /** Checks a chain with the JDK's own checker, which asks the responder that the leaf names. */
  private static void checkRevocation(TestCertificate site) throws Exception {
    validate(site, checker -> {});
  }

  private static boolean accepts(TestCertificate site, byte[] answer) throws Exception {
    try {
      validate(site, checker -> checker.setOcspResponses(Map.of(site.certificate(), answer)));
      return true;
    } catch (CertPathValidatorException e) {
      return false;
    }
  }

  private static void validate(TestCertificate site, Setting setting) throws Exception {
    List<X509Certificate> chain = site.chain();
    X509Certificate root = chain.get(chain.size() - 1);
    CertPath path =
        CertificateFactory.getInstance("X.509")
            .generateCertPath(chain.subList(0, chain.size() - 1));
    CertPathValidator validator = CertPathValidator.getInstance("PKIX");
    PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
    checker.setOptions(EnumSet.of(PKIXRevocationChecker.Option.NO_FALLBACK));
    setting.apply(checker);
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    parameters.addCertPathChecker(checker);
    validator.validate(path, parameters);
  }

  private static String unindented(String text) {
    return text.lines().map(String::strip).reduce("", (a, b) -> a + "\n" + b).strip();
  }

  /** Sets something on the JDK's checker. */
  private interface Setting {
    void apply(PKIXRevocationChecker checker);
  }

  /** Gets something new every six hours. */
  private static final class Refresher implements AutoCloseable {
    private final Future<?> task;

    Refresher(ScheduledExecutorService scheduler, Clock clock, Consumer<Instant> refreshed) {
      this.task =
          scheduler.scheduleAtFixedRate(
              () -> refreshed.accept(clock.instant()), 6, 6, TimeUnit.HOURS);
    }

    @Override
    public void close() {
      assertThat(task.cancel(false)).isTrue();
    }
  }
}
