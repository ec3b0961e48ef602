package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.testkit.KeyAlgorithm;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestResponder;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;

/** The CA and its responder: writes the CA's and many certificates to a file, then answers. */
final class BulkResponderChild {
  private BulkResponderChild() {}

  public static void main(String[] args) throws Exception {
    int certificates = Integer.parseInt(args[0]);
    Duration latency = Duration.ofMillis(Integer.parseInt(args[1]));
    TestCa ca = TestCa.builder("Benchmark CA").keyAlgorithm(KeyAlgorithm.EC_P256).buildCa();
    try (TestResponder responder = TestResponder.builder().ca(ca).keptRequests(1).start()) {
      // One key for all: to make one takes longer than to sign with it.
      KeyPair key = ca.leaf("key.test").keyPair();
      try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(Path.of(args[2])))) {
        file.write(ca.certificate().getEncoded());
        for (int i = 0; i < certificates; i++) {
          file.write(
              ca.leafBuilder("site" + i + ".test")
                  .keyPair(key)
                  .ocspUrls(responder.url())
                  .build()
                  .certificate()
                  .getEncoded());
        }
      }
      responder.latency(latency);
      Child.report("ready", responder.url());
      while (System.in.read() >= 0) {
        // until the parent closes it
      }
    }
    System.exit(0);
  }
}
