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
 * long that took: what the peers' harnesses do with theirs.
 */
final class PeerChild {
  private static final int LOOK_UPS = 200_000;

  private PeerChild() {}

  public static void main(String[] args) throws Exception {
    Quiet.logs();
    X509Certificate[] all = read(Path.of(args[0]));
    X509Certificate issuer = all[0];
    int expected = Integer.parseInt(args[1]);
    long limit = Long.parseLong(args[2]) * 1_000_000_000;
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long begin = System.nanoTime();
    try (Stapler stapler = Stapler.builder().delivery(JsseDelivery.Mode.OFF).build()) {
      for (int i = 1; i < all.length; i++) {
        var unused = stapler.preload(List.of(all[i], issuer));
      }
      while (stapled(stapler) < expected && System.nanoTime() - begin < limit) {
        LockSupport.parkNanos(5_000_000);
      }
      Child.report("seconds", (System.nanoTime() - begin) / 1e9);
      Child.report("stapled", stapled(stapler));
      Child.report("cpuMillis", system.getProcessCpuTime() / 1_000_000);
      Child.report("peakMiB", peakMebibytes());
      X509ExtendedKeyManager bare = new ManyAliases(new X509Certificate[] {all[1]}, issuer, 0);
      double with = lookUp(stapler.wrap(bare));
      Child.report("lookupNanos", with - lookUp(bare));
    }
    System.exit(0);
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

  private static X509Certificate[] read(Path file) throws Exception {
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
