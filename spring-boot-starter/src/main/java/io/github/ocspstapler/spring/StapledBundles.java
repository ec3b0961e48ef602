package io.github.ocspstapler.spring;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.StaplingKeyManager;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * The SSL bundles whose certificates are kept stapled, as they are now.
 *
 * <p>Tomcat and Jetty take a bundle's stores and make key managers of their own, so nothing is put
 * in between: the JDK asks for a staple by CertID whatever key manager chose the certificate, and
 * all that a staple needs is that the stapler knows the chains. The key managers that those servers
 * make are known by their certificates.
 *
 * <p>Thread-safe.
 */
final class StapledBundles {
  private static final Log log = LogFactory.getLog(StapledBundles.class);

  private final Stapler stapler;
  private final Set<String> names;
  private final Duration wait;
  private final Set<SslBundles> watched = ConcurrentHashMap.newKeySet();

  /**
   * The stapler lists a key manager for as long as somebody else holds it: here, until a reload.
   */
  private final Map<String, Held> held = new ConcurrentHashMap<>();

  /** A bundle's key managers, and the certificates that they send. */
  private record Held(List<KeyManager> live, Set<X509Certificate> leaves) {}

  StapledBundles(Stapler stapler, Set<String> names, Duration wait) {
    this.stapler = stapler;
    this.names = Set.copyOf(names);
    this.wait = wait;
  }

  /** Keeps all bundles stapled that are there, that are registered, and that are updated. */
  void watch(SslBundles bundles) {
    if (!watched.add(bundles)) {
      return;
    }
    bundles.addBundleRegisterHandler((name, bundle) -> registered(bundles, name, bundle));
    for (String name : bundles.getBundleNames()) {
      registered(bundles, name, bundles.getBundle(name));
    }
  }

  private void registered(SslBundles bundles, String name, SslBundle bundle) {
    if (names.isEmpty() || names.contains(name)) {
      keep(name, bundle);
      bundles.addBundleUpdateHandler(name, updated -> updated(name, updated));
    }
  }

  /**
   * On the thread that watches files, before the server is told of the same: handlers are called in
   * the order in which they were added.
   */
  private void updated(String name, SslBundle bundle) {
    keep(name, bundle);
    awaitStaples("The reloaded SSL bundle '" + name + "' is used");
  }

  /**
   * Keeps a bundle's certificates stapled instead of those that it had before, if it is readable.
   */
  void keep(String name, SslBundle bundle) {
    List<KeyManager> live = new ArrayList<>();
    Set<X509Certificate> leaves = new HashSet<>();
    try {
      for (KeyManager manager : bundle.getManagers().getKeyManagers()) {
        if (manager instanceof X509ExtendedKeyManager keyManager) {
          live.add(stapler.wrap(keyManager));
          StaplingKeyManager.listChains(keyManager)
              .forEachRemaining(chain -> leaves.add(chain.get(0)));
        }
      }
      held.put(name, new Held(List.copyOf(live), Set.copyOf(leaves)));
    } catch (RuntimeException e) {
      // Whoever uses the bundle reports it better, and it may be that nobody does. A server that
      // cannot read it goes on with what it had.
      String then = held.containsKey(name) ? "what it held stays stapled: " : "is not stapled: ";
      log.warn("The SSL bundle '" + name + "' cannot be read, and " + then + e);
    }
  }

  /** Wraps a key manager that somebody makes, if it sends a certificate of these bundles. */
  X509ExtendedKeyManager wrapOurs(X509ExtendedKeyManager keyManager) {
    Iterator<List<X509Certificate>> chains = StaplingKeyManager.listChains(keyManager);
    while (chains.hasNext()) {
      X509Certificate leaf = chains.next().get(0);
      if (held.values().stream().anyMatch(bundle -> bundle.leaves.contains(leaf))) {
        return stapler.wrap(keyManager);
      }
    }
    return keyManager;
  }

  /** Waits for the staples that are missing, in vain at most so long as the property says. */
  void awaitStaples(String then) {
    try {
      if (!wait.isZero() && !wait.isNegative() && !stapler.awaitStapled(wait)) {
        log.warn(then + " without all staples: " + stapler.health().detail());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
