package io.github.ocspstapler.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.CertId;
import io.github.ocspstapler.ocsp.CertIdHash;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.ocsp.OcspRequest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;

/** Renews the staple of each certificate of a file, or does the least that it takes. */
final class RefreshThroughputChild {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private RefreshThroughputChild() {}

  /** What renews all once. */
  @FunctionalInterface
  private interface Round {
    void run() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    Quiet.logs();
    List<X509Certificate> certificates = BulkStaplingChild.read(Path.of(args[0]));
    X509Certificate issuer = certificates.get(0);
    List<X509Certificate> leaves = certificates.subList(1, certificates.size());
    int rounds = Integer.parseInt(args[2]);
    if (args[1].equals("floor")) {
      measure(args[1], floor(leaves, issuer), leaves.size(), rounds);
    } else {
      try (Stapler stapler = Stapler.builder().delivery(JsseDelivery.Mode.OFF).build()) {
        measure(args[1], () -> renew(stapler, leaves, issuer), leaves.size(), rounds);
      }
    }
    System.exit(0);
  }

  /** The first round is the compiler's; of the others, the best counts. */
  private static void measure(String what, Round round, int size, int rounds) throws Exception {
    round.run();
    double best = Double.MAX_VALUE;
    double seconds = 0;
    Profiler profiler = Profiler.begin(what);
    for (int i = 0; i < rounds; i++) {
      long cpu = SYSTEM.getProcessCpuTime();
      long begin = System.nanoTime();
      round.run();
      double millis = (SYSTEM.getProcessCpuTime() - cpu) / 1e6 / size;
      if (millis < best) {
        best = millis;
        seconds = (System.nanoTime() - begin) / 1e9;
      }
    }
    profiler.end();
    Child.report("cpuMillis", best);
    Child.report("seconds", seconds);
  }

  private static void renew(Stapler stapler, List<X509Certificate> leaves, X509Certificate issuer) {
    List<CompletableFuture<StapleStatus>> all = new ArrayList<>();
    for (X509Certificate leaf : leaves) {
      all.add(stapler.refresh(List.of(leaf, issuer)));
    }
    for (CompletableFuture<StapleStatus> one : all) {
      if (one.join().state() != StapleStatus.State.STAPLED) {
        throw new IllegalStateException("not stapled: " + one.join());
      }
    }
  }

  private static Round floor(List<X509Certificate> leaves, X509Certificate issuer) {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    URI responder = responder(leaves.get(0), issuer);
    List<HttpRequest> requests =
        leaves.stream()
            .map(leaf -> OcspRequest.of(CertId.of(CertIdHash.SHA1, leaf, issuer)))
            .map(question ->
                HttpRequest.newBuilder(question.getUri(responder))
                    .timeout(Duration.ofSeconds(60))
                    .build())
            .toList();
    return () -> {
      Semaphore slots = new Semaphore(Stapler.Builder.DEFAULT_MAX_CONCURRENCY_PER_HOST);
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (HttpRequest request : requests) {
        slots.acquire();
        all.add(
            client
                .sendAsync(request, BodyHandlers.ofByteArray())
                .thenAccept(answer -> verify(answer.body(), issuer))
                .whenComplete((nothing, failure) -> slots.release()));
      }
      CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)).join();
    };
  }

  private static URI responder(X509Certificate leaf, X509Certificate issuer) {
    try (OcspClient ours = OcspClient.create()) {
      return ours.responders(leaf, issuer).get(0);
    }
  }

  private static void verify(byte[] response, X509Certificate issuer) {
    try {
      BasicOCSPResp basic = (BasicOCSPResp) new OCSPResp(response).getResponseObject();
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initVerify(issuer.getPublicKey());
      signature.update(basic.getTBSResponseData());
      if (!signature.verify(basic.getSignature())) {
        throw new IllegalStateException("the signature is wrong");
      }
    } catch (GeneralSecurityException | IOException | OCSPException e) {
      throw new IllegalStateException(e);
    }
  }
}
