package io.github.ocspstapler.spring;

import static io.github.ocspstapler.spring.CheckedProperty.set;

import io.github.ocspstapler.StaplePolicy;
import io.github.ocspstapler.jsse.KeyManagerWrapper;
import io.github.ocspstapler.jsse.OcspStaplerProvider;
import java.security.Security;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Brings the stapler into the key managers that servers make of a bundle's stores: as a security
 * provider that is the JVM's first for as long as the application runs.
 *
 * <p>Staples find their way without it, by CertID. It is there so that handshakes are counted, and
 * so that a policy that refuses certificates holds.
 */
final class HandshakeProvider implements AutoCloseable {
  private static final Log log = LogFactory.getLog(HandshakeProvider.class);

  private final boolean inserted;

  private HandshakeProvider(boolean inserted) {
    this.inserted = inserted;
  }

  /**
   * Inserts the provider. Where there is one already, the count is left to it; a policy cannot be,
   * and then the property is wrong.
   *
   * @param everywhere wraps each key manager of the JVM: a policy holds for all of it
   * @param ours wraps only those of bundles that are stapled
   */
  static HandshakeProvider of(
      StaplePolicy policy, KeyManagerWrapper everywhere, KeyManagerWrapper ours) {
    if (policy != StaplePolicy.LENIENT) {
      set("policy", policy, wanted -> insertOrRefuse(everywhere));
      return new HandshakeProvider(true);
    }
    boolean inserted = insert(ours);
    if (!inserted) {
      log.info(
          "Handshakes are counted by the security provider "
              + OcspStaplerProvider.NAME
              + " that the JVM has already, the agent's or another application's: ocsp_resolves_total"
              + " stays at zero here");
    }
    return new HandshakeProvider(inserted);
  }

  private static void insertOrRefuse(KeyManagerWrapper wrapper) {
    if (!insert(wrapper)) {
      throw new IllegalArgumentException(
          "the JVM has a security provider "
              + OcspStaplerProvider.NAME
              + " already, the agent's or another application's, and that one's policy holds"
              + " (expected: lenient, or no other)");
    }
  }

  private static boolean insert(KeyManagerWrapper wrapper) {
    return Security.insertProviderAt(new OcspStaplerProvider(wrapper), 1) >= 0;
  }

  @Override
  public void close() {
    if (inserted) {
      Security.removeProvider(OcspStaplerProvider.NAME);
    }
  }
}
