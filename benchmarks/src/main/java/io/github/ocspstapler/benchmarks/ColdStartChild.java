package io.github.ocspstapler.benchmarks;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.store.StapleStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import javax.net.ssl.X509ExtendedKeyManager;

/** One start, in a JVM of its own: what the parent asks for, and the time it took. */
final class ColdStartChild {
  private ColdStartChild() {}

  public static void main(String[] args) throws Exception {
    Quiet.logs();
    Path folder = Path.of(args[0]);
    X509Certificate[] all = StoredPopulation.read(folder);
    X509Certificate issuer = all[0];
    X509Certificate[] certificates = Arrays.copyOfRange(all, 1, all.length);
    if (args[1].equals("floor")) {
      floor(StoredPopulation.store(folder), certificates, issuer);
    } else {
      stapler(StoredPopulation.store(folder), certificates, issuer);
    }
    System.exit(0);
  }

  private static void floor(Path store, X509Certificate[] certificates, X509Certificate issuer) {
    try (OcspClient client = OcspClient.create()) {
      long start = System.nanoTime();
      Arrays.stream(certificates)
          .parallel()
          .forEach(certificate -> verify(client, store, certificate, issuer));
      Child.report("all", millisSince(start));
    }
  }

  private static void verify(
      OcspClient client, Path store, X509Certificate certificate, X509Certificate issuer) {
    try {
      byte[] name = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      Path file = store.resolve(HexFormat.of().formatHex(name) + ".ocsp");
      var unused = client.verify(Files.readAllBytes(file), certificate, issuer);
    } catch (Exception e) {
      throw new IllegalStateException("a response does not verify", e);
    }
  }

  private static void stapler(
      Path directory, X509Certificate[] certificates, X509Certificate issuer)
      throws InterruptedException {
    long start = System.nanoTime();
    try (Stapler stapler =
        Stapler.builder()
            .store(StapleStore.directory(directory))
            .delivery(JsseDelivery.Mode.OFF)
            .maxCertificates(2 * certificates.length)
            .build()) {
      X509ExtendedKeyManager wrapped =
          stapler.wrap(new ManyAliases(certificates, issuer, certificates.length - 1));
      Child.report("key manager wrapped", millisSince(start));
      String alias = wrapped.chooseEngineServerAlias("RSA", null, null);
      X509Certificate chosen = wrapped.getCertificateChain(alias)[0];
      if (stapler.staple(chosen).isEmpty()) {
        throw new IllegalStateException("the first handshake is not stapled");
      }
      Child.report("first handshake stapled", millisSince(start));
      if (!stapler.awaitStapled(Duration.ofMinutes(10))) {
        throw new IllegalStateException("not all are stapled: " + stapler.summary());
      }
      Child.report("all", millisSince(start));
    }
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / 1e6;
  }
}
