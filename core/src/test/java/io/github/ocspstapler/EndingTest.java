package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever closes finds it closed. */
@Timeout(60)
class EndingTest {
  private final Ending ending = new Ending();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final AtomicBoolean ended = new AtomicBoolean();

  @Test
  void run_whileAnotherThreadEnds_returnsWhenThatHas() throws Exception {
    ending.unregister = this::takeTime;
    Thread first = new Thread(ending);
    first.start();
    begun.await();
    CompletableFuture<Boolean> seen = new CompletableFuture<>();
    Thread second =
        new Thread(() -> {
          ending.run();
          seen.complete(ended.get());
        });

    second.start();
    while (second.getState() == Thread.State.RUNNABLE) {
      Thread.onSpinWait();
    }
    goOn.countDown();

    assertThat(seen.get(30, TimeUnit.SECONDS)).isTrue();
    first.join();
  }

  @Test
  void run_withinItself_doesNotWaitForItself() throws Exception {
    ending.unregister =
        () -> {
          ending.run();
          ended.set(true);
        };
    Thread thread = new Thread(ending);

    thread.start();

    while (thread.isAlive()) {
      assertThat(thread.getState()).isNotEqualTo(Thread.State.TIMED_WAITING);
    }
    assertThat(ended).isTrue();
  }

  @Test
  void run_onAThreadThatIsWaitedFor_doesNotWait() throws Exception {
    ending.unregister = this::takeTime;
    Thread first = new Thread(ending);
    first.start();
    begun.await();

    Thread listener = new Ending.TimerThread(ending, 1);
    listener.start();

    while (listener.isAlive()) {
      assertThat(listener.getState()).isNotEqualTo(Thread.State.TIMED_WAITING);
    }
    assertThat(ended).isFalse();
    goOn.countDown();
    first.join();
  }

  private void takeTime() {
    begun.countDown();
    try {
      goOn.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    ended.set(true);
  }
}
