package io.github.ocspstapler.it;

import java.nio.file.Path;
import java.time.Duration;

/** A fault: how it begins and ends, how long it lasts, and what may happen meanwhile. */
final class BadDay implements BadDayTable.Row {
  /** The longest pause after a failure, and the longest of a circuit breaker with its jitter. */
  static final Duration ONE_RETRY = Duration.ofMinutes(60 + 6);

  private final String name;
  final Act begin;
  final Act end;

  /** The responder's name, see {@link BadDayWorld}. */
  String host = "";

  /** How long it lasts, in virtual time. */
  Duration lasts = Duration.ofHours(12);

  /** A client shakes hands after each. */
  Duration step = Duration.ofHours(2);

  /** Called after each step. */
  Act pass = world -> {};

  /** So many attempts, or HTTP requests if these are more, at most while it lasts. */
  int requests = 100;

  /** Whether every handshake meanwhile must be stapled. */
  boolean staysStapled = true;

  /** Whether attempts must have failed: a fault that nobody feels proves nothing. */
  boolean isFelt = true;

  /** So long after its end at most, in virtual time, all is as before. */
  Duration recoversIn = ONE_RETRY;

  /** Of a request while it lasts, in real time; short where no answer ever comes. */
  Duration timeout = Duration.ofSeconds(10);

  /** What somebody does to the world. */
  interface Act {
    void on(BadDayWorld world) throws Exception;
  }

  /** Half a day, in which the staple at hand stays current. */
  BadDay(String name, Act begin, Act end) {
    this.name = name;
    this.begin = begin;
    this.end = end;
  }

  /** The responder is reached through a proxy, and has a name that cannot be resolved. */
  BadDay throughProxy() {
    host = "nowhere.invalid";
    return this;
  }

  BadDay lasting(Duration time, Duration between, int requestsAtMost) {
    lasts = time;
    step = between;
    requests = requestsAtMost;
    return this;
  }

  /** Answers never come: time is not wasted on waiting for them. */
  BadDay impatient() {
    timeout = Duration.ofMillis(250);
    return this;
  }

  /** It may end the staple at hand. */
  BadDay mayGoBare() {
    staysStapled = false;
    return this;
  }

  /** No attempt fails by it. */
  BadDay unfelt() {
    isFelt = false;
    return this;
  }

  BadDay changing(Act each) {
    pass = each;
    return this;
  }

  BadDay recoveringIn(Duration time) {
    recoversIn = time;
    return this;
  }

  BadDay askingAtMost(int times) {
    requests = times;
    return this;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Verdict run(Path folder) throws Exception {
    return new BadDayRun(this).run(folder);
  }
}
