package io.github.ocspstapler.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.github.ocspstapler.InstantAnswers;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.StaplerListener;
import io.github.ocspstapler.StaplerMetrics;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.testkit.ManualScheduler;
import io.github.ocspstapler.testkit.TestCa;
import java.lang.management.ManagementFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;

/**
 * Lets virtual time pass over a stapler whose answers come at once. The more certificates, the
 * longer their answers last, so that as many are renewed in a virtual second for any number.
 */
final class SchedulingStepsChild {
  /** One answer a certificate lasts so long, for each certificate. */
  private static final Duration VALIDITY_EACH = Duration.ofSeconds(10);

  private static final int LOOKS = 20_000;

  private final ManualScheduler scheduler = ManualScheduler.create();
  private final TestCa ca = TestCa.builder("CA").clock(scheduler.clock()).buildCa();
  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private long renewals;

  private SchedulingStepsChild() {}

  public static void main(String[] args) {
    Quiet.logs();
    int size = Integer.parseInt(args[0]);
    int steps = Integer.parseInt(args[1]);
    new SchedulingStepsChild().measure(1_000, steps, false); // the compiler's turn
    new SchedulingStepsChild().measure(size, steps, true);
    System.exit(0);
  }

  private void measure(int size, int steps, boolean reported) {
    Duration validity = VALIDITY_EACH.multipliedBy(size);
    Stapler.Builder builder =
        Stapler.builder()
            .clock(scheduler.clock())
            .scheduler(scheduler)
            .listener(new StaplerListener() {})
            .metrics(new Renewals())
            .maxCertificates(2 * size)
            .delivery(JsseDelivery.Mode.OFF);
    try (Stapler stapler = InstantAnswers.answer(builder, scheduler.clock(), validity).build()) {
      keep(stapler, size, validity);
      long cpu = system.getProcessCpuTime();
      renewals = 0;
      while (renewals < steps) {
        scheduler.advance(Duration.ofMinutes(1));
      }
      double micros = (system.getProcessCpuTime() - cpu) / 1e3 / renewals;
      if (stapler.summary().count(State.STAPLED) != size) {
        throw new IllegalStateException("not all are stapled: " + stapler.summary());
      }
      if (reported) {
        Child.report("stepMicros", micros);
      }
      look(stapler, reported);
    }
  }

  /** Their first answers come at different times, as their renewals do in a server that runs. */
  private void keep(Stapler stapler, int size, Duration validity) {
    X509Certificate template =
        ca.leafBuilder("www.example.test")
            .notAfter(scheduler.now().plus(Duration.ofDays(36_500)))
            .ocspUrls("http://ocsp.example.test/")
            .build()
            .certificate();
    Duration apart = validity.dividedBy(2L * size);
    for (int i = 0; i < size; i++) {
      var unused =
          stapler.preload(List.of(new LightCertificate(template, i + 1), ca.certificate()));
      scheduler.advance(apart);
    }
  }

  private static void look(Stapler stapler, boolean reported) {
    double summary = Double.MAX_VALUE;
    double scan = Double.MAX_VALUE;
    int seen = 0;
    for (int round = 0; round < 5; round++) {
      long begin = System.nanoTime();
      for (int i = 0; i < LOOKS; i++) {
        seen += stapler.summary().count(State.STAPLED);
      }
      summary = Math.min(summary, (System.nanoTime() - begin) / (double) LOOKS);
      begin = System.nanoTime();
      seen += (int) stapler.statuses(EnumSet.of(State.REVOKED, State.UNAVAILABLE)).count();
      scan = Math.min(scan, (System.nanoTime() - begin) / 1e6);
    }
    if (reported && seen != 0) {
      Child.report("summaryNanos", summary);
      Child.report("scanMillis", scan);
    }
  }

  private final class Renewals implements StaplerMetrics {
    @Override
    public void requested(String status, Duration took) {
      renewals++;
    }
  }
}
