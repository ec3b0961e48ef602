package io.github.ocspstapler;

import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.ocsp.OcspClient;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What there is to close when a stapler ends, without the stapler itself: nobody may hold that any
 * more when this runs. Thread-safe; runs once.
 */
final class Ending implements Runnable {
  private final AtomicBoolean begun = new AtomicBoolean();

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
    if (!begun.compareAndSet(false, true)) {
      return;
    }
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
      awaitEnd(timer);
    }
  }

  private static void awaitEnd(ScheduledExecutorService timer) {
    if (Thread.currentThread() instanceof TimerThread) {
      return; // a listener that closes the stapler would wait for itself
    }
    try {
      var unused = timer.awaitTermination(500, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
