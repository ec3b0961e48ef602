package io.github.ocspstapler.it;

import io.github.ocspstapler.StapleStatus;
import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.it.Verdict.Check;
import io.github.ocspstapler.testkit.Fault;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509ExtendedKeyManager;

/** X1, X2, X6: forty threads at once, in real time, while the responder is slow and then hangs. */
final class FortyThreads implements BadDayTable.Row {
  private static final int THREADS = 40;

  /** Forty handshakes share the processors: each takes what all take. */
  private static final long PROMPT = TimeUnit.SECONDS.toNanos(4);

  private final Verdict verdict = new Verdict(2, Duration.ZERO);
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  @Override
  public String name() {
    return "40 threads ask and shake hands at once, responder slow, then hanging";
  }

  @Override
  public Verdict run(Path folder) throws Exception {
    TestCa ca = TestCa.root();
    try (TestResponder responder = TestResponder.start(ca);
        Stapler stapler = Stapler.builder().build()) {
      TestCertificate site = ca.leaf("forty.test", responder.url());
      StapleCheck check = new StapleCheck(site.certificate(), ca.certificate());
      responder.latency(Duration.ofMillis(300));
      together(() -> stapler.preload(site.chain()).get(60, TimeUnit.SECONDS));
      X509ExtendedKeyManager wrapped = stapler.wrap(site.keyManager());
      shake(wrapped, check);
      LiveObjects before = LiveObjects.count();

      responder.fault(Fault.hang());
      List<CompletableFuture<StapleStatus>> told = together(() -> stapler.refresh(site.chain()));
      shake(wrapped, check);
      int asked = responder.requestCount();
      verdict.that(Check.BOUNDED, asked <= verdict.requests, asked + " requests");
      Optional<String> grown = LiveObjects.count().grown(before, 2 * THREADS);
      verdict.that(Check.FLAT, grown.isEmpty(), grown.orElse(""));

      verdict.closes(stapler);
      boolean all = told.stream().allMatch(CompletableFuture::isDone);
      verdict.that(Check.CLOSES, all, "somebody still waits for an answer");
    } finally {
      threads.shutdownNow();
    }
    return verdict;
  }

  private void shake(X509ExtendedKeyManager wrapped, StapleCheck check) throws Exception {
    for (TlsInMemory.Handshake one : together(() -> TlsInMemory.shake(wrapped, "TLSv1.3"))) {
      String millis = TimeUnit.NANOSECONDS.toMillis(one.nanos()) + " ms";
      verdict.that(Check.NO_DELAY, one.nanos() < PROMPT, millis);
      verdict.that(Check.STAYS_STAPLED, one.isStapled(), "bare");
      if (one.isStapled()) {
        Optional<String> problem = check.problem(one.staple(), Instant.now());
        verdict.that(Check.RIGHT_STAPLE, problem.isEmpty(), problem.orElse(""));
      }
    }
  }

  private <T> List<T> together(Callable<T> wish) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(THREADS);
    List<Future<T>> started = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      started.add(
          threads.submit(() -> {
            barrier.await();
            return wish.call();
          }));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> one : started) {
      results.add(one.get(60, TimeUnit.SECONDS));
    }
    return results;
  }
}
