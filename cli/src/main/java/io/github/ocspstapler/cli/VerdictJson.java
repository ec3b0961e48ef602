package io.github.ocspstapler.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.github.ocspstapler.ocsp.CertificateStatus;
import io.github.ocspstapler.ocsp.OcspException;
import io.github.ocspstapler.ocsp.OcspResponse;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a verdict as one line of JSON, in ASCII, whatever the locale. */
final class VerdictJson {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private VerdictJson() {}

  /**
   * Returns the verdict as a JSON object without line breaks.
   *
   * @param verdict the verdict
   * @param ignored keys of the input that mean nothing here, said so that a typing error shows
   */
  static String of(Verdict verdict, List<String> ignored) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("verdict", verdict.word().text());
      json.writeStringField("reason", verdict.reason());
      OcspResponse answer = verdict.answer();
      if (answer != null) {
        writeAnswer(json, answer);
      } else {
        writeFailure(json, verdict);
      }
      if (!ignored.isEmpty()) {
        json.writeArrayFieldStart("ignored");
        for (String key : ignored) {
          json.writeString(key);
        }
        json.writeEndArray();
      }
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new AssertionError(impossible); // a StringWriter has nothing that could fail
    }
    return text.toString();
  }

  private static void writeAnswer(JsonGenerator json, OcspResponse answer) throws IOException {
    if (answer.status() instanceof CertificateStatus.Revoked revoked) {
      json.writeStringField("revokedAt", text(revoked.at()));
    }
    json.writeStringField("thisUpdate", text(answer.thisUpdate()));
    json.writeStringField("nextUpdate", text(answer.nextUpdate().orElse(null)));
    json.writeStringField("validUntil", text(answer.validUntil()));
    json.writeStringField("producedAt", text(answer.producedAt()));
    json.writeStringField("signer", answer.signer().getSubjectX500Principal().getName());
    json.writeStringField("responder", text(answer.responder().orElse(null)));
  }

  private static void writeFailure(JsonGenerator json, Verdict verdict) throws IOException {
    json.writeStringField("message", verdict.message());
    OcspException failure = verdict.failure();
    if (failure == null) {
      return;
    }
    json.writeStringField("responder", text(failure.responder().orElse(null)));
    if (failure instanceof OcspException.Refused refused && refused.httpStatus() != 0) {
      json.writeNumberField("httpStatus", refused.httpStatus());
      json.writeStringField("retryAfter", text(refused.retryAfter().orElse(null)));
    }
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }
}
