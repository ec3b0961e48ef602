package io.github.ocspstapler.store;

import static java.util.Objects.requireNonNull;

import io.github.ocspstapler.ocsp.HttpValidator;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One answer as a {@link StapleStore} keeps it: the response, and what is not written in it.
 *
 * <p>Immutable and thread-safe. Only the response is evidence, because its CA signed it; the rest
 * is hearsay, and used for nothing that matters.
 */
public final class StoredStaple {
  /** No value of {@link #encode} about a response that a verifier takes is longer, in bytes. */
  public static final int MAX_ENCODED = DirectoryStore.MAX_RESPONSE + DirectoryStore.MAX_NOTES;

  private final byte[] response;
  private final Instant validUntil;
  private final Optional<URI> responder;
  private final Optional<Instant> freshUntil;
  private final Optional<HttpValidator> validator;
  private final Map<String, String> description;

  /**
   * Puts an answer together.
   *
   * @param response the OCSP response's DER, copied
   * @param validUntil when nobody can use it any more, and the store may drop it
   * @param responder the URL that answered
   * @param freshUntil until when nothing newer is expected: HTTP said so, or the responder was
   *     asked, had nothing newer, and is asked again then
   * @param description for people who look into the store: what the answer says about whom
   */
  public StoredStaple(
      byte[] response,
      Instant validUntil,
      Optional<URI> responder,
      Optional<Instant> freshUntil,
      Map<String, String> description) {
    this(response, validUntil, responder, freshUntil, Optional.empty(), description);
  }

  /**
   * Puts an answer together, with what it came with.
   *
   * @param response the OCSP response's DER, copied
   * @param validUntil when nobody can use it any more, and the store may drop it
   * @param responder the URL that answered
   * @param freshUntil until when nothing newer is expected: HTTP said so, or the responder was
   *     asked, had nothing newer, and is asked again then
   * @param validator what tells its responder which answer this is
   * @param description for people who look into the store: what the answer says about whom
   */
  public StoredStaple(
      byte[] response,
      Instant validUntil,
      Optional<URI> responder,
      Optional<Instant> freshUntil,
      Optional<HttpValidator> validator,
      Map<String, String> description) {
    this.response = requireNonNull(response, "response").clone();
    this.validUntil = requireNonNull(validUntil, "validUntil");
    this.responder = requireNonNull(responder, "responder");
    this.freshUntil = requireNonNull(freshUntil, "freshUntil");
    this.validator = requireNonNull(validator, "validator");
    this.description = Map.copyOf(requireNonNull(description, "description"));
  }

  /**
   * Returns the OCSP response byte for byte as it was received.
   *
   * @return a new array
   */
  public byte[] response() {
    return response.clone();
  }

  /**
   * Returns when nobody can use it any more.
   *
   * @return when the store may drop it
   */
  public Instant validUntil() {
    return validUntil;
  }

  /**
   * Returns the URL that answered.
   *
   * @return the responder, or empty if nobody remembers
   */
  public Optional<URI> responder() {
    return responder;
  }

  /**
   * Returns until when nothing newer is expected: HTTP said so, or the responder was asked, had
   * nothing newer, and is asked again then.
   *
   * @return the time, or empty if nobody said
   */
  public Optional<Instant> freshUntil() {
    return freshUntil;
  }

  /**
   * Returns what tells its responder which answer this is, so that it need not send it again.
   *
   * @return the validator, or empty if nobody remembers one
   */
  public Optional<HttpValidator> validator() {
    return validator;
  }

  /**
   * Returns what the answer says about whom, for people.
   *
   * @return names and values, in no particular order
   */
  public Map<String, String> description() {
    return description;
  }

  /**
   * Returns all of it as one value, for stores that keep such: lines of properties, an empty line,
   * and the response byte for byte.
   *
   * @return a new array, read again by {@link #decode}
   */
  public byte[] encode() {
    return EncodedStaple.of(this);
  }

  /**
   * Reads one value. Whatever the bytes are, this returns something: bytes that nobody encoded pass
   * for a response, and fail its verification.
   *
   * @param encoded any bytes; of more than {@link #MAX_ENCODED} the rest is of no use
   * @return what they say
   */
  public static StoredStaple decode(byte[] encoded) {
    return EncodedStaple.read(requireNonNull(encoded, "encoded"));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoredStaple that
        && Arrays.equals(response, that.response)
        && validUntil.equals(that.validUntil)
        && responder.equals(that.responder)
        && freshUntil.equals(that.freshUntil)
        && validator.equals(that.validator)
        && description.equals(that.description);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(response);
  }

  @Override
  public String toString() {
    String about = new TreeMap<>(description).toString();
    return "StoredStaple[" + response.length + " bytes, valid until " + validUntil + "]" + about;
  }
}
