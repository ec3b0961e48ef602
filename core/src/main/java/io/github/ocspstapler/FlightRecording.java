package io.github.ocspstapler;

import java.security.cert.X509Certificate;
import java.time.Clock;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * The way to Java Flight Recorder. Thread-safe; takes no lock, and allocates nothing while nobody
 * records.
 *
 * <p>The first class of an event that is loaded starts the flight recorder, which takes a tenth of
 * a second and more. A server whose operator records nothing must not pay that, and a runtime
 * without the module {@code jdk.jfr} cannot: no event's class is touched before somebody has
 * recorded.
 */
final class FlightRecording {
  private static final boolean AVAILABLE = isAvailable();

  private FlightRecording() {}

  private static boolean isAvailable() {
    try {
      return FlightRecorder.isInitialized() || FlightRecorder.isAvailable();
    } catch (LinkageError e) {
      return false; // a runtime image, or a module layer, without jdk.jfr
    }
  }

  private static boolean isInUse() {
    return AVAILABLE && FlightRecorder.isInitialized();
  }

  /** Returns an event whose time runs, or null if nobody records it. */
  static @Nullable FetchEvent fetchStarted() {
    return isInUse() ? FetchEvent.started() : null;
  }

  /** Records a staple that handshakes can have from now on. */
  static void published(StapleStatus row, Staple staple, boolean first) {
    if (isInUse()) {
      StaplePublishedEvent.tell(row, staple, first);
    }
  }

  /** Records a handshake that found no staple. */
  static void bareHandshake(
      @Nullable KeptCertificate kept, X509Certificate leaf, boolean refused, Clock clock) {
    if (isInUse()) { // to read the clock takes longer than all the rest
      BareHandshakeEvent.tell(kept, leaf, refused, clock);
    }
  }
}
