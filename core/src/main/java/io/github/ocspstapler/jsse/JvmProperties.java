package io.github.ocspstapler.jsse;

import io.github.ocspstapler.internal.inprocess.StapleUrlHandlerProvider;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The system properties by which the JDK's TLS is told whom to ask for staples.
 *
 * <p>What the user has set is never changed: it is an obstacle or has a cost, each said in a
 * sentence. Not thread-safe: guarded by the lock of {@link JvmDelivery}.
 */
final class JvmProperties {
  static final String ENABLE = "jdk.tls.server.enableStatusRequestExtension";
  static final String OVERRIDE = "jdk.tls.stapling.responderOverride";
  static final String RESPONDER = "jdk.tls.stapling.responderURI";
  static final String CACHE_LIFETIME = "jdk.tls.stapling.cacheLifetime";
  static final String IGNORE_EXTENSIONS = "jdk.tls.stapling.ignoreExtensions";

  /** Says whether the JDK's TLS clients ask for a staple, which the probe's client must. */
  static final String CLIENT_ENABLE = "jdk.tls.client.enableStatusRequestExtension";

  /** How long the JDK's own cache, in front of ours, may keep showing what was replaced. */
  static final int CACHE_SECONDS = 30;

  private static final int JDK_CACHE_SECONDS = 3600;

  /** The longest lifetime of the JDK's cache that goes without a warning, in seconds. */
  private static final int LONGEST_QUIET_CACHE_SECONDS = 60;

  private final Map<String, String> set = new LinkedHashMap<>();
  private boolean prepared;

  /** Returns why nothing can be delivered beside what the user has set; empty if nothing is. */
  List<String> obstacles() {
    List<String> obstacles = new ArrayList<>();
    String enable = System.getProperty(ENABLE);
    if (enable != null && !enable.equalsIgnoreCase("true")) {
      obstacles.add(
          ENABLE + "=" + enable + " forbids the JDK to staple. Remove it to get staples.");
    }
    String uri = System.getProperty(RESPONDER);
    if (uri != null && uri.equals(set.get(RESPONDER))) {
      uri = null; // set here
    }
    if (uri != null && isOurs(uri)) {
      obstacles.add(
          "Another copy of this library in this JVM, an agent's or another class loader's, already"
              + " delivers: "
              + RESPONDER
              + "="
              + uri
              + ". The JDK knows one responder at a time; have one copy: the agent, or the library once"
              + " on the shared class path (the server's or the JVM's own), instead of in each"
              + " application.");
    } else if (uri != null) {
      obstacles.add(
          RESPONDER
              + "="
              + uri
              + " names another responder, which the JDK asks inside handshakes and whose answers"
              + " it does not verify. Remove it to get verified staples that no handshake waits"
              + " for.");
    }
    String override = System.getProperty(OVERRIDE);
    if (override != null && !override.equalsIgnoreCase("true")) {
      obstacles.add(
          OVERRIDE
              + "="
              + override
              + " makes the JDK ask the certificate's own responder inside handshakes, unverified."
              + " Remove it to get verified staples that no handshake waits for.");
    }
    return obstacles;
  }

  private static boolean isOurs(String uri) {
    return uri.startsWith(StapleUrlHandlerProvider.SCHEME_PREFIX)
        || LoopbackChannel.OURS.matcher(uri).matches();
  }

  /** Returns whether the responder that is named now is ours without a socket. */
  static boolean areInProcess() {
    return System.getProperty(RESPONDER, "").startsWith(StapleUrlHandlerProvider.SCHEME + ":");
  }

  /** Returns what the user's settings cost although staples are delivered. */
  static List<String> costs() {
    List<String> costs = new ArrayList<>();
    String lifetime = System.getProperty(CACHE_LIFETIME);
    if (lifetime != null) {
      int seconds = Integer.getInteger(CACHE_LIFETIME, JDK_CACHE_SECONDS);
      String advice =
          " Remove it, or set it to " + CACHE_SECONDS + ", as it is when it is not set.";
      if (seconds == 0) {
        costs.add(
            CACHE_LIFETIME
                + "=0 lets the JDK keep a staple without limit: after a revocation it is still"
                + " sent until its nextUpdate."
                + advice);
      } else if (seconds < 0 || seconds > LONGEST_QUIET_CACHE_SECONDS) {
        costs.add(
            CACHE_LIFETIME
                + "="
                + lifetime
                + " lets the JDK keep a staple for "
                + (seconds < 0 ? JDK_CACHE_SECONDS : seconds)
                + " s: a revocation or renewal shows that much later."
                + advice);
      }
    }
    return costs;
  }

  /** Returns whether the user forbade TLS clients to ask for staples, the probe's included. */
  static boolean clientsNeverAsk() {
    String enable = System.getProperty(CLIENT_ENABLE);
    return enable != null && !enable.equalsIgnoreCase("true");
  }

  /**
   * Sets what the user has not set, for as long as the JVM lives. Until a channel is open, the JDK
   * is answered "none" by a responder that nobody has connected.
   */
  void prepare() {
    if (!prepared) {
      prepared = true;
      if (set.isEmpty()) {
        set(StapleUrlHandlerProvider.RESPONDER_URI);
      }
    }
  }

  /** Sets what the user has not set. */
  void set(URI responder) {
    setUnlessTheUsers(ENABLE, "true");
    setUnlessTheUsers(OVERRIDE, "true");
    setUnlessTheUsers(RESPONDER, responder.toString());
    setUnlessTheUsers(CACHE_LIFETIME, Integer.toString(CACHE_SECONDS));
    setUnlessTheUsers(IGNORE_EXTENSIONS, "true");
  }

  private void setUnlessTheUsers(String name, String value) {
    String present = System.getProperty(name);
    if (present == null || present.equals(set.get(name))) {
      System.setProperty(name, value);
      set.put(name, value);
    }
  }

  /**
   * Undoes {@link #set}: removes what was set here, unless somebody has changed it since. What was
   * prepared stays, because there may be contexts that would go and ask the certificate's own
   * responder.
   */
  void restore() {
    if (prepared) {
      set(StapleUrlHandlerProvider.RESPONDER_URI);
      return;
    }
    set.forEach((name, value) -> {
      if (value.equals(System.getProperty(name))) {
        System.clearProperty(name);
      }
    });
    set.clear();
  }
}
