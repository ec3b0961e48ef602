package io.github.ocspstapler.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One line of a batch: the options of a single {@code verify} as a JSON object.
 *
 * @param ignored the keys that mean nothing here
 */
record BatchLine(
    String response,
    @Nullable String issuer,
    @Nullable String cert,
    @Nullable BigInteger serial,
    @Nullable Instant at,
    @Nullable Duration maxAge,
    @Nullable Boolean allowSha1Signatures,
    @Nullable String responder,
    List<String> ignored) {

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final String ALLOW_SHA1 = "allowSha1Signatures";
  private static final Set<String> TEXTS =
      Set.of("response", "issuer", "cert", "serial", "at", "maxAge", "responder");
  private static final int MOST_IGNORED = 16;

  /** Reads a line; null counts as absent. */
  static BatchLine read(String line) throws InputException {
    if (line.isBlank()) {
      throw new InputException("the line is empty (expected: a JSON object)");
    }
    try (JsonParser json = JSON.createParser(line)) {
      return read(json);
    } catch (JsonProcessingException e) {
      throw new InputException("the line is not JSON: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    } catch (IOException | RuntimeException e) {
      throw new InputException("the line cannot be read: " + e, e);
    }
  }

  /** Returns the line's settings: its own, else the defaults. */
  Settings settings(Settings defaults, Inputs inputs) throws InputException {
    return new Settings(
        at != null ? at : defaults.at(),
        maxAge != null ? maxAge : defaults.maxAge(),
        allowSha1Signatures != null ? allowSha1Signatures : defaults.allowSha1Signatures(),
        responder != null ? inputs.certificate(responder) : defaults.responder());
  }

  private static BatchLine read(JsonParser json) throws IOException, InputException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new InputException("the line is not a JSON object");
    }
    Map<String, String> texts = new HashMap<>();
    List<String> ignored = new ArrayList<>();
    Boolean allowSha1 = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.currentName();
      JsonToken value = json.nextToken();
      if (TEXTS.contains(key)) {
        String text = text(key, value, json);
        if (text != null) {
          texts.put(key, text);
        }
      } else if (key.equals(ALLOW_SHA1)) {
        allowSha1 = bool(value);
      } else {
        json.skipChildren();
        if (ignored.size() < MOST_IGNORED) {
          ignored.add(key);
        }
      }
    }
    if (json.nextToken() != null) {
      throw new InputException("the line goes on after its JSON object");
    }
    return of(texts, allowSha1, ignored);
  }

  private static BatchLine of(
      Map<String, String> texts, @Nullable Boolean allowSha1, List<String> ignored)
      throws InputException {
    String response = texts.get("response");
    String cert = texts.get("cert");
    String serial = texts.get("serial");
    String at = texts.get("at");
    String maxAge = texts.get("maxAge");
    if (response == null) {
      throw new InputException("response is missing");
    }
    if (cert == null && serial == null) {
      throw new InputException("cert (or serial) is missing");
    }
    if (cert == null && !texts.containsKey("issuer")) {
      throw new InputException("issuer is missing");
    }
    return new BatchLine(
        response,
        texts.get("issuer"),
        cert,
        serial == null ? null : Values.serial(serial),
        at == null ? null : Values.instant(at),
        maxAge == null ? null : Values.duration("maxAge", maxAge),
        allowSha1,
        texts.get("responder"),
        List.copyOf(ignored));
  }

  private static @Nullable String text(String key, JsonToken value, JsonParser json)
      throws IOException, InputException {
    if (value == JsonToken.VALUE_STRING) {
      return json.getText();
    }
    if (value == JsonToken.VALUE_NULL) {
      return null;
    }
    throw new InputException(key + ": not a string");
  }

  private static @Nullable Boolean bool(JsonToken value) throws InputException {
    if (value == JsonToken.VALUE_NULL) {
      return null;
    }
    if (!value.isBoolean()) {
      throw new InputException(ALLOW_SHA1 + ": not true or false");
    }
    return value == JsonToken.VALUE_TRUE;
  }
}
