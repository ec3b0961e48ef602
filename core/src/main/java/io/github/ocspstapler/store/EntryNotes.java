package io.github.ocspstapler.store;

import io.github.ocspstapler.ocsp.HttpValidator;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The file beside a response in a directory: what the response does not say itself, as properties.
 *
 * <p>It names the response that it is about by a hash: the two files are replaced one after the
 * other, and notes on another response are no notes at all. Immutable.
 *
 * @param responseHash SHA-256 of the response, hexadecimal
 * @param validUntil when the entry may go
 * @param responder who answered
 * @param freshUntil until when nothing newer is expected
 * @param validator what tells its responder which answer this is
 * @param description what is there for people
 */
record EntryNotes(
    String responseHash,
    Instant validUntil,
    Optional<URI> responder,
    Optional<Instant> freshUntil,
    Optional<HttpValidator> validator,
    Map<String, String> description) {
  private static final String HASH = "sha256";
  private static final String VALID_UNTIL = "validUntil";
  private static final String RESPONDER = "responder";
  private static final String FRESH_UNTIL = "freshUntil";
  private static final String ETAG = "etag";
  private static final String LAST_MODIFIED = "lastModified";

  private static final String HEADER =
      """
      # About the OCSP response in the file of the same name that ends in .ocsp.
      # Kept by OCSP Stapler, which verifies the response again and believes nothing in here.
      """;

  static EntryNotes of(StoredStaple staple) {
    return new EntryNotes(
        sha256(staple.response()),
        staple.validUntil(),
        staple.responder(),
        staple.freshUntil(),
        staple
            .validator()
            .filter(of -> staple.responder().filter(of.responder()::equals).isPresent()),
        staple.description());
  }

  /**
   * Reads notes.
   *
   * @param text any bytes
   * @return the notes, or null if these are none
   */
  static @Nullable EntryNotes parse(byte[] text) {
    Map<String, String> lines = new HashMap<>();
    try {
      Properties properties = new Properties();
      properties.load(new StringReader(new String(text, StandardCharsets.UTF_8)));
      properties.forEach((name, value) -> lines.put(name.toString(), value.toString()));
      String hash = lines.remove(HASH);
      String validUntil = lines.remove(VALID_UNTIL);
      String responder = lines.remove(RESPONDER);
      String freshUntil = lines.remove(FRESH_UNTIL);
      Optional<String> etag = Optional.ofNullable(lines.remove(ETAG));
      Optional<Instant> lastModified =
          Optional.ofNullable(lines.remove(LAST_MODIFIED)).map(Instant::parse);
      if (hash == null || validUntil == null) {
        return null;
      }
      Optional<URI> by = responder == null ? Optional.empty() : Optional.of(new URI(responder));
      boolean named = etag.isPresent() || lastModified.isPresent();
      return new EntryNotes(
          hash,
          Instant.parse(validUntil),
          by,
          freshUntil == null ? Optional.empty() : Optional.of(Instant.parse(freshUntil)),
          by.filter(url -> named).map(url -> new HttpValidator(url, etag, lastModified)),
          lines);
    } catch (IOException
        | IllegalArgumentException // a bad escape, or a tag that cannot be sent
        | DateTimeException
        | URISyntaxException e) {
      return null;
    }
  }

  /** Returns the notes as a file of properties. */
  byte[] encoded() {
    return (HEADER + lines()).getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the same without what is there for people. */
  EntryNotes undescribed() {
    return new EntryNotes(responseHash, validUntil, responder, freshUntil, validator, Map.of());
  }

  /** Returns the notes as properties, in a fixed order; no line is empty. */
  String lines() {
    Properties properties = new Properties();
    properties.putAll(description);
    properties.setProperty(HASH, responseHash);
    properties.setProperty(VALID_UNTIL, validUntil.toString());
    responder.ifPresent(url -> properties.setProperty(RESPONDER, url.toString()));
    freshUntil.ifPresent(at -> properties.setProperty(FRESH_UNTIL, at.toString()));
    validator.flatMap(HttpValidator::etag).ifPresent(etag -> properties.setProperty(ETAG, etag));
    validator
        .flatMap(HttpValidator::lastModified)
        .ifPresent(at -> properties.setProperty(LAST_MODIFIED, at.toString()));
    StringWriter text = new StringWriter();
    try {
      properties.store(text, null);
    } catch (IOException e) {
      throw new IllegalStateException("a string can be written to", e);
    }
    StringBuilder sorted = new StringBuilder();
    text.toString()
        .lines()
        .filter(line -> !line.startsWith("#")) // the date, which makes equal notes differ
        .sorted()
        .forEach(line -> sorted.append(line).append('\n'));
    return sorted.toString();
  }

  boolean isAbout(byte[] response) {
    return responseHash.equals(sha256(response));
  }

  StoredStaple with(byte[] response) {
    return new StoredStaple(response, validUntil, responder, freshUntil, validator, description);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
