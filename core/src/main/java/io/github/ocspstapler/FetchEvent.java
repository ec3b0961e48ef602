package io.github.ocspstapler;

import io.github.ocspstapler.Outcome.Answered;
import io.github.ocspstapler.Outcome.NoAnswer;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * A question about one certificate, as Java Flight Recorder keeps it. Confined to the thread that
 * asks, then to the one that takes in the outcome.
 */
@Name("ocspstapler.Fetch")
@Label("OCSP Fetch")
@Category("OCSP Stapler")
@Description("A question about one certificate, from the first request to the verified answer")
@StackTrace(false)
final class FetchEvent extends Event {
  @Label("Certificate")
  @Nullable String certificate;

  @Label("Serial Number")
  @Nullable String serialNumber;

  @Label("Responder")
  @Nullable String responder;

  @Label("Outcome")
  @Description("good, revoked, unknown, unreachable, refused or rejected")
  @Nullable String outcome;

  @Label("Reason")
  @Description("One word, if there is no answer to be believed")
  @Nullable String reason;

  @Label("Error")
  @Nullable String error;

  @Label("Response Size")
  @DataAmount
  int size;

  /** Returns an event whose time runs, or null if nobody records it. */
  static @Nullable FetchEvent started() {
    FetchEvent event = new FetchEvent();
    if (!event.isEnabled()) {
      return null;
    }
    event.begin();
    return event;
  }

  /** Keeps what came of it. */
  void finished(Attempt attempt, Outcome result) {
    end();
    if (!shouldCommit()) {
      return;
    }
    certificate = KeptCertificate.name(attempt.kept.certificate);
    serialNumber = attempt.kept.certificate.getSerialNumber().toString(16);
    responder = attempt.gate.responder().toString();
    outcome = result.metricStatus();
    if (result instanceof Answered answer) {
      responder = answer.responder == null ? responder : answer.responder.toString();
      reason = "";
      error = "";
      size = answer.encoded.length;
    } else if (result instanceof NoAnswer failure) {
      reason = failure.reason();
      error = failure.message();
    }
    commit();
  }
}
