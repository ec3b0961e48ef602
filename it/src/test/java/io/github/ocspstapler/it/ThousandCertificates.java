package io.github.ocspstapler.it;

import io.github.ocspstapler.Staple;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.VirtualTime;
import io.github.ocspstapler.it.Verdict.Check;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.store.StapleStore;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.Malformation;
import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** X3: a thousand certificates of twenty CAs, of which three fail, each in its way. */
final class ThousandCertificates implements BadDayTable.Row {
  private static final int CAS = 20;
  private static final int OF_EACH = 50;
  private static final int DEAD = 3;

  /** To all three. That which lies is asked about each of its certificates again. */
  private static final int REQUESTS = 600;

  private final ManualScheduler time = ManualScheduler.create();
  private final List<TestResponder> responders = new ArrayList<>();
  private final List<TestCertificate> sites = new ArrayList<>();
  private final Verdict verdict = new Verdict(REQUESTS, BadDay.ONE_RETRY);

  @Override
  public String name() {
    return "1,000 certificates of 20 CAs: one CA down, one hangs, one lies";
  }

  @Override
  public Verdict run(Path folder) throws Exception {
    VirtualTime virtual = new VirtualTime(time);
    OcspClient client = // patience for the living, on a busy machine
        OcspClient.builder().clock(time.clock()).timeout(Duration.ofSeconds(1)).build();
    issue();
    kill();
    try (client;
        Stapler stapler = virtual.stapler(client, StapleStore.memory()).build()) {
      for (TestCertificate site : sites) {
        var unused = stapler.preload(chain(site));
      }
      time.advance(Duration.ofMinutes(10));
      check(stapler, DEAD);
      LiveObjects before = LiveObjects.count();
      int asked = responders.subList(0, DEAD).stream().mapToInt(TestResponder::requestCount).sum();
      verdict.that(Check.BOUNDED, asked <= REQUESTS, asked + " requests to the dead");
      responders.forEach(responder -> responder.comeUp().heal());
      time.advance(BadDay.ONE_RETRY);
      check(stapler, 0);
      Optional<String> grown = LiveObjects.count().grown(before, CAS * OF_EACH);
      verdict.that(Check.FLAT, grown.isEmpty(), grown.orElse(""));
      verdict.closes(stapler);
    } finally {
      responders.forEach(TestResponder::close);
    }
    return verdict;
  }

  private void issue() {
    TestCa root = TestCa.builder("Large Root").clock(time.clock()).buildCa();
    for (int i = 0; i < CAS; i++) {
      TestCa ca = root.intermediate("CA " + i);
      TestResponder responder = TestResponder.builder().ca(ca).clock(time.clock()).start();
      responders.add(responder);
      var key = ca.leaf("key.test").keyPair();
      for (int j = 0; j < OF_EACH; j++) {
        String name = "site" + j + ".ca" + i + ".test";
        sites.add(ca.leafBuilder(name).keyPair(key).ocspUrls(responder.url()).build());
      }
    }
  }

  private void kill() {
    responders.get(0).goDown();
    responders.get(1).fault(Fault.hang());
    responders.get(2).fault(Fault.malformed(Malformation.CORRUPT_SIGNATURE));
  }

  private void check(Stapler stapler, int dead) throws Exception {
    for (int i = 0; i < sites.size(); i++) {
      TestCertificate site = sites.get(i);
      Optional<Staple> staple = stapler.staple(site.certificate());
      boolean alive = i / OF_EACH >= dead;
      Check which = dead > 0 ? Check.STAYS_STAPLED : Check.RECOVERS;
      verdict.that(which, staple.isPresent() || !alive, "bare: " + site);
      if (staple.isPresent()) {
        Optional<String> problem =
            new StapleCheck(site.certificate(), site.issuerCertificate())
                .problem(staple.get().encoded(), time.now());
        verdict.that(Check.RIGHT_STAPLE, problem.isEmpty(), problem.orElse(""));
      }
      if (i % OF_EACH == 0) {
        TlsInMemory.Handshake handshake =
            TlsInMemory.shake(stapler.wrap(site.keyManager()), "TLSv1.3");
        long millis = TimeUnit.NANOSECONDS.toMillis(handshake.nanos());
        verdict.that(Check.NO_DELAY, millis < 4_000, millis + " ms");
        verdict.that(which, handshake.isStapled() || !alive, "bare in TLS: " + site);
      }
    }
  }

  private static List<X509Certificate> chain(TestCertificate site) {
    return site.chain().subList(0, site.chain().size() - 1);
  }
}
