package io.github.ocspstapler.testkit;

import static java.util.Objects.requireNonNull;

import io.github.ocspstapler.testkit.TestResponder.CertKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a responder is told to do wrong, about all certificates or about one.
 *
 * <p>Thread-safe.
 */
final class ResponderFaults {
  // Guarded by this.
  private final Map<CertKey, Installed> own = new HashMap<>();
  private @Nullable Installed common;

  /** A fault and how often it is still to happen. Guarded by the faults. */
  private static final class Installed {
    private final Fault fault;
    private int left;

    Installed(Fault fault) {
      this.fault = requireNonNull(fault, "fault");
      this.left = fault.times();
    }

    boolean take() {
      if (fault.times() == Integer.MAX_VALUE) {
        return true;
      }
      return left-- > 0;
    }
  }

  synchronized void install(Fault fault) {
    common = new Installed(fault);
  }

  synchronized void install(CertKey certificate, Fault fault) {
    own.put(certificate, new Installed(fault));
  }

  synchronized void heal() {
    common = null;
    own.clear();
  }

  synchronized void heal(CertKey certificate) {
    own.remove(certificate);
  }

  /** Returns what is to go wrong with a request about these certificates, and counts it. */
  synchronized @Nullable Fault next(List<CertKey> certificates) {
    for (CertKey certificate : certificates) {
      Installed fault = own.get(certificate);
      if (fault != null && fault.take()) {
        return fault.fault;
      }
    }
    return common != null && common.take() ? common.fault : null;
  }
}
