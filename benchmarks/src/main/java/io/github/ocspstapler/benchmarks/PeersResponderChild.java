package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One CA with ten responder hosts, which its certificates name in turn: writes the CA's and many
 * certificates and their one key as PEM, then answers. The last host may hang.
 */
final class PeersResponderChild {
  static final int HOSTS = 10;

  private static final String CHAINS = "certificates.pem";
  private static final String KEY = "key.pem";

  private PeersResponderChild() {}

  public static void main(String[] args) throws Exception {
    int count = Integer.parseInt(args[0]);
    Duration latency = Duration.ofMillis(Integer.parseInt(args[1]));
    boolean oneHangs = Boolean.parseBoolean(args[2]);
    Path folder = Path.of(args[3]);
    TestCa ca = TestCa.builder("Benchmark CA").keyAlgorithm(KeyAlgorithm.EC_P256).buildCa();
    List<TestResponder> hosts = new ArrayList<>();
    for (int i = 0; i < HOSTS; i++) {
      hosts.add(TestResponder.builder().ca(ca).keptRequests(1).signOnce().start().latency(latency));
    }
    if (oneHangs) {
      hosts.get(HOSTS - 1).fault(Fault.hang());
    }
    write(folder, ca, count, hosts);
    Child.report("ready", true);
    while (System.in.read() >= 0) {
      // until the parent closes it
    }
    System.exit(0);
  }

  static void write(Path folder, TestCa ca, int count, List<TestResponder> hosts)
      throws IOException {
    TestCertificate first = ca.leaf("key.test");
    KeyPair key = first.keyPair(); // one for all: to make one takes longer than to sign with it
    Files.writeString(folder.resolve(KEY), first.privateKeyPem());
    try (Writer file = Files.newBufferedWriter(folder.resolve(CHAINS))) {
      file.write(ca.held().pem());
      for (int i = 0; i < count; i++) {
        file.write(
            ca.leafBuilder("site" + i + ".test")
                .keyPair(key)
                .ocspUrls(hosts.get(i % hosts.size()).url())
                .build()
                .pem());
      }
    }
  }

  static void delete(Path folder) throws IOException {
    for (String name : List.of(CHAINS, KEY, "")) {
      Files.deleteIfExists(folder.resolve(name));
    }
  }
}
