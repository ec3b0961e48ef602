package io.github.ocspstapler;

import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.OcspClient;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What there is to close when a stapler ends, without the stapler itself: nobody may hold that any
 * more when this runs. Thread-safe; runs once, and whoever comes meanwhile waits for the end.
 */
final class Ending implements Runnable {
  /** Longer than it takes, even if the store is slow. */
  private static final long LONGEST = 5_000;

  private final AtomicReference<@Nullable Thread> begun = new AtomicReference<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  // Written while the stapler is built, before anything can end.
  volatile @Nullable Engine engine;
  volatile @Nullable Discovery discovery;
  volatile @Nullable OcspClient client;
  volatile @Nullable ScheduledExecutorService scheduler;
  volatile @Nullable JsseDelivery delivery;
  volatile @Nullable Runnable unregister;

  /** A thread of a stapler's own scheduler. */
  static final class TimerThread extends Thread {
    TimerThread(Runnable work, int number) {
      super(work, "ocsp-stapler-" + number);
      setDaemon(true);
    }
  }

  /** Makes daemon threads of a name. */
  static ThreadFactory threads(String name) {
    AtomicInteger count = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, "ocsp-stapler-" + name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void run() {
    Thread self = Thread.currentThread();
    if (begun.compareAndSet(null, self)) {
      try {
        end();
      } finally {
        ended.countDown();
      }
    } else if (!self.equals(begun.get()) && !(self instanceof TimerThread)) {
      await(ended::await, LONGEST); // one who is waited for must not wait
    }
  }

  private void end() {
    Runnable managed = unregister;
    if (managed != null) {
      managed.run();
    }
    JsseDelivery jsse = delivery;
    if (jsse != null) {
      jsse.close();
    }
    Engine keeping = engine;
    if (keeping != null) {
      keeping.close();
    }
    Discovery finding = discovery;
    if (finding != null) {
      finding.close();
    }
    OcspClient asking = client;
    if (asking != null) {
      asking.close();
    }
    ScheduledExecutorService timer = scheduler;
    if (timer != null) {
      timer.shutdownNow();
      if (!(Thread.currentThread() instanceof TimerThread)) { // as of a listener that closes
        await(timer::awaitTermination, 500);
      }
    }
  }

  private interface End {
    boolean await(long time, TimeUnit unit) throws InterruptedException;
  }

  private static void await(End end, long millis) {
    try {
      var unused = end.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
