package io.github.ocspstapler.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.ocspstapler.internal.http.Deadline;
import io.github.ocspstapler.internal.http.HttpExchanges;
import io.github.ocspstapler.ocsp.OcspException.Unreachable;
import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever fails, and wherever, the result comes. */
@Timeout(60)
class AttemptTest {
  private static final URI RESPONDER = URI.create("http://ocsp.example.com/");
  private static final Duration LONG = Duration.ofHours(1);
  private final OutOfMemoryError noThread = new OutOfMemoryError("unable to create native thread");
  private final Executor noThreads =
      task -> {
        throw noThread;
      };

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final TestCa ca = TestCa.root();
  private final TestCertificate site = ca.leaf("example.com", RESPONDER.toString());

  @AfterEach
  void close() {
    timer.shutdownNow();
  }

  private Attempt.Asked<byte[]> asked() {
    return new Attempt.Asked<>(
        OcspRequest.of(CertId.of(CertIdHash.SHA1, site.certificate(), ca.certificate())),
        answer -> answer.body());
  }

  private Attempt<byte[]> attempt(
      Executor starting,
      Executor verification,
      Executor lateness,
      Supplier<Attempt.Asked<byte[]>> form,
      Duration timeout) {
    return new Attempt<>(
        new HttpExchanges(
            () -> {
              throw new IllegalStateException("no client");
            },
            starting,
            Clock.systemUTC(),
            1000,
            0),
        verification,
        lateness,
        new ResponderMemory(),
        RESPONDER,
        List.of(form),
        Deadline.after(timeout, timer));
  }

  private static Throwable failure(CompletableFuture<?> result) {
    return catchThrowable(() -> result.get(20, TimeUnit.SECONDS)).getCause();
  }

  @Test
  void step_noThreadToVerify_failsWithTheError() {
    Attempt<byte[]> attempt = attempt(Runnable::run, noThreads, noThreads, this::asked, LONG);

    attempt.step();

    assertThat(failure(attempt.result())).isSameAs(noThread);
  }

  @Test
  void step_verificationShutDown_fails() {
    Executor shutDown =
        task -> {
          throw new RejectedExecutionException("shut down");
        };
    Attempt<byte[]> attempt = attempt(Runnable::run, shutDown, shutDown, this::asked, LONG);

    attempt.step();

    assertThat(failure(attempt.result())).isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void step_noThreadToStart_failsWithTheError() {
    Attempt<byte[]> attempt = attempt(noThreads, Runnable::run, Runnable::run, this::asked, LONG);

    attempt.step();

    assertThat(failure(attempt.result())).isSameAs(noThread);
  }

  @Test
  void step_errorInARequest_failsWithIt() {
    Attempt<byte[]> attempt =
        attempt(
            Runnable::run,
            Runnable::run,
            Runnable::run,
            () -> {
              throw noThread;
            },
            LONG);

    attempt.step();

    assertThat(failure(attempt.result())).isSameAs(noThread);
  }

  @Test
  void result_verificationNeverRuns_timesOut() {
    Executor stuck = task -> {};
    Attempt<byte[]> attempt =
        attempt(Runnable::run, stuck, noThreads, this::asked, Duration.ofMillis(100));

    attempt.step();

    assertThat(failure(attempt.result()))
        .isInstanceOfSatisfying(
            Unreachable.class,
            failure -> assertThat(failure.reason()).isEqualTo(Unreachable.Reason.TIMEOUT));
  }

  @Test
  void inquiry_errorInTheSecondAttempt_failsWithIt() {
    Inquiry<byte[]> inquiry =
        new Inquiry<>(
            List.of(RESPONDER, URI.create("http://other.example.com/")),
            responder -> {
              if (!responder.equals(RESPONDER)) {
                throw noThread;
              }
              return attempt(Runnable::run, Runnable::run, Runnable::run, this::asked, LONG);
            },
            responder -> {});

    inquiry.step();

    assertThat(failure(inquiry.result())).isSameAs(noThread);
  }

  @Test
  void await_error_isThrown() {
    assertThatThrownBy(() -> Asker.await(CompletableFuture.failedFuture(noThread), null))
        .isSameAs(noThread);
  }
}
