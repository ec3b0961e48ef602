package io.github.ocspstapler.agent;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.KeyManagerWrapper;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A stapler that starts with the first key manager, and then runs as long as the JVM.
 *
 * <p>Thread-safe. If it cannot start, or while that takes too long, key managers are passed on as
 * they are.
 */
final class LateStapler implements KeyManagerWrapper {
  /** Who loads keys while another thread starts the stapler waits no longer than this. */
  private static final long MAX_WAIT_SECONDS = 10;

  private final Supplier<Stapler> starter;
  private final ReentrantLock starting = new ReentrantLock();
  private boolean tried; // guarded by starting
  private volatile @Nullable Stapler stapler; // written under starting

  LateStapler(Supplier<Stapler> starter) {
    this.starter = starter;
  }

  /** A stapler as the operator wants it, which says in the server's log what it is. */
  static LateStapler of(Settings settings) {
    return new LateStapler(() -> build(settings));
  }

  private static Stapler build(Settings settings) {
    StaplerSettings read = StaplerSettings.of(settings);
    Optional<StatusPage> page = StatusPage.of(settings);
    Logger log = log();
    settings.problems().forEach(problem -> log.log(Level.WARNING, problem));
    Supplier<Stapler.Builder> builders =
        () -> {
          Stapler.Builder builder = StaplerSettings.of(settings).stapler();
          page.ifPresent(wanted -> builder.metrics(wanted.metrics()));
          return builder;
        };
    Stapler stapler = build(builders, read.jmx(), log);
    log.log(Level.INFO, "The OCSP Stapler agent staples what this server serves; " + read);
    page.ifPresent(wanted -> wanted.open(stapler, log));
    return stapler;
  }

  /** Builds one that JMX shows, or says why it does not: the server is stapled in any case. */
  static Stapler build(Supplier<Stapler.Builder> builders, Optional<String> jmx, Logger log) {
    if (jmx.isPresent()) {
      try {
        return builders.get().jmx(jmx.get()).build();
      } catch (IllegalStateException e) {
        log.log(Level.WARNING, "The OCSP Stapler agent goes on without JMX: " + e.getMessage());
      }
    }
    return builders.get().build();
  }

  @Override
  public X509ExtendedKeyManager wrap(X509ExtendedKeyManager keyManager) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    // The stapler's threads inherit it, and must not keep a web application from being unloaded.
    thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
    try {
      Stapler started = stapler;
      if (started == null) {
        started = start();
      }
      return started == null ? keyManager : started.wrap(keyManager);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private @Nullable Stapler start() {
    // What starts it may itself load keys, such as a logger that writes to a server over TLS.
    if (starting.isHeldByCurrentThread() || !acquire()) {
      return null;
    }
    try {
      if (!tried) {
        tried = true;
        stapler = startOrSay();
      }
      return stapler;
    } finally {
      starting.unlock();
    }
  }

  private boolean acquire() {
    try {
      return starting.tryLock(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private @Nullable Stapler startOrSay() {
    try {
      return starter.get();
    } catch (RuntimeException | Error e) {
      log().log(Level.WARNING, "The OCSP Stapler agent could not start; nothing is stapled", e);
      return null;
    }
  }

  private static Logger log() {
    return System.getLogger("io.github.ocspstapler");
  }
}
