package io.github.ocspstapler.spring;

import org.springframework.context.SmartLifecycle;

/** The moment before an application's servers start, which waits for staples. */
final class GoLive implements SmartLifecycle {
  /** Before web servers: their phases are the last 2048 and 1024 before the greatest number. */
  private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

  private final StapledBundles bundles;
  private volatile boolean running; // written by the thread that starts and stops the application

  GoLive(StapledBundles bundles) {
    this.bundles = bundles;
  }

  @Override
  public void start() {
    bundles.awaitStaples("The application starts");
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
