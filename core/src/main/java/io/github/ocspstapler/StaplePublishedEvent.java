package io.github.ocspstapler;

import java.net.URI;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timestamp;
import org.jspecify.annotations.Nullable;

/** A new staple, as Java Flight Recorder keeps it. Confined to the thread that makes it. */
@Name("ocspstapler.StaplePublished")
@Label("OCSP Staple Published")
@Category("OCSP Stapler")
@Description("Handshakes of a certificate have a new staple, from its responder or from a store")
@StackTrace(false)
final class StaplePublishedEvent extends Event {
  @Label("Certificate")
  @Nullable String certificate;

  @Label("Serial Number")
  @Nullable String serialNumber;

  @Label("Responder")
  @Nullable String responder;

  @Label("First")
  @Description("Whether there was none before")
  boolean first;

  @Label("This Update")
  @Timestamp(Timestamp.MILLISECONDS_SINCE_EPOCH)
  long thisUpdate;

  @Label("Served Until")
  @Timestamp(Timestamp.MILLISECONDS_SINCE_EPOCH)
  long servedUntil;

  @Label("Staple Size")
  @DataAmount
  int size;

  /** Keeps it, if somebody records. */
  static void tell(StapleStatus row, Staple staple, boolean first) {
    StaplePublishedEvent event = new StaplePublishedEvent();
    if (event.shouldCommit()) {
      event.certificate = row.name();
      event.serialNumber = row.serialNumber().toString(16);
      event.responder = staple.responder().map(URI::toString).orElse("");
      event.first = first;
      event.thisUpdate = staple.thisUpdate;
      event.servedUntil = staple.servedUntil;
      event.size = staple.shared().length;
      event.commit();
    }
  }
}
