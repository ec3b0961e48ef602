package io.github.ocspstapler;

import io.github.ocspstapler.internal.x509.CertificateFields;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Locale;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * A handshake that goes on without a staple, or is refused for want of one, as Java Flight Recorder
 * keeps it. Confined to the handshake's thread.
 *
 * <p>A certificate that names no responder is none of its business: that is a quiet, normal state.
 */
@Name("ocspstapler.HandshakeWithoutStaple")
@Label("Handshake Without OCSP Staple")
@Category("OCSP Stapler")
@Description("A server chose a certificate that names an OCSP responder and has no staple now")
@StackTrace(false)
final class BareHandshakeEvent extends Event {
  /** Tells whether anybody records; as good as any other, and made once. */
  private static final BareHandshakeEvent ANY = new BareHandshakeEvent();

  @Label("Certificate")
  @Nullable String certificate;

  @Label("Serial Number")
  @Nullable String serialNumber;

  @Label("State")
  @Description("pending, revoked, unknown, unavailable, unstapleable, or new if it is not kept yet")
  @Nullable String state;

  @Label("Refused")
  @Description("Whether the policy refuses it")
  boolean refused;

  /** Keeps it, if somebody records; allocates nothing if not. */
  static void tell(
      @Nullable KeptCertificate kept, X509Certificate leaf, boolean refused, Clock clock) {
    if (ANY.isEnabled() && couldBeStapled(kept, leaf)) {
      BareHandshakeEvent event = new BareHandshakeEvent();
      event.certificate = KeptCertificate.name(leaf);
      event.serialNumber = leaf.getSerialNumber().toString(16);
      event.state =
          kept == null
              ? "new"
              : kept.snapshot.state(clock.millis()).name().toLowerCase(Locale.ROOT);
      event.refused = refused;
      event.commit();
    }
  }

  private static boolean couldBeStapled(@Nullable KeptCertificate kept, X509Certificate leaf) {
    return kept == null ? !CertificateFields.ocspUrls(leaf).isEmpty() : kept.askable;
  }
}
