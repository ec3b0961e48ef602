package io.github.ocspstapler.agent;

import io.github.ocspstapler.jsse.JsseDelivery;
import io.github.ocspstapler.jsse.OcspStaplerProvider;
import java.security.Security;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The agent that staples the certificates of a server nobody wants to change.
 *
 * <p>Before the server's main method it only sets the JDK's stapling properties and makes its
 * security provider the first. The stapler itself starts when the server first loads keys, because
 * logging, HTTP and TLS belong to the server's own start: some set their log manager in it.
 *
 * <p>Whatever goes wrong, the server starts as if the agent were not there.
 */
public final class Agent {
  private static final AtomicBoolean STARTED = new AtomicBoolean();

  private Agent() {}

  /**
   * Called by the JVM before the server's main method. Does not block, and throws nothing.
   *
   * @param configuration the path of a properties file; null or empty for none
   */
  public static void premain(@Nullable String configuration) {
    try {
      if (STARTED.compareAndSet(false, true)) {
        start(configuration);
      } else {
        say("is in this JVM already; the second -javaagent is ignored.");
      }
    } catch (RuntimeException | Error e) {
      say("could not be started, and nothing is stapled: " + e);
    }
  }

  private static void start(@Nullable String configuration) {
    Settings settings = Settings.read(configuration, System.getProperties(), System.getenv());
    if (!settings.isEnabled()) {
      return;
    }
    Optional<String> obstacle = JsseDelivery.prepare();
    if (obstacle.isPresent()) {
      say("does nothing. " + obstacle.get());
      return;
    }
    int position = Security.insertProviderAt(new OcspStaplerProvider(LateStapler.of(settings)), 1);
    if (position < 0) {
      say("finds no certificates: there is a security provider of its name already.");
    }
  }

  // The log is the server's, which has not started.
  private static void say(String what) {
    System.err.println("OCSP Stapler agent " + what);
  }
}
