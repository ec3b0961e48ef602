package io.github.ocspstapler.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Staples the certificates of a file, the first of which is the issuer of all others, and says how
 * long that took: what the peers' harnesses do with theirs. If asked to, all once more, with
 * another stapler in the same JVM.
 */
final class PeerChild {
  private static final int LOOK_UPS = 200_000;

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final X509Certificate[] all;
  private final int expected;
  private final long limit;
  private long cpuBefore;

  private PeerChild(X509Certificate[] all, int expected, long limit) {
    this.all = all;
    this.expected = expected;
    this.limit = limit;
  }

  public static void main(String[] args) throws Exception {
    Quiet.everything();
    PeerChild run =
        new PeerChild(
            read(Path.of(args[0])),
            Integer.parseInt(args[1]),
            Long.parseLong(args[2]) * 1_000_000_000);
    run.staple("");
    if (Boolean.parseBoolean(args[3])) {
      run.staple("warm.");
    }
    System.exit(0);
  }

  /** The CPU time is that of the JVM since its start, or since the last time. */
  private void staple(String prefix) throws IOException {
    long begin = System.nanoTime();
    try (Stapler stapler = Stapler.builder().delivery(JsseDelivery.Mode.OFF).build()) {
      for (int i = 1; i < all.length; i++) {
        var unused = stapler.preload(List.of(all[i], all[0]));
      }
      while (stapled(stapler) < expected && System.nanoTime() - begin < limit) {
        LockSupport.parkNanos(5_000_000);
      }
      Child.report(prefix + "seconds", (System.nanoTime() - begin) / 1e9);
      Child.report(prefix + "stapled", stapled(stapler));
      Child.report(prefix + "cpuMillis", (system.getProcessCpuTime() - cpuBefore) / 1_000_000);
      if (cpuBefore == 0) {
        Child.report("peakMiB", peakMebibytes()); // afterwards it is that of the look-ups, too
      }
      X509ExtendedKeyManager bare = new ManyAliases(new X509Certificate[] {all[1]}, all[0], 0);
      double with = lookUp(stapler.wrap(bare));
      Child.report(prefix + "lookupNanos", with - lookUp(bare));
    }
    cpuBefore = system.getProcessCpuTime();
  }

  private static int stapled(Stapler stapler) {
    return stapler.summary().count(State.STAPLED);
  }

  private static double lookUp(X509ExtendedKeyManager keyManager) {
    double best = Double.MAX_VALUE;
    int length = 0;
    for (int round = 0; round < 20; round++) {
      long begin = System.nanoTime();
      for (int i = 0; i < LOOK_UPS; i++) {
        String alias = keyManager.chooseEngineServerAlias("EC", null, null);
        length += keyManager.getCertificateChain(alias).length;
      }
      best = Math.min(best, (System.nanoTime() - begin) / (double) LOOK_UPS);
    }
    if (length == 0) {
      throw new IllegalStateException("nothing was chosen");
    }
    return best;
  }

  static X509Certificate[] read(Path file) throws Exception {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map((Certificate certificate) -> (X509Certificate) certificate)
          .toArray(X509Certificate[]::new);
    }
  }

  private static long peakMebibytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(0);
  }
}
