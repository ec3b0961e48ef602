package io.github.ocspstapler.spring;

import static io.github.ocspstapler.spring.CheckedProperty.set;

import io.github.ocspstapler.StaplePolicy;
import io.github.ocspstapler.jsse.KeyManagerWrapper;
import io.github.ocspstapler.jsse.OcspStaplerProvider;
import java.security.Security;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.X509ExtendedKeyManager;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Brings the stapler into the key managers that servers make of a bundle's stores: as a security
 * provider that is the JVM's first for as long as the application runs.
 *
 * <p>Staples find their way without it, by CertID. It is there so that handshakes are counted, and
 * so that a policy that refuses certificates holds. Applications that only count share one, as a
 * JVM takes one provider of a name.
 */
final class HandshakeProvider implements AutoCloseable {
  private static final Log log = LogFactory.getLog(HandshakeProvider.class);

  /** Those of the applications that share a provider; the latest first, as it makes servers now. */
  private static final List<KeyManagerWrapper> COUNTING = new CopyOnWriteArrayList<>();

  private static final OcspStaplerProvider SHARED =
      new OcspStaplerProvider(HandshakeProvider::wrapForOne);

  private final Runnable removal;

  private HandshakeProvider(Runnable removal) {
    this.removal = removal;
  }

  /**
   * Inserts the provider. Where there is another one already, the count is left to it; a policy
   * cannot be, and then the property is wrong.
   *
   * @param everywhere wraps each key manager of the JVM: a policy holds for all of it
   * @param ours wraps only those of bundles that are stapled
   */
  static HandshakeProvider of(
      StaplePolicy policy, KeyManagerWrapper everywhere, KeyManagerWrapper ours) {
    if (policy != StaplePolicy.LENIENT) {
      set("policy", policy, wanted -> insertOrRefuse(everywhere));
      return new HandshakeProvider(HandshakeProvider::remove);
    }
    if (share(ours)) {
      return new HandshakeProvider(() -> leave(ours));
    }
    log.info(
        "Handshakes are counted by the security provider "
            + OcspStaplerProvider.NAME
            + " that the JVM has already, the agent's or another application's: ocsp_resolves_total"
            + " stays at zero here");
    return new HandshakeProvider(() -> {});
  }

  private static void insertOrRefuse(KeyManagerWrapper wrapper) {
    if (!insert(new OcspStaplerProvider(wrapper))) {
      throw new IllegalArgumentException(
          "the JVM has a security provider "
              + OcspStaplerProvider.NAME
              + " already, the agent's or another application's, and that one's policy holds"
              + " (expected: lenient, or no other)");
    }
  }

  private static boolean insert(OcspStaplerProvider provider) {
    return Security.insertProviderAt(provider, 1) >= 0;
  }

  private static void remove() {
    Security.removeProvider(OcspStaplerProvider.NAME);
  }

  @SuppressWarnings("ReferenceEquality") // that of another class loader is equal
  private static synchronized boolean share(KeyManagerWrapper ours) {
    if (!insert(SHARED) && Security.getProvider(OcspStaplerProvider.NAME) != SHARED) {
      return false;
    }
    COUNTING.add(0, ours);
    return true;
  }

  private static synchronized void leave(KeyManagerWrapper ours) {
    if (COUNTING.remove(ours) && COUNTING.isEmpty()) {
      remove();
    }
  }

  @SuppressWarnings("ReferenceEquality") // what is not ours comes back as it is
  private static X509ExtendedKeyManager wrapForOne(X509ExtendedKeyManager keyManager) {
    for (KeyManagerWrapper ours : COUNTING) {
      X509ExtendedKeyManager wrapped = ours.wrap(keyManager);
      if (wrapped != keyManager) {
        return wrapped;
      }
    }
    return keyManager;
  }

  @Override
  public void close() {
    removal.run();
  }
}
