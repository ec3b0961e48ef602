package io.github.ocspstapler.spring;

import static io.github.ocspstapler.spring.CheckedProperty.set;

import io.github.ocspstapler.StaplePolicy;
import io.github.ocspstapler.jsse.KeyManagerWrapper;
import io.github.ocspstapler.jsse.OcspStaplerProvider;
import java.security.Security;

/**
 * Carries a policy that refuses certificates into the key managers that servers make of a bundle's
 * stores: as a security provider that is the JVM's first for as long as the application runs.
 *
 * <p>Without such a policy none is inserted: staples find their way by CertID, whatever key manager
 * chose the certificate.
 */
final class PolicyProvider implements AutoCloseable {
  private final boolean inserted;

  private PolicyProvider(boolean inserted) {
    this.inserted = inserted;
  }

  /** Inserts the provider if the policy ever refuses; if it cannot be, the property is wrong. */
  static PolicyProvider of(StaplePolicy policy, KeyManagerWrapper wrapper) {
    boolean refuses = policy != StaplePolicy.LENIENT;
    if (refuses) {
      set("policy", policy, wanted -> insert(wrapper));
    }
    return new PolicyProvider(refuses);
  }

  private static void insert(KeyManagerWrapper wrapper) {
    if (Security.insertProviderAt(new OcspStaplerProvider(wrapper), 1) < 0) {
      throw new IllegalArgumentException(
          "the JVM has a security provider "
              + OcspStaplerProvider.NAME
              + " already, the agent's or another application's, and that one's policy holds"
              + " (expected: lenient, or no other)");
    }
  }

  @Override
  public void close() {
    if (inserted) {
      Security.removeProvider(OcspStaplerProvider.NAME);
    }
  }
}
