package io.github.ocspstapler.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;

/** What is sent back. Not thread-safe. */
final class Reply {
  static final String JSON = "application/json; charset=utf-8";

  final int status;
  final byte[] body;
  final Map<String, String> headers = new LinkedHashMap<>();

  Reply(int status, String type, byte[] body) {
    this.status = status;
    this.body = body;
    headers.put("Content-Type", type);
  }

  static Reply text(int status, String type, String body) {
    return new Reply(status, type, body.getBytes(UTF_8));
  }

  static Reply json(int status, Json body) {
    return text(status, JSON, body + "\n");
  }

  /** Who asks made a mistake, or may not: one sentence. */
  static Reply problem(int status, String sentence) {
    return json(status, new Json().text("error", sentence));
  }

  Reply header(String name, String value) {
    headers.put(name, value);
    return this;
  }
}
