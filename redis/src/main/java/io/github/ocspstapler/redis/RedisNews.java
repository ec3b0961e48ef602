package io.github.ocspstapler.redis;

import java.io.Closeable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
      // Closed.
    }
  }

  /** Ends it; what hangs in Redis ends with the connection. */
  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    try {
      subscription.unsubscribe();
    } catch (RuntimeException e) {
      // Not subscribed, or cut off.
    }
  }

  private final class Subscription extends JedisPubSub {
    volatile boolean worked;

    @Override
    public void onSubscribe(String to, int count) {
      worked = true;
      if (closed.getCount() == 0) {
        unsubscribe(); // closed before there was something to end
      }
    }

    @Override
    public void onMessage(String from, String message) {
      int end = message.indexOf(' ');
      if (end >= 0 && !message.substring(0, end).equals(origin)) {
        saved.accept(message.substring(end + 1));
      }
    }
  }
}
