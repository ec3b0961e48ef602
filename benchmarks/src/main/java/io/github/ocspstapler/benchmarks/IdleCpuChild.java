package io.github.ocspstapler.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.github.ocspstapler.InstantAnswers;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerMetrics;
import io.github.ocspstapler.benchmarks.IdleCpu.Scenario;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.TestCa;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;

/** Lets virtual hours pass over a stapler of which nobody wants anything. */
final class IdleCpuChild {
  private static final Duration TICK = Duration.ofMinutes(1);
  private static final Duration LONG = Duration.ofDays(30);
  private static final Duration WEEK = Duration.ofDays(7);

  private final ManualScheduler scheduler = ManualScheduler.create();
  private final TestCa ca = TestCa.builder("CA").clock(scheduler.clock()).buildCa();
  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final Scenario scenario;
  private final Duration validity;
  private long renewals;

  @SuppressWarnings("UnusedVariable") // held: of a key manager that is gone, nothing is kept
  private X509ExtendedKeyManager wrapped;

  private IdleCpuChild(Scenario scenario) {
    this.scenario = scenario;
    this.validity = scenario == Scenario.RENEWALS ? WEEK : LONG;
  }

  public static void main(String[] args) {
    Quiet.logs();
    int size = Integer.parseInt(args[0]);
    new IdleCpuChild(Scenario.valueOf(args[1])).measure(size);
    System.exit(0);
  }

  private void measure(int size) {
    Stapler.Builder builder =
        Stapler.builder()
            .clock(scheduler.clock())
            .scheduler(scheduler)
            .metrics(new Renewals())
            .maxCertificates(2 * size)
            .delivery(JsseDelivery.Mode.OFF);
    try (Stapler stapler = InstantAnswers.answer(builder, scheduler.clock(), validity).build()) {
      keep(stapler, certificates(size));
      pass(1); // whatever follows upon the first answers
      // A key manager is listed six times an hour: one hour stands for all.
      int hours = scenario == Scenario.LISTED ? 1 : 24;
      renewals = 0;
      long cpu = system.getProcessCpuTime();
      pass(hours);
      double seconds = (system.getProcessCpuTime() - cpu) / 1e9;
      check(stapler, size);
      Child.report("hours", hours);
      Child.report("cpuSeconds", seconds);
    } finally {
      Reference.reachabilityFence(wrapped);
    }
  }

  private void pass(int hours) {
    for (long minute = 0; minute < hours * 60L; minute++) {
      scheduler.advance(TICK);
    }
  }

  private X509Certificate[] certificates(int size) {
    X509Certificate template =
        ca.leafBuilder("www.example.test")
            .notAfter(scheduler.now().plus(Duration.ofDays(3_650)))
            .ocspUrls("http://ocsp.example.test/")
            .build()
            .certificate();
    X509Certificate[] certificates = new X509Certificate[size];
    for (int i = 0; i < size; i++) {
      certificates[i] = new LightCertificate(template, i + 1);
    }
    return certificates;
  }

  private void keep(Stapler stapler, X509Certificate[] certificates) {
    if (scenario == Scenario.LISTED) {
      wrapped = stapler.wrap(new ManyAliases(certificates, ca.certificate(), 0));
      return;
    }
    // Renewals are spread over the days, as in a server that runs; without them it does not matter.
    Duration apart =
        scenario == Scenario.RENEWALS
            ? validity.dividedBy(2L * certificates.length)
            : Duration.ZERO;
    for (X509Certificate certificate : certificates) {
      var unused = stapler.preload(List.of(certificate, ca.certificate()));
      scheduler.advance(apart);
    }
  }

  /** What was measured must be what it is called. */
  private void check(Stapler stapler, int size) {
    if (stapler.summary().count(State.STAPLED) != size) {
      throw new IllegalStateException("not all are stapled: " + stapler.summary());
    }
    if ((renewals > 0) != (scenario == Scenario.RENEWALS)) {
      throw new IllegalStateException(scenario + ": " + renewals + " renewals");
    }
  }

  private final class Renewals implements StaplerMetrics {
    @Override
    public void requested(String status, Duration took) {
      renewals++;
    }
  }
}
