package io.github.ocspstapler.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspException;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Gets a staple for each certificate of a file, in one of several ways. */
final class BulkStaplingChild {
  private BulkStaplingChild() {}

  public static void main(String[] args) throws Exception {
    Quiet.logs();
    String how = args[1];
    int count = Integer.parseInt(args[2]);
    List<X509Certificate> certificates = read(Path.of(args[0]));
    X509Certificate issuer = certificates.get(0);
    List<X509Certificate> leaves = certificates.subList(1, 1 + count);
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Profiler profiler = Profiler.begin(how);
    long cpu = system.getProcessCpuTime();
    long start = System.nanoTime();
    if (how.equals("one-at-a-time")) {
      queryEach(leaves, issuer);
    } else {
      stapleAll(how, leaves, issuer);
    }
    Child.report("seconds", (System.nanoTime() - start) / 1e9);
    Child.report("cpuMillis", (system.getProcessCpuTime() - cpu) / 1e6);
    profiler.end();
    System.exit(0);
  }

  static List<X509Certificate> read(Path file) throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      while (in.available() > 0) {
        certificates.add((X509Certificate) factory.generateCertificate(in));
      }
    }
    return certificates;
  }

  private static void queryEach(List<X509Certificate> leaves, X509Certificate issuer)
      throws OcspException {
    try (OcspClient client = OcspClient.create()) {
      for (X509Certificate leaf : leaves) {
        if (client.query(leaf, issuer).encoded().length == 0) {
          throw new IllegalStateException("no response");
        }
      }
    }
  }

  private static void stapleAll(String how, List<X509Certificate> leaves, X509Certificate issuer)
      throws InterruptedException {
    Stapler.Builder builder = Stapler.builder().maxCertificates(2 * leaves.size());
    if (how.endsWith("per host")) {
      int perHost = Integer.parseInt(how.substring(0, how.indexOf(' ')));
      builder.maxConcurrency(perHost, perHost);
    }
    try (Stapler stapler = builder.build()) {
      for (X509Certificate leaf : leaves) {
        var unused = stapler.preload(List.of(leaf, issuer));
      }
      if (!stapler.awaitStapled(Duration.ofMinutes(15))) {
        throw new IllegalStateException("not all stapled in time");
      }
      for (X509Certificate leaf : leaves) {
        if (stapler.staple(leaf).isEmpty()) {
          throw new IllegalStateException("no staple: " + stapler.status(List.of(leaf, issuer)));
        }
      }
    }
  }
}
