package io.github.ocspstapler.testkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The latest requests, and how many there were. Thread-safe. */
final class RequestLog {
  private final int kept;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();

  // Guarded by lock.
  private final Deque<RecordedRequest> requests = new ArrayDeque<>();
  private int count;

  RequestLog(int kept) {
    this.kept = kept;
  }

  void add(RecordedRequest request) {
    lock.lock();
    try {
      count++;
      requests.add(request);
      if (requests.size() > kept) {
        requests.remove();
      }
      added.signalAll();
    } finally {
      lock.unlock();
    }
  }

  List<RecordedRequest> requests() {
    lock.lock();
    try {
      return List.copyOf(requests);
    } finally {
      lock.unlock();
    }
  }

  int count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  void clear() {
    lock.lock();
    try {
      requests.clear();
      count = 0;
    } finally {
      lock.unlock();
    }
  }

  boolean await(int atLeast, Duration limit) {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (count < atLeast) {
        if (left <= 0) {
          return false;
        }
        left = added.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
