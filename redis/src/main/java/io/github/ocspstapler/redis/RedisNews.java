package io.github.ocspstapler.redis;

import java.io.Closeable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.UnifiedJedis;

/**
 * Hears of answers that other nodes publish, on a thread and a connection of its own. It subscribes
 * again whenever it was cut off; what is published meanwhile is lost. Thread-safe.
 */
final class RedisNews implements Closeable {
  /** Pauses before subscribing again: doubled up to the longest. */
  private static final long FIRST_PAUSE = 100;

  private static final long LONGEST_PAUSE = 5_000;

  private final UnifiedJedis redis;
  private final String channel;
  private final String origin;
  private final Consumer<String> saved;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile Subscription subscription = new Subscription();

  /**
   * Creates what hears nothing yet.
   *
   * @param origin what this node's own messages begin with, which are not told
   */
  RedisNews(UnifiedJedis redis, String channel, String origin, Consumer<String> saved) {
    this.redis = redis;
    this.channel = channel;
    this.origin = origin;
    this.saved = saved;
    this.thread = new Thread(this::listen, "ocsp-stapler-redis-news");
    thread.setDaemon(true);
  }

  RedisNews started() {
    thread.start();
    return this;
  }

  private void listen() {
    long pause = FIRST_PAUSE;
    try {
      do {
        Subscription next = new Subscription();
        subscription = next;
        try {
          redis.subscribe(next, channel); // as long as the connection lasts
        } catch (RuntimeException e) {
          // The store's commands fail as well, and tell.
        }
        pause = next.worked ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, 2 * pause);
      } while (!closed.await(pause, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      // By nobody of ours.
    }
  }

  /** Ends it; what hangs in Redis ends with the connection. */
  @Override
  public void close() {
    closed.countDown();
    subscription.endIfClosed();
  }

  /**
   * Its connection goes back to a pool that may be the user's, where an answer left unread would
   * pass for the answer to somebody's next command: so it is ended once only, and the thread, which
   * would leave before the answer to that, is never interrupted.
   */
  private final class Subscription extends JedisPubSub {
    volatile boolean worked;
    private final AtomicBoolean ended = new AtomicBoolean();

    @Override
    public void onSubscribe(String to, int count) {
      worked = true;
      endIfClosed();
    }

    void endIfClosed() {
      if (worked && closed.getCount() == 0 && ended.compareAndSet(false, true)) {
        try {
          unsubscribe();
        } catch (RuntimeException e) {
          // Cut off.
        }
      }
    }

    @Override
    public void onMessage(String from, String message) {
      int end = message.indexOf(' ');
      if (end >= 0 && !message.substring(0, end).equals(origin)) {
        tell(message.substring(end + 1));
      }
    }

    private void tell(String fingerprint) {
      try {
        saved.accept(fingerprint);
      } catch (RuntimeException e) {
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
    }
  }
}
